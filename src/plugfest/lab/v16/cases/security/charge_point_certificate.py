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

DISTRUSTED = (CertificateFault.UNKNOWN_ISSUER, CertificateFault.EXPIRED)
"""Signed by nobody whom the station trusts, and out of date."""

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
    """The document does not tell in what it is invalid: here it is each thing that A02.FR.06 has checked."""
    for fault in DISTRUSTED:
        bench.step(1)
        seen = await signing_requested(bench)
        chain = bench.commissioner.pki.sign(seen.message.csr, fault=fault)
        bench.step(5)
        await bench.call(m.CertificateSignedRequest(certificate_chain=chain), status="Rejected")
        bench.step(7, "A02.FR.07")
        await bench.expect(m.SecurityEventNotificationRequest, type="InvalidChargePointCertificate")
