"""The operator at a `plugfest station` in another process, through its control API (`plugfest station --control`)."""

from collections.abc import Mapping, Sequence
from functools import partial

from plugfest.lab.iso15118.ev import CommunicatingEv
from plugfest.lab.operator.capabilities import Capability
from plugfest.lab.ports import Commissioning
from plugfest.lab.settings import Token
from plugfest.lab.verdict import OperatorFailed
from plugfest.rig.operators.display import is_shown
from plugfest.rig.operators.http_client import HttpClient


class ControlApiOperator:
    """Each action is a POST with a JSON object, as described in /openapi.json of the station."""

    can_commission = False

    def __init__(self, client: HttpClient) -> None:
        self._client = client

    async def missing(self) -> Mapping[Capability, str]:
        return {}

    async def _do(self, path: str, **arguments: object) -> None:
        await self._client.post(path, body=arguments)

    async def confirms_actions(self) -> bool:
        return True

    async def plug_in(self, evse_id: int, connector_id: int, *, seated: bool = True) -> None:
        await self._do("plug_in", evse_id=evse_id, connector_id=connector_id, **({} if seated else {"seated": False}))

    async def unplug(self, evse_id: int, connector_id: int, *, side: str = "both") -> None:
        await self._do("plug_out", evse_id=evse_id, connector_id=connector_id, side=side)

    async def present_token(self, token: Token, evse_id: int) -> None:
        if token.type == "NoAuthorization":
            await self._do("press_start_button", evse_id=evse_id)
        else:
            await self._do("present_token", id_token=token.id_token, type=token.type, evse_id=evse_id)

    async def park(self, evse_id: int) -> None:
        await self._do("park", evse_id=evse_id)

    async def leave(self, evse_id: int) -> None:
        await self._do("leave", evse_id=evse_id)

    async def ev_suspend(self, evse_id: int) -> None:
        await self._do("ev_suspend", evse_id=evse_id)

    async def ev_resume(self, evse_id: int) -> None:
        await self._do("ev_resume", evse_id=evse_id)

    async def ev_prepare(self, evse_id: int, ev: CommunicatingEv | None) -> None:
        if ev is None:
            await self._do("ev_ordinary", evse_id=evse_id)
            return
        await self._do(
            "ev_prepare",
            evse_id=evse_id,
            contract=None if ev.contract is None else ev.contract.chain,
            certificate_request=ev.certificate_request,
            v2g_roots=[ev.v2g_root],
            **ev.needs,
        )

    async def ev_renegotiate(self, evse_id: int, *, energy: int, departure: int) -> None:
        await self._do("ev_renegotiate", evse_id=evse_id, energy=energy, departure=departure)

    async def ev_stop(self, evse_id: int) -> None:
        await self._do("ev_stop", evse_id=evse_id)

    async def fault(self, evse_id: int, connector_id: int, *, present: bool) -> None:
        await self._do("fault_on" if present else "fault_off", evse_id=evse_id, connector_id=connector_id)

    async def jam_lock(self, evse_id: int, connector_id: int, *, jammed: bool) -> None:
        await self._do("lock_jammed" if jammed else "lock_mended", evse_id=evse_id, connector_id=connector_id)

    async def set_measured_value(self, component: str, variable: str, evse_id: int | None, value: float | None) -> None:
        await self._do("set_measured_value", component=component, variable=variable, evse_id=evse_id, value=value)

    async def choose_sessions(self, evse_ids: Sequence[int]) -> None:
        await self._do("choose", evse_ids=list(evse_ids))

    async def display_shows(self, text: str, seconds: float) -> bool:
        return await is_shown(text, seconds, partial(self._client.get_lines, "display"))

    async def store_customer(self, identifier: str) -> None:
        await self._do("store_customer", identifier=identifier)

    async def customer_storage(self, *, available: bool) -> None:
        await self._do("customer_storage", available=available)

    async def log_storage(self, *, available: bool) -> None:
        await self._do("log_storage", available=available)

    async def external_limit(self, watts: float | None, evse_id: int | None = None) -> None:
        where = {} if evse_id is None else {"evse_id": evse_id}
        await self._do("external_limit", watts=watts, **where)

    async def power_cycle(self) -> None:
        await self._do("power_off")
        await self._do("power_on")

    async def commission(self, commissioning: Commissioning) -> None:
        raise OperatorFailed("the control API cannot commission the station")

    async def network(self, *, up: bool) -> None:
        await self._do("network_on" if up else "network_off")
