"""A CSMS of the package `websockets` alone: it sees the bytes of a station as they come, right or wrong."""

import asyncio
import json
import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from typing import Any

from websockets.asyncio.server import ServerConnection, serve
from websockets.exceptions import ConnectionClosed
from websockets.typing import Subprotocol

from plugfest.clock import utc_now
from plugfest.ocpp.message import JsonValue
from plugfest.products import load_product
from plugfest.rig.misbehaviour import StationMisbehaviour, parse
from plugfest.security.profile import SecurityProfile
from plugfest.station.control.virtual_station import VirtualStation
from plugfest.station.setup.provisioning import Settings

PASSWORD = "a-password-of-16"


class RawCsms:
    """What arrives, and how connections end.

    `frames`: every text with the time of the event loop. `ends`: the close code of each connection, 1006 without one.
    """

    def __init__(self) -> None:
        self.frames: list[tuple[float, str]] = []
        self.ends: list[int | None] = []
        self.opened: list[float] = []
        self.connections: list[ServerConnection] = []
        self._arrived = asyncio.Event()

    @property
    def texts(self) -> list[str]:
        return [text for _, text in self.frames]

    @property
    def calls(self) -> list[list[Any]]:
        """The requests, as arrays."""
        return [frame for frame in self.messages if frame[0] == 2]

    @property
    def answers(self) -> list[list[Any]]:
        return [frame for frame in self.messages if frame[0] != 2]

    @property
    def messages(self) -> list[list[Any]]:
        """The frames that are arrays of JSON."""
        return [frame for text in self.texts if isinstance(frame := decoded(text), list)]

    def of(self, action: str) -> list[dict[str, Any]]:
        """The payloads of the requests of an action."""
        return [frame[3] for frame in self.calls if frame[2] == action]

    async def send(self, message_id: str, action: str, payload: JsonValue) -> None:
        """Send a request on the newest connection."""
        await self.connections[-1].send(json.dumps([2, message_id, action, payload]))

    async def until(self, condition: Callable[[], bool]) -> None:
        """Wait until the condition holds, with every frame."""
        while not condition():
            self._arrived.clear()
            await self._arrived.wait()

    async def serve(self, websocket: ServerConnection) -> None:
        loop = asyncio.get_running_loop()
        self.opened.append(loop.time())
        self.connections.append(websocket)
        with suppress(ConnectionClosed):
            async for text in websocket:
                assert isinstance(text, str)
                self.frames.append((loop.time(), text))
                self._arrived.set()
                frame = decoded(text)
                if isinstance(frame, list) and frame[0] == 2:
                    await websocket.send(json.dumps([3, frame[1], answer(frame[2])]))
        sent = websocket.protocol.close_sent
        self.ends.append(websocket.close_code if sent is None else sent.code)


def decoded(text: str) -> Any:
    with suppress(json.JSONDecodeError):
        return json.loads(text)


def answer(action: str) -> JsonValue:
    now = utc_now().isoformat(timespec="seconds").replace("+00:00", "Z")
    match action:
        case "BootNotification":
            return {"currentTime": now, "interval": 300, "status": "Accepted"}
        case "Heartbeat":
            return {"currentTime": now}
        case "Authorize":
            return {"idTokenInfo": {"status": "Accepted"}, "idTagInfo": {"status": "Accepted"}}
        case "StartTransaction":
            return {"idTagInfo": {"status": "Accepted"}, "transactionId": 1}
    return {}


@asynccontextmanager
async def listening(
    csms: RawCsms, subprotocol: str = "ocpp2.0.1", tls: ssl.SSLContext | None = None
) -> AsyncIterator[str]:
    """The URL of the CSMS while it listens."""
    async with serve(
        csms.serve,
        "127.0.0.1",
        0,
        subprotocols=[Subprotocol(subprotocol)],
        ping_interval=None,
        ssl=tls,
    ) as server:
        port = next(iter(server.sockets)).getsockname()[1]
        yield f"{'ws' if tls is None else 'wss'}://127.0.0.1:{port}"


class Misbehaving:
    """A misbehaving station at its CSMS. `notices`: the faults that happened."""

    def __init__(self, virtual: VirtualStation, own: StationMisbehaviour, notices: list[str]) -> None:
        self.virtual = virtual
        self.own = own
        self.notices = notices

    async def charge(self) -> None:
        """Charge for half a minute."""
        await self.virtual.act(lambda control: control.plug_in(1, 1))
        await asyncio.sleep(2)
        await self.present_token()
        await asyncio.sleep(30)
        await self.present_token()
        await asyncio.sleep(5)
        await self.virtual.act(lambda control: control.plug_out(1, 1))
        await asyncio.sleep(5)

    async def present_token(self) -> None:
        await self.virtual.act(lambda control: control.present_token("04A2B1C3", "ISO14443", None))


@asynccontextmanager
async def station(
    url: str, *misbehaviours: str, product: str = "reference-ac", seed: int = 0, roots: tuple[str, ...] = ()
) -> AsyncIterator[Misbehaving]:
    """A station that is switched on, and closed at the end."""
    loaded = load_product(product)
    notices: list[str] = []
    own = parse(misbehaviours, loaded, seed).of("CS001", notices.append)
    profile = SecurityProfile.TLS_BASIC if roots else SecurityProfile.BASIC
    settings = Settings(identity="CS001", csms_url=url, password=PASSWORD, security_profile=profile, csms_roots=roots)
    virtual = VirtualStation(loaded, settings, context=own.context, open_websocket=own.open_websocket)
    virtual.power_on()
    try:
        yield Misbehaving(virtual, own, notices)
    finally:
        await virtual.close()
        own.close()
