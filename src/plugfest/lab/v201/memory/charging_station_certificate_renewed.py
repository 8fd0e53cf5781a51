"""RenewChargingStationCertificate: the station has a new certificate of its own, by the way of A02."""

from plugfest.lab.checks.station_certificate import CSR, connected_again_with
from plugfest.lab.csms.inbox import ReceivedRequest
from plugfest.lab.expectations import one_of
from plugfest.lab.v201.bench import Bench
from plugfest.ocpp.message import UNSET
from plugfest.ocpp.v201 import messages as m
from plugfest.ocpp.v201 import types as t
from plugfest.security.profile import SecurityProfile

CHARGING_STATION = t.CertificateSigningUseEnumType.ChargingStationCertificate


async def signing_requested(bench: Bench) -> ReceivedRequest[m.SignCertificateRequest]:
    """Trigger the station to ask for a new certificate, and see it ask."""
    bench.csms.inbox.set_mark()
    await bench.call(
        m.TriggerMessageRequest(requested_message=t.MessageTriggerEnumType.SignChargingStationCertificate),
        status="Accepted",
    )
    return await sign_certificate_received(bench)


async def sign_certificate_received(
    bench: Bench, *, within: float | None = None
) -> ReceivedRequest[m.SignCertificateRequest]:
    """The station's SignCertificate. Without a type it is about its own certificate (A02.FR.13)."""
    return await bench.expect(
        m.SignCertificateRequest, within=within, csr=CSR, certificate_type=one_of(CHARGING_STATION, UNSET)
    )


async def charging_station_certificate_renewed(bench: Bench) -> None:
    """Renew the certificate; a station that uses one connects again with the new one (A02.FR.08)."""
    seen = await signing_requested(bench)
    chain = bench.commissioner.pki.sign(seen.message.csr)
    before = len(bench.csms.connections)
    await bench.call(
        m.CertificateSignedRequest(certificate_chain=chain, certificate_type=CHARGING_STATION), status="Accepted"
    )
    bench.commissioner.changed()  # what was commissioned is not what the station has now
    if bench.commissioner.profile is SecurityProfile.TLS_CLIENT_CERTIFICATE:
        await connected_with_renewed(bench, chain, before)


async def connected_with_renewed(bench: Bench, chain: str, before: int) -> None:
    """The station connects with it. One that does not hang up by itself is made to (erratum 6.2.123)."""
    if not await bench.csms.wait_connected(within=bench.settings.function_timeout, after=before):
        bench.csms.hang_up()
    await connected_again_with(bench, chain, before)
