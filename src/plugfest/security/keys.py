"""Private keys, certificate signing requests, and the key strengths that OCPP requires."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final, TypeAlias

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import dsa, ec, ed448, ed25519, rsa
from cryptography.hazmat.primitives.asymmetric.types import PublicKeyTypes
from cryptography.x509.oid import NameOID

from plugfest.security.certificates import UNREADABLE

PrivateKey: TypeAlias = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey


class EncryptedKey(ValueError):
    """A private key that only its pass phrase opens."""

    def __init__(self) -> None:
        super().__init__("an encrypted key")


_MIN_RSA_OR_DSA_BITS: Final = 2048  # A00.FR.502
_MIN_EC_BITS: Final = 224  # A00.FR.503


class KeyKind(StrEnum):
    """The kinds of keys that can be generated. RSA 1024 is too weak for OCPP: it tests that weak keys are refused."""

    EC_P256 = "EC P-256"
    EC_P384 = "EC P-384"
    RSA_2048 = "RSA 2048"
    RSA_3072 = "RSA 3072"
    RSA_1024 = "RSA 1024"


_CURVES: Final = {KeyKind.EC_P256: ec.SECP256R1, KeyKind.EC_P384: ec.SECP384R1}
_RSA_SIZES: Final = {KeyKind.RSA_1024: 1024, KeyKind.RSA_2048: 2048, KeyKind.RSA_3072: 3072}


@dataclass(frozen=True)
class CertifiedKey:
    """A private key and its certificate chain, leaf first, both in PEM (A00.FR.507)."""

    chain: str
    key: str = field(repr=False)


def new_key(kind: KeyKind = KeyKind.EC_P256) -> PrivateKey:
    """A new private key."""
    if kind in _CURVES:
        return ec.generate_private_key(_CURVES[kind]())
    return rsa.generate_private_key(public_exponent=65537, key_size=_RSA_SIZES[kind])


def key_to_pem(key: PrivateKey) -> str:
    """The key in PKCS #8 PEM, not encrypted."""
    pem = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    return pem.decode()


def key_from_pem(pem: str) -> PrivateKey:
    """The private key in a PEM text. Raises ValueError if it is not an EC or RSA private key, EncryptedKey if it is
    encrypted."""
    try:
        key = serialization.load_pem_private_key(pem.encode(), password=None)
    except TypeError as error:
        raise EncryptedKey from error
    except UNREADABLE as error:
        raise ValueError("not a private key in PEM") from error
    if not isinstance(key, ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey):
        raise ValueError("neither an EC nor an RSA key")
    return key


def weakness(key: PublicKeyTypes) -> str | None:
    """Why a key is too weak for OCPP; None if it is strong enough (A00.FR.501)."""
    match key:
        case rsa.RSAPublicKey() | dsa.DSAPublicKey():
            required = _MIN_RSA_OR_DSA_BITS
        case ec.EllipticCurvePublicKey():
            required = _MIN_EC_BITS
        case ed25519.Ed25519PublicKey() | ed448.Ed448PublicKey():
            return None
        case _:
            return "a key type that cannot sign"
    return None if key.key_size >= required else f"a key of {key.key_size} bits; at least {required} are required"


def subject(common_name: str, organization: str, country: str | None = None) -> x509.Name:
    """The subject of a certificate (A00.FR.509 to A00.FR.511); with a country: of a SECC (Part 2 section 2.14)."""
    attributes = [
        x509.NameAttribute(NameOID.ORGANIZATION_NAME, organization),
        x509.NameAttribute(NameOID.COMMON_NAME, common_name),
    ]
    return x509.Name([x509.NameAttribute(NameOID.COUNTRY_NAME, country), *attributes] if country else attributes)


def signing_request_from_pem(pem: str) -> x509.CertificateSigningRequest:
    """A certificate signing request with its subject and key. Raises ValueError if it cannot be read."""
    try:
        request = x509.load_pem_x509_csr(pem.encode())
        request.public_key(), request.subject.rfc4514_string(), request.extensions
    except UNREADABLE as error:
        raise ValueError("not a certificate signing request in PEM") from error
    return request


def has_valid_signature(request: x509.CertificateSigningRequest) -> bool:
    """Whether a certificate signing request is signed with its own key."""
    try:
        return request.is_signature_valid
    except UNREADABLE:
        return False


def signing_request(key: PrivateKey, name: x509.Name) -> str:
    """A certificate signing request (RFC 2986) in PEM (A02.FR.03)."""
    request = x509.CertificateSigningRequestBuilder().subject_name(name).sign(key, hashes.SHA256())
    return request.public_bytes(serialization.Encoding.PEM).decode()
