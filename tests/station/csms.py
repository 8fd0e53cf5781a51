"""A scripted CSMS for the tests of the station. By default it accepts everything."""

import asyncio
import ssl
from collections import deque
from collections.abc import Callable
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Any, TypeVar

from tests.docs.reason_codes import check_documented

from plugfest.clock import utc_now
from plugfest.link.peer import Direction, Peer, Refusal
from plugfest.link.server import Admission, Connection, Handshake, Server
from plugfest.ocpp.errors import ErrorCode
from plugfest.ocpp.message import Request, Response
from plugfest.ocpp.rpc import RpcEndpoint
from plugfest.ocpp.v201 import messages as m
from plugfest.ocpp.v201.types import DataTransferStatusEnumType, RegistrationStatusEnumType
from plugfest.ocpp.versions import V201

Q = TypeVar("Q", bound=Request[Any])
R = TypeVar("R", bound=Response)

Reply = Callable[[Any], Response]


class Csms:
    """`received`: all requests of the station, in order, with the time of the event loop."""

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
        self.call_errors: list[str] = []
        self._changed = asyncio.Event()

    @property
    def url(self) -> str:
        scheme = "ws" if self.tls is None else "wss"
        return f"{scheme}://127.0.0.1:{self.server.port}/ocpp"

    def now(self) -> datetime:
        """The clock of the CSMS, `ahead` seconds ahead of the event loop."""
        return utc_now() + timedelta(seconds=self.ahead)

    async def listen(self, port: int = 0) -> None:
        await self.server.listen(
            "127.0.0.1", port, protocols=[self.protocol], admit=self._admit, on_connection=self._serve, tls=self.tls
        )

    async def call(self, request: Request[R]) -> R:
        await self.until(lambda: self.peer is not None and not self.peer.closed)
        assert self.peer is not None
        response = await self.peer.call(request)
        check_documented(request, response)
        return response

    async def until(self, condition: Callable[[], bool], within: float = 600.0) -> None:
        """Wait until `condition` is true, checked after each action of the station."""
        async with asyncio.timeout(within):
            while not condition():
                self._changed.clear()
                await self._changed.wait()

    async def expect(self, request_type: type[Q], count: int = 1, within: float = 600.0) -> Q:
        """Wait for the `count`-th request of this type, and return it."""
        await self.until(lambda: len(self.all(request_type)) >= count, within)
        return self.all(request_type)[count - 1]

    def all(self, request_type: type[Q]) -> list[Q]:
        return [request for _, request in self.received if isinstance(request, request_type)]

    def time_of(self, request: Request[Any]) -> float:
        return next(at for at, other in self.received if other is request)

    def _admit(self, handshake: Handshake) -> Admission:
        self.handshakes.append(handshake)
        self.connected_at.append(asyncio.get_running_loop().time())
        self._changed.set()
        return self.admission(handshake)

    async def _serve(self, connection: Connection) -> None:
        self.peer = Peer(
            connection.websocket, RpcEndpoint(self.protocol), on_call=self._answer, on_frame=self._record_error
        )
        self._changed.set()
        await self.peer.run()
        self._changed.set()

    def _record_error(self, direction: Direction, text: str, _: float) -> None:
        if direction is Direction.RECEIVED and text.startswith("[4,"):
            self.call_errors.append(text)

    async def _answer(self, request: Request[Any]) -> Response:
        self.received.append((asyncio.get_running_loop().time(), request))
        self._changed.set()
        if request.action in self.replies:
            return self.replies[request.action](request)
        return self.default_reply(request)

    def default_reply(self, request: Request[Any]) -> Response:
        """The answer where the test sets no reply."""
        match request:
            case m.BootNotificationRequest():
                status = self.statuses.popleft() if self.statuses else RegistrationStatusEnumType.Accepted
                return m.BootNotificationResponse(current_time=self.now(), interval=self.interval, status=status)
            case m.HeartbeatRequest():
                return m.HeartbeatResponse(current_time=self.now())
            case m.DataTransferRequest():
                return m.DataTransferResponse(status=DataTransferStatusEnumType.UnknownVendorId)
            case _:
                return request.response_type()


def refuse(_: Request[Any]) -> Response:
    """A reply for `Csms.replies` that answers with a CALLERROR."""
    raise Refusal(ErrorCode.InternalError, "not today")


UNAUTHORIZED = Admission.refuse(HTTPStatus.UNAUTHORIZED)
UNAVAILABLE = Admission.refuse(HTTPStatus.SERVICE_UNAVAILABLE)
