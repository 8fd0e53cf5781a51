"""A station of a fleet: it connects at its turn, and what it sends and receives is counted."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote

from plugfest.fleet.driving import Drive
from plugfest.fleet.figures import Figures
from plugfest.fleet.plan import Member, Share
from plugfest.link.client import OpenWebSocket, WebSocketToCsms, connect
from plugfest.link.errors import LinkError
from plugfest.link.peer import Direction
from plugfest.ocpp.events import (
    CallRefused,
    CallTimedOut,
    ErrorReceived,
    Event,
    FrameIgnored,
    ResultInvalid,
    ResultReceived,
)
from plugfest.products import Product
from plugfest.station.control.virtual_station import VirtualStation, implied_security_profile
from plugfest.station.setup.provisioning import Settings
from plugfest.station.station import Station
from plugfest.station.storage.store import IN_MEMORY

if TYPE_CHECKING:
    from plugfest.rig.misbehaviour import StationMisbehaviour

_CALL: Final = "[2,"
"""The beginning of a CALL as the station writes it."""

_BY_OTHERS: Final = "the "
"""How the reason begins why a connection ended that the station has not closed."""


CONNECTING_AT_ONCE: Final = 32
"""Stations of a process that connect for the first time at the same time. A server has a queue of about a hundred
connections; one that does not find a place there is lost, and tried again by TCP after a second."""

PLACE_SECONDS: Final = 1.0
"""How long a station is one of these at most: a CSMS that does not answer does not keep the others waiting."""


class StartSignal:
    """The start of the fleet, which every station waits for before its first connection."""

    def __init__(self) -> None:
        self._begun = asyncio.Event()
        self._at = 0.0
        self._places = asyncio.Semaphore(CONNECTING_AT_ONCE)

    def begin(self) -> None:
        """The fleet starts now."""
        self._at = asyncio.get_running_loop().time()
        self._begun.set()

    async def turn(self, seconds: float) -> None:
        """Wait until so many seconds after the start."""
        await self._begun.wait()
        await asyncio.sleep(self._at + seconds - asyncio.get_running_loop().time())

    @asynccontextmanager
    async def place(self) -> AsyncIterator[None]:
        """Be one of the stations that connect at the same time."""
        await self._places.acquire()
        loop = asyncio.get_running_loop()
        end = loop.call_later(PLACE_SECONDS, self._places.release)
        try:
            yield
        finally:
            if loop.time() < end.when():
                end.cancel()
                self._places.release()


class MemberStation:
    """A virtual station whose traffic is counted in `figures`.

    `on_prepared` is called once, when it is about to connect for the first time.
    """

    def __init__(
        self,
        member: Member,
        share: Share,
        figures: Figures,
        start: StartSignal,
        on_prepared: Callable[[], None],
        drive: Drive | None,
        misbehaviour: "StationMisbehaviour | None" = None,
    ) -> None:
        self._member = member
        self._figures = figures
        self._start = start
        self._on_prepared: Callable[[], None] | None = on_prepared
        self._drive = drive
        self._misbehaviour = misbehaviour
        self._connect: OpenWebSocket = (
            partial(connect, source=member.source) if misbehaviour is None else misbehaviour.open_websocket
        )
        self._driving: asyncio.Task[None] | None = None
        self._closing = False
        self._connected = self._accepted = False
        self._sent_at = self._received_at = 0.0
        product = share.products[member.product]
        self._virtual = VirtualStation(
            product,
            settings_of(member, share, product),
            _store_file(member, share),
            on_frame=self._frame,
            on_event=self._event,
            on_failure=self._connection_failed,
            on_start=self._station_started,
            on_store=self._failed,
            keep_frames=0 if drive is None else drive.keep_frames,
            context=None if misbehaviour is None else misbehaviour.context,
            open_websocket=self._open_websocket,
            random=Random(member.seed),
        )

    def power_on(self) -> None:
        """Switch the station on."""
        self._figures.stations += 1
        self._virtual.power_on()

    async def close(self) -> None:
        """End what happens at the station, and shut it down. Nothing is counted any more."""
        self._closing = True
        if self._driving is not None:
            self._driving.cancel()
            await asyncio.gather(self._driving, return_exceptions=True)
        await self._virtual.close()
        if self._misbehaviour is not None:
            self._misbehaviour.close()

    async def _open_websocket(self, url: str, identity: str, **options: Any) -> WebSocketToCsms:
        if self._on_prepared is not None:
            self._on_prepared()
            self._on_prepared = None
        if self._driving is not None:
            return await self._measured_opening(url, identity, **options)
        await self._start.turn(self._member.turn)
        async with self._start.place():
            self._driving = asyncio.create_task(self._be_driven(), name="drive")
            return await self._measured_opening(url, identity, **options)

    async def _measured_opening(self, url: str, identity: str, **options: Any) -> WebSocketToCsms:
        loop = asyncio.get_running_loop()
        began = loop.time()
        websocket = await self._connect(url, identity, **options)
        if not self._closing:
            self._figures.opening.add(loop.time() - began)
        return websocket

    async def _be_driven(self) -> None:
        if self._drive is None:
            return
        try:
            await self._drive.perform(self._virtual, Random(f"{self._member.seed}/drive"))
        except Exception as error:
            self._failed(f"scenario failed: {error}")

    # What the station reports

    def _frame(self, direction: Direction, text: str, at: float) -> None:
        if direction is Direction.SENT:
            self._figures.sent += 1
            if text.startswith(_CALL):
                self._sent_at = at  # OCPP-J, 4.1.1: there is one at a time
        else:
            self._figures.received += 1
            self._received_at = at

    def _event(self, event: Event) -> None:
        match event:
            case ResultReceived():
                self._answered(event.request.action)
            case ErrorReceived():
                self._answered(event.request.action)
                self._failed(f"CALLERROR {event.code} to {event.request.action}")
            case ResultInvalid():
                self._answered(event.request.action)
                self._failed(f"the answer to {event.request.action} is not valid")
            case CallTimedOut():
                self._failed(f"no answer to {event.request.action} in time")
            case CallRefused():
                self._failed(f"the CSMS sent a CALL that is not valid: {event.action or 'unreadable'} ({event.code})")
            case FrameIgnored():
                self._failed("the CSMS sent an answer without a request, or no message of OCPP-J")

    def _answered(self, action: str) -> None:
        self._figures.answered(action, self._received_at - self._sent_at)

    def _connection_failed(self, error: LinkError) -> None:
        self._failed(str(error))

    def _station_started(self, station: Station) -> None:
        self._ended()
        lifecycle = station.context.lifecycle
        lifecycle.connected.add(self._opened)
        lifecycle.boot_accepted.add(self._registered)
        lifecycle.reconnected.add(lambda _: self._registered())
        lifecycle.disconnected.add(lambda: self._lost(station.connection.problem))

    def _opened(self) -> None:
        self._connected = True
        self._figures.connected += 1
        self._figures.connections += 1

    def _registered(self) -> None:
        if not self._accepted:
            self._accepted = True
            self._figures.accepted += 1

    def _lost(self, reason: str) -> None:
        if self._connected and not self._closing:
            self._figures.lost += 1
            if reason.startswith(_BY_OTHERS):
                self._failed(f"connection lost: {reason}")
        self._ended()

    def _ended(self) -> None:
        if self._closing:
            return
        self._figures.connected -= self._connected
        self._figures.accepted -= self._accepted
        self._connected = self._accepted = False

    def _failed(self, reason: str) -> None:
        """Count an error. Reasons of two stations that differ in the identity only are the same."""
        if not self._closing:
            self._figures.failed(reason.replace(self._member.identity, "IDENTITY"))


def settings_of(member: Member, share: Share, product: Product) -> Settings:
    """How the station of a member is commissioned."""
    return Settings(
        identity=member.identity,
        csms_url=share.csms_url,
        password=member.password,
        security_profile=implied_security_profile(
            product, share.csms_url, member.key, password=member.password is not None
        ),
        csms_roots=share.csms_roots,
        own_key=member.key,
        variables=share.variables,
    )


def _store_file(member: Member, share: Share) -> Path | str:
    if share.store_folder is None:
        return IN_MEMORY
    return Path(share.store_folder) / f"{quote(member.identity, safe='')}.sqlite"
