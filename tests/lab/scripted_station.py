"""A station in forty lines for the lab's own tests: it does what a test tells it, right or wrong."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from plugfest import clock
from plugfest.lab.commissioning import Commissioning
from plugfest.lab.settings import LabSettings, Token
from plugfest.link.client import connect
from plugfest.link.peer import Peer, Refusal
from plugfest.ocpp.errors import ErrorCode
from plugfest.ocpp.message import Request, Response
from plugfest.ocpp.session import Session
from plugfest.ocpp.v201 import messages as m
from plugfest.ocpp.v201 import types as t
from plugfest.ocpp.versions import V201

Handler = Callable[[Any], Response]


def variable(component: str, name: str, value: str, mutability: str = "ReadWrite") -> t.ReportDataType:
    """One line of an inventory."""
    return t.ReportDataType(
        component=t.ComponentType(name=component),
        variable=t.VariableType(name=name),
        variable_attribute=[t.VariableAttributeType(value=value, mutability=t.MutabilityEnumType(mutability))],
    )


class ScriptedStation:
    """Connects, boots, answers by a table; `says` sends a request of its own."""

    def __init__(self, settings: LabSettings) -> None:
        self.settings = settings
        self.variables = [variable("TxCtrlr", "TxStartPoint", "EVConnected")]
        self.handlers: dict[type[Request[Any]], Handler] = {
            m.GetBaseReportRequest: lambda _: m.GetBaseReportResponse(
                status=t.GenericDeviceModelStatusEnumType.Accepted
            )
        }
        self.peer: Peer | None = None

    async def start(self, url: str) -> Callable[[], Awaitable[None]]:
        """Connect and boot. Returns what serves the connection until it ends."""
        websocket = await connect(
            url,
            self.settings.identity,
            protocols=[V201],
            credentials=(self.settings.identity, self.settings.password),
        )
        self.peer = Peer(websocket, Session(V201), on_call=self._answer)
        return self.peer.run

    async def boots(self) -> None:
        await self.says(
            m.BootNotificationRequest(
                charging_station=t.ChargingStationType(model="S", vendor_name="Scripted"),
                reason=t.BootReasonEnumType.PowerUp,
            )
        )
        await self.reports_status("Available")

    async def reports_status(self, status: str) -> None:
        await self.says(
            m.StatusNotificationRequest(
                timestamp=clock.utc_now(),
                connector_status=t.ConnectorStatusEnumType(status),
                evse_id=self.settings.evse_id,
                connector_id=self.settings.connector_id,
            )
        )

    async def says(self, request: Request[Any]) -> Response:
        assert self.peer is not None
        response: Response = await self.peer.call(request)
        return response

    async def _answer(self, request: Request[Any]) -> Any:
        handler = self.handlers.get(type(request))
        if handler is None:
            raise Refusal(ErrorCode.NotSupported)
        return handler(request)

    async def send_inventory(self, request_id: int) -> None:
        await self.says(
            m.NotifyReportRequest(
                request_id=request_id, generated_at=clock.utc_now(), seq_no=0, report_data=self.variables
            )
        )


class StillHands:
    """An operator who does nothing, and says so to whoever listens."""

    def __init__(self, on_act: Callable[[str], Awaitable[None]] | None = None, *, commissions: bool = True) -> None:
        self.commissions = commissions
        self._on_act = on_act
        self.acts: list[str] = []

    async def _note(self, act: str) -> None:
        self.acts.append(act)
        if self._on_act is not None:
            await self._on_act(act)

    async def plug_in(self, evse_id: int, connector_id: int) -> None:
        await self._note("plug in")

    async def plug_out(self, evse_id: int, connector_id: int, *, side: str = "both") -> None:
        await self._note("plug out")

    async def present_token(self, token: Token, evse_id: int) -> None:
        await self._note("present token")

    async def park(self, evse_id: int) -> None:
        await self._note("park")

    async def leave(self, evse_id: int) -> None:
        await self._note("leave")

    async def ev_suspend(self, evse_id: int) -> None:
        await self._note("suspend")

    async def ev_resume(self, evse_id: int) -> None:
        await self._note("resume")

    async def fault(self, evse_id: int, connector_id: int, *, present: bool) -> None:
        await self._note("fault")

    async def choose_sessions(self, evse_ids: Sequence[int]) -> None:
        await self._note("choose sessions")

    async def power_cycle(self) -> None:
        await self._note("power cycle")

    async def commission(self, commissioning: Commissioning) -> None:
        await self._note("commission")

    async def network(self, *, up: bool) -> None:
        await self._note("network")
