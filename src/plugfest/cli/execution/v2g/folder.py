"""The folder of `plugfest v2g`: two PKIs of ISO 15118, and what they have issued, in PEM."""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

import click
import msgspec
from cryptography import x509

from plugfest import clock
from plugfest.cli.values.station_arguments import private_key_of, text_of
from plugfest.security.certificates import InvalidCertificate, certificate_to_pem, certificates_from_pem
from plugfest.security.keys import CertifiedKey, key_to_pem
from plugfest.security.ocsp import responder_url
from plugfest.security.pki import Authority
from plugfest.security.private_files import make_private_folder, write_private
from plugfest.security.v2g_pki import V2gPki

V2G, MOBILITY_OPERATOR = "v2g", "mo"
NAMES: Final = {V2G: "Trial V2G", MOBILITY_OPERATOR: "Trial MO"}
"""The names of the operators, by the PKI."""

_AUTHORITIES: Final = ("root", "sub-ca-1", "sub-ca-2")


class V2gFolder:
    """The PKIs `v2g`, for stations, and `mo`, for contracts. Every method raises ClickException."""

    def __init__(self, folder: str) -> None:
        self._folder = Path(folder)

    def path(self, name: str) -> Path:
        """The path of a file."""
        return self._folder / name

    @property
    def exists(self) -> bool:
        """Whether the PKIs have been made."""
        return self.path(f"{V2G}-root.pem").exists()

    def create(self, responder: str) -> None:
        """Make both PKIs. `responder`: the URL of the OCSP responder, without a path."""
        try:
            make_private_folder(self.path("issued"))
        except OSError as error:
            raise click.ClickException(f"cannot write {self._folder}: {error.strerror or error}") from None
        for name, operator in NAMES.items():
            made = V2gPki(clock.SystemClock().now(), operator, f"{responder}/{name}")
            for title, authority in zip(_AUTHORITIES, made.authorities, strict=True):
                self.write(f"{name}-{title}.pem", certificate_to_pem(authority.certificate))
                self.write(f"{name}-{title}.key", key_to_pem(authority.key), private=True)

    def pki(self, name: str) -> V2gPki:
        """A PKI that has been made. Its responder knows every certificate that was issued."""
        authorities = [self._authority(f"{name}-{title}") for title in _AUTHORITIES]
        url = responder_url(authorities[-1].certificate) or ""
        pki = V2gPki(clock.SystemClock().now(), NAMES[name], url, authorities)
        for certificate in self.issued():
            pki.responder.add(certificate)
        return pki

    def issued(self) -> Iterator[x509.Certificate]:
        """The certificates that were issued: contracts and those of stations."""
        for path in sorted(self.path("issued").glob("*.pem")):
            yield certificate_in(str(path))

    def note_issued(self, chain: str) -> None:
        """Keep the leaf of a chain as issued."""
        (leaf, *_) = certificates_from_pem(chain)
        self.write(f"issued/{leaf.serial_number:x}.pem", certificate_to_pem(leaf))

    def write_contract(self, contract: CertifiedKey) -> None:
        """Write a contract, and an EV that has it for `ev_prepare` of the control API."""
        self.note_issued(contract.chain)
        self.write("contract.pem", contract.chain)
        self.write("contract.key", contract.key, private=True)
        root = text_of(str(self.path(f"{V2G}-root.pem")))
        ev = {"evse_id": 1, "contract": contract.chain, "v2g_roots": [root]}
        self.write("ev.json", msgspec.json.encode(ev).decode() + "\n")

    def write(self, name: str, text: str, *, private: bool = False) -> None:
        """Write a file; a private one is readable by its owner only."""
        path = self.path(name)
        try:
            if private:
                write_private(path, text.encode("ascii"))
            else:
                path.write_text(text, encoding="ascii")
        except OSError as error:
            raise click.ClickException(f"cannot write {path}: {error.strerror or error}") from None

    def _authority(self, name: str) -> Authority:
        return Authority(certificate_in(str(self.path(f"{name}.pem"))), private_key_of(str(self.path(f"{name}.key"))))


def certificate_in(path: str) -> x509.Certificate:
    """The first certificate in a file. Raises ClickException."""
    try:
        return certificates_from_pem(text_of(path))[0]
    except InvalidCertificate as error:
        raise click.ClickException(f"{path}: {error}") from None
