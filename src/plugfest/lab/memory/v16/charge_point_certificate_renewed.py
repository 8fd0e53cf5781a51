"""RenewChargePointCertificate: the station has a new certificate of its own, by the way of A02."""

from typing import TYPE_CHECKING

from plugfest.lab.csms.inbox import Seen
from plugfest.lab.memory.charging_station_certificate_renewed import CSR, connected_again_with
from plugfest.lab.v16.configuration import needs
from plugfest.ocpp.v16 import messages as m
from plugfest.ocpp.v16 import types as t
from plugfest.security.profile import SecurityProfile

if TYPE_CHECKING:
    from plugfest.lab.v16.bench import Bench

CPO_NAME = {"CpoName": "Plugfest"}
"""The organization that the lab's certificates name (whitepaper 7.5)."""


async def signing_requested(bench: "Bench") -> Seen[m.SignCertificateRequest]:
    """Trigger the station to ask for a new certificate, and see it ask (A02.FR.02)."""
    bench.csms.inbox.set_mark()
    requested = t.MessageTriggerEnumType.SignChargePointCertificate
    await bench.call(m.ExtendedTriggerMessageRequest(requested_message=requested), status="Accepted")
    return await bench.expect(m.SignCertificateRequest, csr=CSR)


async def charge_point_certificate_renewed(bench: "Bench") -> None:
    """Renew the certificate; a station that uses one connects again with the new one."""
    await bench.configuration.establish(needs(CPO_NAME))
    seen = await signing_requested(bench)
    chain = bench.commissioner.pki.sign(seen.message.csr)
    before = len(bench.csms.connections)
    await bench.call(m.CertificateSignedRequest(certificate_chain=chain), status="Accepted")
    bench.commissioner.changed()  # what was commissioned is not what the station has now
    if bench.commissioner.profile is SecurityProfile.TLS_CLIENT_CERTIFICATE:
        await connected_again_with(bench, chain, before)
