"""Signs with the key of a lab, and checks such signatures."""

import hashlib
from typing import Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

INSTANCE_ID_DIGITS: Final = 32


def fingerprint_of(public_key: str) -> str:
    """The SHA-256 of a public key; key and fingerprint are 64 hexadecimal digits."""
    return hashlib.sha256(bytes.fromhex(public_key)).hexdigest()


def instance_id_of(fingerprint: str) -> str:
    """The instance ID of a lab: the first half of the fingerprint of its key."""
    return fingerprint[:INSTANCE_ID_DIGITS]


class Signer:
    """A lab that signs with Ed25519 (RFC 8032)."""

    def __init__(self, key: Ed25519PrivateKey) -> None:
        self._key = key
        self.public_key = key.public_key().public_bytes_raw().hex()
        self.fingerprint = fingerprint_of(self.public_key)
        self.instance_id = instance_id_of(self.fingerprint)

    def derived_secret(self, purpose: bytes, length: int) -> bytes:
        """A secret of this length in bytes for another purpose than signing reports (HKDF, RFC 5869)."""
        return HKDF(hashes.SHA256(), length, salt=None, info=purpose).derive(self._key.private_bytes_raw())

    def sign(self, message: bytes) -> str:
        """The signature in 128 hexadecimal digits."""
        return self._key.sign(message).hex()


def is_valid_signature(message: bytes, signature: str, public_key: str) -> bool:
    """Whether the key signed the message. A signature in upper-case digits is not valid."""
    try:
        if bytes.fromhex(signature).hex() != signature:
            return False
        Ed25519PublicKey.from_public_bytes(bytes.fromhex(public_key)).verify(bytes.fromhex(signature), message)
    except (InvalidSignature, ValueError):
        return False
    return True
