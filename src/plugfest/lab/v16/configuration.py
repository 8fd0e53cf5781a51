"""The configuration keys of an OCPP 1.6 station: GetConfiguration, ChangeConfiguration."""

from collections.abc import Iterable, Sequence
from typing import TypeAlias

from plugfest.lab.checks.numbers import integer
from plugfest.lab.csms.csms import Csms
from plugfest.lab.restore.configuration import BaseConfiguration, KnownValue, RequiredValue
from plugfest.lab.settings import LabSettings
from plugfest.lab.v16.required_keys import STANDARD_KEYS
from plugfest.lab.verdict import Finding, NotConfigurable
from plugfest.link.errors import CallErrorReceived, InvalidResult
from plugfest.ocpp.message import given
from plugfest.ocpp.v16 import messages as m
from plugfest.ocpp.v16 import types as t

AUTHORIZATION_KEY = "AuthorizationKey"

KEYS_REPORTED = "the station reports all its keys after GetConfiguration without keys"


class KnownKey(KnownValue, frozen=True):
    """A key as the station has reported it. AuthorizationKey has no value: it is write-only."""

    name: str
    readonly: bool

    @property
    def writable(self) -> bool:
        return not self.readonly


Need: TypeAlias = RequiredValue[str]


def needs(table: dict[str, str], *, if_implemented: bool = True) -> tuple[Need, ...]:
    """Needs from `{"LocalPreAuthorize": "false"}`."""
    return tuple(Need(key, value, if_implemented) for key, value in table.items())


def baseline(settings: LabSettings) -> dict[str, str]:
    """The values that the lab sets at the start of a campaign, where the station has the key."""
    return {
        "ConnectionTimeOut": str(settings.ev_connection_timeout),
        "LocalPreAuthorize": "false",
        "MinimumStatusDuration": "0",
        "MeterValueSampleInterval": "0",
        "ClockAlignedDataInterval": "0",
        "TransactionMessageAttempts": str(settings.message_attempts),
        "TransactionMessageRetryInterval": str(settings.message_attempt_interval),
    }


class Configuration(BaseConfiguration[str, KnownKey]):
    """Reads, sets and restores keys. Names are case-insensitive (CiString50Type)."""

    def __init__(self, csms: Csms, settings: LabSettings) -> None:
        super().__init__(csms, timeout=settings.response_timeout)
        self._settings = settings

    lookup_size = 1
    read_by_name = ("5.8", "GetConfiguration reads a key by name")

    async def _not_reported(self) -> Sequence[Finding]:
        failure = await self._failure(self.load())
        return () if failure is None else [Finding(requirement="5.8", expected=KEYS_REPORTED, actual=failure)]

    async def load(self) -> None:
        """Read every key. Raises LinkError, or NotConfigurable if the station reports none."""
        self.known = {known.name.lower(): known for known in await self._read(())}
        if not self.known:
            raise NotConfigurable("GetConfiguration without keys returns no key")

    def _standard_names(self) -> Iterable[str]:
        return STANDARD_KEYS

    async def _read_by_name(self, names: Sequence[str]) -> None:
        self.known |= {known.name.lower(): known for known in await self._read(names)}

    def _baseline(self) -> tuple[Need, ...]:
        return needs(baseline(self._settings))

    async def _read(self, keys: Sequence[str]) -> list[KnownKey]:
        request = m.GetConfigurationRequest(key=list(keys)) if keys else m.GetConfigurationRequest()
        response = await self._csms.call(request, timeout=self._timeout)
        return [KnownKey(given(one.value), one.key, one.readonly) for one in given(response.configuration_key) or ()]

    def number(self, key: str) -> int | None:
        """The value of an integer key; None if it is not implemented or not an integer."""
        return integer((self.value(key) or "").strip())

    def supported(self, key: str) -> frozenset[str]:
        """Nothing: OCPP 1.6 does not report the possible values of a key."""
        return frozenset()

    def limits(self, key: str) -> tuple[float | None, float | None]:
        """Nothing: OCPP 1.6 does not report the limits of a key."""
        return None, None

    def needs(self, table: dict[str, str]) -> tuple[Need, ...]:
        """Needs from a table of keys and values, each "(if implemented)"."""
        return needs(table)

    def _key(self, name: str) -> str:
        return name.lower()

    def _reported_name(self, key: str) -> str:
        return self.known[key].name

    def _unreported(self, name: str) -> KnownKey:
        return KnownKey(None, name, readonly=False)

    def _same(self, one: str | None, other: str) -> bool:
        return same(one, other)

    async def _set(self, values: dict[str, str]) -> None:
        statuses = set()
        for key, value in values.items():
            self._note_attempt(key)
            request = m.ChangeConfigurationRequest(key=key, value=value)
            response = await self._csms.call(request, timeout=self._timeout)
            statuses.add(response.status)
            if response.status not in ("Accepted", "RebootRequired"):
                raise NotConfigurable(f"{key} = {value!r}: {response.status}")
            self.note(key, value)
        if t.ChangeConfigurationResponseStatus.RebootRequired in statuses:
            await self._reboot()

    async def _reboot(self) -> None:
        """Apply values that take effect after a reboot, before the case begins."""
        before = self._csms.connection_count
        await self._csms.call(m.ResetRequest(type=t.ResetType.Soft), timeout=self._timeout)
        back = await self._csms.wait_connected(within=self._settings.boot_timeout, after=before)
        booted = back and await self._csms.inbox.wait_for(
            lambda one: isinstance(one.message, m.BootNotificationRequest), within=self._settings.boot_timeout
        )
        if not booted:
            raise NotConfigurable("the station reported RebootRequired and does not boot after the reset")

    async def _check_restored(self, values: dict[str, str]) -> None:
        names = [self._reported_name(key) for key in values]
        for batch in self._batches(names):
            try:
                seen = {known.name.lower(): known.value for known in await self._read(batch)}
            except (CallErrorReceived, InvalidResult):
                return  # the station has accepted the values; the cases of GetConfiguration judge its answers
            for name in batch:
                expected, actual = values[name.lower()], seen.get(name.lower())
                if not same(actual, expected):
                    raise NotConfigurable(f"{name} was restored to {expected!r} and reads {actual!r}")

    def _batches(self, keys: list[str]) -> Iterable[list[str]]:
        size = max(self.number("GetConfigurationMaxKeys") or 1, 1)
        return (keys[at : at + size] for at in range(0, len(keys), size))


def same(one: str | None, other: str) -> bool:
    """Whether two values are equal: a boolean may be in upper or lower case."""
    return one == other or (one is not None and one.lower() == other.lower() in ("true", "false"))
