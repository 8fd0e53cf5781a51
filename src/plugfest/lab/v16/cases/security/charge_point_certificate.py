"""A02 Update Charge Point Certificate by request of Central System."""

from plugfest.lab.case import ConnectionRequirement, case
from plugfest.lab.v16.bench import Bench
from plugfest.lab.v16.memory.charge_point_certificate_renewed import (
    CPO_NAME,
    certificate_renewed,
    signing_requested,
)
from plugfest.ocpp.v16 import messages as m
from plugfest.security.pki import CertificateFault
from plugfest.security.profile import SecurityProfile

INVALID_CERTIFICATES = (CertificateFault.UNKNOWN_ISSUER, CertificateFault.EXPIRED)
"""The faults of the certificate: an untrusted issuer, and expired."""

CLIENT_CERTIFICATE = ConnectionRequirement((SecurityProfile.TLS_CLIENT_CERTIFICATE,))


@case(
    "TC_074_CS",
    requirements=("A02.FR.02", "A02.FR.03", "A02.FR.06", "A02.FR.08", "A02.FR.13"),
    configuration=CPO_NAME,
    connected=CLIENT_CERTIFICATE,
)
async def renewed(bench: Bench) -> None:
    bench.step(1)
    await certificate_renewed(bench)


@case(
    "TC_077_CS",
    requirements=("A02.FR.06", "A02.FR.07"),
    configuration=CPO_NAME,
    connected=CLIENT_CERTIFICATE,
)
async def invalid_certificate(bench: Bench) -> None:
    """Derived: the document does not name the fault; the lab uses those that A02.FR.06 requires to be checked."""
    for fault in INVALID_CERTIFICATES:
        bench.step(1)
        request = await signing_requested(bench)
        chain = bench.commissioner.pki.sign(request.message.csr, fault=fault)
        bench.step(5)
        await bench.call(m.CertificateSignedRequest(certificate_chain=chain), status="Rejected")
        bench.step(7, "A02.FR.07")
        await bench.expect(m.SecurityEventNotificationRequest, type="InvalidChargePointCertificate")
