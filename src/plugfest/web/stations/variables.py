"""The variables of a station, as the CSMS could read them: its device model, or its configuration keys (OCPP 1.6)."""

from collections.abc import Iterator

import msgspec

from plugfest.station.context import Context
from plugfest.station.device_model.keys import ConfigurationKeys
from plugfest.station.device_model.variables import Characteristics, Mutability
from plugfest.web.stations.running import RunningStation


class VariableRow(msgspec.Struct, frozen=True, kw_only=True):
    """A variable. `value` is None if it is write-only; `possible`: the values that it can have."""

    name: str
    value: str | None
    mutability: str
    possible: str = ""

    def matches(self, words: str) -> bool:
        """Whether every word is in the name, the value or the mutability, regardless of case."""
        text = f"{self.name} {self.value or ''} {self.mutability}".casefold()
        return all(word in text for word in words.casefold().split())


def variable_rows(station: RunningStation) -> list[VariableRow]:
    """All variables by name; none while the station is off."""
    running = None if station.virtual is None else station.virtual.station.station
    if running is None:
        return []
    rows = _keys(running.context) if station.product.ocpp_version == "1.6" else _variables(running.context)
    return sorted(rows, key=lambda row: row.name.casefold())


def _keys(context: Context) -> Iterator[VariableRow]:
    for entry in ConfigurationKeys(context.product, context.device_model).all():
        writable = Mutability.WRITE_ONLY if entry.value is None else Mutability.READ_WRITE
        mutability = Mutability.READ_ONLY if entry.readonly else writable
        yield VariableRow(name=entry.key, value=entry.value, mutability=mutability.value)


def _variables(context: Context) -> Iterator[VariableRow]:
    model = context.device_model
    for variable in model:
        secret = variable.mutability is Mutability.WRITE_ONLY  # B06.FR.09
        yield VariableRow(
            name=variable.address.text(),
            value=None if secret else model.value(variable),
            mutability=variable.mutability.value,
            possible=_possible(variable.characteristics),
        )


def _possible(limits: Characteristics) -> str:
    """Data type, values or limits, and unit."""
    ends = ["" if end is None else f"{end:g}" for end in (limits.minimum, limits.maximum)]
    bounds = f"{ends[0]} … {ends[1]}" if any(ends) else ""
    return " ".join(filter(None, (limits.data_type.value, ", ".join(limits.values) or bounds, limits.unit)))
