"""Configuration keys (OCPP 1.6) and variables (OCPP 2.0.1): look up, set for a case, restore.

A version adds the messages: how the lab reads and sets values.
"""

import itertools
from abc import ABC, abstractmethod
from collections.abc import Iterable
from typing import Generic, TypeVar

import msgspec

from plugfest.lab.csms.csms import Csms
from plugfest.lab.expectations import split
from plugfest.lab.verdict import NotConfigurable


class KnownValue(msgspec.Struct, frozen=True):
    """What the station has reported about a key or variable. `value` is None if it has reported none."""

    value: str | None

    @property
    def writable(self) -> bool:
        """Whether the lab can set it."""
        raise NotImplementedError


N = TypeVar("N")
"""The name of a key or variable."""

K = TypeVar("K", bound=KnownValue)


class RequiredValue(msgspec.Struct, Generic[N], frozen=True):
    """A value that a case needs.

    `if_implemented`: if the station does not have the key or variable, or it is read-only, the case runs without it
    ("(If implemented)", "(If ReadWrite)" in Part 6). Otherwise the case is INCONCLUSIVE.
    """

    name: N
    value: str
    if_implemented: bool = True


class BaseConfiguration(ABC, Generic[N, K]):
    """The values that the station has reported, and those that the lab has changed since the case began."""

    def __init__(self, csms: Csms, *, timeout: float) -> None:
        self._csms = csms
        self._timeout = timeout
        self._ids = itertools.count(1)
        self.known: dict[N, K] = {}
        self._before: dict[N, str] = {}

    def next_id(self) -> int:
        """An id for a request, reservation or charging profile that this campaign has not used yet."""
        return next(self._ids)

    # Look up

    def find(self, name: N | str) -> K | None:
        """What is known about a key or variable; None if the station does not implement it."""
        return self.known.get(self._key(name))

    def has(self, name: N | str) -> bool:
        """Whether the station implements it."""
        return self.find(name) is not None

    def writable(self, name: N | str) -> bool:
        """Whether the station implements it and it can be written."""
        known = self.find(name)
        return known is not None and known.writable

    def value(self, name: N | str) -> str | None:
        """The value that the lab last read or set; None if the station does not implement or report it."""
        known = self.find(name)
        return known.value if known else None

    def is_true(self, name: N | str) -> bool:
        """Whether a boolean is implemented and true."""
        return (self.value(name) or "").lower() == "true"

    def members(self, name: N | str) -> frozenset[str]:
        """The members of a list."""
        return frozenset(split(self.value(name) or ""))

    # Set and restore

    async def establish(self, needs: Iterable[RequiredValue[N]]) -> None:
        """Set these values and remember those from before. Raises NotConfigurable."""
        to_set: dict[N, str] = {}
        for need in needs:
            known = self.find(need.name)
            if known is not None and self._same(known.value, need.value):
                continue
            if known is None or not known.writable:
                if need.if_implemented:
                    continue
                raise NotConfigurable(f"the case needs {need.name} = {need.value!r}, which cannot be set")
            to_set[need.name] = need.value
        await self._set(to_set)

    def note(self, name: N, value: str) -> None:
        """Note that the station has accepted this value. It is restored after the case."""
        key = self._key(name)
        known = self.known.get(key) or self._unreported(name)
        if known.value is not None:
            self._before.setdefault(key, known.value)
        self.known[key] = msgspec.structs.replace(known, value=value)

    def _note_attempt(self, name: N) -> K | None:
        """Before a value is set: until the response comes it is unknown. Returns what was known."""
        key = self._key(name)
        known = self.known.get(key)
        if known is not None and known.value is not None:
            self._before.setdefault(key, known.value)
            self.known[key] = msgspec.structs.replace(known, value=None)
        return known

    async def restore(self) -> None:
        """Restore every changed value, and read the restored ones. Raises NotConfigurable."""
        changed = {key: value for key, value in self._before.items() if self.value(key) != value}
        await self._set({self._reported_name(key): value for key, value in changed.items()})
        await self._check_restored(changed)
        self._before.clear()

    def _same(self, one: str | None, other: str) -> bool:
        """Whether two values are equal."""
        return one == other

    def _reported_name(self, key: N) -> N:
        """The name as the station spells it."""
        return key

    @abstractmethod
    def _key(self, name: N | str) -> N:
        """The key of `known` for this name."""

    @abstractmethod
    def _unreported(self, name: N) -> K:
        """What is known about a key or variable that the station has accepted and never reported."""

    @abstractmethod
    async def _set(self, values: dict[N, str]) -> None:
        """Send the values. Raises NotConfigurable if the station rejects one."""

    @abstractmethod
    async def _check_restored(self, values: dict[N, str]) -> None:
        """Read the values again. Raises NotConfigurable if one is different."""
