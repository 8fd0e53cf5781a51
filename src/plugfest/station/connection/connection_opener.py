"""Opens the WebSocket to the CSMS of a network profile, with the station's identity, password and certificates."""

from collections.abc import Callable

from plugfest.link.client import OpenWebSocket, WebSocketToCsms
from plugfest.link.errors import CsmsUnreachable, HandshakeFault, HandshakeRefused
from plugfest.link.handshake import Credentials
from plugfest.link.peer import Direction, Handler, Peer
from plugfest.ocpp.errors import ErrorCode
from plugfest.ocpp.events import Event
from plugfest.ocpp.rpc import DEFAULT_MAX_MESSAGE_SIZE, RpcEndpoint
from plugfest.ocpp.versions import Protocol
from plugfest.security.profile import SecurityProfile
from plugfest.station.connection.network_profiles import NetworkProfile
from plugfest.station.device_model.model import DeviceModel
from plugfest.station.security.password import for_credentials
from plugfest.station.security.trust_store import TrustStore

FrameListener = Callable[[Direction, str, float], None]
"""Is called for each frame: its direction, its text, and the time of the event loop."""

EventListener = Callable[[Event], None]
"""Is called for each RPC event."""

OPEN_TIMEOUT = 30.0

MAX_ENVELOPE_BYTES = 1024
"""Upper bound in bytes of what a frame contains besides the payload of the message."""


class Network:
    """The station's network interface."""

    def __init__(self) -> None:
        self.up = True


class ConnectionOpener:
    """Opens connections (`connection.OpenConnection`)."""

    def __init__(
        self,
        *,
        protocol: Protocol,
        device_model: DeviceModel,
        network: Network,
        trust: TrustStore,
        on_sent: Callable[[float], None],
        on_frame: FrameListener | None,
        on_event: EventListener | None,
        refusal_code: Callable[[ErrorCode], ErrorCode | None],
        tolerant: bool,
        compression: bool,
        open_websocket: OpenWebSocket,
        new_id: Callable[[], str],
    ) -> None:
        self._protocol = protocol
        self._device_model = device_model
        self._network = network
        self._trust = trust
        self._on_sent = on_sent
        self._on_frame = on_frame
        self._on_event = on_event
        self._refusal_code = refusal_code
        self._tolerant = tolerant
        self._compression = compression
        self._open_websocket = open_websocket
        self._new_id = new_id

    async def __call__(
        self,
        profile: NetworkProfile,
        on_call: Handler,
        *,
        same_csms: bool,
    ) -> Peer:
        """Raises LinkError."""
        if not self._network.up:
            raise CsmsUnreachable("the network is down")
        websocket = await self._open_with_root_fallback(profile, same_csms=same_csms)
        if not self._network.up:
            websocket.drop("the network went down")
            raise CsmsUnreachable("the network went down")
        self._trust.set_root_in_use(websocket.server_root)
        rpc = RpcEndpoint(
            self._protocol,
            message_timeout=profile.message_timeout,
            max_message_size=self._max_message_size(),
            new_message_id=self._new_id,
            tolerant=self._tolerant,
            refusal_code=self._refusal_code,
        )
        return Peer(websocket, rpc, on_call=on_call, on_frame=self._on_each_frame, on_event=self._on_event)

    async def _open_with_root_fallback(self, profile: NetworkProfile, *, same_csms: bool) -> WebSocketToCsms:
        """Connect with the new root certificate, which confirms it (M05.FR.13).

        If that fails, the old root is still valid for the CSMS of the last connection (M05.FR.14, FR.16), but not for
        another one (M05.FR.15).
        """
        try:
            websocket = await self._open(profile, fallback=False)
        except HandshakeRefused as error:
            if not same_csms or not self._trust.has_fallback or error.fault is not HandshakeFault.CSMS_CERTIFICATE:
                raise
            return await self._open(profile, fallback=True)
        if profile.security_profile >= SecurityProfile.TLS_BASIC:
            self._trust.drop_fallback()
        return websocket

    async def _open(self, profile: NetworkProfile, *, fallback: bool) -> WebSocketToCsms:
        security = SecurityProfile(profile.security_profile)
        identity = self._device_model.text("SecurityCtrlr", "Identity")
        return await self._open_websocket(
            profile.url,
            identity,
            protocols=(self._protocol,),
            credentials=self._credentials(identity) if security.uses_password else None,
            tls=self._trust.client_context(security, fallback=fallback),
            ping_interval=self._device_model.integer("OCPPCommCtrlr", "WebSocketPingInterval") or None,
            open_timeout=OPEN_TIMEOUT,
            max_size=self._max_message_size(),
            compression=self._compression,
        )

    def _max_message_size(self) -> int:
        """In bytes; at least what the device model claims."""
        limits = [v for v in self._device_model if v.address.variable == "BytesPerMessage"]
        claimed = [int(self._device_model.value(each)) + MAX_ENVELOPE_BYTES for each in limits]
        return max([DEFAULT_MAX_MESSAGE_SIZE, *claimed])

    def _credentials(self, identity: str) -> Credentials | None:
        password = self._device_model.text("SecurityCtrlr", "BasicAuthPassword")
        return (identity, for_credentials(password)) if password else None

    def _on_each_frame(self, direction: Direction, text: str, at: float) -> None:
        if direction is Direction.SENT:
            self._on_sent(at)
        if self._on_frame is not None:
            self._on_frame(direction, text, at)
