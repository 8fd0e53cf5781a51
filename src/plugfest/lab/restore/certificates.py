"""Restores the root certificates that are installed at the station."""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Sequence
from typing import Any, ClassVar, Protocol, TypeAlias

from plugfest.lab.csms.csms import Csms
from plugfest.lab.verdict import LabError
from plugfest.ocpp.message import Request
from plugfest.security.certificates import CertificateHash, HashAlgorithm, certificate_hash, certificates_from_pem


class HashData(Protocol):
    """CertificateHashDataType of either OCPP version."""

    @property
    def hash_algorithm(self) -> str: ...
    @property
    def issuer_name_hash(self) -> str: ...
    @property
    def issuer_key_hash(self) -> str: ...
    @property
    def serial_number(self) -> str: ...


def received_hash(data: HashData) -> CertificateHash:
    """The hashes of a certificate in a message of the station, with the hexadecimal digits in lower case."""
    return CertificateHash(
        HashAlgorithm(data.hash_algorithm),
        data.issuer_name_hash.lower(),
        data.issuer_key_hash.lower(),
        data.serial_number.lower(),
    )


Entry: TypeAlias = tuple[str, CertificateHash]
"""An installed certificate: its use (an OCPP enumeration value) and its hashes."""


class CertificatesNotRestored(LabError):
    """The certificates of the station are not those from before the case."""


class CertificateRestorer(ABC):
    """Remembers the installed certificates before a case changes them, and restores them afterwards.

    `changes`: the requests that change the installed certificates. `installable`: the uses that can be installed; a
    station may report others.
    """

    changes: ClassVar[tuple[type[Request[Any]], ...]]
    installable: ClassVar[frozenset[str]]

    def __init__(self, csms: Csms, *, timeout: float) -> None:
        self._csms = csms
        self._timeout = timeout
        self._before: set[Entry] | None = None

    async def remember(self) -> None:
        """Read the installed certificates, once per case. Raises LinkError."""
        if self._before is None:
            self._before = await self.installed()

    def reset(self) -> None:
        """Forget what was installed: the station has been commissioned again."""
        self._before = None

    async def restore(self, known: Sequence[str]) -> None:
        """Install what the case deleted, delete what it installed, and read the result.

        `known`: the certificates in PEM that the lab can install again.

        Raises CertificatesNotRestored or LinkError.
        """
        if self._before is None:
            return
        before = self._before
        now = await self.installed()
        for use, data in before - now:
            await self._install_again(use, data, known)
        kept = {entry for entry in now - before if not await self._deleted(entry, now)}
        if await self.installed() != before | kept:
            raise CertificatesNotRestored("the installed certificates are not those from before the case")
        self._before = None

    async def _install_again(self, use: str, data: CertificateHash, known: Iterable[str]) -> None:
        for pem in known if use in self.installable else ():
            (root,) = certificates_from_pem(pem)
            if certificate_hash(root, root, data.hash_algorithm) == data:
                await self._csms.call(self.install_request(use, pem), timeout=self._timeout)
                return
        raise CertificatesNotRestored(f"the case deleted a {use} that the lab cannot install again")

    async def _deleted(self, entry: Entry, now: set[Entry]) -> bool:
        """Delete a certificate; False if the station keeps it as the last one of its use (M04.FR.03)."""
        use, data = entry
        status = (await self._csms.call(self.delete_request(data), timeout=self._timeout)).status
        if status == "Accepted":
            return True
        if status == "Failed" and [one for one, _ in now].count(use) == 1:
            return False
        raise CertificatesNotRestored(f"the station does not delete a {use} that the case installed: {status}")

    @abstractmethod
    async def installed(self) -> set[Entry]:
        """The certificates that the station reports."""

    @abstractmethod
    def install_request(self, use: str, pem: str) -> Request[Any]:
        """InstallCertificate with a root certificate."""

    @abstractmethod
    def delete_request(self, data: CertificateHash) -> Request[Any]:
        """DeleteCertificate for the certificate with these hashes."""
