"""The configuration keys of OCPP 1.6, mapped to the device model (1.6 Edition 2 sections 5.3, 5.8 and 9)."""

import re
from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Final

import msgspec

from plugfest.products import Product
from plugfest.station.device_model.model import DeviceModel, SetStatus
from plugfest.station.device_model.standard import Row, rows_of
from plugfest.station.device_model.values import members
from plugfest.station.device_model.variables import Address, DataType, Mutability, Variable
from plugfest.station.security.password import from_hexadecimal
from plugfest.station.setup.shared import once_per_product

_HEXADECIMAL: Final = re.compile(r"(?:[0-9A-Fa-f]{2}){16,20}")
"""16 to 20 bytes (security whitepaper A00.FR.205); a shorter text is the password itself."""


_NUMBER: Final = re.compile(r"[+-]?[0-9]{1,18}")


class ChangeStatus(StrEnum):
    """ConfigurationStatus."""

    ACCEPTED = "Accepted"
    REJECTED = "Rejected"
    REBOOT_REQUIRED = "RebootRequired"
    NOT_SUPPORTED = "NotSupported"


class ConfigurationEntry(msgspec.Struct, frozen=True):
    """A key as GetConfiguration reports it. `value` is None if it is write-only."""

    key: str
    readonly: bool
    value: str | None


class ConfigurationKey(msgspec.Struct, frozen=True):
    """A key and its variables. It stands for their value, or for a limit of it."""

    name: str
    addresses: tuple[Address, ...]
    row: Row


@once_per_product
def _keys_of(product: Product) -> Mapping[str, ConfigurationKey]:
    """The keys of a product by their name in lower case."""
    keys: dict[str, ConfigurationKey] = {}
    for address, row in rows_of(product).items():
        for name in filter(None, (row.key, row.limit_key, row.length_key)):
            key = keys.get(name.casefold(), ConfigurationKey(name, (), row))
            keys[name.casefold()] = msgspec.structs.replace(key, addresses=(*key.addresses, address))
    return MappingProxyType(keys)


class ConfigurationKeys:
    """All keys of one station, in the order of the table. Names are compared regardless of case."""

    def __init__(self, product: Product, device_model: DeviceModel) -> None:
        self._device_model = device_model
        self._keys = _keys_of(product)

    def all(self) -> list[ConfigurationEntry]:
        return [self._entry(key) for key in self._keys.values()]

    def get(self, name: str) -> ConfigurationEntry | None:
        """None if there is no such key."""
        key = self._keys.get(name.casefold())
        return None if key is None else self._entry(key)

    def change(self, name: str, value: str) -> ChangeStatus:
        """Set a key. 1.6, 5.3"""
        key = self._keys.get(name.casefold())
        if key is None:
            return ChangeStatus.NOT_SUPPORTED
        if self._read_only(key):
            return ChangeStatus.REJECTED
        statuses = [self._device_model.set(address, text).status for address, text in self.resolve(name, value)]
        return _STATUSES.get(statuses[0], ChangeStatus.REJECTED)

    def resolve(self, name: str, value: str) -> list[tuple[Address, str]]:
        """The variables that a key sets, with their values; empty if the key does not exist or cannot be set."""
        key = self._keys.get(name.casefold())
        if key is None or key.name != key.row.key:
            return []
        if key.row.hexadecimal and _HEXADECIMAL.fullmatch(value):
            value = from_hexadecimal(value)
        if _NUMBER.fullmatch(value) and self._variable(key).characteristics.data_type is DataType.INTEGER:
            value = str(int(value))  # 1.6 does not exclude leading zeroes and a plus sign, as 2.0.1 does
        return [(address, value) for address in key.addresses]

    def _entry(self, key: ConfigurationKey) -> ConfigurationEntry:
        variable = self._variable(key)
        secret = variable.mutability is Mutability.WRITE_ONLY  # whitepaper 7.2
        return ConfigurationEntry(key.name, self._read_only(key), None if secret else self._value(key, variable))

    def _value(self, key: ConfigurationKey, variable: Variable) -> str:
        if key.name == key.row.limit_key:
            return f"{variable.characteristics.maximum or 0:.0f}"
        if key.name == key.row.length_key:
            entries = variable.characteristics.values
            return str(sum(each.rpartition(".")[0] not in entries for each in entries))  # phases are of an entry
        return _translated(self._device_model.value(variable), key.row.words)

    def _read_only(self, key: ConfigurationKey) -> bool:
        return key.name != key.row.key or self._variable(key).mutability is Mutability.READ_ONLY

    def _variable(self, key: ConfigurationKey) -> Variable:
        variable = self._device_model.find(key.addresses[0])
        assert variable is not None, f"the device model has no variable for {key.name}"
        return variable


_STATUSES: Final = {
    SetStatus.ACCEPTED: ChangeStatus.ACCEPTED,
    SetStatus.REBOOT_REQUIRED: ChangeStatus.REBOOT_REQUIRED,
}


def _translated(value: str, words: Mapping[str, str]) -> str:
    return ",".join(words.get(entry, entry) for entry in members(value)) if words else value
