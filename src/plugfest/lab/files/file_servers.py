"""The lab's file servers: where a station fetches firmware and leaves its logs, by each protocol that it names."""

import ssl
from collections.abc import Callable, Sequence
from typing import Final

from plugfest.lab.verdict import NotEquipped
from plugfest.transfer.server import Access, CannotServeFiles, DocumentStore, FileServer, Outcome, file_server

CREDENTIALS: Final = ("plugfest", "files-of-the-lab")
"""What every server asks for, and every URL says: never the station's own password (N01.FR.17)."""


class LabFiles:
    """One shelf of files for one case, and the servers in front of it, which are opened when they are asked for.

    Args:
        protocols: by their names in FileTransferProtocols.
        host: the lab's address as the station sees it, asked for when a server is opened.
        tls: the settings for a server at that address.
    """

    def __init__(self, protocols: Sequence[str], host: Callable[[], str], tls: Callable[[str], ssl.SSLContext]) -> None:
        self.protocols = tuple(protocols)
        self.documents = DocumentStore(credentials=CREDENTIALS)
        self._host = host
        self._tls = tls
        self._servers: dict[str, FileServer] = {}

    def protocol(self, turn: int) -> str:
        """One of the station's protocols. Cases take them in turns, so that each is used. Raises NotEquipped."""
        if not self.protocols:
            raise NotEquipped("the station names no file transfer protocol")
        return self.protocols[turn % len(self.protocols)]

    async def url(self, path: str, protocol: str) -> str:
        """Where the station finds a file of the shelf, or a folder if it ends in a slash. Raises NotEquipped."""
        if protocol not in self._servers:
            host = self._host()
            server = file_server(protocol, self.documents, self._tls(host))
            try:
                await server.listen(host)
            except CannotServeFiles as error:
                raise NotEquipped(str(error)) from error
            self._servers[protocol] = server
        return self._servers[protocol].url(path)

    def accesses(self, path: str, *, upload: bool) -> list[Access]:
        """Who sent or fetched this file, or one in this folder."""
        below = path.rstrip("/") + "/"
        return [
            access
            for access in self.documents.accesses
            if access.upload is upload and (access.path == path or access.path.startswith(below))
        ]

    def fetched(self, path: str) -> bool:
        """Whether a client got a file to its last byte."""
        size = len(self.documents.files[path])
        return any(
            access.outcome is Outcome.DONE and access.size >= size for access in self.accesses(path, upload=False)
        )

    def received(self, folder: str) -> dict[str, bytes]:
        """The files that were sent into a folder, to their last byte, by name."""
        below = folder.rstrip("/") + "/"
        complete = {access.path for access in self.accesses(folder, upload=True) if access.outcome is Outcome.DONE}
        return {path.removeprefix(below): data for path, data in self.documents.files.items() if path in complete}

    async def close(self) -> None:
        """Stop serving; whoever is at it is cut off."""
        while self._servers:
            await self._servers.popitem()[1].close()
