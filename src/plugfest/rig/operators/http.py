"""The operator as a test fixture with an HTTP interface.

The requests are those of the official test tool, so that a fixture that was built for it works unchanged: POST with
query parameters below one address, to plugin, plugout, authorize, reboot, parkingbay and state; and, if the fixture
also emulates an EV, to plugin, plugout and state below a second address. Actions that this interface lacks have paths
of our own, and so has the list of the actions that the fixture supports. If it does not support one, the cases that
need it are INCONCLUSIVE.
"""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Final

from plugfest.lab.iso15118.ev import CommunicatingEv
from plugfest.lab.operator.capabilities import PROVIDED, Capability
from plugfest.lab.ports import Commissioning
from plugfest.lab.settings import Token
from plugfest.lab.verdict import NotCapable, OperatorFailed
from plugfest.rig.operators.display import is_shown
from plugfest.rig.operators.http_client import HttpClient

ACTIONS: Final = "actions"
"""The path of the list of the actions that the fixture supports: a JSON array of the names of capabilities."""

DISPLAY: Final = "display"
"""The path of what the display shows now: a JSON array of its lines."""

OF_EV_EMULATOR: Final = frozenset({Capability.EV_SUSPEND, Capability.UNPLUG_ONE_END})
"""What an EV emulator can do, whatever the fixture lists."""

NO_EV_EMULATOR: Final = "the fixture has no EV emulator (--ev URL)"


class HttpOperator:
    """A fixture at the station, and perhaps an EV emulator."""

    can_commission = False

    def __init__(self, station: HttpClient, ev: HttpClient | None = None) -> None:
        self._station = station
        self._ev = ev

    async def missing(self) -> Mapping[Capability, str]:
        """What the list of the fixture does not have; without a list, what only an EV emulator can do."""
        missing = {} if self._ev else {Capability.UNPLUG_ONE_END: NO_EV_EMULATOR}
        listed = await self._station.get_names(ACTIONS)
        if listed is not None:
            base = self._station.base_url
            unlisted = set(Capability) - {Capability(name) for name in listed & set(Capability)}
            unlisted -= {Capability.COMMISSION} | PROVIDED | (OF_EV_EMULATOR if self._ev else frozenset())
            missing = {one: f"{base}/{ACTIONS} does not have {one}" for one in unlisted} | missing
        return missing

    async def confirms_actions(self) -> bool:
        return True

    async def plug_in(self, evse_id: int, connector_id: int, *, seated: bool = True) -> None:
        halfway = {} if seated else {"halfway": "true"}
        await self._station.post("plugin", halfway | _at(evse_id, connector_id))
        if self._ev is not None:
            await self._ev.post("plugin")

    async def unplug(self, evse_id: int, connector_id: int, *, side: str = "both") -> None:
        if self._ev is None and side != "both":
            raise NotCapable(NO_EV_EMULATOR)
        if self._ev is not None and side in ("ev", "both"):
            await self._ev.post("plugout")
        if side in ("evse", "both"):
            await self._station.post("plugout", _at(evse_id, connector_id))

    async def present_token(self, token: Token, evse_id: int) -> None:
        await self._station.post("authorize", {"id": token.id_token, "type": token.type} | _at(evse_id))

    async def park(self, evse_id: int) -> None:
        await self._station.post("parkingbay", {"occupied": "true"} | _at(evse_id))

    async def leave(self, evse_id: int) -> None:
        await self._station.post("parkingbay", {"occupied": "false"} | _at(evse_id))

    async def ev_suspend(self, evse_id: int) -> None:
        await self._ev_ready(False, "ev_suspend", evse_id)

    async def ev_resume(self, evse_id: int) -> None:
        await self._ev_ready(True, "ev_resume", evse_id)

    async def _ev_ready(self, ready: bool, own_path: str, evse_id: int) -> None:
        if self._ev is not None:
            await self._ev.post("state", {"ready": _boolean(ready)})
        else:
            await self._station.post(own_path, _at(evse_id))

    async def ev_prepare(self, evse_id: int, ev: CommunicatingEv | None) -> None:
        """The certificates and the key are in the body, since they are too long for an address."""
        if ev is None:
            await self._at_ev("ev_prepare", {"communicates": "false"} | _at(evse_id))
            return
        query = {"communicates": "true", "authorization": "EIM" if ev.contract is None else "PnC"}
        if ev.certificate_request is not None:
            query["certificate_request"] = ev.certificate_request
        query |= {name: str(value) for name, value in ev.needs.items()}
        contract = {} if ev.contract is None else {"contract": ev.contract.chain, "key": ev.contract.key}
        await self._at_ev("ev_prepare", query | _at(evse_id), {"v2g_root": ev.v2g_root} | contract)

    async def ev_renegotiate(self, evse_id: int, *, energy: int, departure: int) -> None:
        await self._at_ev("ev_renegotiate", {"energy": str(energy), "departure": str(departure)} | _at(evse_id))

    async def ev_stop(self, evse_id: int) -> None:
        await self._at_ev("ev_stop", _at(evse_id))

    async def _at_ev(self, path: str, query: dict[str, str], body: object = None) -> None:
        """An action of the EV: of the EV emulator, if there is one."""
        await (self._station if self._ev is None else self._ev).post(path, query, body)

    async def fault(self, evse_id: int, connector_id: int, *, present: bool) -> None:
        await self._station.post("state", {"faulted": _boolean(present)} | _at(evse_id, connector_id))

    async def jam_lock(self, evse_id: int, connector_id: int, *, jammed: bool) -> None:
        await self._station.post("state", {"unlock_failed": _boolean(jammed)} | _at(evse_id, connector_id))

    async def set_measured_value(self, component: str, variable: str, evse_id: int | None, value: float | None) -> None:
        measured = {"component": component, "variable": variable, "value": "" if value is None else f"{value:g}"}
        await self._station.post("measured_value", measured | ({} if evse_id is None else _at(evse_id)))

    async def choose_sessions(self, evse_ids: Sequence[int]) -> None:
        await self._station.post("choose", {"evse_ids": ",".join(str(evse_id) for evse_id in evse_ids)})

    async def display_shows(self, text: str, seconds: float) -> bool:
        return await is_shown(text, seconds, partial(self._station.get_lines, DISPLAY))

    async def store_customer(self, identifier: str) -> None:
        await self._station.post("store_customer", {"identifier": identifier})

    async def customer_storage(self, *, available: bool) -> None:
        await self._station.post("customer_storage", {"available": _boolean(available)})

    async def log_storage(self, *, available: bool) -> None:
        await self._station.post("log_storage", {"available": _boolean(available)})

    async def external_limit(self, watts: float | None, evse_id: int | None = None) -> None:
        where = {} if evse_id is None else _at(evse_id)
        await self._station.post("external_limit", {"watts": "" if watts is None else f"{watts:g}"} | where)

    async def power_cycle(self) -> None:
        await self._station.post("reboot")

    async def commission(self, commissioning: Commissioning) -> None:
        raise OperatorFailed("a test fixture cannot commission the station")

    async def network(self, *, up: bool) -> None:
        await self._station.post("network_on" if up else "network_off")


def _at(evse_id: int, connector_id: int | None = None) -> dict[str, str]:
    place = {"evse_id": str(evse_id)}
    return place if connector_id is None else place | {"connector_id": str(connector_id)}


def _boolean(value: bool) -> str:
    return "true" if value else "false"
