"""The address at which a lab waits for a station."""

from typing import Final, NamedTuple
from urllib.parse import urlsplit

from plugfest.security.profile import SecurityProfile

ANY_ADDRESS: Final = ("0.0.0.0", "::")


class InvalidAddress(ValueError):
    """The text is one line with the reason; it continues a sentence that begins with the URL."""


class HostNeeded(InvalidAddress):
    """The URL has no host name that the station could use."""


class LabAddress(NamedTuple):
    """`host`: the name under which the station reaches the lab; `listen_host`: the address to listen on."""

    scheme: str
    host: str
    listen_host: str
    port: int

    @property
    def security_profile(self) -> SecurityProfile:
        """The default for this address."""
        return SecurityProfile.TLS_BASIC if self.scheme == "wss" else SecurityProfile.BASIC

    def permits(self, profile: SecurityProfile) -> bool:
        """Whether stations of this security profile can connect to it."""
        return profile.uses_tls == self.security_profile.uses_tls


def lab_address(url: str, host: str | None) -> LabAddress:
    """The address in a URL such as ws://192.168.1.10:9000; `host`: see LabAddress, by default that of the URL.

    Raises InvalidAddress; HostNeeded if only `host` is missing.
    """
    parts = urlsplit(url)
    try:
        listen_host, port = parts.hostname, parts.port
    except ValueError:
        listen_host, port = None, None
    if parts.scheme not in ("ws", "wss") or not listen_host or port is None or parts.path not in ("", "/"):
        raise InvalidAddress("is not ws://HOST:PORT or wss://HOST:PORT")
    if host is None and (listen_host in ANY_ADDRESS or ":" in listen_host):
        raise HostNeeded("needs the host name of the lab for the station")
    return LabAddress(parts.scheme, host or listen_host, listen_host, port)
