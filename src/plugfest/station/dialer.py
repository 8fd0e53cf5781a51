"""Opens the WebSocket to the CSMS as a network profile says, with the station's identity, password and certificates."""

import ssl
from collections.abc import Awaitable, Callable
from typing import Any

from plugfest.link import client
from plugfest.link.errors import CsmsUnreachable
from plugfest.link.handshake import Credentials
from plugfest.link.peer import Answer, Direction, Peer
from plugfest.ocpp.message import Request, Response
from plugfest.ocpp.session import Session
from plugfest.ocpp.versions import Protocol
from plugfest.security.profile import SecurityProfile
from plugfest.station.device_model.model import DeviceModel
from plugfest.station.network import NetworkProfile

FrameListener = Callable[[Direction, str, float], None]
"""Hears each frame: which way it went, its text, and the loop's time."""

OPEN_TIMEOUT = 30.0


class Network:
    """The cable to the outside world. Pulling it is nothing that TCP would notice soon; the station's modem does."""

    def __init__(self) -> None:
        self.up = True
        self._on_down: list[Callable[[], None]] = []

    def on_down(self, callback: Callable[[], None]) -> None:
        self._on_down.append(callback)

    def set(self, up: bool) -> None:
        self.up = up
        if not up:
            for callback in self._on_down:
                callback()


class Dialer:
    """Connects. `tls` makes the TLS settings for a security profile."""

    def __init__(
        self,
        *,
        protocol: Protocol,
        device_model: DeviceModel,
        network: Network,
        tls: Callable[[SecurityProfile], ssl.SSLContext | None],
        on_sent: Callable[[], None],
        on_frame: FrameListener | None,
    ) -> None:
        self._protocol = protocol
        self._device_model = device_model
        self._network = network
        self._tls = tls
        self._on_sent = on_sent
        self._on_frame = on_frame

    async def __call__(
        self, profile: NetworkProfile, on_call: Callable[[Request[Any]], Awaitable[Response | Answer]]
    ) -> Peer:
        """Raises LinkError."""
        if not self._network.up:
            raise CsmsUnreachable("the network is down")
        security = SecurityProfile(profile.security_profile)
        identity = self._device_model.text("SecurityCtrlr", "Identity")
        websocket = await client.connect(
            profile.url,
            identity,
            protocols=(self._protocol,),
            credentials=self._credentials(identity) if security.uses_password else None,
            tls=self._tls(security),
            ping_interval=self._device_model.integer("OCPPCommCtrlr", "WebSocketPingInterval") or None,
            open_timeout=OPEN_TIMEOUT,
        )
        session = Session(self._protocol, message_timeout=profile.message_timeout)
        return Peer(websocket, session, on_call=on_call, on_frame=self._heard)

    def _credentials(self, identity: str) -> Credentials | None:
        password = self._device_model.text("SecurityCtrlr", "BasicAuthPassword")
        return (identity, password) if password else None

    def _heard(self, direction: Direction, text: str, at: float) -> None:
        if direction is Direction.SENT:
            self._on_sent()
        if self._on_frame is not None:
            self._on_frame(direction, text, at)
