"""CertificateInstalled: a root certificate is in the station's memory."""

from typing import TYPE_CHECKING

from cryptography import x509

from plugfest.ocpp.v201 import messages as m
from plugfest.ocpp.v201 import types as t
from plugfest.security.certificates import certificate_hash, certificate_to_pem

if TYPE_CHECKING:
    from plugfest.lab.bench import Bench


async def certificate_installed(
    bench: "Bench", use: str, certificate: x509.Certificate, *, issuer: x509.Certificate | None = None
) -> None:
    """Install a certificate for one use (InstallCertificateUseEnumType); it is deleted again after the case.

    `issuer` is the certificate itself if None, as it is for most roots.
    """
    await bench.call(
        m.InstallCertificateRequest(
            certificate_type=t.InstallCertificateUseEnumType(use), certificate=certificate_to_pem(certificate)
        ),
        status="Accepted",
    )
    bench.afterwards(m.DeleteCertificateRequest(certificate_hash_data=hash_data(certificate, issuer or certificate)))


def hash_data(certificate: x509.Certificate, issuer: x509.Certificate) -> t.CertificateHashDataType:
    """A certificate by its hashes, as OCPP names it."""
    found = certificate_hash(certificate, issuer)
    return t.CertificateHashDataType(
        hash_algorithm=t.HashAlgorithmEnumType(found.hash_algorithm),
        issuer_name_hash=found.issuer_name_hash,
        issuer_key_hash=found.issuer_key_hash,
        serial_number=found.serial_number,
    )
