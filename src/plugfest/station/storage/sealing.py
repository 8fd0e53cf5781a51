"""Secrets in a store are encrypted under a key in another file: a copy of the store alone reveals none."""

import os
from pathlib import Path
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from plugfest.security.private_files import open_private, tighten

SECRET_VARIABLES: Final = "secret_variables"
"""The collection of the variables that can be written but not read, such as the password."""

SECRET_COLLECTIONS: Final = frozenset(
    {
        SECRET_VARIABLES,
        "certified_keys",
        "v2g_keys",
        "v2g_pending_key",
        "combined_pending_key",
        "firmware",  # its location may have a password
    }
)
"""The collections whose values are sealed."""

_MARK: Final = b"\x00sealed\x01"
"""The beginning of a sealed value; no JSON text begins like this."""

_KEY_BITS: Final = 256
_NONCE_BYTES: Final = 12


class WrongKey(Exception):
    """The value was sealed with another key, or is not what was sealed."""


class Sealer:
    """Encrypts values with AES-256-GCM, each bound to its place in the store."""

    def __init__(self, key: bytes) -> None:
        """Raises ValueError if the key does not have 32 bytes."""
        if len(key) * 8 != _KEY_BITS:
            raise ValueError(f"a key has {_KEY_BITS // 8} bytes, not {len(key)}")
        self._cipher = AESGCM(key)

    def seal(self, value: bytes, place: bytes) -> bytes:
        nonce = os.urandom(_NONCE_BYTES)
        return _MARK + nonce + self._cipher.encrypt(nonce, value, place)

    def open(self, value: bytes, place: bytes) -> bytes:
        """The value that was sealed; a value that is not sealed as it is. Raises WrongKey."""
        if not is_sealed(value):
            return value
        sealed = value[len(_MARK) :]
        try:
            return self._cipher.decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], place)
        except (InvalidTag, ValueError):
            raise WrongKey from None


def is_sealed(value: bytes) -> bool:
    """Whether a stored value is sealed."""
    return value.startswith(_MARK)


def read_or_create_key(path: Path) -> bytes:
    """The key in a file that only its owner can read; a missing file is created with a new key. Raises OSError."""
    try:
        key = path.read_bytes()
    except FileNotFoundError:
        return _create_key(path)
    tighten(path)
    return key


def _create_key(path: Path) -> bytes:
    """The key is on disk before anything is sealed with it."""
    key = AESGCM.generate_key(_KEY_BITS)
    draft = path.with_name(f"{path.name}.new")
    with open(open_private(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC), "wb") as file:
        file.write(key)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
    sync_folder(path.parent)
    return key


def sync_folder(folder: Path) -> None:
    """Make the names of new files durable."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
