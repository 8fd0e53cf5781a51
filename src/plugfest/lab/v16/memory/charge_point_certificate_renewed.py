"""RenewChargePointCertificate: the station has a new certificate of its own, by the way of A02."""

from cryptography import x509

from plugfest.lab.checks.station_certificate import CSR, connected_again_with
from plugfest.lab.csms.inbox import ReceivedRequest
from plugfest.lab.v16.bench import Bench
from plugfest.lab.v16.configuration import needs
from plugfest.lab.v16.states.booted import optional_boot
from plugfest.ocpp.v16 import messages as m
from plugfest.ocpp.v16 import types as t
from plugfest.security.profile import SecurityProfile

CPO_NAME = {"CpoName": "Plugfest"}
"""The organization that the lab's certificates name (whitepaper 7.5)."""


async def signing_requested(bench: Bench) -> ReceivedRequest[m.SignCertificateRequest]:
    """Trigger the station to ask for a new certificate, and see it ask (A02.FR.02) with its name and the CPO's."""
    bench.csms.inbox.set_mark()
    requested = t.MessageTriggerEnumType.SignChargePointCertificate
    await bench.call(m.ExtendedTriggerMessageRequest(requested_message=requested), status="Accepted")
    seen = await bench.expect(m.SignCertificateRequest, csr=CSR)
    _check_subject(bench, seen)
    return seen


def _check_subject(bench: Bench, seen: ReceivedRequest[m.SignCertificateRequest]) -> None:
    """Of the request as of the certificate that comes of it (A02.FR.13, A00.FR.511), as far as both are known."""
    subject = x509.load_pem_x509_csr(seen.message.csr.encode()).subject
    due = {"O": bench.configuration.value("CpoName"), "CN": bench.ledger.serial_number}
    for attribute in subject:
        expected = due.pop(attribute.rfc4514_attribute_name, None)
        holds = expected is None or attribute.value == expected
        bench.check(holds, f"{attribute.rfc4514_attribute_name}={expected}", attribute.value, frame=seen.frame.index)
    missing = [name for name, expected in due.items() if expected]
    bench.check(not missing, f"{' and '.join(due)} in the subject", subject.rfc4514_string(), frame=seen.frame.index)


async def charge_point_certificate_renewed(bench: Bench) -> None:
    """With the name of the CPO set: renew the certificate."""
    await bench.configuration.establish(needs(CPO_NAME))
    await certificate_renewed(bench)


async def certificate_renewed(bench: Bench) -> None:
    """Renew the certificate; a station that uses one hangs up and connects with the new one (A02.FR.08)."""
    seen = await signing_requested(bench)
    chain = bench.commissioner.pki.sign(seen.message.csr)
    before = len(bench.csms.connections)
    await bench.call(m.CertificateSignedRequest(certificate_chain=chain), status="Accepted")
    bench.commissioner.changed()  # what was commissioned is not what the station has now
    if bench.commissioner.profile is SecurityProfile.TLS_CLIENT_CERTIFICATE:
        await connected_again_with(bench, chain, before)
        await optional_boot(bench)
