"""A station with ISO 15118, its roots and V2G certificates, and an EV with a contract."""

import base64
import contextlib
import functools
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime
from typing import Any

from tests.station.powered_station import powered_station
from tests.station.station_bench import StationBench

from plugfest import clock
from plugfest.hardware.communication import CertificateAction
from plugfest.hardware.virtual.communication import CommunicatingEv
from plugfest.ocpp.v201 import messages as m
from plugfest.ocpp.v201 import types as t
from plugfest.security.certificates import CertificateHash, HashAlgorithm
from plugfest.security.ocsp import ocsp_request
from plugfest.security.v2g_pki import V2gPki

PRODUCT = "reference-plug-and-charge"

EMAID = "DE-8AA-C12345678-X"

V2G = t.CertificateSigningUseEnumType.V2GCertificate


@functools.cache
def pki(name: str) -> V2gPki:
    return V2gPki(datetime.now(UTC), name, f"http://ocsp.invalid/{name}")


class Iso15118Bench(StationBench):
    """The CSMS knows the PKI `V2G` for the SECC, and the PKI `MO` for contracts."""

    ocsp_failures = False
    needs_status = t.NotifyEVChargingNeedsStatusEnumType.Rejected

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self.exi_answers: list[m.Get15118EVCertificateResponse] = []
        self.csms.replies |= {
            "SignCertificate": lambda _: m.SignCertificateResponse(status=t.GenericStatusEnumType.Accepted),
            "GetCertificateStatus": self._status,
            "NotifyEVChargingNeeds": lambda _: m.NotifyEVChargingNeedsResponse(status=self.needs_status),
            "NotifyEVChargingSchedule": lambda _: m.NotifyEVChargingScheduleResponse(
                status=t.GenericStatusEnumType.Accepted
            ),
            "Get15118EVCertificate": lambda _: self.exi_answers.pop(0),
        }

    def _status(self, request: Any) -> m.GetCertificateStatusResponse:
        data = request.ocsp_request_data
        hashes = CertificateHash(
            HashAlgorithm(data.hash_algorithm), data.issuer_name_hash, data.issuer_key_hash, data.serial_number
        )
        if self.ocsp_failures:
            return m.GetCertificateStatusResponse(status=t.GetCertificateStatusEnumType.Failed)
        response = pki("V2G").responder.respond(ocsp_request(hashes), clock.utc_now())
        return m.GetCertificateStatusResponse(
            status=t.GetCertificateStatusEnumType.Accepted, ocsp_result=base64.b64encode(response).decode()
        )

    async def install(self, use: str, name: str) -> str:
        request = m.InstallCertificateRequest(
            certificate_type=t.InstallCertificateUseEnumType(use), certificate=pki(name).root_pem
        )
        return (await self.csms.call(request)).status.value

    async def trigger(self, message: str) -> str:
        request = m.TriggerMessageRequest(requested_message=t.MessageTriggerEnumType(message))
        return (await self.csms.call(request)).status.value

    async def signing_requested(self) -> m.SignCertificateRequest:
        before = len(self.csms.all(m.SignCertificateRequest))
        assert await self.trigger("SignV2GCertificate") == "Accepted"
        return await self.csms.expect(m.SignCertificateRequest, before + 1)

    async def sign(self, chain: str, use: Any = V2G) -> str:
        request = m.CertificateSignedRequest(certificate_chain=chain, certificate_type=use)
        return (await self.csms.call(request)).status.value

    async def renew(self, name: str = "V2G") -> str:
        """A V2G certificate under the root of this PKI. Returns the chain."""
        chain = pki(name).sign((await self.signing_requested()).csr)
        assert await self.sign(chain) == "Accepted"
        return chain

    async def listed(self, *uses: str) -> list[t.CertificateHashDataChainType]:
        request = m.GetInstalledCertificateIdsRequest(
            certificate_type=[t.GetCertificateIdUseEnumType(use) for use in uses]
        )
        chains = (await self.csms.call(request)).certificate_hash_data_chain
        return chains if isinstance(chains, list) else []

    async def delete(self, data: t.CertificateHashDataType) -> str:
        return (await self.csms.call(m.DeleteCertificateRequest(certificate_hash_data=data))).status.value

    async def ready(self, *, mo_root: bool = True) -> None:
        """Install the roots and a V2G certificate."""
        await self.install("V2GRootCertificate", "V2G")
        if mo_root:
            await self.install("MORootCertificate", "MO")
        await self.renew()

    def plug_in_with_contract(self, chain: str | None = None, request: CertificateAction | None = None) -> None:
        contract = pki("MO").contract(EMAID).chain if chain is None else chain
        self.hardware.ev_prepare(1, ev(contract, request))
        self.hardware.plug_in(1, 1)

    @property
    def authorizes(self) -> list[m.AuthorizeRequest]:
        return self.csms.all(m.AuthorizeRequest)


def ev(contract: str | None, request: CertificateAction | None = None) -> CommunicatingEv:
    return CommunicatingEv(contract=contract, certificate_request=request, v2g_roots=(pki("V2G").root_pem,))


@contextlib.asynccontextmanager
async def iso15118_bench(**variables: str) -> AsyncIterator[Iso15118Bench]:
    """A booted station. `variables`: as Component__Variable."""
    async with powered_station(PRODUCT) as (station, csms):
        bench = Iso15118Bench(station, csms)
        await csms.expect(m.SecurityEventNotificationRequest)
        for name, value in variables.items():
            await bench.set(name.replace("__", "."), value)
        yield bench


def run_iso15118(body: Callable[[Iso15118Bench], Awaitable[None]], **variables: str) -> None:
    """Run a test in simulated time from now on: the certificates are valid for ten years."""

    async def run() -> None:
        async with iso15118_bench(**variables) as bench:
            await body(bench)

    clock.run(run(), simulated=True)
