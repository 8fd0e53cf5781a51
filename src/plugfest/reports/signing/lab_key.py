"""The key of this lab on the disk: made when something is signed for the first time, and kept."""

import contextlib
import os
import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from plugfest.reports.signing.signer import Signer

VARIABLE: Final = "PLUGFEST_LAB_KEY"
MAKE: Final = "openssl genpkey -algorithm ed25519 -out"
_ONLY_MINE: Final = 0o600


class BadKey(Exception):
    """A key that cannot be used or made: which, and why."""


class NoKey(BadKey):
    """There is none."""


def signer(named: Path | None, environment: Mapping[str, str]) -> Signer:
    """The lab that signs here: with the key of the file that somebody named, else with its own, made if missing.

    Raises:
        BadKey: the file cannot be read or written, or is no Ed25519 key.
    """
    chosen = named or _named_by(environment)
    if chosen is not None:
        return Signer(_read(chosen))
    path = own_path(environment)
    try:
        return Signer(_read(path))
    except NoKey:
        _make(path)
        return Signer(_read(path))


def known_signer(environment: Mapping[str, str]) -> Signer | None:
    """The lab that would sign here, if it has a key already and that is a good one. Makes none."""
    try:
        return Signer(_read(_named_by(environment) or own_path(environment)))
    except BadKey:
        return None


def own_path(environment: Mapping[str, str]) -> Path:
    """Where the key of this lab is, by the XDG Base Directory Specification."""
    data = environment.get("XDG_DATA_HOME", "")
    home = Path(environment["HOME"]) if environment.get("HOME") else Path.home()
    folder = Path(data) if Path(data).is_absolute() else home / ".local" / "share"
    return folder / "plugfest" / "lab-key.pem"


def _named_by(environment: Mapping[str, str]) -> Path | None:
    name = environment.get(VARIABLE)
    return Path(name) if name else None


def _read(path: Path) -> Ed25519PrivateKey:
    try:
        pem = path.read_bytes()
    except FileNotFoundError:
        raise NoKey(f"there is no key {path}; this makes one: {MAKE} {path}") from None
    except OSError as error:
        raise BadKey(f"the key {path} cannot be read: {error.strerror}") from None
    try:
        key = serialization.load_pem_private_key(pem, password=None)
    except TypeError:
        raise BadKey(f"the key {path} is encrypted: give one that is not") from None
    except (ValueError, UnsupportedAlgorithm):
        raise BadKey(f"{path} holds no private key in PEM") from None
    if not isinstance(key, Ed25519PrivateKey):
        raise BadKey(f"the key {path} is no Ed25519 key; this makes one: {MAKE} FILE")
    return key


def _make(path: Path) -> None:
    """Make a key, unless somebody is faster: a file with a whole key appears at once, and the first one stays."""
    pem = Ed25519PrivateKey.generate().private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _ONLY_MINE), "wb") as file:
            file.write(pem)
        with contextlib.suppress(FileExistsError):
            os.link(draft, path)
    except OSError as error:
        why = f"{path}: {error.strerror}; --key or {VARIABLE} names another"
        raise BadKey(f"the key of this lab cannot be made: {why}") from None
    finally:
        with contextlib.suppress(OSError):
            draft.unlink()
