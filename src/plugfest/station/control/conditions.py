"""States of a station to wait for."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final, TypeAlias

import msgspec

from plugfest.station.control.states import EvseState, StationState

_Value: TypeAlias = str | bool | float | None


class Condition(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What to wait for: each field that is given has to hold.

    What is of an EVSE, of a connector or of a transaction holds at one and the same connector, at `evse_id` and
    `connector_id` if they are given. `transaction`: whether one is ongoing; false: none is, at any of these EVSEs.
    `power` in W, `energy_import` (the register) in Wh and `state_of_charge` (of the battery of the EV) in percent are
    minima, `max_power` is a maximum. `display`: a text that the display contains. `firmware`: the status of the last
    update. `reservations`: how many are pending.
    """

    evse_id: int | None = None
    connector_id: int | None = None
    connector_status: str | None = None
    contactor_closed: bool | None = None
    locked: bool | None = None
    charging_state: str | None = None
    transaction: bool | None = None
    authorized: bool | None = None
    power: float | None = None
    max_power: float | None = None
    energy_import: float | None = None
    state_of_charge: float | None = None
    powered: bool | None = None
    connected: bool | None = None
    accepted: bool | None = None
    display: str | None = None
    firmware: str | None = None
    reservations: int | None = None

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to wait for."""
        return self == Condition(evse_id=self.evse_id, connector_id=self.connector_id)

    def unmet(self, state: StationState) -> str:
        """What does not hold, in words; empty if everything holds."""
        return "; ".join((*self._differences(_OF_STATION, state), *self._unmet_at_evses(state)))

    def _unmet_at_evses(self, state: StationState) -> Iterator[str]:
        if self.transaction is False:
            yield from self._ongoing(state)
        evses = [each for each in state.evses if self.evse_id in (None, each.id)]
        if evses:
            yield from _nearest([list(self._unmet_at(state, each)) for each in evses])
        else:
            yield f"there is no EVSE {self.evse_id}"

    def _ongoing(self, state: StationState) -> Iterator[str]:
        for each in state.transactions:
            if self.evse_id in (None, each.evse_id):
                yield f"transaction {each.id} is ongoing"

    def _unmet_at(self, state: StationState, evse: EvseState) -> Iterator[str]:
        place = f"EVSE {evse.id}: "
        transaction = next((each for each in state.transactions if each.evse_id == evse.id), None)
        if transaction is not None:
            yield from self._differences(_OF_TRANSACTION, transaction, place)
        elif self.transaction or any(getattr(self, name) is not None for name in _OF_TRANSACTION):
            yield f"{place}no transaction is ongoing"
        yield from self._differences(_OF_EVSE, evse, place)
        connectors = [each for each in evse.connectors if self.connector_id in (None, each.id)]
        if connectors:
            yield from _nearest([list(self._differences(_OF_CONNECTOR, each, place)) for each in connectors])
        else:
            yield f"{place}there is no connector {self.connector_id}"

    def _differences(self, values: "_Values", of: object, place: str = "") -> Iterator[str]:
        for name, value_of in values.items():
            wanted = getattr(self, name)
            if wanted is None:
                continue
            value = value_of(of)
            if not _HOLDS.get(name, _is_equal)(value, wanted):
                yield f"{place}{_WORDS.get(name, name)} is {_text(value)}"

    def __str__(self) -> str:
        given = ((name, getattr(self, name)) for name in self.__struct_fields__)
        return ", ".join(f"{name}={_text(value)}" for name, value in given if value is not None)


_Values: TypeAlias = Mapping[str, Callable[[Any], _Value]]
"""What a field of a condition is compared with."""


_OF_CONNECTOR: Final[_Values] = {
    "connector_status": lambda connector: connector.status,
    "contactor_closed": lambda connector: connector.contactor_closed,
    "locked": lambda connector: connector.locked,
}
_OF_TRANSACTION: Final[_Values] = {
    "charging_state": lambda transaction: transaction.charging_state,
    "authorized": lambda transaction: transaction.authorized,
}
_OF_EVSE: Final[_Values] = {
    "power": lambda evse: evse.power,
    "max_power": lambda evse: evse.power,
    "energy_import": lambda evse: evse.energy_import,
    "state_of_charge": lambda evse: evse.ev_state_of_charge,
}
_OF_STATION: Final[_Values] = {
    "powered": lambda state: state.powered,
    "connected": lambda state: state.connected,
    "accepted": lambda state: state.accepted,
    "display": lambda state: state.display,
    "firmware": lambda state: None if state.firmware is None else state.firmware.update,
    "reservations": lambda state: len(state.reservations),
}


def _is_equal(value: _Value, wanted: _Value) -> bool:
    return value == wanted


def _is_at_least(value: Any, wanted: Any) -> bool:
    return value is not None and value >= wanted


def _is_at_most(value: Any, wanted: Any) -> bool:
    return value is not None and value <= wanted


def _contains(value: Any, wanted: Any) -> bool:
    return wanted in value


_HOLDS: Final[Mapping[str, Callable[[_Value, _Value], bool]]] = {
    "power": _is_at_least,
    "max_power": _is_at_most,
    "energy_import": _is_at_least,
    "state_of_charge": _is_at_least,
    "display": _contains,
}
_WORDS: Final = {"max_power": "power", "firmware": "firmware update"}


def _nearest(found: list[list[str]]) -> list[str]:
    """What is missing where the least is; nothing if all holds somewhere."""
    return min(found, key=len)


def _text(value: _Value) -> str:
    match value:
        case None | "":
            return "not known" if value is None else "empty"
        case bool():
            return "true" if value else "false"
        case float():
            return f"{value:g}"
    return str(value)
