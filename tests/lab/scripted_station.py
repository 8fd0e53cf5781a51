"""A small station for the tests of the lab: a test scripts its behaviour, correct or wrong."""

import asyncio
import contextlib
from collections import deque
from collections.abc import Awaitable, Callable, Coroutine, Mapping, Sequence
from typing import Any

from websockets.asyncio.client import ClientConnection

from plugfest import clock
from plugfest.lab.iso15118.ev import CommunicatingEv
from plugfest.lab.operator.capabilities import Capability
from plugfest.lab.ports import Commissioning
from plugfest.lab.settings import LabSettings, Token
from plugfest.link.client import connect
from plugfest.link.errors import LinkError
from plugfest.link.peer import Answer, NoAnswer, Peer, Refusal
from plugfest.ocpp import codec, frames
from plugfest.ocpp.errors import ErrorCode
from plugfest.ocpp.events import CallReceived, Event
from plugfest.ocpp.message import Request, Response
from plugfest.ocpp.rpc import RpcEndpoint
from plugfest.ocpp.v201 import messages as m
from plugfest.ocpp.v201 import types as t
from plugfest.ocpp.versions import V201

Handler = Callable[[Any], Any]


def variable(component: str, name: str, value: str, mutability: str = "ReadWrite") -> t.ReportDataType:
    """One entry of an inventory."""
    return t.ReportDataType(
        component=t.ComponentType(name=component),
        variable=t.VariableType(name=name),
        variable_attribute=[t.VariableAttributeType(value=value, mutability=t.MutabilityEnumType(mutability))],
    )


class Called:
    """A request of the lab that a script answers: correctly, wrongly or not at all."""

    def __init__(self, station: "ScriptedStation", peer: Peer, message_id: str, request: Request[Any]) -> None:
        self.station = station
        self.peer = peer
        self.message_id = message_id
        self.request = request

    async def answer(self, response: Response, *, message_id: str | None = None) -> None:
        """Send a CALLRESULT, by default with the message id of the request."""
        text = frames.call_result(message_id or self.message_id, codec.encode(response))
        await self.peer.send_text(text)

    async def send_text(self, raw: str) -> None:
        """Send any text."""
        await self.peer.send_text(raw)

    @property
    def websocket(self) -> ClientConnection:
        """The connection of the station, for frames below OCPP-J."""
        assert self.station.websocket is not None
        return self.station.websocket


Script = Callable[[Called], Awaitable[None]]


class ScriptedStation:
    """Connects, boots, answers by a table; `sends` sends a request of its own.

    `handlers` return the answers to requests; `scripts` replace the handling of a request completely.
    """

    back_off = 5.0
    """Seconds from the loss of the connection to the next attempt."""

    def __init__(self, settings: LabSettings) -> None:
        self.settings = settings
        self.variables = [variable("TxCtrlr", "TxStartPoint", "EVConnected")]
        self.handlers: dict[type[Request[Any]], Handler] = {m.GetBaseReportRequest: self._inventory}
        self.scripts: dict[type[Request[Any]], Script] = {}
        self.on_connected: Callable[[], Awaitable[None]] | None = None
        self.peer: Peer | None = None
        self.websocket: ClientConnection | None = None
        self.connections = 0
        self._url = ""
        self._asked: deque[str] = deque()
        self._tasks: set[asyncio.Task[None]] = set()

    async def run(self, url: str) -> None:
        """Connect, boot, serve; reconnect after each connection loss, until it is cancelled."""
        try:
            while True:
                with contextlib.suppress(LinkError):
                    serve = await self.start(url)
                    self._start_task(self.boots() if self.connections == 1 else self._is_back())
                    await serve()
                await asyncio.sleep(self.back_off)
        finally:
            for task in self._tasks:
                task.cancel()

    async def start(self, url: str) -> Callable[[], Awaitable[None]]:
        """Connect. Returns the function that serves the connection until it ends."""
        self._url = url
        websocket = await connect(
            url,
            self.settings.identity,
            protocols=[V201],
            credentials=(self.settings.identity, self.settings.password),
        )
        self._asked.clear()
        self.websocket = websocket
        self.connections += 1
        self.peer = Peer(websocket, RpcEndpoint(V201), on_call=self._answer, on_event=self._record)
        return self.peer.run

    async def connect_double(self) -> None:
        """Connect another client with the same identity, and serve it until its connection ends."""
        serve = await ScriptedStation(self.settings).start(self._url)
        self._start_task(serve())

    async def boots(self, reason: t.BootReasonEnumType = t.BootReasonEnumType.PowerUp) -> None:
        await self.sends(
            m.BootNotificationRequest(
                charging_station=t.ChargingStationType(model="S", vendor_name="Scripted"),
                reason=reason,
            )
        )
        for evse_id in (1, 2):
            await self.reports_status("Available", evse_id)
        await self._is_back()

    async def reports_status(self, status: str, evse_id: int = 1) -> None:
        await self.sends(
            m.StatusNotificationRequest(
                timestamp=clock.utc_now(),
                connector_status=t.ConnectorStatusEnumType(status),
                evse_id=evse_id,
                connector_id=1,
            )
        )

    async def sends(self, request: Request[Any]) -> Response:
        assert self.peer is not None
        response: Response = await self.peer.call(request)
        return response

    async def _is_back(self) -> None:
        if self.on_connected is not None:
            await self.on_connected()

    def _record(self, event: Event) -> None:
        if isinstance(event, CallReceived):
            self._asked.append(event.message_id)

    async def _answer(self, request: Request[Any]) -> Any:
        message_id = self._asked.popleft()
        script = self.scripts.get(type(request))
        if script is not None:
            assert self.peer is not None
            self._start_task(script(Called(self, self.peer, message_id, request)))
            raise NoAnswer
        handler = self.handlers.get(type(request))
        if handler is None:
            raise Refusal(ErrorCode.NotSupported)
        return handler(request)

    def _start_task(self, what: Coroutine[Any, Any, None]) -> None:
        """Run it concurrently with serving the connection; a connection loss is ignored."""
        self._tasks.add(asyncio.ensure_future(_unless_lost(what)))

    def _inventory(self, request: m.GetBaseReportRequest) -> Any:
        accepted = m.GetBaseReportResponse(status=t.GenericDeviceModelStatusEnumType.Accepted)
        return Answer(accepted, then=lambda: self._start_task(self.send_inventory(request.request_id)))

    async def send_inventory(self, request_id: int) -> None:
        await self.sends(
            m.NotifyReportRequest(
                request_id=request_id, generated_at=clock.utc_now(), seq_no=0, report_data=self.variables
            )
        )


async def _unless_lost(what: Coroutine[Any, Any, None]) -> None:
    with contextlib.suppress(LinkError):
        await what


class IdleOperator:
    """An operator that does nothing; it records each action and passes it to a listener. `lacks`: what is missing."""

    def __init__(
        self,
        on_action: Callable[[str], Awaitable[None]] | None = None,
        *,
        can_commission: bool = True,
        lacks: dict[Capability, str] | None = None,
    ) -> None:
        self.can_commission = can_commission
        self._on_action = on_action
        self.actions: list[str] = []
        self.lacks = lacks or {}
        self.is_certain = True
        self.questions = 0

    async def missing(self) -> Mapping[Capability, str]:
        return self.lacks

    async def confirms_actions(self) -> bool:
        self.questions += 1
        return self.is_certain

    async def _record(self, action: str) -> None:
        self.actions.append(action)
        if self._on_action is not None:
            await self._on_action(action)

    async def plug_in(self, evse_id: int, connector_id: int, *, seated: bool = True) -> None:
        await self._record("plug in")

    async def unplug(self, evse_id: int, connector_id: int, *, side: str = "both") -> None:
        await self._record("unplug")

    async def present_token(self, token: Token, evse_id: int) -> None:
        await self._record("present token")

    async def park(self, evse_id: int) -> None:
        await self._record("park")

    async def leave(self, evse_id: int) -> None:
        await self._record("leave")

    async def ev_suspend(self, evse_id: int) -> None:
        await self._record("suspend")

    async def ev_resume(self, evse_id: int) -> None:
        await self._record("resume")

    async def ev_prepare(self, evse_id: int, ev: CommunicatingEv | None) -> None:
        await self._record("prepare" if ev else "ordinary")

    async def ev_renegotiate(self, evse_id: int, *, energy: int, departure: int) -> None:
        await self._record("renegotiate")

    async def ev_stop(self, evse_id: int) -> None:
        await self._record("end session")

    async def fault(self, evse_id: int, connector_id: int, *, present: bool) -> None:
        await self._record("fault")

    async def jam_lock(self, evse_id: int, connector_id: int, *, jammed: bool) -> None:
        await self._record("jam" if jammed else "release the lock")

    async def set_measured_value(self, component: str, variable: str, evse_id: int | None, value: float | None) -> None:
        await self._record("release the sensor" if value is None else "set a measured value")

    async def display_shows(self, text: str, seconds: float) -> bool:
        return False

    async def choose_sessions(self, evse_ids: Sequence[int]) -> None:
        await self._record("choose sessions")

    async def external_limit(self, watts: float | None, evse_id: int | None = None) -> None:
        place = "" if evse_id is None else f" of EVSE {evse_id}"
        await self._record(f"limit {watts}{place}")

    async def customer_storage(self, *, available: bool) -> None:
        await self._record(f"customer information {'available' if available else 'unavailable'}")

    async def log_storage(self, *, available: bool) -> None:
        await self._record(f"logs {'available' if available else 'unavailable'}")

    async def store_customer(self, identifier: str) -> None:
        await self._record("store customer")

    async def power_cycle(self) -> None:
        await self._record("power cycle")

    async def commission(self, commissioning: Commissioning) -> None:
        await self._record("commission")

    async def network(self, *, up: bool) -> None:
        await self._record("network")
