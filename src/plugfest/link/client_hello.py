"""The ClientHello of TLS, parsed from the bytes on the wire: available as evidence even if the handshake fails.

RFC 8446, 4.1.2 and 5.1; TLS 1.2: RFC 5246, 7.4.1.2.
"""

from dataclasses import dataclass
from typing import Final

from plugfest.link.cipher_suites import suite_name

_HANDSHAKE_RECORD: Final = 22
_CLIENT_HELLO: Final = 1
_SERVER_NAME: Final = 0
_SUPPORTED_VERSIONS: Final = 43
_VERSIONS: Final = {0x0300: "SSLv3", 0x0301: "TLSv1", 0x0302: "TLSv1.1", 0x0303: "TLSv1.2", 0x0304: "TLSv1.3"}


@dataclass(frozen=True)
class ClientHello:
    """The offer of a TLS client: versions as OpenSSL writes them, cipher suites by IANA name, in the client's order.

    A client without TLS 1.3 names only its highest version. `server_name` is the host in the SNI extension; None if the
    extension is missing, for example because the URL has an IP address.
    """

    versions: tuple[str, ...]
    cipher_suites: tuple[str, ...]
    server_name: str | None = None

    @classmethod
    def parse(cls, message: bytes) -> "ClientHello | None":
        """Parse a complete handshake message; None if it is not a readable ClientHello."""
        try:
            return _parse(_Reader(message))
        except (IndexError, UnicodeDecodeError):
            return None


class HelloReader:
    """Collects the bytes of a client until its first handshake message is complete."""

    def __init__(self) -> None:
        self._bytes = bytearray()
        self._message = bytearray()
        self.done = False

    def feed(self, data: bytes) -> bytes | None:
        """Add bytes. Returns the message once, when it is complete. `done` is then set; also if this is not TLS."""
        self._bytes += data
        while not self.done and len(self._bytes) >= 5:
            if self._bytes[0] != _HANDSHAKE_RECORD:
                self.done = True
                break
            end = 5 + int.from_bytes(self._bytes[3:5])
            if len(self._bytes) < end:
                break
            self._message += self._bytes[5:end]
            del self._bytes[:end]
            self.done = len(self._message) >= 4 and len(self._message) >= 4 + int.from_bytes(self._message[1:4])
            if self.done:
                return bytes(self._message)
        return None


class _Reader:
    """Reads big-endian numbers and length-prefixed vectors. Raises IndexError at the end of the data."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0

    @property
    def left(self) -> bool:
        return self._at < len(self._data)

    def take(self, size: int) -> bytes:
        if self._at + size > len(self._data):
            raise IndexError(size)
        self._at += size
        return self._data[self._at - size : self._at]

    def rest(self) -> bytes:
        return self.take(len(self._data) - self._at)

    def number(self, size: int) -> int:
        return int.from_bytes(self.take(size))

    def vector(self, length_size: int) -> "_Reader":
        return _Reader(self.take(self.number(length_size)))

    def numbers(self, size: int) -> list[int]:
        numbers = []
        while self.left:
            numbers.append(self.number(size))
        return numbers


def _parse(reader: _Reader) -> ClientHello | None:
    if reader.number(1) != _CLIENT_HELLO:
        return None
    hello = reader.vector(3)
    versions = [hello.number(2)]
    hello.take(32)  # random
    hello.vector(1)  # session id
    suites = hello.vector(2).numbers(2)
    hello.vector(1)  # compression methods
    extensions = _extensions(hello.vector(2)) if hello.left else {}
    if _SUPPORTED_VERSIONS in extensions:
        versions = extensions[_SUPPORTED_VERSIONS].vector(1).numbers(2)
    return ClientHello(
        versions=tuple(_VERSIONS.get(version, f"0x{version:04X}") for version in versions),
        cipher_suites=tuple(suite_name(suite) for suite in suites),
        server_name=_server_name(extensions.get(_SERVER_NAME)),
    )


def _extensions(reader: _Reader) -> dict[int, _Reader]:
    extensions = {}
    while reader.left:
        kind = reader.number(2)
        extensions[kind] = reader.vector(2)
    return extensions


def _server_name(extension: _Reader | None) -> str | None:
    if extension is None:
        return None
    names = extension.vector(2)
    names.take(1)  # the name type; host_name is the only one
    return names.vector(2).rest().decode("ascii")
