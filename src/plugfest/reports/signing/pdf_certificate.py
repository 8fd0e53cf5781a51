"""The certificate that signs PDFs as PDF readers understand it: the lab's own, or one of the user.

The key of the lab is Ed25519, which readers do not know. So an EC key is derived from it, with a certificate that is
always the same for a lab: it has to be trusted once, and nothing else has to be kept.
"""

from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import msgspec
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import NoEncryption, pkcs12
from cryptography.x509.oid import NameOID

from plugfest.reports.files import NotReadable, read_bytes
from plugfest.reports.signing.lab_key import InvalidKey
from plugfest.reports.signing.signer import Signer

PURPOSE: Final = b"plugfest pdf certificate 1"  # part of the key: it must not change
NOT_BEFORE: Final = datetime(2025, 1, 1, tzinfo=UTC)
NOT_AFTER: Final = datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)  # no end (RFC 5280, 4.1.2.5)
SECRET_LENGTH: Final = 48  # bytes: 16 more than the key, so that each key is as likely (FIPS 186-5, A.2.1)


class WrongPassword(InvalidKey):
    """The password of a PKCS#12 file is wrong, or the file is not PKCS#12."""


class PdfCertificate(msgspec.Struct, frozen=True):
    """A key with its certificate and those of its issuers."""

    key: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey
    certificate: x509.Certificate
    issuers: tuple[x509.Certificate, ...] = ()

    @property
    def fingerprint(self) -> str:
        """The SHA-256 of the certificate in hexadecimal digits."""
        return self.certificate.fingerprint(hashes.SHA256()).hex()

    def as_pkcs12(self) -> bytes:
        """An unencrypted PKCS#12 file."""
        return pkcs12.serialize_key_and_certificates(
            None, self.key, self.certificate, self.issuers or None, NoEncryption()
        )


def lab_certificate(signer: Signer) -> PdfCertificate:
    """The certificate of a lab. It is self-signed, and the same each time."""
    order = ec.SECP256R1.group_order
    secret = int.from_bytes(signer.derived_secret(PURPOSE, SECRET_LENGTH))
    key = ec.derive_private_key(secret % (order - 1) + 1, ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, f"Plugfest lab {signer.instance_id}")])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(int(signer.instance_id, 16) + 1)
        .not_valid_before(NOT_BEFORE)
        .not_valid_after(NOT_AFTER)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_KEY_USAGE, critical=True)
        .sign(key, hashes.SHA256(), ecdsa_deterministic=True)
    )
    return PdfCertificate(key, certificate)


_KEY_USAGE: Final = x509.KeyUsage(
    digital_signature=True,
    content_commitment=True,
    key_encipherment=False,
    data_encipherment=False,
    key_agreement=False,
    key_cert_sign=False,
    crl_sign=False,
    encipher_only=False,
    decipher_only=False,
)


def load_pkcs12(path: Path, password: str) -> PdfCertificate:
    """The key and the certificates in a PKCS#12 file.

    Raises:
        WrongPassword: the password is wrong, or the file is not PKCS#12.
        InvalidKey: it cannot be read, or has no certificate with an RSA or EC key.
    """
    try:
        data = read_bytes(path)
    except NotReadable as error:
        raise InvalidKey(str(error)) from None
    try:
        key, certificate, others = pkcs12.load_key_and_certificates(data, password.encode() or None)
    except ValueError:
        raise WrongPassword(f"the password of {path} is wrong, or it is not a PKCS#12 file (.p12, .pfx)") from None
    if certificate is None or not isinstance(key, ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey):
        raise InvalidKey(f"{path} has no certificate with an RSA or EC key, which PDF readers need")
    return PdfCertificate(key, certificate, tuple(others))
