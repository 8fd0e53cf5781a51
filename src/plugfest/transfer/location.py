"""Where a file is, or shall go: a URL in its parts."""

from dataclasses import dataclass, field, replace
from typing import Final
from urllib.parse import quote, unquote, urlsplit

from plugfest.transfer.errors import Fault, TransferFailed

PORTS: Final = {"http": 80, "https": 443, "ftp": 21, "ftps": 990, "sftp": 22}
"""The schemes, which are the protocols, and the ports where their servers usually are."""


@dataclass(frozen=True)
class Location:
    """A file on a server. `path` begins with a slash and is not percent-encoded; `query` is as it stood in the URL."""

    scheme: str
    host: str
    port: int
    path: str
    query: str = ""
    user: str | None = None
    password: str | None = field(default=None, repr=False)

    @property
    def is_folder(self) -> bool:
        """Whether the address says by itself that it names a folder."""
        return self.path.endswith("/")

    @property
    def uses_tls(self) -> bool:
        """Whether the protocol is one over TLS."""
        return self.scheme in ("https", "ftps")

    def inside(self, name: str) -> "Location":
        """The file `name` in this folder."""
        return replace(self, path=f"{self.path.rstrip('/')}/{name}")

    def __str__(self) -> str:
        """For messages: without password or query, which may hold a token."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{self.scheme}://{host}:{self.port}{quote(self.path)}"


def parse_location(url: str) -> Location:
    """Raises TransferFailed with Fault.ADDRESS; the text says what is wrong."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise TransferFailed(Fault.ADDRESS, str(error)) from None
    if parts.scheme not in PORTS:
        raise TransferFailed(Fault.ADDRESS, f"{parts.scheme or 'nothing'} is none of {', '.join(PORTS)}")
    if any(character.isspace() or not character.isprintable() for character in url):
        raise TransferFailed(Fault.ADDRESS, "there is a blank in it")
    if not parts.hostname or port == 0:
        raise TransferFailed(Fault.ADDRESS, "it names no server")
    path, user, password = unquote(parts.path), _unquoted(parts.username), _unquoted(parts.password)
    if not f"{path}{user}{password}".isprintable():
        raise TransferFailed(Fault.ADDRESS, "there is something unreadable in it")  # a command for the server, perhaps
    return Location(
        scheme=parts.scheme,
        host=parts.hostname,
        port=port or PORTS[parts.scheme],
        path=path or "/",
        query=parts.query,
        user=user,
        password=password,
    )


def _unquoted(text: str | None) -> str | None:
    return None if text is None else unquote(text)
