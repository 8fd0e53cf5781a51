"""Firmware signatures: over the whole file, with SHA-256 (L01.FR.04)."""

import base64
from typing import Final

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa

from plugfest.security.certificates import UNREADABLE
from plugfest.security.keys import PrivateKey

_SHA256: Final = hashes.SHA256()


def sign_firmware(image: bytes, key: PrivateKey) -> str:
    """The signature in base64: RSA-PSS, or ECDSA for an EC key (common libraries do not support EC-Schnorr)."""
    if isinstance(key, rsa.RSAPrivateKey):
        signature = key.sign(image, _pss(padding.PSS.DIGEST_LENGTH), _SHA256)
    else:
        signature = key.sign(image, ec.ECDSA(_SHA256))
    return base64.b64encode(signature).decode()


def is_firmware_signature_valid(image: bytes, signature: str, certificate: x509.Certificate) -> bool:
    """Whether the image was signed with the key of the firmware signing certificate (L01.FR.12)."""
    key = certificate.public_key()
    try:
        raw = base64.b64decode(signature, validate=True)
        if isinstance(key, rsa.RSAPublicKey):
            key.verify(raw, image, _pss(padding.PSS.AUTO), _SHA256)
        elif isinstance(key, ec.EllipticCurvePublicKey):
            key.verify(raw, image, ec.ECDSA(_SHA256))
        else:
            return False
    except (*UNREADABLE, InvalidSignature):
        return False
    return True


def _pss(salt_length: object) -> padding.PSS:
    return padding.PSS(padding.MGF1(_SHA256), salt_length)  # type: ignore[arg-type]
