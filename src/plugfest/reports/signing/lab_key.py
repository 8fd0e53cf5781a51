"""The file with the signing key of the lab, which is created when it is needed for the first time."""

import contextlib
import os
import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from plugfest.environment_variables import LAB_KEY
from plugfest.reports.signing.signer import Signer
from plugfest.runs.data_folder import data_folder
from plugfest.security.private_files import make_private_folder, open_private, tighten

GENERATE_COMMAND: Final = "openssl genpkey -algorithm ed25519 -out"


class InvalidKey(Exception):
    """A key file that cannot be used or created, and the reason."""


class KeyNotFound(InvalidKey):
    """The key file does not exist."""


def load_signer(path: Path | None, environment: Mapping[str, str]) -> Signer:
    """The signer with the key in a file: `path`, else that of the environment variable, else the lab's own key.

    The lab's own key is created if it does not exist.

    Raises:
        InvalidKey: the file cannot be read or created, or has no Ed25519 key.
    """
    chosen = path or _path_in(environment)
    if chosen is not None:
        return Signer(_read(chosen))
    default = default_path(environment)
    try:
        return Signer(_read(default))
    except KeyNotFound:
        _create(default)
        return Signer(_read(default))


def existing_signer(environment: Mapping[str, str]) -> Signer | None:
    """The signer that `load_signer` would return without creating a key; None if there is no valid key."""
    try:
        return Signer(_read(_path_in(environment) or default_path(environment)))
    except InvalidKey:
        return None


def default_path(environment: Mapping[str, str]) -> Path:
    """The path of the lab's own key."""
    return data_folder(environment) / "lab-key.pem"


def _path_in(environment: Mapping[str, str]) -> Path | None:
    name = environment.get(LAB_KEY)
    return Path(name) if name else None


def _read(path: Path) -> Ed25519PrivateKey:
    try:
        pem = path.read_bytes()
        tighten(path)
    except FileNotFoundError:
        raise KeyNotFound(f"the key file {path} does not exist; to create one: {GENERATE_COMMAND} {path}") from None
    except OSError as error:
        raise InvalidKey(f"cannot read the key file {path}: {error.strerror}") from None
    try:
        key = serialization.load_pem_private_key(pem, password=None)
    except TypeError:
        raise InvalidKey(f"the key in {path} is encrypted; give it without a pass phrase") from None
    except (ValueError, UnsupportedAlgorithm):
        raise InvalidKey(f"{path} has no private key in PEM format") from None
    if not isinstance(key, Ed25519PrivateKey):
        raise InvalidKey(f"the key in {path} is not an Ed25519 key; to create one: {GENERATE_COMMAND} FILE")
    return key


def _create(path: Path) -> None:
    """Create a key. The file appears complete, and does not replace one that another process has created."""
    pem = Ed25519PrivateKey.generate().private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    try:
        make_private_folder(path.parent)
        with os.fdopen(open_private(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL), "wb") as file:
            file.write(pem)
        with contextlib.suppress(FileExistsError):
            os.link(temporary, path)
    except OSError as error:
        raise InvalidKey(
            f"cannot create the lab's key {path}: {error.strerror}; --key or {LAB_KEY} names another file"
        ) from None
    finally:
        with contextlib.suppress(OSError):
            temporary.unlink()
