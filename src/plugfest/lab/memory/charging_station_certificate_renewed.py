"""RenewChargingStationCertificate: the station has a new certificate of its own, by the way of A02."""

from typing import TYPE_CHECKING

from cryptography import x509

from plugfest.lab.csms.inbox import Seen
from plugfest.lab.expect import meets, one_of
from plugfest.ocpp.message import UNSET
from plugfest.ocpp.v201 import messages as m
from plugfest.ocpp.v201 import types as t
from plugfest.security.certificates import certificates_from_pem
from plugfest.security.keys import weakness
from plugfest.security.profile import SecurityProfile

if TYPE_CHECKING:
    from plugfest.lab.bench import AnyBench, Bench

CHARGING_STATION = t.CertificateSigningUseEnumType.ChargingStationCertificate


def strong(value: object) -> bool:
    """Whether this is a certificate signing request in PEM with a key that is long enough (A00.FR.502, FR.503)."""
    try:
        request = x509.load_pem_x509_csr(str(value).encode())
    except ValueError:
        return False
    return request.is_signature_valid and weakness(request.public_key()) is None


CSR = meets("a signing request (RFC 2986) in PEM for a key that is long enough", strong)


async def signing_requested(bench: "Bench") -> Seen[m.SignCertificateRequest]:
    """Trigger the station to ask for a new certificate, and see it ask."""
    bench.csms.inbox.set_mark()
    await bench.call(
        m.TriggerMessageRequest(requested_message=t.MessageTriggerEnumType.SignChargingStationCertificate),
        status="Accepted",
    )
    return await asked(bench)


async def asked(bench: "Bench", *, within: float | None = None) -> Seen[m.SignCertificateRequest]:
    """The station's SignCertificate. Without a type it is about its own certificate (A02.FR.13)."""
    return await bench.expect(
        m.SignCertificateRequest, within=within, csr=CSR, certificate_type=one_of(CHARGING_STATION, UNSET)
    )


async def charging_station_certificate_renewed(bench: "Bench") -> None:
    """Renew the certificate; a station that uses one connects again with the new one (A02.FR.08)."""
    seen = await signing_requested(bench)
    chain = bench.commissioner.pki.sign(seen.message.csr)
    before = len(bench.csms.connections)
    await bench.call(
        m.CertificateSignedRequest(certificate_chain=chain, certificate_type=CHARGING_STATION), status="Accepted"
    )
    bench.commissioner.changed()  # what was commissioned is not what the station has now
    if bench.commissioner.profile is SecurityProfile.TLS_CLIENT_CERTIFICATE:
        await connected_again_with(bench, chain, before)


async def connected_again_with(bench: "AnyBench", chain: str, before: int) -> None:
    """The station connects after the first `before` connections with a new certificate (A02.FR.08)."""
    # Erratum 6.2.123: a station that does not hang up by itself is made to.
    if not await bench.csms.wait_connected(within=bench.settings.function_timeout, after=before):
        bench.csms.hang_up()
    back = await bench.csms.wait_connected(within=bench.settings.reconnect_timeout, after=before)
    bench.check(back, "the station connects again", "not connected")
    tls = bench.csms.connection.handshake.tls
    shown = certificates_from_pem(tls.client_chain[0])[0] if tls and tls.client_chain else None
    bench.check(shown == certificates_from_pem(chain)[0], "the station shows the new certificate", shown)
