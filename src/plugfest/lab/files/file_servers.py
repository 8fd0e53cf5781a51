"""The file servers of the lab, one for each protocol that the station supports: firmware downloads and log uploads."""

import ssl
from collections.abc import Callable, Sequence
from typing import Final

from plugfest.lab.verdict import NotEquipped
from plugfest.transfer.server import Access, CannotServeFiles, DocumentStore, FileServer, Outcome, file_server

CREDENTIALS: Final = ("plugfest", "files-of-the-lab")
"""User name and password of every server, part of every URL; never the password of the station (N01.FR.17)."""


class LabFiles:
    """The document store of one case and its file servers, which are opened when they are first used.

    Args:
        protocols: by their names in FileTransferProtocols.
        host: returns the address of the lab as the station sees it; called when a server is opened.
        tls: returns the TLS settings for a server at that address.
    """

    def __init__(self, protocols: Sequence[str], host: Callable[[], str], tls: Callable[[str], ssl.SSLContext]) -> None:
        self.protocols = tuple(protocols)
        self.documents = DocumentStore(credentials=CREDENTIALS)
        self._host = host
        self._tls = tls
        self._servers: dict[str, FileServer] = {}

    def protocol(self, turn: int) -> str:
        """One of the station's protocols. Cases use them in turn, so that each is tested. Raises NotEquipped."""
        if not self.protocols:
            raise NotEquipped("the station supports no file transfer protocol that the lab can use")
        return self.protocols[turn % len(self.protocols)]

    async def url(self, path: str, protocol: str) -> str:
        """The URL of a file in the document store, or of a folder if it ends in a slash. Raises NotEquipped."""
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
        """The uploads or downloads of this file, or of files in this folder."""
        below = path.rstrip("/") + "/"
        return [
            access
            for access in self.documents.accesses
            if access.upload is upload and (access.path == path or access.path.startswith(below))
        ]

    def fetched(self, path: str) -> bool:
        """Whether a client has downloaded a file completely."""
        size = len(self.documents.files[path])
        return any(
            access.outcome is Outcome.DONE and access.size >= size for access in self.accesses(path, upload=False)
        )

    def received(self, folder: str) -> dict[str, bytes]:
        """The files that were completely uploaded into a folder, by name."""
        below = folder.rstrip("/") + "/"
        complete = {access.path for access in self.accesses(folder, upload=True) if access.outcome is Outcome.DONE}
        return {path.removeprefix(below): data for path, data in self.documents.files.items() if path in complete}

    async def close(self) -> None:
        """Close the servers and abort ongoing transfers."""
        while self._servers:
            await self._servers.popitem()[1].close()
