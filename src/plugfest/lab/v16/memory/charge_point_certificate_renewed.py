"""RenewChargePointCertificate: the station has a new certificate (A02).

Not shared with OCPP 2.0.1, where the request is a TriggerMessage, the subject of the CSR is not checked here, and the
CSMS may disconnect the station for the new certificate.
"""

from plugfest.lab.checks.station_certificate import STRONG_CSR, check_reconnects_with
from plugfest.lab.checks.triggered_message import trigger
from plugfest.lab.csms.inbox import ReceivedRequest
from plugfest.lab.v16.bench import Bench
from plugfest.lab.v16.configuration import needs
from plugfest.lab.v16.states.booted import optional_boot
from plugfest.ocpp.v16 import messages as m
from plugfest.ocpp.v16 import types as t
from plugfest.security.keys import signing_request_from_pem
from plugfest.security.profile import SecurityProfile

CPO_NAME = {"CpoName": "Plugfest"}
"""The organization in the lab's certificates (whitepaper 7.5)."""


async def signing_requested(bench: Bench) -> ReceivedRequest[m.SignCertificateRequest]:
    """Trigger SignCertificate; the station sends it after its response, with the right subject (A02.FR.02)."""
    requested = t.MessageTriggerEnumType.SignChargePointCertificate
    await trigger(bench, m.ExtendedTriggerMessageRequest(requested_message=requested), m.SignCertificateRequest)
    seen = await bench.expect(m.SignCertificateRequest, csr=STRONG_CSR)
    _check_subject(bench, seen)
    return seen


def _check_subject(bench: Bench, seen: ReceivedRequest[m.SignCertificateRequest]) -> None:
    """O and CN of the request are CPO name and serial number (A02.FR.13, A00.FR.511), if the lab knows them."""
    subject = signing_request_from_pem(seen.message.csr).subject
    expected_values = {"O": bench.configuration.value("CpoName"), "CN": bench.ledger.serial_number}
    for attribute in subject:
        expected = expected_values.pop(attribute.rfc4514_attribute_name, None)
        holds = expected is None or attribute.value == expected
        bench.check(holds, f"{attribute.rfc4514_attribute_name}={expected}", attribute.value, frame=seen.frame.index)
    missing = [name for name, expected in expected_values.items() if expected]
    bench.check(
        not missing, f"{' and '.join(missing)} in the subject", subject.rfc4514_string(), frame=seen.frame.index
    )


async def charge_point_certificate_renewed(bench: Bench) -> None:
    """Set the CPO name and renew the certificate."""
    await bench.configuration.establish(needs(CPO_NAME))
    await certificate_renewed(bench)


async def certificate_renewed(bench: Bench) -> None:
    """Renew the certificate; with security profile 3 the station disconnects and connects with it (A02.FR.08)."""
    seen = await signing_requested(bench)
    chain = bench.commissioner.pki.sign(seen.message.csr)
    before = bench.csms.connection_count
    await bench.call(m.CertificateSignedRequest(certificate_chain=chain), status="Accepted")
    bench.commissioner.invalidate()  # the station no longer has the certificate that it was commissioned with
    if bench.commissioner.profile is SecurityProfile.TLS_CLIENT_CERTIFICATE:
        await check_reconnects_with(bench, chain, before)
        await optional_boot(bench)
