"""The HTTP upgrade request of a station: identity, URL, credentials, and the decision of the CSMS."""

import base64
import binascii
from dataclasses import dataclass, field
from http import HTTPStatus
from urllib.parse import quote, unquote, urlsplit

from plugfest.link.errors import InvalidUrl
from plugfest.percent_encoding import to_ascii

Credentials = tuple[str, str]
"""User and password. Bytes that are not UTF-8 (a binary AuthorizationKey of 1.6) are kept as lone surrogates, as
`bytes.decode(errors="surrogateescape")` does, and sent unchanged."""


@dataclass(frozen=True)
class TlsInfo:
    """The parameters of a TLS connection.

    `version` as OpenSSL writes it ("TLSv1.2"), `cipher_suite` by IANA name, `client_chain` the certificates from the
    station, leaf first, in PEM.
    """

    version: str
    cipher_suite: str
    client_chain: tuple[str, ...] = ()


@dataclass(frozen=True)
class Handshake:
    """The upgrade request of a station. `authorization` (the header) and `path` (of the URL) are as received."""

    identity: str
    path: str
    subprotocols: tuple[str, ...] = ()
    authorization: str | None = field(default=None, repr=False)  # A01.FR.12: no password in a log
    tls: TlsInfo | None = None

    @property
    def credentials(self) -> Credentials | None:
        """User and password; None without a valid Basic header."""
        try:
            return None if self.authorization is None else parse_basic(self.authorization)
        except InvalidAuthorization:
            return None


@dataclass(frozen=True)
class Admission:
    """Whether the CSMS accepts a station; if not, the HTTP status of the refusal, and the reason for the log."""

    status: HTTPStatus | None = None
    reason: str = ""

    @classmethod
    def accept(cls) -> "Admission":
        return cls()

    @classmethod
    def refuse(cls, status: HTTPStatus, reason: str = "") -> "Admission":
        return cls(status, reason)


def basic(credentials: Credentials) -> str:
    """The Authorization header for a user and a password (RFC 7617, in UTF-8: A00.FR.205)."""
    user, password = credentials
    return "Basic " + base64.b64encode(f"{user}:{password}".encode(errors="surrogateescape")).decode()


class InvalidAuthorization(ValueError):
    """An Authorization header without user and password. The text is the reason, without any part of the header."""


def parse_basic(header: str) -> Credentials:
    """The user and password in an Authorization header. Raises InvalidAuthorization."""
    scheme, _, token = header.partition(" ")
    if scheme.lower() != "basic":
        raise InvalidAuthorization("the Authorization header is not of the Basic scheme")
    try:
        decoded = base64.b64decode(token.strip(), validate=True).decode(errors="surrogateescape")
    except (binascii.Error, ValueError):
        raise InvalidAuthorization("the Authorization header is not valid base64") from None
    user, colon, password = decoded.partition(":")
    if not colon:
        raise InvalidAuthorization("the Authorization header has no colon after the user name")
    return user, password


def connection_url(url: str, identity: str) -> str:
    """The URL of a station at a CSMS: the endpoint plus the percent-encoded identity (Part 4, 3.1.1), in ASCII.

    Raises InvalidUrl.
    """
    try:
        parts = urlsplit(url)
        usable = parts.scheme in ("ws", "wss") and parts.hostname and parts.port != 0
        usable = usable and not parts.fragment and parts.username is None
        host = (parts.hostname or "").encode("idna").decode()
    except ValueError:  # invalid port, IPv6 address or host name
        usable = False
    if not usable or any(character.isspace() for character in url):
        raise InvalidUrl(f"{url!r} is not a CSMS address, such as wss://csms.example.com:9000/ocpp")
    path = f"{to_ascii(parts.path).rstrip('/')}/{quote(identity, safe='')}"
    netloc = parts.netloc if parts.netloc.isascii() else host + (f":{parts.port}" if parts.port else "")
    return parts._replace(netloc=netloc, path=path, query=to_ascii(parts.query)).geturl()


def identity_in(path: str) -> str:
    """The identity of a station: the last segment of the URL path."""
    return unquote(urlsplit(path).path.rpartition("/")[2])
