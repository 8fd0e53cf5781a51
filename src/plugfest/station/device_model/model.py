"""The variables of one station: reading, setting, watching."""

from collections.abc import Callable, Iterable, Iterator
from enum import StrEnum
from functools import lru_cache

import msgspec

from plugfest.station.device_model.values import canonical, members, problem
from plugfest.station.device_model.variables import (
    Address,
    AttributeType,
    Characteristics,
    Component,
    Mutability,
    Variable,
    VariableTable,
)
from plugfest.station.storage.sealing import SECRET_VARIABLES
from plugfest.station.storage.store import Store


class GetStatus(StrEnum):
    ACCEPTED = "Accepted"
    REJECTED = "Rejected"
    UNKNOWN_COMPONENT = "UnknownComponent"
    UNKNOWN_VARIABLE = "UnknownVariable"
    NOT_SUPPORTED_ATTRIBUTE_TYPE = "NotSupportedAttributeType"


class SetStatus(StrEnum):
    ACCEPTED = "Accepted"
    REJECTED = "Rejected"
    UNKNOWN_COMPONENT = "UnknownComponent"
    UNKNOWN_VARIABLE = "UnknownVariable"
    NOT_SUPPORTED_ATTRIBUTE_TYPE = "NotSupportedAttributeType"
    REBOOT_REQUIRED = "RebootRequired"


class GetResult(msgspec.Struct, frozen=True):
    """The result of `DeviceModel.get`: a value only if accepted. `reason` is an OCPP reason code."""

    status: GetStatus
    value: str | None = None
    reason: str | None = None


class SetResult(msgspec.Struct, frozen=True):
    """The result of `DeviceModel.set`. `reason` is an OCPP reason code, `detail` a text."""

    status: SetStatus
    reason: str | None = None
    detail: str | None = None


Watcher = Callable[[Address, str, str], None]
"""Called after a change with the variable, its old and its new value."""

Guard = Callable[[str], SetResult | None]
"""Checks a new value before it is set. If it returns a result, that is the result and the value is not set."""


class DeviceModel:
    """The variables of one station. Values that were set are kept in the store, unless the variable is volatile.

    `constants`: initial values of this station only, instead of those in the table, which stations may share.
    """

    def __init__(self, variables: VariableTable, store: Store, constants: Iterable[tuple[Variable, str]] = ()) -> None:
        self._variables = variables
        self._store = store.records("variables", str)
        self._secrets = store.records(SECRET_VARIABLES, str)
        stored = ((variables.stored_key(name), value) for name, value in (*self._store.items(), *self._secrets.items()))
        self._values = {key: value for key, value in stored if key is not None}
        self._values |= {variable.address.key(): value for variable, value in constants}
        self._readers: dict[Address, Callable[[], str]] = {}
        self._watchers: dict[Address, tuple[Watcher, ...]] = {}
        self._watchers_of_all: tuple[Watcher, ...] = ()
        self._guards: dict[Address, Guard] = {}

    def __iter__(self) -> Iterator[Variable]:
        return iter(self._variables)

    def find(self, address: Address) -> Variable | None:
        """The variable at this address, if there is one."""
        return self._variables.find(address.key())

    # Reading by the station. KeyError if the product has no such variable.

    def has(
        self,
        component: str,
        variable: str,
        *,
        instance: str | None = None,
        evse_id: int | None = None,
        connector_id: int | None = None,
    ) -> bool:
        return self._variables.find(_key(component, variable, instance, evse_id, connector_id)) is not None

    def variable(
        self,
        component: str,
        variable: str,
        *,
        instance: str | None = None,
        evse_id: int | None = None,
        connector_id: int | None = None,
    ) -> Variable:
        key = _key(component, variable, instance, evse_id, connector_id)
        found = self._variables.find(key)
        if found is None:
            raise KeyError(key.text())
        return found

    def text(
        self,
        component: str,
        variable: str,
        *,
        instance: str | None = None,
        evse_id: int | None = None,
        connector_id: int | None = None,
    ) -> str:
        found = self.variable(component, variable, instance=instance, evse_id=evse_id, connector_id=connector_id)
        return self.value(found)

    def boolean(
        self, component: str, variable: str, *, default: bool | None = None, evse_id: int | None = None
    ) -> bool:
        """`default`: the value if the product has no such variable."""
        if default is not None and not self.has(component, variable, evse_id=evse_id):
            return default
        return self.text(component, variable, evse_id=evse_id) == "true"

    def integer(self, component: str, variable: str, *, instance: str | None = None, default: int | None = None) -> int:
        """`default`: the value if the product has no such variable."""
        if default is not None and not self.has(component, variable, instance=instance):
            return default
        return int(self.text(component, variable, instance=instance))

    def decimal(
        self, component: str, variable: str, *, instance: str | None = None, evse_id: int | None = None
    ) -> float:
        return float(self.text(component, variable, instance=instance, evse_id=evse_id))

    def members(self, component: str, variable: str, *, instance: str | None = None) -> tuple[str, ...]:
        return members(self.text(component, variable, instance=instance))

    def value(self, variable: Variable, attribute: AttributeType = AttributeType.ACTUAL) -> str:
        """The value of an attribute, empty if it was never set."""
        key = variable.address.key()
        if attribute is not AttributeType.ACTUAL:
            return self._values.get((key, attribute), "")
        reader = self._readers.get(key)
        return self._values.get(key, variable.initial) if reader is None else reader()

    # Reading and setting by the CSMS.

    def get(self, address: Address, attribute: AttributeType = AttributeType.ACTUAL) -> GetResult:
        variable = self._variables.find(address.key())
        if variable is None:
            return GetResult(GetStatus(self._unknown(address)))
        if attribute not in variable.attributes:
            return GetResult(GetStatus.NOT_SUPPORTED_ATTRIBUTE_TYPE)  # B06.FR.08
        if variable.mutability is Mutability.WRITE_ONLY:
            return GetResult(GetStatus.REJECTED, reason="WriteOnly")  # B06.FR.09
        return GetResult(GetStatus.ACCEPTED, self.value(variable, attribute))  # B06.FR.10, B06.FR.13

    def set(self, address: Address, value: str, attribute: AttributeType = AttributeType.ACTUAL) -> SetResult:
        variable = self._variables.find(address.key())
        if variable is None:
            return SetResult(SetStatus(self._unknown(address)))  # B05.FR.04, B05.FR.05
        if attribute not in variable.attributes:
            return SetResult(SetStatus.NOT_SUPPORTED_ATTRIBUTE_TYPE)  # B05.FR.06
        if variable.mutability is Mutability.READ_ONLY:
            return SetResult(SetStatus.REJECTED, "ReadOnly")  # B05.FR.09
        wrong = problem(value, self._permitted(variable, attribute))
        if wrong is not None:
            return SetResult(SetStatus.REJECTED, wrong.reason, wrong.detail)  # B05.FR.07, B05.FR.08
        guard = self._guards.get(address.key())
        refusal = None if guard is None else guard(value)
        if refusal is not None:
            return refusal
        self._write(variable, canonical(value, variable.characteristics), attribute)
        return SetResult(SetStatus.REBOOT_REQUIRED if variable.reboot_required else SetStatus.ACCEPTED)

    def _permitted(self, variable: Variable, attribute: AttributeType) -> Characteristics:
        """The possible values of an attribute: a Target is between MinSet and MaxSet (Part 1 section 4.3)."""
        if attribute is not AttributeType.TARGET:
            return variable.characteristics
        lowest, highest = (self.value(variable, bound) for bound in (AttributeType.MIN_SET, AttributeType.MAX_SET))
        return msgspec.structs.replace(
            variable.characteristics,
            minimum=float(lowest) if lowest else variable.characteristics.minimum,
            maximum=float(highest) if highest else variable.characteristics.maximum,
        )

    # Setting by the station.

    def put(
        self,
        component: str,
        variable: str,
        value: str | int | float | bool,
        *,
        instance: str | None = None,
        evse_id: int | None = None,
        connector_id: int | None = None,
    ) -> None:
        """Set a value, whatever the mutability. KeyError if the product has no such variable."""
        found = self.variable(component, variable, instance=instance, evse_id=evse_id, connector_id=connector_id)
        self._write(found, _text_of(value), AttributeType.ACTUAL)

    def write(self, variable: Variable, value: str) -> None:
        """Set a value, whatever the mutability and the limits."""
        self._write(variable, value, AttributeType.ACTUAL)

    def provide(
        self,
        component: str,
        variable: str,
        reader: Callable[[], str],
        *,
        instance: str | None = None,
        evse_id: int | None = None,
    ) -> None:
        """Call `reader` for the value at each read, for values such as the time of day."""
        self._readers[_key(component, variable, instance, evse_id)] = reader

    def watch(
        self,
        component: str,
        variable: str,
        watcher: Watcher,
        *,
        instance: str | None = None,
        evse_id: int | None = None,
        connector_id: int | None = None,
    ) -> None:
        """Call `watcher` after each change of the value, by the CSMS or the station."""
        key = _key(component, variable, instance, evse_id, connector_id)
        self._watchers[key] = (*self._watchers.get(key, ()), watcher)

    def watch_all(self, watcher: Watcher) -> None:
        """Call `watcher` after each change of any value. A value that is measured does not call it."""
        self._watchers_of_all += (watcher,)

    def is_measured(self, address: Address) -> bool:
        """Whether a reader provides the value of this variable."""
        return address.key() in self._readers

    def guard(self, component: str, variable: str, guard: Guard, *, instance: str | None = None) -> None:
        """Call `guard` before the CSMS sets this variable."""
        self._guards[_key(component, variable, instance)] = guard

    def _write(self, variable: Variable, value: str, attribute: AttributeType) -> None:
        key = variable.key(attribute)
        old = self.value(variable, attribute)
        if variable.persistent and self._values.get(key) != value:
            secret = variable.mutability is Mutability.WRITE_ONLY
            (self._secrets if secret else self._store).put(variable.name(attribute), value)
        self._values[key] = value
        if value != old and attribute is AttributeType.ACTUAL:
            for watcher in (*self._watchers.get(variable.address.key(), ()), *self._watchers_of_all):
                watcher(variable.address, old, value)

    def _unknown(self, address: Address) -> str:
        # B06.FR.15: an instance that does not exist makes the component or the variable unknown.
        has_component = self._variables.has_component(address.component.key())
        return "UnknownVariable" if has_component else "UnknownComponent"


@lru_cache(maxsize=4096)
def _key(
    component: str, variable: str, instance: str | None, evse_id: int | None = None, connector_id: int | None = None
) -> Address:
    return Address(Component(component, None, evse_id, connector_id), variable, instance).key()


def _text_of(value: str | int | float | bool) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return f"{value:g}" if isinstance(value, float) else str(value)
