"""The station's root certificates: after a case the same are there as before it."""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Sequence
from typing import Any, ClassVar, Generic, TypeVar

from plugfest.lab.verdict import LabError
from plugfest.ocpp.message import Request

H = TypeVar("H")
"""A certificate by its hashes, as an OCPP version names it, in one form for each certificate."""


class CertificatesNotRestored(LabError):
    """The station's certificates are not what they were before the case."""


class CertificateRestorer(ABC, Generic[H]):
    """Remembers what was installed before a case changed it, and puts that back.

    `changes` are the requests that change what is installed.
    """

    changes: ClassVar[tuple[type[Request[Any]], ...]]

    def __init__(self) -> None:
        self._before: set[tuple[str, H]] | None = None

    async def remember(self) -> None:
        """Look at what is installed, unless that was done in this case before. Raises LinkError."""
        if self._before is None:
            self._before = await self.installed()

    def reset(self) -> None:
        """What was installed went with the station's old configuration."""
        self._before = None

    async def restore(self, known: Sequence[str]) -> None:
        """Install again what was deleted, delete what was installed, and look whether that is so.

        `known` are the certificates in PEM that the lab can install again.

        Raises NotPutBack, or LinkError.
        """
        if self._before is None:
            return
        before = self._before
        now = await self.installed()
        for use, data in before - now:
            await self._put_back(use, data, known)
        kept = {entry for entry in now - before if not await self._take_out(entry, now)}
        if await self.installed() != before | kept:
            raise CertificatesNotRestored("the installed certificates are not those that were there before the case")
        self._before = None

    async def _put_back(self, use: str, data: H, known: Iterable[str]) -> None:
        for pem in known:
            if self.names(data, pem):
                await self.install(use, pem)
                return
        raise CertificatesNotRestored(f"the case deleted a {use} that the lab does not have")

    async def _take_out(self, entry: tuple[str, H], now: set[tuple[str, H]]) -> bool:
        """False if the station keeps the last certificate of a kind, as M04.FR.03 lets it."""
        use, data = entry
        status = await self.delete(data)
        if status == "Accepted":
            return True
        if status == "Failed" and [one for one, _ in now].count(use) == 1:
            return False
        raise CertificatesNotRestored(f"the station does not delete a {use} that the case installed: {status}")

    @abstractmethod
    def names(self, data: H, pem: str) -> bool:
        """Whether these hashes are those of this root certificate."""

    @abstractmethod
    async def installed(self) -> set[tuple[str, H]]:
        """What the station says it has: use and hashes."""

    @abstractmethod
    async def install(self, use: str, pem: str) -> None:
        """Send a root certificate."""

    @abstractmethod
    async def delete(self, data: H) -> str:
        """Have a certificate deleted; the status of the answer."""
