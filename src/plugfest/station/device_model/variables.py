"""Variables: address, characteristics and definition."""

from collections.abc import Iterable, Iterator, Mapping
from enum import StrEnum
from functools import lru_cache
from types import MappingProxyType
from typing import TypeAlias

import msgspec


class DataType(StrEnum):
    """DataEnumType."""

    STRING = "string"
    DECIMAL = "decimal"
    INTEGER = "integer"
    DATE_TIME = "dateTime"
    BOOLEAN = "boolean"
    OPTION_LIST = "OptionList"
    SEQUENCE_LIST = "SequenceList"
    MEMBER_LIST = "MemberList"


class Mutability(StrEnum):
    READ_ONLY = "ReadOnly"
    WRITE_ONLY = "WriteOnly"
    READ_WRITE = "ReadWrite"


class AttributeType(StrEnum):
    ACTUAL = "Actual"
    TARGET = "Target"
    MIN_SET = "MinSet"
    MAX_SET = "MaxSet"


class Component(msgspec.Struct, frozen=True, cache_hash=True):
    """The address of a component. `evse_id` None: it belongs to the whole station."""

    name: str
    instance: str | None = None
    evse_id: int | None = None
    connector_id: int | None = None

    def key(self) -> "Component":
        """The same address as OCPP compares it: names regardless of case."""
        return Component(self.name.casefold(), _folded(self.instance), self.evse_id, self.connector_id)


class Address(msgspec.Struct, frozen=True, cache_hash=True):
    """The address of a variable."""

    component: Component
    variable: str
    instance: str | None = None

    def key(self) -> "Address":
        """The same address as OCPP compares it: names regardless of case."""
        return _key(self)

    def text(self) -> str:
        """As text, such as ``OCPPCommCtrlr.MessageTimeout[Default]`` or ``EVSE@1.Power``."""
        return _text(self)


@lru_cache(maxsize=4096)
def _key(address: Address) -> Address:
    return Address(address.component.key(), address.variable.casefold(), _folded(address.instance))


@lru_cache(maxsize=4096)
def _text(address: Address) -> str:
    component = address.component
    ids = [str(part) for part in (component.evse_id, component.connector_id) if part is not None]
    name = _named(component.name, component.instance) + ("@" + ".".join(ids) if ids else "")
    return f"{name}.{_named(address.variable, address.instance)}"


class Characteristics(msgspec.Struct, frozen=True):
    """The possible values of a variable. `zero_is_off`: 0 is valid too, whatever the minimum."""

    data_type: DataType
    unit: str | None = None
    minimum: float | None = None
    maximum: float | None = None
    values: tuple[str, ...] = ()
    supports_monitoring: bool = False
    zero_is_off: bool = False


class Variable(msgspec.Struct, frozen=True):
    """One variable of one station, with its initial value."""

    address: Address
    characteristics: Characteristics
    mutability: Mutability
    initial: str = ""
    persistent: bool = True
    constant: bool = False
    reboot_required: bool = False
    attributes: tuple[AttributeType, ...] = (AttributeType.ACTUAL,)

    def key(self, attribute: AttributeType) -> "AttributeKey":
        """The key of the value of an attribute."""
        key = self.address.key()
        return key if attribute is AttributeType.ACTUAL else (key, attribute)

    def name(self, attribute: AttributeType) -> str:
        """The name under which the value of an attribute is stored."""
        return self.address.text() if attribute is AttributeType.ACTUAL else f"{self.address.text()}:{attribute}"


AttributeKey: TypeAlias = Address | tuple[Address, AttributeType]
"""That of an actual value is the key of its variable; other attributes are named in it."""


class VariableTable:
    """The variables that a station has, in their order, without their values. It cannot change."""

    __slots__ = ("_by_key", "_components", "_stored_keys")

    def __init__(self, variables: Iterable[Variable]) -> None:
        self._by_key: Mapping[Address, Variable] = MappingProxyType({each.address.key(): each for each in variables})
        self._components = frozenset(key.component for key in self._by_key)
        self._stored_keys: dict[str, AttributeKey] = {}

    def __iter__(self) -> Iterator[Variable]:
        return iter(self._by_key.values())

    def find(self, key: Address) -> Variable | None:
        """The variable with this key."""
        return self._by_key.get(key)

    def stored_key(self, name: str) -> AttributeKey | None:
        """The key of the value that is stored under this name; None if no variable has it."""
        if not self._stored_keys:
            self._stored_keys |= {
                each.name(attribute): each.key(attribute)
                for each in self
                for attribute in (AttributeType.ACTUAL, *each.attributes)
            }
        return self._stored_keys.get(name)

    def has_component(self, key: Component) -> bool:
        """Whether a variable belongs to the component with this key."""
        return key in self._components


def _folded(name: str | None) -> str | None:
    return name.casefold() if name else None


def _named(name: str, instance: str | None) -> str:
    return f"{name}[{instance}]" if instance else name


def split_name(name: str) -> tuple[str, str | None]:
    """Name and instance from a text such as ``MessageTimeout[Default]``."""
    base, bracket, instance = name.removesuffix("]").partition("[")
    return base, instance if bracket else None
