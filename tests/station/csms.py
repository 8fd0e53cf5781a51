"""A scripted CSMS for the station's tests: it accepts everybody, answers what it must, and remembers everything."""

import asyncio
import ssl
from collections import deque
from collections.abc import Callable
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Any, TypeVar

from plugfest.clock import utc_now
from plugfest.link.peer import Peer, Refusal
from plugfest.link.server import Admission, Connection, Handshake, Server
from plugfest.ocpp.errors import ErrorCode
from plugfest.ocpp.message import Request, Response
from plugfest.ocpp.rpc import RpcEndpoint
from plugfest.ocpp.v201 import messages as m
from plugfest.ocpp.v201.types import RegistrationStatusEnumType
from plugfest.ocpp.versions import V201

Q = TypeVar("Q", bound=Request[Any])
R = TypeVar("R", bound=Response)

Reply = Callable[[Any], Response]


class Csms:
    """`received` is everything that the station sent, in order, with the loop's time."""

    protocol = V201

    def __init__(self, *, interval: int = 300, tls: ssl.SSLContext | None = None) -> None:
        self.server = Server()
        self.tls = tls
        self.received: list[tuple[float, Request[Any]]] = []
        self.handshakes: list[Handshake] = []
        self.connected_at: list[float] = []
        self.statuses: deque[RegistrationStatusEnumType] = deque()
        self.replies: dict[str, Reply] = {}
        self.admission: Callable[[Handshake], Admission] = lambda _: Admission.accept()
        self.interval = interval
        self.ahead = 0.0
        self.peer: Peer | None = None
        self._news = asyncio.Event()

    @property
    def url(self) -> str:
        scheme = "ws" if self.tls is None else "wss"
        return f"{scheme}://127.0.0.1:{self.server.port}/ocpp"

    def now(self) -> datetime:
        """The CSMS's own clock, `ahead` seconds ahead of the loop's."""
        return utc_now() + timedelta(seconds=self.ahead)

    async def listen(self, port: int = 0) -> None:
        await self.server.listen(
            "127.0.0.1", port, protocols=[self.protocol], admit=self._admit, on_connection=self._serve, tls=self.tls
        )

    async def call(self, request: Request[R]) -> R:
        await self.until(lambda: self.peer is not None and not self.peer.closed)
        assert self.peer is not None
        return await self.peer.call(request)

    async def until(self, condition: Callable[[], bool], within: float = 600.0) -> None:
        """Wait until something that the station does makes `condition` true."""
        async with asyncio.timeout(within):
            while not condition():
                self._news.clear()
                await self._news.wait()

    async def expect(self, request_type: type[Q], count: int = 1, within: float = 600.0) -> Q:
        """The `count`-th request of this type, waited for if it has not come yet."""
        await self.until(lambda: len(self.all(request_type)) >= count, within)
        return self.all(request_type)[count - 1]

    def all(self, request_type: type[Q]) -> list[Q]:
        return [request for _, request in self.received if isinstance(request, request_type)]

    def time_of(self, request: Request[Any]) -> float:
        return next(at for at, other in self.received if other is request)

    def _admit(self, handshake: Handshake) -> Admission:
        self.handshakes.append(handshake)
        self.connected_at.append(asyncio.get_running_loop().time())
        self._news.set()
        return self.admission(handshake)

    async def _serve(self, connection: Connection) -> None:
        self.peer = Peer(connection.websocket, RpcEndpoint(self.protocol), on_call=self._answer)
        self._news.set()
        await self.peer.run()
        self._news.set()

    async def _answer(self, request: Request[Any]) -> Response:
        self.received.append((asyncio.get_running_loop().time(), request))
        self._news.set()
        if request.action in self.replies:
            return self.replies[request.action](request)
        return self.usual(request)

    def usual(self, request: Request[Any]) -> Response:
        """What is answered if nobody has said otherwise."""
        match request:
            case m.BootNotificationRequest():
                status = self.statuses.popleft() if self.statuses else RegistrationStatusEnumType.Accepted
                return m.BootNotificationResponse(current_time=self.now(), interval=self.interval, status=status)
            case m.HeartbeatRequest():
                return m.HeartbeatResponse(current_time=self.now())
            case _:
                return request.response_type()


def refuse(_: Request[Any]) -> Response:
    """A reply that is a CALLERROR."""
    raise Refusal(ErrorCode.InternalError, "not today")


UNAUTHORIZED = Admission.refuse(HTTPStatus.UNAUTHORIZED)
UNAVAILABLE = Admission.refuse(HTTPStatus.SERVICE_UNAVAILABLE)
