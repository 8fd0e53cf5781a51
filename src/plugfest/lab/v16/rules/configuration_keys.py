"""What a case shows of the configuration keys of the station, and what GetConfiguration.conf has to name (5.8)."""

import re
from collections.abc import Iterator, Sequence

from plugfest.lab.recording.exchanges import Exchange
from plugfest.lab.rules.evidence import Evidence
from plugfest.lab.rules.rule import Rule, Violation
from plugfest.lab.v16.required_keys import BOOLEAN_KEYS, INTEGER_KEYS, STANDARD_KEYS
from plugfest.lab.v16.rules.registration import UPDATES
from plugfest.ocpp.message import given
from plugfest.ocpp.v16 import messages as m
from plugfest.ocpp.v16 import types as t

CHANGED_OTHERWISE = frozenset({"heartbeatinterval", "securityprofile", "certificatesignedmaxchainsize"})
"""Keys that may change without ChangeConfiguration: BootNotification.conf sets HeartbeatInterval."""

STANDARD = frozenset(key.lower() for key in STANDARD_KEYS) - CHANGED_OTHERWISE
"""Keys that change only by ChangeConfiguration."""

ANY = re.compile(r".*", re.DOTALL)

TYPES = dict.fromkeys((key.lower() for key in INTEGER_KEYS), ("an integer", re.compile(r"\s*[+-]?[0-9]+\s*"))) | (
    dict.fromkeys((key.lower() for key in BOOLEAN_KEYS), ("true or false", re.compile("true|false", re.IGNORECASE)))
)
"""The type of a standardized key. OCPP 1.6 does not specify the notation of numbers and booleans any further."""

BEFORE_CASE = -1
"""A frame before the first one of a case."""


def key_value(evidence: Evidence, key: str, frame: int) -> str | None:
    """The value of a key before this frame, as the station has last reported or accepted it; None if unknown."""
    found = None
    for exchange in evidence.lab_requests:
        request, response = exchange.request, exchange.response
        if exchange.answered_in is None or exchange.answered_in >= frame:
            continue
        if isinstance(response, m.GetConfigurationResponse):
            entries = given(response.configuration_key) or ()
            found = next((given(each.value) for each in entries if each.key.lower() == key.lower()), found)
        elif isinstance(request, m.ChangeConfigurationRequest) and request.key.lower() == key.lower():
            found = request.value if getattr(response, "status", None) == "Accepted" else found
    return found


def _judge_get_configuration(evidence: Evidence) -> Iterator[Violation]:
    for exchange in evidence.lab_requests:
        request, response = exchange.request, exchange.response
        if not isinstance(request, m.GetConfigurationRequest) or not isinstance(response, m.GetConfigurationResponse):
            continue
        asked = {key.lower() for key in given(request.key) or ()}
        known = [entry.key for entry in given(response.configuration_key) or ()]
        unknown = list(given(response.unknown_key) or ())
        for expected, actual in _deviations(asked, known, unknown):
            yield Violation(expected, actual, exchange.answered_in)


def _judge_values(evidence: Evidence) -> Iterator[Violation]:
    for exchange in evidence.lab_requests:
        if isinstance(exchange.response, m.GetConfigurationResponse):
            for entry in given(exchange.response.configuration_key) or ():
                expected, pattern = TYPES.get(entry.key.lower(), ("a text", ANY))
                value = given(entry.value)
                if value and not pattern.fullmatch(value):  # 7.29: absent if it is not set
                    yield Violation(f"{entry.key}: {expected}", repr(value), exchange.answered_in)


VALUES = Rule("values of configuration keys", "section 9", _judge_values)


def _deviations(asked: set[str], known: list[str], unknown: list[str]) -> Iterator[tuple[str, str]]:
    """Keys are case-insensitive (6.23). Without keys in the request the station returns all of its own."""
    if not asked:
        if unknown:
            yield "GetConfigurationResponse.unknownKey empty without keys in the request", ", ".join(unknown)
        return
    name = "GetConfigurationResponse"
    for key in known:
        if key.lower() not in asked:
            yield f"{name}.configurationKey with the requested keys only", key
    for key in unknown:
        if key.lower() not in asked:
            yield f"{name}.unknownKey with requested keys only", key
    both = {key.lower() for key in known} & {key.lower() for key in unknown}
    if both:
        yield f"{name} with each key in configurationKey or in unknownKey", f"in both: {', '.join(sorted(both))}"
    missing = asked - {key.lower() for key in (*known, *unknown)}
    if missing and len(asked) == 1:
        # With several keys the station may have a limit (GetConfigurationMaxKeys).
        yield f"{name} with the requested key in configurationKey or unknownKey", f"without {', '.join(missing)}"


GET_CONFIGURATION = Rule("GetConfiguration returns what was requested", "section 5.8", _judge_get_configuration)


class _KnownKeys:
    """The keys that the station has reported, as long as the lab has changed none."""

    def __init__(self) -> None:
        self._entries: dict[str, t.KeyValue] = {}
        self._names: dict[str, str] = {}

    def judge(self, evidence: Evidence) -> Iterator[Violation]:
        previous = BEFORE_CASE
        for exchange in evidence.lab_requests:
            request, response = exchange.request, exchange.response
            is_another = isinstance(request, UPDATES) or evidence.commissioned(previous, exchange)
            previous = exchange.frame
            if is_another:
                self._names.clear()
            if is_another or _may_change(exchange):
                self._entries.clear()
            if isinstance(request, m.GetConfigurationRequest) and isinstance(response, m.GetConfigurationResponse):
                entries = given(response.configuration_key) or ()
                for expected, actual in (*self._missing(request, entries), *self._changed(entries)):
                    yield Violation(expected, actual, exchange.answered_in)

    def _missing(self, request: m.GetConfigurationRequest, entries: Sequence[t.KeyValue]) -> Iterator[tuple[str, str]]:
        """Without keys in the request the station returns all."""
        if not given(request.key):
            missing = self._names.keys() - {entry.key.lower() for entry in entries}
            for name in sorted(missing):
                yield f"GetConfigurationResponse with {self._names[name]}, which was reported before", "not there"
        self._names |= {entry.key.lower(): entry.key for entry in entries}

    def _changed(self, entries: Sequence[t.KeyValue]) -> Iterator[tuple[str, str]]:
        for entry in entries:
            name = entry.key.lower()
            before = self._entries.setdefault(name, entry)
            if name in STANDARD and _meaning(entry) != _meaning(before):
                yield f"{_described(before)} as before, since no key was changed", _described(entry)


def _may_change(exchange: Exchange) -> bool:
    """Whether a ChangeConfiguration may have changed a key: a lost answer may have been Accepted."""
    if not isinstance(exchange.request, m.ChangeConfigurationRequest):
        return False
    return getattr(exchange.response, "status", "Accepted") in ("Accepted", "RebootRequired")


def _meaning(entry: t.KeyValue) -> tuple[bool, frozenset[str] | None]:
    """Lists may be in any order, and true and false in any case."""
    value = given(entry.value)
    return entry.readonly, None if value is None else frozenset(each.strip().lower() for each in value.split(","))


def _described(entry: t.KeyValue) -> str:
    value = given(entry.value)
    return (
        f"{entry.key} {'without a value' if value is None else value}, {'readonly' if entry.readonly else 'writable'}"
    )


def same_keys() -> Rule:
    """The rule for one campaign: no standard key changes of its own accord, and none is omitted from a full list."""
    return Rule("configuration keys as before", "section 5.8", _KnownKeys().judge)
