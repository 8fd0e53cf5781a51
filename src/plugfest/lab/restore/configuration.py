"""Configuration keys (OCPP 1.6) and variables (OCPP 2.0.1): look up, set for a case, restore.

A version adds the messages: how the lab reads and sets values.
"""

import itertools
from abc import ABC, abstractmethod
from collections.abc import Awaitable, Iterable, Sequence
from typing import ClassVar, Generic, TypeVar

import msgspec

from plugfest.lab.csms.csms import Csms
from plugfest.lab.expectations import split
from plugfest.lab.verdict import Finding, NotConfigurable
from plugfest.link.errors import InvalidResult, LinkError


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
    """The values that the station has reported, and those that the lab has changed since the case began.

    `lookup_size`: how many are read by name in one request. `read_by_name`: the clause and the expectation of a finding
    about that.
    """

    lookup_size: ClassVar[int]
    read_by_name: ClassVar[tuple[str, str]]

    def __init__(self, csms: Csms, *, timeout: float) -> None:
        self._csms = csms
        self._timeout = timeout
        self._ids = itertools.count(1)
        self.known: dict[N, K] = {}
        self._before: dict[N, str] = {}
        self._complete = True  # the station has reported everything that it has
        self._looked_up: dict[N, None] = {}  # read by name
        self._unreadable: dict[N, str] = {}  # why it cannot be read by name
        self._impossible: frozenset[str] | None = None  # what was not possible at the start of the campaign

    def next_id(self) -> int:
        """An id for a request, reservation or charging profile that this campaign has not used yet."""
        return next(self._ids)

    # Begin

    async def begin(self) -> tuple[Finding, ...]:
        """Read the configuration and set the baseline. Returns what was not possible."""
        findings = [*await self.read_all(), *await self._set_baseline()]
        self._before.clear()
        if self._impossible is None:
            self._impossible = frozenset(finding.expected for finding in findings)
        return tuple(findings)

    async def read_all(self) -> tuple[Finding, ...]:
        """Read the configuration. Returns what was not possible.

        If the station does not report its configuration, what is standardized is read by name, and so is later what
        a case needs.
        """
        for known in (self._before, self.known, self._unreadable, self._looked_up):
            known.clear()
        findings = [*await self._not_reported()]
        self._complete = not findings
        if not self._complete:
            reason = await self._look_up(self._standard_names())
            if reason is not None:
                findings.append(Finding(requirement=self.read_by_name[0], expected=self.read_by_name[1], actual=reason))
        return tuple(findings)

    async def begin_again(self) -> None:
        """Begin with a station that was commissioned again.

        Raises NotConfigurable if something is not possible that was possible at the start of the campaign.
        """
        before = self._impossible or frozenset()
        for finding in await self.begin():
            if finding.expected not in before:
                raise NotConfigurable(f"{finding.expected}: {finding.actual}")

    async def _look_up(self, names: Iterable[N]) -> str | None:
        """Read these by name, unless they are known or were looked up before. Returns why one cannot be read."""
        new = [name for name in names if self._key(name) not in self.known.keys() | self._looked_up.keys()]
        self._looked_up |= dict.fromkeys(map(self._key, new))
        waiting = [new[at : at + self.lookup_size] for at in range(0, len(new), self.lookup_size)]
        reason: str | None = None
        while waiting:
            batch = waiting.pop(0)
            try:
                await self._read_by_name(batch)
            except InvalidResult as error:
                if len(batch) > 1:  # find out which one
                    waiting[:0] = [[name] for name in batch]
                    continue
                reason = str(error)
                self._unreadable |= {self._key(name): reason for name in batch}
            except (NotConfigurable, LinkError) as error:
                reason = str(error) or type(error).__name__
                self._unreadable |= {self._key(name): reason for each in (batch, *waiting) for name in each}
                await self._csms.wait_connected(within=self._timeout)
                break
        return reason

    async def _set_baseline(self) -> list[Finding]:
        needs = [need for need in self._baseline() if self._key(need.name) not in self._unreadable]
        if await self._failure(self.establish(needs)) is None:
            return []
        findings = []
        for need in needs:  # each alone: one value that is refused does not stand for the others
            failure = await self._failure(self.establish((need,)))
            if failure is not None:
                expected = f"{need.name} = {need.value!r} can be set before the first case"
                findings.append(Finding(requirement="", expected=expected, actual=failure))
        return findings

    async def _failure(self, action: Awaitable[object]) -> str | None:
        """Why the action was not possible; None if it was. The connection may have been lost: it is waited for."""
        try:
            await action
        except (NotConfigurable, LinkError) as error:
            await self._csms.wait_connected(within=self._timeout)
            return str(error) or type(error).__name__
        return None

    # Look up

    def find(self, name: N | str) -> K | None:
        """What is known about a key or variable; None if the station does not implement it."""
        return self.known.get(self._key(name))

    def has(self, name: N | str) -> bool:
        """Whether the station implements it."""
        return self.find(name) is not None

    def was_read(self, name: N | str) -> bool:
        """Whether the lab knows if the station implements it."""
        key = self._key(name)
        return self._complete or key in self.known or (key in self._looked_up and key not in self._unreadable)

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
        needs = tuple(needs)
        if not self._complete:
            for need in needs:
                if self._unreadable.pop(self._key(need.name), None) is not None:
                    del self._looked_up[self._key(need.name)]  # the station may answer now
            await self._look_up(need.name for need in needs)
        for need in needs:
            if self._key(need.name) in self._unreadable:
                raise NotConfigurable(f"{need.name} cannot be read: {self._unreadable[self._key(need.name)]}")
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
    async def _not_reported(self) -> Sequence[Finding]:
        """Read everything that the station has. Returns a finding if it does not report it."""

    @abstractmethod
    def _standard_names(self) -> Iterable[N]:
        """What the standard defines."""

    @abstractmethod
    async def _read_by_name(self, names: Sequence[N]) -> None:
        """Add to `known` what the station has of these. Raises NotConfigurable or LinkError."""

    @abstractmethod
    def _baseline(self) -> Sequence[RequiredValue[N]]:
        """The values that the lab sets at the start of a campaign, where the station has the key or variable."""

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
