"""RenewChargingStationCertificate: the station has a new certificate (A02).

Not shared with OCPP 1.6, where the request is an ExtendedTriggerMessage, the subject of the CSR names the CPO, and the
station has to reconnect without being disconnected.
"""

from plugfest.lab.checks.station_certificate import STRONG_CSR, check_reconnects_with
from plugfest.lab.csms.inbox import ReceivedRequest
from plugfest.lab.expectations import one_of
from plugfest.lab.v201.bench import Bench
from plugfest.ocpp.message import UNSET
from plugfest.ocpp.v201 import messages as m
from plugfest.ocpp.v201 import types as t
from plugfest.security.profile import SecurityProfile

CHARGING_STATION = t.CertificateSigningUseEnumType.ChargingStationCertificate


async def signing_requested(bench: Bench) -> ReceivedRequest[m.SignCertificateRequest]:
    """Trigger SignCertificate; the station sends it."""
    bench.csms.inbox.set_mark()
    await bench.call(
        m.TriggerMessageRequest(requested_message=t.MessageTriggerEnumType.SignChargingStationCertificate),
        status="Accepted",
    )
    return await sign_certificate_received(bench)


async def sign_certificate_received(
    bench: Bench, *, within: float | None = None
) -> ReceivedRequest[m.SignCertificateRequest]:
    """The station sends SignCertificate for its own certificate, which is the default type (A02.FR.13)."""
    return await bench.expect(
        m.SignCertificateRequest, within=within, csr=STRONG_CSR, certificate_type=one_of(CHARGING_STATION, UNSET)
    )


async def charging_station_certificate_renewed(bench: Bench) -> None:
    """Renew the certificate; with security profile 3 the station connects again with it (A02.FR.08)."""
    seen = await signing_requested(bench)
    chain = bench.commissioner.pki.sign(seen.message.csr)
    before = bench.csms.connection_count
    await bench.call(
        m.CertificateSignedRequest(certificate_chain=chain, certificate_type=CHARGING_STATION), status="Accepted"
    )
    bench.commissioner.invalidate()  # the station no longer has the certificate that it was commissioned with
    if bench.commissioner.profile is SecurityProfile.TLS_CLIENT_CERTIFICATE:
        await connected_with_renewed(bench, chain, before)


async def connected_with_renewed(bench: Bench, chain: str, before: int) -> None:
    """The station connects with the new certificate. The CSMS disconnects it if it does not (erratum 6.2.123)."""
    if not await bench.csms.wait_connected(within=bench.settings.function_timeout, after=before):
        bench.csms.drop_connection()
    await check_reconnects_with(bench, chain, before)
