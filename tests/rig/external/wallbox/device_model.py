"""The device model: it reads, sets and reports variables (Part 2, B05 to B08)."""

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple


class Key(NamedTuple):
    """Where a variable is."""

    component: str
    component_instance: str | None
    evse: int | None
    connector: int | None
    variable: str
    instance: str | None

    @property
    def place(self) -> tuple[object, ...]:
        return self[:4]

    @property
    def name(self) -> str:
        suffix = f"[{self.instance}]" if self.instance else ""
        return f"{self.component}.{self.variable}{suffix}"

    def in_report(self) -> dict[str, Any]:
        component: dict[str, Any] = {"name": self.component}
        if self.evse is not None:
            component["evse"] = {"id": self.evse}
            if self.connector is not None:
                component["evse"]["connector_id"] = self.connector
        variable = {"name": self.variable}
        if self.instance is not None:
            variable["instance"] = self.instance
        return {"component": component, "variable": variable}


@dataclass(frozen=True)
class Attributes:
    """The type of a variable, its mutability, its value of the factory and its limits."""

    data_type: str
    mutability: str
    value: str
    unit: str | None = None
    minimum: float | None = None
    maximum: float | None = None
    values: tuple[str, ...] = ()

    @property
    def is_list(self) -> bool:
        return self.data_type in ("MemberList", "SequenceList", "OptionList")

    def accepts(self, value: str) -> bool:
        """Whether the value has the type of the variable and is within its limits."""
        match self.data_type:
            case "boolean":
                return value in ("true", "false")
            case "integer":
                return (
                    value.removeprefix("-").isascii()
                    and value.removeprefix("-").isdigit()
                    and self._in_range(float(value))
                )
            case "decimal":
                return _is_number(value) and self._in_range(float(value))
            case "dateTime":
                return _is_date(value)
            case "OptionList":
                return value in self.values
            case "MemberList" | "SequenceList":
                members = value.split(",") if value else []
                return len(set(members)) == len(members) and set(members) <= set(self.values)
        return self._in_range(len(value))

    def _in_range(self, value: float) -> bool:
        above = self.minimum is None or value >= self.minimum
        return above and (self.maximum is None or value <= self.maximum)

    def in_report(self) -> dict[str, Any]:
        found: dict[str, Any] = {"data_type": self.data_type, "supports_monitoring": False}
        if self.unit is not None:
            found["unit"] = self.unit
        if self.minimum is not None:
            found["min_limit"] = self.minimum
        if self.maximum is not None:
            found["max_limit"] = self.maximum
        if self.values:
            found["values_list"] = ",".join(self.values)
        return found


class Variable(NamedTuple):
    key: Key
    attributes: Attributes


def _is_number(value: str) -> bool:
    try:
        float(value)
    except ValueError:
        return False
    return True


def _is_date(value: str) -> bool:
    try:
        return datetime.fromisoformat(value).tzinfo is not None
    except ValueError:
        return False


Check = Callable[[str], str]
"""The status of SetVariables for a value that has the right type."""


class DeviceModel:
    """All variables. `values` are the stored ones; `current` are computed and `checks` judge new ones, by name."""

    def __init__(self, variables: Iterable[Variable], values: dict[Key, str]) -> None:
        self.variables = {variable.key: variable.attributes for variable in variables}
        self._values = values
        self._changed: list[asyncio.Future[None]] = []
        self.current: dict[str, Callable[[], str]] = {}
        self.checks: dict[str, Check] = {}

    def value(self, name: str) -> str:
        """The value of a variable of the station: "TxCtrlr.EVConnectionTimeOut", "X.Y[instance]"."""
        return self.read(next(key for key in self.variables if key.name == name and key.evse is None))

    def number(self, name: str) -> int:
        return int(self.value(name))

    def flag(self, name: str) -> bool:
        return self.value(name) == "true"

    def put(self, name: str, value: str) -> None:
        """Store a value that the firmware sets by itself."""
        self._values[next(key for key in self.variables if key.name == name)] = value

    def read(self, key: Key) -> str:
        if key.name in self.current:
            return self.current[key.name]()
        return self._values.get(key, self.variables[key].value)

    # B06

    def get(self, requested: dict[str, Any]) -> dict[str, Any]:
        """A GetVariableResultType."""
        result = _echo(requested)
        key = _requested(requested)
        status = self._missing(key)
        if status is None and requested.get("attribute_type", "Actual") != "Actual":
            status = "NotSupportedAttributeType"
        if status is None and self.variables[key].mutability == "WriteOnly":
            status = "Rejected"
        if status is not None:
            return result | {"attribute_status": status}
        return result | {"attribute_status": "Accepted", "attribute_value": self.read(key)}

    # B05

    def set(self, requested: dict[str, Any]) -> dict[str, Any]:
        """A SetVariableResultType."""
        return _echo(requested) | {"attribute_status": self._set(requested)}

    def _set(self, requested: dict[str, Any]) -> str:
        key = _requested(requested)
        status = self._missing(key)
        if status is not None:
            return status
        if requested.get("attribute_type", "Actual") != "Actual":
            return "NotSupportedAttributeType"
        attributes, value = self.variables[key], requested["attribute_value"]
        if attributes.mutability == "ReadOnly" or not attributes.accepts(value):
            return "Rejected"
        check = self.checks.get(key.name)
        status = "Accepted" if check is None else check(value)
        if status != "Rejected":
            self._values[key] = value
            while self._changed:
                self._changed.pop().set_result(None)
        return status

    def changed(self) -> "asyncio.Future[None]":
        """Done when the CSMS has changed a variable."""
        if not self._changed:
            self._changed.append(asyncio.get_running_loop().create_future())
        return self._changed[0]

    def _missing(self, key: Key) -> str | None:
        if key in self.variables:
            return None
        known = any(one.place == key.place for one in self.variables)
        return "UnknownVariable" if known else "UnknownComponent"

    # B07, B08

    def inventory(self, *, settable_only: bool) -> list[dict[str, Any]]:
        """The ReportDataType of every variable, or of those that the CSMS can set."""
        return [self._reported(key) for key in self.variables if not settable_only or self.settable(key)]

    def settable(self, key: Key) -> bool:
        return self.variables[key].mutability != "ReadOnly"

    def report(self, wanted: list[dict[str, Any]] | None) -> list[dict[str, Any]]:
        """The ReportDataType of the variables that a GetReport names; of all if None."""
        found = [key for key in self.variables if wanted is None or any(_matches(key, one) for one in wanted)]
        return [self._reported(key) for key in found]

    def _reported(self, key: Key) -> dict[str, Any]:
        attributes = self.variables[key]
        attribute: dict[str, Any] = {"type": "Actual", "mutability": attributes.mutability}
        if attributes.mutability != "WriteOnly":
            attribute["value"] = self.read(key)
        if attributes.mutability != "ReadOnly":
            attribute["persistent"] = True
        return key.in_report() | {"variable_attribute": [attribute], "variable_characteristics": attributes.in_report()}


def _echo(requested: dict[str, Any]) -> dict[str, Any]:
    named = ("component", "variable", "attribute_type")  # B05.FR.02, B05.FR.03, B06.FR.02, B06.FR.03
    return {name: requested[name] for name in named if name in requested}


def _requested(requested: dict[str, Any]) -> Key:
    component, variable = requested["component"], requested["variable"]
    evse = component.get("evse", {})
    return Key(
        component["name"],
        component.get("instance"),
        evse.get("id"),
        evse.get("connector_id"),
        variable["name"],
        variable.get("instance"),
    )


def _matches(key: Key, wanted: dict[str, Any]) -> bool:
    component, variable = wanted["component"], wanted.get("variable")
    evse = component.get("evse", {})
    pairs = [
        (component["name"], key.component),
        (component.get("instance"), key.component_instance),
        (evse.get("id"), key.evse),
        (evse.get("connector_id"), key.connector),
        (variable and variable["name"], key.variable),
        (variable and variable.get("instance"), key.instance),
    ]
    return all(value is None or value == actual for value, actual in pairs)
