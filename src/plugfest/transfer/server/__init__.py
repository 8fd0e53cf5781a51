"""The file servers of a lab: a class for each protocol, over a shelf of files where they keep evidence too."""

import importlib
import ssl
from typing import Final

from plugfest.transfer.server.base import CannotServeFiles, FileServer
from plugfest.transfer.server.document_store import Access, DocumentStore, FileBehaviour, Outcome

__all__ = [
    "WITH_TLS",
    "Access",
    "CannotServeFiles",
    "DocumentStore",
    "FileBehaviour",
    "FileServer",
    "Outcome",
    "file_server",
]

# Imported when they are wanted, as the clients are.
_SERVERS: Final = {
    "HTTP": ("http", "HttpServer"),
    "HTTPS": ("http", "HttpServer"),
    "FTP": ("ftp", "FtpServer"),
    "FTPS": ("ftp", "FtpServer"),
    "SFTP": ("sftp", "SftpServer"),
}

WITH_TLS: Final = frozenset({"HTTPS", "FTPS"})
"""The protocols of a client that has to trust the server's certificate."""


def file_server(protocol: str, documents: DocumentStore, tls: ssl.SSLContext) -> FileServer:
    """The server for a protocol by its name in FileTransferProtocols; `tls` is for those that have TLS."""
    module, name = _SERVERS[protocol]
    kind: type[FileServer] = getattr(importlib.import_module(f"{__name__}.{module}"), name)
    return kind(documents, tls if protocol in WITH_TLS else None)
