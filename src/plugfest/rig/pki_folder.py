"""A folder with the root certificate of the lab, which stays the same in every run.

It is for stations in which a person has to install the root certificate.
"""

import contextlib
from datetime import datetime
from pathlib import Path

from cryptography import x509

from plugfest.lab.verdict import LabError
from plugfest.security.certificates import InvalidCertificate, certificates_from_pem
from plugfest.security.chains import why_not_ca
from plugfest.security.keys import EncryptedKey, PrivateKey, key_from_pem, key_to_pem
from plugfest.security.pki import Authority, TestPki
from plugfest.security.private_files import make_private_folder, tighten, write_private

ROOT, KEY = "root.pem", "root.key"


class PkiNotUsable(LabError):
    """The folder has no root certificate that can issue certificates, or cannot be written."""


class PkiFolder:
    """A folder with certificates of the lab. Every method raises PkiNotUsable."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.root = folder / ROOT

    def pki(self, now: datetime) -> TestPki:
        """The PKI whose root is in `root.pem` and `root.key`, both PEM, the key not encrypted; created if both are
        missing. `now` is the real time."""
        key = self._folder / KEY
        if self.root.exists() and key.exists():
            with contextlib.suppress(OSError):
                tighten(key)
            return TestPki(now, root=_authority(self.root, key, now))
        for present, missing in ((self.root, key), (key, self.root)):
            if present.exists():
                raise PkiNotUsable(f"{missing} is missing: {present} cannot be used without it")
        pki = TestPki(now)
        self.write(KEY, key_to_pem(pki.root.key), private=True)
        self.write(ROOT, pki.root_pem)
        return pki

    def path(self, name: str) -> Path:
        """The path of a file in the folder."""
        return self._folder / name

    def write(self, name: str, content: str | bytes, *, private: bool = False) -> Path:
        """Write a file that a person installs in the station, or a `private` one. Returns its path."""
        path = self.path(name)
        data = content.encode() if isinstance(content, str) else content
        try:
            make_private_folder(path.parent)
            if private:
                write_private(path, data)
            else:
                path.write_bytes(data)
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
        raise PkiNotUsable(f"{path} is not a root certificate in PEM: {error}") from None
    if why_not_ca(certificate) is not None or constraints.path_length == 0:
        raise PkiNotUsable(f"{path} cannot issue the certificate of an intermediate CA")
    if not certificate.not_valid_before_utc <= now <= certificate.not_valid_after_utc:
        raise PkiNotUsable(
            f"{path} is not valid today; move it and its key to another folder, and a new root is created"
        )
    return certificate


def _key(path: Path) -> PrivateKey:
    try:
        return key_from_pem(_text(path))
    except EncryptedKey:
        raise PkiNotUsable(f"the key in {path} is encrypted; give it without a pass phrase") from None
    except ValueError as error:
        raise PkiNotUsable(f"{path} is not an unencrypted private key in PEM: {error}") from None


def _text(path: Path) -> str:
    try:
        return path.read_text()
    except (OSError, UnicodeDecodeError) as error:
        raise PkiNotUsable(f"cannot read {path}: {error}") from None
