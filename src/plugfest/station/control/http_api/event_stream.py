"""GET /events: the frames and the states of a station as server-sent events."""

import asyncio
from collections.abc import Iterable, Iterator
from typing import Final

import msgspec
from msgspec.structs import replace
from starlette.requests import Request
from starlette.responses import Response

from plugfest.http_server.live_events import LiveEvent, Rendered, stream
from plugfest.http_server.streams import Streams
from plugfest.station.control.http_api.answers import DroppedFrames, Frame
from plugfest.station.control.http_api.queries import EventQuery, parsed
from plugfest.station.control.operated_station import OperatedStation

MAX_STREAMS: Final = 30
"""At one time."""

STATE_PERIOD: Final = 0.5
"""Seconds between two states at least; power and energy change all the time."""

_PAUSE: Final = 0.02
"""Seconds between two looks at least."""

_STATE: Final = "state"
_COMPARED: Final = "compared"

_FRAMES_AT_ONCE: Final = 50
"""A client that does not read holds so many in memory."""


class EventStreams:
    """The event streams of a station."""

    def __init__(self, station: OperatedStation) -> None:
        self._station = station
        self._streams = Streams(MAX_STREAMS)
        self._states = Rendered(self._state, station.watch, STATE_PERIOD)

    async def open(self, request: Request) -> Response:
        """Raises MsgspecError for wrong parameters, HTTPException if too many streams are open."""
        query, last = parsed(request.query_params, EventQuery), request.headers.get("last-event-id", "")
        after = int(last) if last.isascii() and last.isdecimal() and len(last) < 19 else query.after
        events = _Events(self._station, self._states, after)
        return self._streams.response(stream(events.look, self._station.watch, period=STATE_PERIOD, pause=_PAUSE))

    def _state(self) -> Iterator[tuple[str, str]]:
        """The state, and what of it is compared: that time passes until the next attempt to connect is no change."""
        state = self._station.control.state()
        yield _STATE, _json(state)
        yield _COMPARED, _json(state if state.seconds_to_attempt is None else replace(state, seconds_to_attempt=0))


class _Events:
    """What one client has not got yet. `after`: the number of its last frame; None: it gets those from now on."""

    def __init__(self, station: OperatedStation, states: Rendered, after: int | None) -> None:
        self._station = station
        self._states = states
        self._compared = ""
        self._next_state = 0.0
        newest = station.watch.frames.newest
        # A higher number is of an earlier process.
        self._last = newest if after is None else after if after <= newest else 0

    def look(self) -> Iterable[LiveEvent]:
        yield from self._new_frames()
        now = asyncio.get_running_loop().time()
        parts = dict(self._states.parts()) if now >= self._next_state else {}
        if parts and parts[_COMPARED] != self._compared:
            self._next_state = now + STATE_PERIOD
            self._compared = parts[_COMPARED]
            yield LiveEvent(_STATE, parts[_STATE])

    def _new_frames(self) -> Iterator[LiveEvent]:
        frames = self._station.watch.frames
        new = frames.after(self._last)[:_FRAMES_AT_ONCE]
        first = new[0].number if new else frames.newest + 1
        if first > self._last + 1:
            yield _event("dropped", DroppedFrames(first=self._last + 1, last=first - 1), first - 1)
            self._last = first - 1
        for frame in new:
            yield _event("frame", Frame.of(frame), frame.number)
            self._last = frame.number


def _event(name: str, content: msgspec.Struct, id: int) -> LiveEvent:
    return LiveEvent(name, _json(content), id)


def _json(content: msgspec.Struct) -> str:
    return msgspec.json.encode(content).decode()
