"""A new certificate for the station: when the CSMS asks for it (A02), and when the old one expires soon (A03)."""

import asyncio
import logging

from plugfest.link.errors import LinkError
from plugfest.ocpp.message import given
from plugfest.ocpp.v201.messages import (
    CertificateSignedRequest,
    CertificateSignedResponse,
    SignCertificateRequest,
)
from plugfest.ocpp.v201.types import (
    CertificateSignedStatusEnumType,
    CertificateSigningUseEnumType,
    GenericStatusEnumType,
)
from plugfest.security.keys import KeyKind, key_from_pem, key_to_pem, new_key, signing_request, subject
from plugfest.security.profile import SecurityProfile
from plugfest.station.blocks.a_security.rules import objection_to_certificate, renewal_is_due, waits
from plugfest.station.context import Context, Offline
from plugfest.station.device_model.standard import claims
from plugfest.station.model.availability import Place
from plugfest.station.model.triggers import Triggers
from plugfest.station.trust import CSMS_ROOT
from plugfest.station.v201 import status_info

_log = logging.getLogger(__name__)

_DAY = 24 * 3600.0

_STATION = CertificateSigningUseEnumType.ChargingStationCertificate


def register(context: Context) -> None:
    if not claims(context.product, "Advanced Security"):
        return
    renewal = Renewal(context)
    context.machines.get(Triggers).add("SignChargingStationCertificate", renewal.triggered)
    context.handlers.add(CertificateSignedRequest, renewal.certificate_signed)
    context.lifecycle.boot_accepted.add(renewal.connected)
    context.lifecycle.reconnected.add(lambda _: renewal.connected())


class Renewal:
    """Asks for a certificate and takes it."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._own = context.trust.own
        self._asking: asyncio.Task[None] | None = None
        self._watching = False

    async def _watch_expiry(self) -> None:
        """A03.FR.02: once a day, until it is renewed."""
        while True:
            asks = self._asking is not None and not self._asking.done()
            if not asks and self._own.key is not None and renewal_is_due(self._own.key.chain, self._context.now()):
                self._begin()
            await asyncio.sleep(_DAY)

    def triggered(self, place: Place) -> bool:
        self._context.handlers.afterwards(self._begin)
        return True

    def _begin(self) -> None:
        key = new_key(self._kind())  # A02.FR.02
        self._own.await_certificate(key_to_pem(key))
        self._stop_asking()
        self._asking = self._context.spawn(self._ask(), "certificate renewal")

    def _kind(self) -> KeyKind:
        """A key for the cipher suites that the station has."""
        suites = self._context.product.texts("C-41")
        return KeyKind.EC_P256 if not suites or any("ECDSA" in suite for suite in suites) else KeyKind.RSA_2048

    async def _ask(self) -> None:
        awaited = self._own.awaited
        assert awaited is not None
        request = SignCertificateRequest(csr=self._signing_request(awaited), certificate_type=_STATION)  # A02.FR.13
        for wait in (*self._waits(), None):
            if not await self._accepted(request) or wait is None:
                return
            await asyncio.sleep(wait)
            if self._own.awaited != awaited:
                return

    def _signing_request(self, key_pem: str) -> str:
        model = self._context.device_model
        name = subject(model.text("ChargingStation", "SerialNumber"), model.text("SecurityCtrlr", "OrganizationName"))
        return signing_request(key_from_pem(key_pem), name)  # A02.FR.03

    def _waits(self) -> tuple[int, ...]:
        model = self._context.device_model
        if not model.has("SecurityCtrlr", "CertSigningWaitMinimum"):
            return ()
        minimum = model.integer("SecurityCtrlr", "CertSigningWaitMinimum")
        return tuple(waits(minimum, model.integer("SecurityCtrlr", "CertSigningRepeatTimes")))

    async def _accepted(self, request: SignCertificateRequest) -> bool:
        """Whether the CSMS will have the certificate signed. If not, it can trigger the station again (A02.FR.12)."""
        try:
            response = await self._context.csms.call(request, solicited=True)
        except (Offline, LinkError) as error:
            _log.info("no certificate is asked for: %s", error)
            return False
        return response.status is GenericStatusEnumType.Accepted

    def _stop_asking(self) -> None:
        if self._asking is not None:
            self._asking.cancel()
            self._asking = None

    # The answer

    async def certificate_signed(self, request: CertificateSignedRequest) -> CertificateSignedResponse:
        if (given(request.certificate_type) or _STATION) is not _STATION:
            return _rejected("UnsupportedParam", "only the ChargingStationCertificate can be renewed")
        most = self._context.device_model.integer("SecurityCtrlr", "MaxCertificateChainSize", default=0)
        if most and len(request.certificate_chain) > most:
            return _rejected("TooLargeElement", f"more than {most} characters")  # A02.FR.16
        awaited = self._own.awaited
        if awaited is None:
            return _rejected("InvalidCertificate", "no certificate is awaited")
        self._stop_asking()  # A02.FR.20
        objection = self._objection(request.certificate_chain, awaited)
        if objection is not None:
            self._context.security_event("InvalidChargingStationCertificate", objection)
            return _rejected("InvalidCertificate", objection)  # A02.FR.07
        self._own.renew(request.certificate_chain)
        if self._profile() is SecurityProfile.TLS_CLIENT_CERTIFICATE:
            self._context.handlers.afterwards(self._context.csms.reconnect)  # A02.FR.08
        return CertificateSignedResponse(status=CertificateSignedStatusEnumType.Accepted)

    def _objection(self, chain: str, awaited: str) -> str | None:
        return objection_to_certificate(
            chain,
            key_pem=awaited,
            roots=self._context.trust.roots(CSMS_ROOT),
            serial_number=self._context.device_model.text("ChargingStation", "SerialNumber"),
            now=self._context.now(),
        )

    def _profile(self) -> SecurityProfile:
        return SecurityProfile(self._context.device_model.integer("SecurityCtrlr", "SecurityProfile"))

    def connected(self) -> None:
        """The CSMS let the station in: with a certificate, this one works."""
        if not self._watching:
            self._watching = True
            self._context.spawn(self._watch_expiry(), "expiry of the certificate")
        if self._profile() is SecurityProfile.TLS_CLIENT_CERTIFICATE and self._own.proven():
            self._context.security_event("DiscardedRenewedClientCertificate")  # A02.FR.29


def _rejected(reason: str, detail: str) -> CertificateSignedResponse:
    return CertificateSignedResponse(
        status=CertificateSignedStatusEnumType.Rejected, status_info=status_info(reason, detail)
    )
