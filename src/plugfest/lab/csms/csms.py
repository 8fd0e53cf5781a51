"""The connections of the lab's CSMS with the station under test, and what goes over them."""

import asyncio
import contextlib
from collections.abc import Callable, Iterable
from functools import partial
from typing import Any, Final, TypeVar
from weakref import WeakSet

import msgspec

from plugfest.lab.csms.advice import advice
from plugfest.lab.csms.answers import Answers
from plugfest.lab.csms.connection_log import ConnectionLog, host_of
from plugfest.lab.csms.endpoint import Endpoint, EndpointSettings
from plugfest.lab.csms.first_message import FirstMessage
from plugfest.lab.csms.inbox import Inbox
from plugfest.lab.csms.registration import Registration
from plugfest.lab.recording.record import Direction, Record
from plugfest.lab.settings import LabSettings
from plugfest.lab.verdict import LabError
from plugfest.link.peer import ConnectionLost, Peer
from plugfest.link.peer import Direction as FrameDirection
from plugfest.link.server import CLOSING_TIME, Attempt, Connection
from plugfest.ocpp.events import (
    CallReceived,
    CallRefused,
    ErrorReceived,
    Event,
    FrameIgnored,
    ResultInvalid,
    ResultReceived,
)
from plugfest.ocpp.message import Request, Response
from plugfest.ocpp.rpc import RpcEndpoint
from plugfest.ocpp.versions import Protocol

MAX_PERIODS: Final = 300
"""Connections before the running case of which the begin and the end are kept."""


class ConnectionPeriod(msgspec.Struct, frozen=True):
    """The loop times at which a connection began and ended; `ended` is None while it is open.

    `first_frame`: the index of its first frame in the record, which distinguishes connections of one moment of
    the simulated clock. `ended_by_lab`: the lab has ended it for the case.
    """

    began: float
    ended: float | None = None
    ended_by_lab: bool = False
    first_frame: int = 0


PONG_TIME: Final = 5.0
"""Seconds in which a station answers a ping after a standstill of the lab."""


class SecondConnection(LabError):
    """A client with the identity of the station connected while its connection was open; the older one was closed."""


R = TypeVar("R", bound=Response)
InvalidFrame = CallRefused | ResultInvalid | FrameIgnored


class Csms:
    """One CSMS with one or more endpoints, and at most one open connection: that of the station under test.

    Listeners: `on_request` gets every request of the station and the index of its frame, `on_answer` every answer of
    the lab, `on_invalid_frame` every frame that is not valid in OCPP-J. `on_attempt` gets every attempt to connect, and
    whether the client authenticated as the station. `on_control_frame` gets the size of each WebSocket frame of the
    station that is not the end of a message: pings, and parts of a message.
    """

    def __init__(
        self,
        protocol: Protocol,
        settings: LabSettings,
        record: Record,
        answers: Answers,
        registration: Registration,
    ) -> None:
        self.protocol = protocol
        self.settings = settings
        self.record = record
        self.answers = answers
        self.registration = registration
        self.inbox = Inbox()
        self.endpoints: dict[str, Endpoint] = {}
        self.connection_count = 0
        self._connection: Connection | None = None
        self.connection_periods: list[ConnectionPeriod] = []  # how long each of them lasted
        self._forgotten_periods = 0
        self._last_case = 0  # the mark of the inbox when it began
        self.on_request: list[Callable[[Request[Any], int], None]] = []
        self.on_answer: list[Callable[[Request[Any], Response], None]] = []
        self.on_invalid_frame: list[Callable[[InvalidFrame, int], None]] = []
        self.on_attempt: list[Callable[[Attempt, bool], None]] = []
        self.on_control_frame: list[Callable[[int], None]] = []
        self._hosts: set[str] = set()  # from which the station has connected
        self.log = ConnectionLog(asyncio.get_running_loop().time, lambda: len(self.record))
        self._last_end = ""  # how the newest connection that ended did so
        self.connected_to: str | None = None  # name of the endpoint of the newest connection
        self._password = settings.password
        self.incoming: Callable[[str | bytes], Iterable[str | bytes]] | None = None  # faults on the wire: see Peer
        self._peer: Peer | None = None
        self._of_version: dict[str, Csms] = {protocol.name: self}
        self._answer_frame = 0
        self.replacements = 0
        """How many connections the lab has closed because a newer one came."""
        self.last_replacement = ""
        """What the lab observed then."""
        self._replaced: WeakSet[Peer] = WeakSet()
        self._first_message = FirstMessage(settings.boot_timeout)
        self._changed = asyncio.Event()
        self._disconnects = False  # the lab, on purpose

    def add_version(self, other: "Csms") -> None:
        """Offer another OCPP version too; the other CSMS has the connections of stations that choose it."""
        self._of_version[other.protocol.name] = other
        other.endpoints = self.endpoints

    async def open(self, name: str, settings: EndpointSettings) -> Endpoint:
        """Listen on a further endpoint."""
        endpoint = Endpoint(
            [csms.protocol for csms in self._of_version.values()],
            settings,
            partial(self._on_connection_of_any_version, name),
            lambda attempt, is_station: self._on_attempt(endpoint, attempt, is_station),
            self._may_be_station,
        )
        await endpoint.open()
        self.endpoints[name] = endpoint
        return endpoint

    def forget_earlier_cases(self) -> None:
        """Forget the requests before the last case, and connections that ended long before."""
        self.inbox.forget(self._last_case)
        self._last_case = self.inbox.mark
        self._forgotten_periods += len(self.connection_periods[:-MAX_PERIODS])
        del self.connection_periods[:-MAX_PERIODS]

    async def close_extra_endpoints(self) -> None:
        """Close every endpoint except the main one."""
        for name in [name for name in self.endpoints if name != "main"]:
            await self.endpoints.pop(name).close()

    @property
    def main(self) -> Endpoint:
        """The endpoint that the station is commissioned with."""
        return self.endpoints["main"]

    async def close(self) -> None:
        """Close the connection and every endpoint."""
        self.log.stop()
        if self._peer is not None:
            try:
                async with asyncio.timeout(CLOSING_TIME):
                    await self._peer.close(1001, "the lab closes")
            except TimeoutError:
                self._peer.abort("the lab closes")
        await asyncio.gather(*(endpoint.close() for endpoint in self.endpoints.values()))

    @property
    def password(self) -> str:
        """The current password of the station."""
        return self._password

    @password.setter
    def password(self, password: str) -> None:
        self._password = password
        for endpoint in self.endpoints.values():
            endpoint.settings.password = password

    # The connection

    @property
    def connected(self) -> bool:
        return self._peer is not None and not self._peer.closed

    @property
    def why_ended(self) -> str:
        """How the last connection ended, to be added to a text; empty if none has ended."""
        end = (self._peer.end if self._peer is not None else "") or self._last_end
        return f": {end}" if end else ""

    @property
    def connection(self) -> Connection:
        """The newest connection, open or closed. Raises ConnectionLost before the first one."""
        if self._connection is None:
            raise ConnectionLost("no station has connected")
        return self._connection

    def address(self) -> str:
        """The lab's own address as the station sees it. Raises ConnectionLost before the first connection."""
        return str(self.connection.websocket.local_address[0])

    @property
    def last_frame(self) -> int:
        """Index of the newest frame in the record."""
        return len(self.record) - 1

    @property
    def answer_frame(self) -> int:
        """Index of the frame of the newest answer to a request of the lab; of the request while it is not answered."""
        return self._answer_frame

    def go_offline(self) -> None:
        """Close the connection and accept none: the station is offline (Part 6: "does not accept a reconnect")."""
        self.inbox.set_mark()
        for endpoint in self.endpoints.values():
            endpoint.refusing = True
        if self._peer is not None:
            self._disconnects = True
            self._peer.abort("dropped by the lab, which accepts no connection for some time")

    def go_online(self) -> None:
        """Accept connections again."""
        self.inbox.set_mark()
        for endpoint in self.endpoints.values():
            endpoint.refusing = False

    def drop_connection(self) -> None:
        """Drop the connection without a close frame; the station may reconnect at once."""
        self.inbox.set_mark()
        if self._peer is not None:
            self._disconnects = True
            self._peer.abort("dropped by the lab without a close frame")

    async def close_connection(self) -> None:
        """Close the connection with WebSocket code 1001 (going away); the station may reconnect at once."""
        self.inbox.set_mark()
        if self._peer is not None:
            self._disconnects = True
            await self._peer.close(1001, "the lab disconnects")

    async def check_connection(self) -> None:
        """Drop the connection if the station does not answer a ping: it may have ended unnoticed in a standstill."""
        if self.connection_count and not await self.connection.websocket.answers_ping(PONG_TIME):
            self.drop_connection()

    async def wait_connected(self, *, within: float, after: int = 0) -> bool:
        """Wait for an open connection after the first `after` ones. False if there is none in time."""
        return await self._until(lambda: self.connected and self.connection_count > after, within)

    async def wait_reconnected(self, *, within: float) -> bool:
        """Whether the station is connected, or connects again if the lab has refused it since the case before."""
        if self.connected or not any(endpoint.refusing for endpoint in self.endpoints.values()):
            return self.connected
        self.go_online()
        return await self.wait_connected(within=within)

    async def wait_disconnected(self, *, within: float) -> bool:
        """Wait until the connection is closed. False if it is not in time."""
        return await self._until(lambda: not self.connected, within)

    async def _until(self, holds: Callable[[], bool], within: float) -> bool:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(within):
                while not holds():
                    self._changed.clear()
                    await self._changed.wait()
        return holds()

    async def call(self, request: Request[R], *, timeout: float) -> R:
        """Send a request and wait for the answer. Raises SecondConnection and the LinkErrors of Peer.call.

        On a new connection, the request is sent after the first message of the station.
        """
        await self._first_message_received()
        peer = self._peer
        if peer is None or peer.closed:
            raise ConnectionLost("no station is connected")
        self._answer_frame = len(self.record)
        self.registration.note_request(request)
        try:
            response = await peer.call(request, timeout=timeout)
        except ConnectionLost as error:
            if peer in self._replaced:
                raise SecondConnection(peer.end) from error
            raise
        self._first_message.note_response(request, response)
        return response

    async def _first_message_received(self) -> None:
        first = self._first_message
        within = first.deadline - asyncio.get_running_loop().time()
        if not first.received and within > 0:
            await self._until(lambda: first.received or not self.connected, within)

    def deliver(self, text: str | bytes) -> None:
        """Take a frame as if the station had sent it."""
        if self._peer is not None and not self._peer.closed:
            self._peer.deliver(text)

    async def send_text(self, text: str) -> None:
        """Send any text, valid or not. Raises ConnectionLost."""
        if self._peer is None:
            raise ConnectionLost("no station is connected")
        await self._peer.send_text(text)

    async def _on_connection_of_any_version(self, name: str, connection: Connection) -> None:
        await self._of_version[connection.protocol.name]._on_connection(name, connection)

    async def _on_connection(self, name: str, connection: Connection) -> None:
        if self.connected and self._peer is not None:
            self._replace(self._peer, connection)
        peer = Peer(
            connection.websocket,
            RpcEndpoint(self.protocol, message_timeout=self.settings.response_timeout),
            respond=self._respond,
            on_frame=self._on_frame,
            on_event=self._on_event,
            incoming=self.incoming,
        )
        connection.websocket.on_control_frame = self._on_control_frame
        self._peer = peer
        self.connected_to = name
        self.connection_count += 1
        self._connection = connection
        number, loop = self._forgotten_periods + len(self.connection_periods), asyncio.get_running_loop()
        self.connection_periods.append(ConnectionPeriod(loop.time(), first_frame=len(self.record)))
        self._disconnects = False
        self._first_message.connected(loop.time())
        self._changed.set()
        try:
            await peer.run()
        finally:
            self._end_period(number - self._forgotten_periods)
            self._last_end = peer.end
            self.log.ended(connection.websocket.remote, peer.end, by_lab=self._disconnects)
            self._changed.set()
            self.inbox.wake()

    def _end_period(self, index: int) -> None:
        if index >= 0:  # not forgotten
            self.connection_periods[index] = msgspec.structs.replace(
                self.connection_periods[index],
                ended=asyncio.get_running_loop().time(),
                ended_by_lab=self._disconnects,
            )

    def _replace(self, older: Peer, newer: Connection) -> None:
        """Close the open connection: only the newest one of the station is used."""
        self.replacements += 1
        self._replaced.add(older)
        self.last_replacement = (
            f"a client with the identity {newer.handshake.identity} connected from {newer.websocket.remote} while the"
            f" connection from {self.connection.websocket.remote} was open; the lab closed the older connection"
        )
        older.abort(self.last_replacement)

    def _on_attempt(self, endpoint: Endpoint, attempt: Attempt, is_station: bool) -> None:
        if attempt.failure is not None:
            what_to_do = advice(attempt, endpoint.settings, endpoint.url)
            self.log.failed(attempt, is_station=is_station, advice=what_to_do)
        if is_station:
            self._hosts.add(host_of(attempt.remote))
        for listener in self.on_attempt:
            listener(attempt, is_station)

    def _may_be_station(self, attempt: Attempt) -> bool:
        """Whether a client that has not authenticated may be the station: it is where the station has been."""
        return not self._hosts or host_of(attempt.remote) in self._hosts

    def _respond(self, request: Request[Any]) -> Response:
        self.registration.check(request)
        response = self.answers.respond(request)
        self.registration.note_answer(request, response)
        for listener in self.on_answer:
            listener(request, response)
        return response

    def _on_frame(self, direction: FrameDirection, text: str, _at: float) -> None:
        self.record.add(Direction.FROM_LAB if direction is FrameDirection.SENT else Direction.FROM_STATION, text)

    def _on_control_frame(self, size: int) -> None:
        for listener in self.on_control_frame:
            listener(size)

    def _on_event(self, event: Event) -> None:
        frame = self.record.frames[-1]
        if isinstance(event, ResultReceived | ErrorReceived | ResultInvalid):
            self._answer_frame = frame.index
        if isinstance(event, CallReceived):
            for listener in self.on_request:
                listener(event.request, frame.index)
            self._first_message.note_request(event.request)
            self._changed.set()
            self.inbox.add(event.request, frame)
        elif isinstance(event, CallRefused | ResultInvalid | FrameIgnored):
            for invalid_listener in self.on_invalid_frame:
                invalid_listener(event, frame.index)
