"""The file servers of a lab: a class for each protocol, on a store of files in memory that records every access."""

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

# Imported on first use, like the clients.
_SERVERS: Final = {
    "HTTP": ("http", "HttpServer"),
    "HTTPS": ("http", "HttpServer"),
    "FTP": ("ftp", "FtpServer"),
    "FTPS": ("ftp", "FtpServer"),
    "SFTP": ("sftp", "SftpServer"),
}

WITH_TLS: Final = frozenset({"HTTPS", "FTPS"})
"""The protocols with a server certificate that the client must trust."""


def file_server(protocol: str, documents: DocumentStore, tls: ssl.SSLContext) -> FileServer:
    """The server of a protocol, by its name in FileTransferProtocols. `tls` is used by those with TLS."""
    module, name = _SERVERS[protocol]
    kind: type[FileServer] = getattr(importlib.import_module(f"{__name__}.{module}"), name)
    return kind(documents, tls if protocol in WITH_TLS else None)
