"""The URL of a file or folder on a file server."""

import re
from dataclasses import dataclass, field, replace
from typing import Final
from urllib.parse import quote, unquote, urlsplit

from plugfest.percent_encoding import to_ascii
from plugfest.transfer.errors import TransferFailed, TransferFault

PORTS: Final = {"http": 80, "https": 443, "ftp": 21, "ftps": 990, "sftp": 22}
"""The schemes (protocols) and their default ports."""

_FTP: Final = ("ftp", "ftps")

_FTP_TYPE: Final = re.compile(r";type=[aid]$", re.IGNORECASE)
"""The transfer type at the end of a URL (RFC 1738, 3.2.2). Files are transferred as they are, whatever it is."""


@dataclass(frozen=True)
class Location:
    """A file or folder on a server.

    `path` begins with a slash and is percent-decoded; `encoded_path` and `query` are as in the URL, in ASCII.
    """

    scheme: str
    host: str
    port: int
    path: str
    encoded_path: str
    query: str = ""
    user: str | None = None
    password: str | None = field(default=None, repr=False)

    @property
    def is_folder(self) -> bool:
        """Whether the path ends with a slash. A path without one may still be a folder."""
        return self.path.endswith("/")

    @property
    def uses_tls(self) -> bool:
        """Whether the protocol uses TLS."""
        return self.scheme in ("https", "ftps")

    def inside(self, name: str) -> "Location":
        """The file `name` in this folder."""
        return replace(
            self,
            path=f"{self.path.rstrip('/')}/{name}",
            encoded_path=f"{self.encoded_path.rstrip('/')}/{quote(name)}",
        )

    def __str__(self) -> str:
        """For messages: without the password and the query, which may contain a token."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{self.scheme}://{host}:{self.port}{quote(self.path)}"


def parse_location(url: str) -> Location:
    """The parts of a URL. Raises TransferFailed with TransferFault.ADDRESS if it is not valid."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise TransferFailed(TransferFault.ADDRESS, str(error)) from None
    if parts.scheme not in PORTS:
        raise TransferFailed(TransferFault.ADDRESS, f"the scheme {parts.scheme!r} is not one of {', '.join(PORTS)}")
    if any(character.isspace() or not character.isprintable() for character in url):
        raise TransferFailed(TransferFault.ADDRESS, "the URL contains a space or control character")
    if not parts.hostname or port == 0:
        raise TransferFailed(TransferFault.ADDRESS, "the URL has no host or port 0")
    encoded_path = to_ascii(_FTP_TYPE.sub("", parts.path) if parts.scheme in _FTP else parts.path)
    path, user, password = unquote(encoded_path), _unquoted(parts.username), _unquoted(parts.password)
    if not f"{path}{user}{password}".isprintable():
        raise TransferFailed(
            TransferFault.ADDRESS, "the URL contains an encoded control character"
        )  # possibly an injected FTP command
    return Location(
        scheme=parts.scheme,
        host=parts.hostname,
        port=port or PORTS[parts.scheme],
        path=path or "/",
        encoded_path=encoded_path or "/",
        query=to_ascii(parts.query),
        user=user,
        password=password,
    )


def _unquoted(text: str | None) -> str | None:
    return None if text is None else unquote(text)
