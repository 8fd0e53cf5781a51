"""The lab's certificates for stations that stay: a root that is the same in every run, in a folder.

A station that somebody has to install a root certificate in cannot have a new one for each campaign.
"""

import os
from datetime import datetime
from pathlib import Path

from cryptography import x509

from plugfest.lab.verdict import LabError
from plugfest.security.certificates import InvalidCertificate, certificates_from_pem
from plugfest.security.keys import PrivateKey, key_from_pem, key_to_pem
from plugfest.security.pki import Authority, TestPki

ROOT, KEY = "root.pem", "root.key"


class PkiNotUsable(LabError):
    """The folder holds no root that certificates can be made with."""


class PkiFolder:
    """A folder with certificates of the lab. Every method raises PkiNotUsable."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.root = folder / ROOT

    def pki(self, now: datetime) -> TestPki:
        """The PKI whose root is in `root.pem` and `root.key`, both PEM, the key not encrypted; where there is none, it
        is made. `now` is the real time."""
        key = self._folder / KEY
        if self.root.exists() and key.exists():
            return TestPki(now, root=_authority(self.root, key, now))
        for lonely, missing in ((self.root, key), (key, self.root)):
            if lonely.exists():
                raise PkiNotUsable(f"{lonely} is there, but {missing} is missing")
        pki = TestPki(now)
        self.write(KEY, key_to_pem(pki.root.key), mode=0o600)
        self.write(ROOT, pki.root_pem)
        return pki

    def write(self, name: str, text: str, *, mode: int = 0o644) -> Path:
        """A file for a person to carry to the station."""
        path = self._folder / name
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            with open(path, "w", opener=lambda file, flags: os.open(file, flags, mode)) as file:
                file.write(text)
        except OSError as error:
            raise PkiNotUsable(f"cannot write {path}: {error.strerror or error}") from None
        return path


def _authority(root: Path, key: Path, now: datetime) -> Authority:
    certificate = _certificate(root, now)
    private = _key(key)
    if private.public_key() != certificate.public_key():
        raise PkiNotUsable(f"{key} is not the key of {root}")
    return Authority(certificate, private)


def _certificate(path: Path, now: datetime) -> x509.Certificate:
    try:
        certificate = certificates_from_pem(_text(path))[0]
        constraints = certificate.extensions.get_extension_for_class(x509.BasicConstraints).value
    except (InvalidCertificate, x509.ExtensionNotFound) as error:
        raise PkiNotUsable(f"{path} is no root certificate in PEM: {error}") from None
    if not constraints.ca or constraints.path_length == 0:
        raise PkiNotUsable(f"{path} is no certificate that may certify a sub CA")
    if not certificate.not_valid_before_utc <= now <= certificate.not_valid_after_utc:
        raise PkiNotUsable(f"{path} is not valid today; move it away, and a new one is made")
    return certificate


def _key(path: Path) -> PrivateKey:
    try:
        return key_from_pem(_text(path))
    except (ValueError, TypeError) as error:  # TypeError: it is encrypted
        raise PkiNotUsable(f"{path} is no private key in PEM without a password: {error}") from None


def _text(path: Path) -> str:
    try:
        return path.read_text()
    except (OSError, UnicodeDecodeError) as error:
        raise PkiNotUsable(f"cannot read {path}: {error}") from None
