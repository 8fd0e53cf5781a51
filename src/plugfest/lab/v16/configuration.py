"""The configuration keys of an OCPP 1.6 station as the lab knows them.

Everything is learnt over the wire: GetConfiguration without keys at the start of a campaign, ChangeConfiguration later.
"""

import itertools
from collections.abc import Iterable, Sequence

import msgspec

from plugfest.lab.csms.csms import Csms
from plugfest.lab.expectations import split
from plugfest.lab.settings import LabSettings
from plugfest.lab.verdict import NotConfigurable
from plugfest.ocpp.message import given
from plugfest.ocpp.v16 import messages as m
from plugfest.ocpp.v16 import types as t

AUTHORIZATION_KEY = "AuthorizationKey"


class Known(msgspec.Struct, frozen=True):
    """A key as the station has told it; the value is None where it tells none (AuthorizationKey)."""

    name: str
    value: str | None
    readonly: bool


class Need(msgspec.Struct, frozen=True):
    """A value that a case needs.

    `if_implemented`: a station without the key, or with one that cannot be written, is left as it is. Otherwise such a
    station makes the case INCONCLUSIVE.
    """

    key: str
    value: str
    if_implemented: bool = True


def needs(table: dict[str, str], *, if_implemented: bool = True) -> tuple[Need, ...]:
    """Needs from `{"LocalPreAuthorize": "false"}`."""
    return tuple(Need(key, value, if_implemented) for key, value in table.items())


def baseline(settings: LabSettings) -> dict[str, str]:
    """What the lab sets once at the start of a campaign, where the station has it."""
    return {
        "ConnectionTimeOut": str(settings.ev_connection_timeout),
        "LocalPreAuthorize": "false",
        "MinimumStatusDuration": "0",
        "MeterValueSampleInterval": "0",
        "ClockAlignedDataInterval": "0",
        "TransactionMessageAttempts": str(settings.message_attempts),
        "TransactionMessageRetryInterval": str(settings.message_attempt_interval),
    }


class Configuration:
    """Reads, sets and restores keys. Names are compared without regard to case (CiString50Type)."""

    def __init__(self, csms: Csms, settings: LabSettings) -> None:
        self._csms = csms
        self._settings = settings
        self._ids = itertools.count(1)
        self._known: dict[str, Known] = {}
        self._before: dict[str, str] = {}

    def next_id(self) -> int:
        """A number for a reservation, a profile or a request that this campaign has not used."""
        return next(self._ids)

    async def begin(self) -> None:
        """Learn what there is and set what every case counts on. Raises NotConfigurable."""
        await self.load()
        await self.establish(needs(baseline(self._settings)))
        self._before.clear()

    # What there is

    async def load(self) -> None:
        """Read every key. Raises NotConfigurable if the station tells none."""
        self._known = {known.name.lower(): known for known in await self._read(())}
        if not self._known:
            raise NotConfigurable("GetConfiguration without keys names no key")

    async def _read(self, keys: Sequence[str]) -> list[Known]:
        request = m.GetConfigurationRequest(key=list(keys)) if keys else m.GetConfigurationRequest()
        response = await self._csms.call(request, timeout=self._settings.response_timeout)
        return [Known(one.key, given(one.value), one.readonly) for one in given(response.configuration_key) or ()]

    def known(self, key: str) -> Known | None:
        """What the lab knows of a key; None if the station has no such key."""
        return self._known.get(key.lower())

    def has(self, key: str) -> bool:
        """Whether the station implements it."""
        return self.known(key) is not None

    def writable(self, key: str) -> bool:
        """Whether the station implements it and lets it be written."""
        known = self.known(key)
        return known is not None and not known.readonly

    def value(self, key: str) -> str | None:
        """The value that the lab last saw or set; None if the station has no such key or does not tell."""
        known = self.known(key)
        return known.value if known else None

    def is_true(self, key: str) -> bool:
        """Whether a boolean key is there and true."""
        return (self.value(key) or "").lower() == "true"

    def number(self, key: str) -> int | None:
        """The value of an integer key; None if it is not there or is none."""
        value = (self.value(key) or "").strip()
        return int(value) if value.lstrip("-").isdecimal() else None

    def members(self, key: str) -> frozenset[str]:
        """The members of a list."""
        return frozenset(split(self.value(key) or ""))

    # What is needed

    def needs(self, table: dict[str, str]) -> tuple[Need, ...]:
        """What `establish` takes, each "(if implemented)"."""
        return needs(table)

    async def establish(self, wanted: Iterable[Need]) -> None:
        """Bring the station to these values, remembering what was there. Raises NotConfigurable."""
        to_set: dict[str, str] = {}
        for need in wanted:
            known = self.known(need.key)
            if known is not None and same(known.value, need.value):
                continue
            if known is None or known.readonly:
                if need.if_implemented:
                    continue
                raise NotConfigurable(f"{need.key} is needed as {need.value!r} and cannot be set")
            to_set[need.key] = need.value
        await self._set(to_set)

    async def _set(self, values: dict[str, str]) -> None:
        statuses = set()
        for key, value in values.items():
            self._doubt(key)
            request = m.ChangeConfigurationRequest(key=key, value=value)
            response = await self._csms.call(request, timeout=self._settings.response_timeout)
            statuses.add(response.status)
            if response.status not in ("Accepted", "RebootRequired"):
                raise NotConfigurable(f"{key} = {value!r}: {response.status}")
            self.note(key, value)
        if t.ChangeConfigurationResponseStatus.RebootRequired in statuses:
            await self._reboot()

    async def _reboot(self) -> None:
        """What a station takes only with a reboot shall be in force when the case begins."""
        before = len(self._csms.connections)
        await self._csms.call(m.ResetRequest(type=t.ResetType.Soft), timeout=self._settings.response_timeout)
        back = await self._csms.wait_connected(within=self._settings.boot_timeout, after=before)
        booted = back and await self._csms.inbox.wait_for(
            lambda one: isinstance(one.message, m.BootNotificationRequest), within=self._settings.boot_timeout
        )
        if not booted:
            raise NotConfigurable("the station does not come back from the reset that it asked for")

    def _doubt(self, key: str) -> None:
        """The station may have another value soon; which one, its answer tells, if it comes."""
        known = self.known(key)
        if known is not None and known.value is not None:
            self._before.setdefault(key.lower(), known.value)
            self._known[key.lower()] = msgspec.structs.replace(known, value=None)

    def note(self, key: str, value: str) -> None:
        """A ChangeConfiguration that the station accepted: the lab sets it back after the case."""
        known = self.known(key) or Known(key, None, readonly=False)
        if known.value is not None:
            self._before.setdefault(key.lower(), known.value)
        self._known[key.lower()] = msgspec.structs.replace(known, value=value)

    async def restore(self) -> None:
        """Put back every value that was changed, and read them to prove it. Raises NotConfigurable."""
        changed = {self._known[key].name: value for key, value in self._before.items() if self.value(key) != value}
        await self._set(changed)
        if changed:
            await self._prove(changed)
        self._before.clear()

    async def _prove(self, values: dict[str, str]) -> None:
        for batch in self._batches(list(values)):
            seen = {known.name.lower(): known.value for known in await self._read(batch)}
            for key in batch:
                if not same(seen.get(key.lower()), values[key]):
                    raise NotConfigurable(f"{key} was set back to {values[key]!r} and reads {seen.get(key.lower())!r}")

    def _batches(self, keys: list[str]) -> Iterable[list[str]]:
        at_once = max(self.number("GetConfigurationMaxKeys") or 1, 1)
        return (keys[at : at + at_once] for at in range(0, len(keys), at_once))


def same(one: str | None, other: str) -> bool:
    """Whether two values mean the same: a boolean may be written in small or large letters."""
    return one == other or (one is not None and one.lower() == other.lower() in ("true", "false"))
