"""One address that the lab's CSMS listens on, with its security profile and the credentials that it requires."""

import asyncio
import contextlib
import hmac
import ssl
from collections.abc import Awaitable, Callable, Sequence
from http import HTTPStatus
from typing import Final

from plugfest.link.endings import quoted
from plugfest.link.handshake import InvalidAuthorization, parse_basic
from plugfest.link.server import Admission, Attempt, Connection, Handshake, Server
from plugfest.ocpp.versions import Protocol
from plugfest.security.profile import SecurityProfile

MAX_ATTEMPTS: Final = 100
"""Of older attempts only the number is kept."""

_FORGOTTEN: Final = Attempt(remote="", at=0.0)


class EndpointSettings:
    """The address of an endpoint, its security profile, and the identity and password that it requires."""

    def __init__(
        self,
        *,
        identity: str,
        password: str,
        profile: SecurityProfile,
        host: str = "127.0.0.1",
        port: int = 0,
        listen_host: str | None = None,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self.identity = identity
        self.password = password
        self.profile = profile
        self.host = host
        self.port = port
        self.listen_host = listen_host or host
        self.tls = tls


class Endpoint:
    """A listening address. While `refusing` is set every upgrade is refused with HTTP 503.

    `attempts` are those to connect, also failed ones, of the station, and of clients that may be it: of the others it
    `may_be_station` decides; the oldest of many are forgotten. `other_attempts` is the number of the rest. `on_attempt`
    gets every attempt, and whether the client has authenticated as the station.
    """

    def __init__(
        self,
        protocols: Sequence[Protocol],
        settings: EndpointSettings,
        on_connection: Callable[[Connection], Awaitable[None]],
        on_attempt: Callable[[Attempt, bool], None],
        may_be_station: Callable[[Attempt], bool] = lambda _: True,
    ) -> None:
        self._protocols = protocols
        self.settings = settings
        self._on_connection = on_connection
        self._on_attempt = on_attempt
        self._may_be_station = may_be_station
        self._server = Server()
        self.refusing = False
        self.attempts: list[Attempt] = []
        self.other_attempts = 0
        self._attempted = asyncio.Event()

    async def open(self) -> None:
        """Listen. Raises CannotListen if the address is in use."""
        await self._server.listen(
            self.settings.listen_host,
            self.settings.port,
            protocols=self._protocols,
            admit=self._admit,
            on_connection=self._on_connection,
            tls=self.settings.tls,
            on_attempt=self._note,
        )

    async def close(self) -> None:
        """Stop listening and close the connections."""
        await self._server.close()

    def _note(self, attempt: Attempt) -> None:
        is_station = attempt.handshake is not None and self._refusal(attempt.handshake) is None
        if is_station or self._may_be_station(attempt):
            self.attempts.append(attempt)
            if len(self.attempts) > MAX_ATTEMPTS:
                self.attempts[-1 - MAX_ATTEMPTS] = _FORGOTTEN
            self._attempted.set()
        else:
            self.other_attempts += 1
        self._on_attempt(attempt, is_station)

    async def next_attempt(self, *, after: int, within: float) -> Attempt | None:
        """The next attempt to connect after the first `after` ones; None if there is none within so many seconds."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(within):
                while len(self.attempts) <= after:
                    self._attempted.clear()
                    await self._attempted.wait()
        return self.attempts[after] if len(self.attempts) > after else None

    def last_refusal(self) -> str:
        """Why the last attempt to connect failed."""
        if not self.attempts:
            return "there was no attempt to connect"
        last = self.attempts[-1]
        return f"the last attempt, from {last.remote}, failed: {last.failure or 'the connection was closed'}"

    async def serve(self, profile: SecurityProfile, tls: ssl.SSLContext | None) -> None:
        """Require another security profile from now on, on the same port."""
        self.settings.profile = profile
        await self.change_tls(tls)

    async def change_tls(self, tls: ssl.SSLContext | None) -> None:
        """Use another certificate or another TLS version for new connections."""
        await self._server.change_tls(tls)

    @property
    def port(self) -> int:
        """The TCP port that it listens on."""
        return int(self._server.port)

    @property
    def url(self) -> str:
        """The URL of the endpoint; the station appends its identity."""
        scheme = "wss" if self.settings.profile.uses_tls else "ws"
        return f"{scheme}://{self.settings.host}:{self._server.port}"

    def _admit(self, handshake: Handshake) -> Admission:
        if self.refusing:
            return Admission.refuse(HTTPStatus.SERVICE_UNAVAILABLE, "the lab accepts no connection for some time")
        return self._refusal(handshake) or Admission.accept()

    def _refusal(self, handshake: Handshake) -> Admission | None:
        """Why this client is not the station; None if it is."""
        if handshake.identity != self.settings.identity:
            reason = f"the URL ends with the unknown identity {quoted(handshake.identity) or '(none)'}"
            return Admission.refuse(HTTPStatus.NOT_FOUND, reason)
        defect = self._credentials_defect(handshake) if self.settings.profile.uses_password else None
        return None if defect is None else Admission.refuse(HTTPStatus.UNAUTHORIZED, defect)  # A00.FR.204

    def _credentials_defect(self, handshake: Handshake) -> str | None:
        """What is wrong with the user name and password; None if they are right. It quotes neither (A01.FR.12)."""
        if handshake.authorization is None:
            return "there is no Authorization header"
        try:
            user, password = parse_basic(handshake.authorization)
        except InvalidAuthorization as error:
            return str(error)
        if not _equal(user, self.settings.identity):
            return f"the user name in the Authorization header is not {self.settings.identity}"
        return None if _equal(password, self.settings.password) else "the password is wrong"


def _equal(received: str, expected: str) -> bool:
    """Whether they have the same bytes: a key of OCPP 1.6 need not be UTF-8."""
    encoding = {"errors": "surrogateescape"}
    return hmac.compare_digest(received.encode(**encoding), expected.encode(**encoding))
