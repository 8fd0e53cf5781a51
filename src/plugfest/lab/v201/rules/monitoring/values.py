"""A value that the lab sets, or has the station measure, is an event of every monitor that it triggers (N07).

Only what is certain is judged: from the time when the monitor was set, the station was connected and the level let its
events pass; the value before is known, and the new one remained for longer than the tolerance.
"""

from collections.abc import Iterator, Sequence
from math import inf
from typing import Final

import msgspec

from plugfest.lab.checks.numbers import number
from plugfest.lab.operator.actions import ActionKind
from plugfest.lab.recording.exchanges import Exchange
from plugfest.lab.rules.connection_timeline import connection_timeline
from plugfest.lab.rules.evidence import Evidence, once
from plugfest.lab.rules.rule import Rule, Violation
from plugfest.lab.v201.rules.agreement.results import NamedVariable
from plugfest.lab.v201.rules.monitoring.timeline import (
    THRESHOLDS,
    TRIGGERS,
    MonitorEvent,
    SetMonitor,
    last_moment,
    monitor_events,
    monitor_timeline,
)
from plugfest.ocpp.message import given
from plugfest.ocpp.v201 import messages as m
from plugfest.ocpp.v201 import types as t

_PRECISION: Final = 1.0
_RELATIVE_PRECISION: Final = 0.02
"""How far a station may measure from what it was made to measure: in the unit of the variable, and as a share."""

_ENABLED: Final = ("monitoringctrlr", None, "enabled", None, None)
_SECRETS: Final = frozenset({"basicauthpassword"})
"""Variables whose values no event contains (N07.FR.10)."""


class KnownValue(msgspec.Struct, frozen=True, kw_only=True):
    """The value that a variable had, or got, between two loop times. None: from then on it is not known.

    `frame`: that of the request, or the first one after an operator action began. `changed`: the lab has changed it, it
    was not only read. `precision`: how far the value of the station may be from it.
    """

    key: tuple[object, ...]
    value: str | None
    began: float
    ended: float
    frame: int
    changed: bool = True
    precision: float = 0.0

    @property
    def is_measured(self) -> bool:
        """Whether the operator has had the station measure it."""
        return self.precision > 0


class _Expected(msgspec.Struct, frozen=True):
    """The event that a value triggers. `value`: what it reports; None: whatever it has measured."""

    trigger: str
    cleared: bool
    value: str | None

    def is_met_by(self, event: MonitorEvent) -> bool:
        return (
            event.data.trigger == self.trigger
            and bool(given(event.data.cleared)) is self.cleared
            # N07.FR.10: an empty one is that of a write-only variable
            and (self.value is None or event.data.actual_value == "" or _agree(event.data.actual_value, self.value))
        )

    @property
    def text(self) -> str:
        cleared = " and cleared" if self.cleared else ""
        return f"trigger {self.trigger}{cleared}" + ("" if self.value is None else f" and actualValue {self.value}")


# What is known of the values


@once
def known_values(evidence: Evidence) -> list[KnownValue]:
    """What the lab has changed and read in this case, in order."""
    found = [
        *_measured(evidence),
        *(value for exchange in evidence.lab_requests for value in _set_or_read(exchange)),
    ]
    return sorted(found, key=lambda each: each.frame)


def _measured(evidence: Evidence) -> Iterator[KnownValue]:
    for action in evidence.actions_of(ActionKind.SET_MEASURED_VALUE):
        assert action.measured is not None
        component, variable = action.measured
        place = None if action.evse_id is None else (action.evse_id, None)
        yield KnownValue(
            key=(component.lower(), None, variable.lower(), None, place),
            value=None if action.value is None or action.ended == inf else f"{action.value:g}",
            began=action.began,
            ended=action.ended,
            frame=action.frame,
            precision=max(_PRECISION, _RELATIVE_PRECISION * abs(action.value or 0.0)),
        )


def _set_or_read(exchange: Exchange) -> Iterator[KnownValue]:
    match exchange.request, exchange.response:
        case m.SetVariablesRequest() as request, response:
            results = response.set_variable_result if isinstance(response, m.SetVariablesResponse) else []
            for data in request.set_variable_data:
                if given(data.attribute_type) in (None, "Actual"):
                    yield from _set(exchange, data, results)
        case m.GetVariablesRequest(), m.GetVariablesResponse() as response:
            for result in response.get_variable_result:
                if given(result.attribute_type) in (None, "Actual") and result.attribute_status == "Accepted":
                    yield _known(exchange, result, given(result.attribute_value) or "", changed=False)


def _set(
    exchange: Exchange, data: t.SetVariableDataType, results: Sequence[t.SetVariableResultType]
) -> Iterator[KnownValue]:
    key = NamedVariable(data.component, data.variable, None).key
    status = next(
        (
            each.attribute_status
            for each in results
            if NamedVariable(each.component, each.variable, None).key == key
            and given(each.attribute_type) in (None, "Actual")
        ),
        None,
    )
    if status == "Accepted":
        yield _known(exchange, data, data.attribute_value)
    elif status is None or status == "RebootRequired":
        yield _known(exchange, data, None)


def _known(
    exchange: Exchange,
    item: t.SetVariableDataType | t.GetVariableResultType,
    value: str | None,
    *,
    changed: bool = True,
) -> KnownValue:
    return KnownValue(
        key=NamedVariable(item.component, item.variable, None).key,
        value=value,
        began=exchange.at,
        ended=exchange.at if exchange.answered_at is None else exchange.answered_at,
        frame=exchange.frame,
        changed=changed,
    )


def may_be_disabled(evidence: Evidence) -> bool:
    """Whether monitoring may have been switched off in this case."""
    return any(each.key == _ENABLED for each in known_values(evidence) if each.changed or each.value != "true")


# What an event has to report


def _judge_changes(evidence: Evidence) -> Iterator[Violation]:
    if may_be_disabled(evidence):
        return
    for monitor in monitor_timeline(evidence).monitors():
        judged = monitor.setting.type in (*THRESHOLDS, "Delta") and not given(monitor.setting.transaction)
        if not judged or monitor.setting.variable.name.lower() in _SECRETS:
            continue
        values = [each for each in known_values(evidence) if each.key == monitor.variable.key]
        for index, value in enumerate(values):
            if value.changed and value.frame > monitor.set_in:
                following = next((each.began for each in values[index + 1 :] if each.changed), inf)
                yield from _judge_change(evidence, monitor, value, values[:index], following)


def _judge_change(
    evidence: Evidence, monitor: SetMonitor, value: KnownValue, earlier: Sequence[KnownValue], following: float
) -> Iterator[Violation]:
    deadline = _deadline(evidence, monitor, value, following)
    events = [each for each in monitor_events(evidence) if each.id == monitor.id and each.frame > monitor.set_in]
    before = [each for each in events if each.frame < value.frame]
    expected = _expected(evidence, monitor, value, before, earlier)
    if deadline is None or expected is None:
        return
    sent = [each for each in events if each.frame >= value.frame and each.sent_at <= deadline]
    if not any(expected.is_met_by(each) for each in sent):
        threshold = f"{monitor.setting.type} {monitor.setting.value:g}"
        yield Violation(
            f"an event of monitor {monitor.id} with {expected.text}: {monitor.variable.text} is {value.value}"
            f" ({threshold})",
            "; ".join(_described(each) for each in sent) or "none",
            value.frame,
        )


def _described(event: MonitorEvent) -> str:
    return _Expected(event.data.trigger, bool(given(event.data.cleared)), event.data.actual_value).text


def _deadline(evidence: Evidence, monitor: SetMonitor, value: KnownValue, following: float) -> float | None:
    """Until when the event of this value has to be sent; None if that is not certain."""
    settings, connection = evidence.settings, connection_timeline(evidence)
    # A station may measure at an interval: what it does not report in this time it is taken not to report at all.
    margin = max(settings.silence, settings.time_tolerance) if value.is_measured else settings.time_tolerance
    at_best = value.ended + margin
    deadline = at_best + margin - connection.sendable_seconds(value.ended, at_best)
    observed = deadline < min(following, monitor.until, last_moment(evidence))
    if not observed or connection.sendable_seconds(value.ended, deadline) < margin:
        return None
    # Events that are not sent, because of the level or while offline, leave it open what the station compares with.
    middle, half = (monitor.since + deadline) / 2, (deadline - monitor.since) / 2
    passes = monitor_timeline(evidence).lets_pass(monitor.setting.severity, monitor.since, deadline + margin)
    return deadline if passes and connection.is_connected(middle, margin=half) else None


def _expected(
    evidence: Evidence,
    monitor: SetMonitor,
    value: KnownValue,
    events: Sequence[MonitorEvent],
    earlier: Sequence[KnownValue],
) -> _Expected | None:
    """The event that this value has to trigger. `events`: those of the monitor before, since it was set."""
    if value.value is None:
        return None
    if not events and len(monitor_timeline(evidence).settings_of(monitor.id)) > 1:
        return None  # what a replaced monitor leaves to the next one is not known
    known = [each for each in earlier if each.changed or each.ended >= monitor.since - evidence.settings.time_tolerance]
    reported = None if value.is_measured else value.value
    trigger = TRIGGERS[monitor.setting.type]
    if monitor.setting.type == "Delta":
        at_setting = [each for each in known if each.frame < monitor.set_in]
        reference = (events[-1].data.actual_value if events else _last(at_setting)) or ""
        is_beyond = _is_beyond_delta(monitor, reference, value.value, value.precision)  # N07.FR.18, N07.FR.19
        return _Expected(trigger, cleared=False, value=reported) if reference and is_beyond else None
    was_exceeded = not given(events[-1].data.cleared) if events else _last_exceeds(monitor, known)
    exceeds = _exceeds(monitor, value)
    if was_exceeded is None or exceeds is None or was_exceeded is exceeds:
        return None
    return _Expected(trigger, cleared=not exceeds, value=reported)  # N07.FR.02, N07.FR.16, N07.FR.17


def _last(known: Sequence[KnownValue]) -> str | None:
    return known[-1].value if known else None


def _last_exceeds(monitor: SetMonitor, known: Sequence[KnownValue]) -> bool | None:
    """Whether the last known value is beyond the threshold. Only what is within it is certain before an event."""
    return False if known and _exceeds(monitor, known[-1]) is False else None


def _exceeds(monitor: SetMonitor, value: KnownValue) -> bool | None:
    """Whether a value is beyond the threshold of the monitor; None if that is not certain."""
    measured = number(value.value or "")
    if measured is None:
        return None
    beyond = measured - monitor.setting.value
    if monitor.setting.type == "LowerThreshold":
        beyond = -beyond
    if beyond > value.precision:
        return True
    return False if beyond <= -value.precision else None


def _is_beyond_delta(monitor: SetMonitor, reference: str, value: str, precision: float) -> bool:
    before, now = number(reference), number(value)
    if before is not None and now is not None:
        return abs(now - before) > monitor.setting.value + precision
    return before is None and now is None and not _agree(reference, value)


def _agree(one: str, other: str) -> bool:
    """Whether two texts are the same value: numbers, lists in any order, and words regardless of case."""
    numbers = number(one), number(other)
    if None not in numbers:
        return numbers[0] == numbers[1]
    return sorted(_members(one)) == sorted(_members(other))


def _members(text: str) -> list[str]:
    return [each.strip() for each in text.lower().split(",")]


VALUE_EVENTS = Rule("an event for each value that the lab changes", "N07.FR.02, N07.FR.16 to N07.FR.19", _judge_changes)
