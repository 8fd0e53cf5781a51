"""Opens the connections of a station with transport faults."""

import functools
import ssl
from collections import deque
from collections.abc import Sequence
from typing import Final

from plugfest.link.client import StationWebSocket, connect
from plugfest.link.handshake import Credentials
from plugfest.ocpp.rpc import DEFAULT_MAX_MESSAGE_SIZE
from plugfest.ocpp.versions import Protocol
from plugfest.rig.misbehaviour.dripping import DrippingDialer
from plugfest.rig.misbehaviour.faulty_websocket import FaultyWebSocket, Notice
from plugfest.rig.misbehaviour.transmission import SLOW_TLS, Faults

MAX_HALF_OPEN: Final = 10
"""How many connections a station leaves open; then it drops the oldest."""


class FaultyNetwork:
    """The connections of one station, from the address `source`. `connect` takes the place of `link.client.connect`."""

    def __init__(self, faults: Faults, notice: Notice, source: str | None = None) -> None:
        self._source = source
        self._faults = faults
        self._notice = notice
        self._half_open: deque[StationWebSocket] = deque()
        self._dialer = DrippingDialer()

    async def connect(
        self,
        url: str,
        identity: str,
        *,
        protocols: Sequence[Protocol],
        credentials: Credentials | None = None,
        tls: ssl.SSLContext | None = None,
        ping_interval: float | None = None,
        open_timeout: float = 30.0,
        max_size: int = DEFAULT_MAX_MESSAGE_SIZE,
        compression: bool = False,
    ) -> FaultyWebSocket:
        """As `link.client.connect`."""
        seconds = self._faults.slow_handshake()
        if seconds is not None:
            self._notice(f"{SLOW_TLS}: the first bytes of the connection take {seconds:.3g} s")
        websocket = await connect(
            url,
            identity,
            protocols=protocols,
            credentials=credentials,
            tls=tls,
            ping_interval=ping_interval,
            open_timeout=open_timeout + (seconds or 0.0),
            max_size=max_size,
            compression=compression,
            dial=None if seconds is None else functools.partial(self._dialer.dial, seconds=seconds),
            source=self._source,
        )
        return FaultyWebSocket(websocket, self._faults, self._notice, self._leave_open)

    def close(self) -> None:
        """Drop the connections that were left open."""
        while self._half_open:
            self._half_open.popleft().drop("the station ends")
        self._dialer.close()

    def _leave_open(self, websocket: StationWebSocket) -> None:
        self._half_open.append(websocket)
        if len(self._half_open) > MAX_HALF_OPEN:
            self._half_open.popleft().drop("too many half-open connections")
