"""Each event agrees with the monitor that has triggered it, and comes when it must."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from itertools import pairwise
from math import inf, nan

from plugfest.lab.rules.connection_timeline import connection_timeline
from plugfest.lab.rules.evidence import Evidence
from plugfest.lab.rules.rule import Rule, Violation
from plugfest.lab.v201.rules.monitoring.periods import EVENT_PERIODS
from plugfest.lab.v201.rules.monitoring.timeline import (
    THRESHOLDS,
    TRIGGERS,
    MonitorEvent,
    ReportedMonitor,
    SetMonitor,
    monitor_events,
    monitor_timeline,
    reported_monitors,
)
from plugfest.lab.v201.rules.monitoring.values import VALUE_EVENTS
from plugfest.lab.verdict import Level
from plugfest.ocpp.message import given
from plugfest.ocpp.v201 import messages as m

WITHOUT_MONITOR = "HardWiredNotification"
"""The notification type of an event that no monitor has triggered."""


# The fields of an event


def _judge_fields(evidence: Evidence) -> Iterator[Violation]:
    transactions = {each.message.transaction_info.transaction_id for each in evidence.sent(m.TransactionEventRequest)}
    transactions |= {str(each) for each in evidence.known_transactions}
    for event in monitor_events(evidence):
        settings = monitor_timeline(evidence).settings_of(event.id or 0)
        wrong = _wrong_fields(event, settings) if settings else _unlike_reported(event, reported_monitors(evidence))
        for expected, actual in (*_without_id(event), *wrong):
            yield Violation(f"eventData.{expected}", actual, event.frame)
        transaction_id = given(event.data.transaction_id)
        if transaction_id is not None and transaction_id not in transactions and evidence.began_idle:
            yield Violation("eventData.transactionId of a transaction", transaction_id, event.frame)


def _without_id(event: MonitorEvent) -> Iterator[tuple[str, str]]:
    """What the fields of an event should be whatever its monitor is, and what they are."""
    kind = event.data.event_notification_type
    if event.id is None and kind != WITHOUT_MONITOR:
        yield f"variableMonitoringId, because eventNotificationType is {kind}", "omitted"
    if given(event.data.cleared) and event.data.trigger != "Alerting":
        yield "cleared only for a threshold", f"cleared with trigger {event.data.trigger}"


def _unlike_reported(event: MonitorEvent, reported: Mapping[int, list[ReportedMonitor]]) -> Iterator[tuple[str, str]]:
    """Differences from a monitor of the station, which a report of this case has."""
    monitors = reported.get(event.id or 0, [])
    if monitors and all(event.variable.key != each.variable.key for each in monitors):
        yield f"component and variable {monitors[-1].variable.text} of monitor {event.id}", event.variable.text
    triggers = {TRIGGERS[each.monitor.type] for each in monitors}
    if triggers and event.data.trigger not in triggers:
        yield f"trigger {' or '.join(sorted(triggers))} of monitor {event.id}", event.data.trigger


def _wrong_fields(event: MonitorEvent, settings: list[SetMonitor]) -> Iterator[tuple[str, str]]:
    """Differences from a monitor that the lab has set."""
    kind = event.data.event_notification_type
    if kind != "CustomMonitor":
        yield f"eventNotificationType CustomMonitor of monitor {event.id}, which the CSMS has set", kind
    if event.variable.key != settings[-1].variable.key:
        yield f"component and variable {settings[-1].variable.text} of monitor {event.id}", event.variable.text
    triggers = {TRIGGERS[each.setting.type] for each in settings}
    if event.data.trigger not in triggers:
        yield f"trigger {' or '.join(sorted(triggers))} of monitor {event.id}", event.data.trigger


EVENT_FIELDS = Rule("fields of events", "N07.FR.06, N07.FR.16 to N07.FR.19, N08.FR.05, EventDataType", _judge_fields)


def _judge_values(evidence: Evidence) -> Iterator[Violation]:
    """The value of an event is beyond its threshold; that of a cleared one is not."""
    margin = evidence.settings.time_tolerance
    for event in monitor_events(evidence):
        settings = monitor_timeline(evidence).settings_of(event.id or 0)
        in_force = [each for each in settings if each.watches(event.at, margin)]
        if in_force and all(each.setting.type in THRESHOLDS for each in in_force):
            cleared = bool(given(event.data.cleared))
            if all(_beyond(each, event.data.actual_value) is cleared for each in in_force):
                limits = " or ".join(f"{each.setting.type} {each.setting.value:g}" for each in in_force)
                expected = (
                    f"a value within {limits}, because cleared is true" if cleared else f"a value beyond {limits}"
                )
                yield Violation(f"eventData.actualValue: {expected}", event.data.actual_value, event.frame)


def _beyond(monitor: SetMonitor, value: str) -> bool:
    number = _number(value)
    upper = monitor.setting.type == "UpperThreshold"
    return number > monitor.setting.value if upper else number < monitor.setting.value


def _number(value: str) -> float:
    try:
        return float(value)
    except ValueError:
        return nan


EVENT_VALUES = Rule("values of threshold events", "N07.FR.02, N07.FR.16, N07.FR.17", _judge_values)


def _judge_sequence(evidence: Evidence) -> Iterator[Violation]:
    """Alerts and clearings of a threshold alternate; two events of a delta monitor have different values."""
    by_monitor: defaultdict[int, list[MonitorEvent]] = defaultdict(list)
    for event in monitor_events(evidence):
        by_monitor[event.id or 0].append(event)
    for id, events in by_monitor.items():
        settings = monitor_timeline(evidence).settings_of(id)
        if len(settings) != 1 or not _all_are_sent(evidence, settings[0], events):
            continue
        if settings[0].setting.type in THRESHOLDS:
            yield from _not_alternating(events)
        elif settings[0].setting.type == "Delta":
            yield from _not_different(settings[0], events)


def _all_are_sent(evidence: Evidence, monitor: SetMonitor, events: list[MonitorEvent]) -> bool:
    """Whether the station was connected all the time: otherwise events may have been dropped (N07.FR.04)."""
    last = events[-1].at
    seconds = connection_timeline(evidence).sendable_seconds(monitor.since, last)
    return last - monitor.since - seconds <= evidence.settings.time_tolerance


def _not_alternating(events: list[MonitorEvent]) -> Iterator[Violation]:
    cleared = True
    for event in events:
        if bool(given(event.data.cleared)) is cleared:
            state = "cleared" if cleared else "exceeded"
            yield Violation(f"no second event of monitor {event.id} that is {state}", "one", event.frame)
        cleared = bool(given(event.data.cleared))


def _not_different(monitor: SetMonitor, events: list[MonitorEvent]) -> Iterator[Violation]:
    for before, after in pairwise(events):
        one, other = before.data.actual_value, after.data.actual_value
        if one == other and one:  # the values of WriteOnly variables are empty (N07.FR.10)
            yield Violation(f"another value in the next event of monitor {monitor.id}", other, after.frame)


EVENT_SEQUENCE = Rule("events of a monitor after each other", "N07.FR.02, N07.FR.18, N07.FR.19", _judge_sequence)


# Only when it must


def unknown_monitors() -> Rule:
    """No event of a monitor that the CSMS has not set, or has removed. Remembers the campaign."""
    all_removed = False
    set_ids = set[int]()

    def judge(evidence: Evidence) -> Iterator[Violation]:
        nonlocal all_removed
        timeline, margin = monitor_timeline(evidence), evidence.settings.time_tolerance
        set_ids.update(monitor.id for monitor in timeline.monitors())
        all_removed = (all_removed or _removes_all(evidence)) and not evidence.sent(m.BootNotificationRequest)
        for event in monitor_events(evidence):
            if event.data.event_notification_type != "CustomMonitor" or event.id is None:
                continue
            settings = timeline.settings_of(event.id)
            if settings and not any(each.watches(event.at, margin) for each in settings):
                yield Violation(
                    f"no event of monitor {event.id} before it was set or after it was removed", "sent", event.frame
                )
            elif not settings and all_removed and event.id not in set_ids:
                yield Violation("events only of monitors that were set", f"monitor {event.id}", event.frame)

    return Rule("events of existing monitors", "N03.FR.05, N06.FR.01, N07.FR.06, N07.FR.12", judge)


def _removes_all(evidence: Evidence) -> bool:
    """Whether a base was set that leaves no custom monitors."""
    return any(
        isinstance(exchange.request, m.SetMonitoringBaseRequest)
        and exchange.request.monitoring_base != "All"
        and getattr(exchange.response, "status", None) == "Accepted"
        for exchange in evidence.lab_requests
    )


def _judge_level(evidence: Evidence) -> Iterator[Violation]:
    timeline, margin = monitor_timeline(evidence), evidence.settings.time_tolerance
    for event in monitor_events(evidence):
        settings = timeline.settings_of(event.id or 0)
        level = timeline.highest_level(event.at - margin, event.at + margin)
        if settings and level is not None and all(each.setting.severity > level for each in settings):
            yield Violation(
                f"no event of monitor {event.id} with severity {settings[-1].setting.severity} at level {level}",
                "sent",
                event.frame,
            )


MONITORING_LEVEL = Rule("no event above the monitoring level", "N05.FR.03, N07.FR.15", _judge_level)


# When it must


def _judge_states(evidence: Evidence) -> Iterator[Violation]:
    """A status that StatusNotification reports as a change is an event for a delta monitor of the connector."""
    margin = evidence.settings.time_tolerance
    for monitor in monitor_timeline(evidence).monitors():
        if monitor.setting.type != "Delta" or not _of_connector(monitor):
            continue
        for status, at, frame in _changes(evidence, monitor):
            reported = any(
                event.id == monitor.id and event.data.actual_value == status and abs(event.at - at) <= margin
                for event in monitor_events(evidence)
            )
            if not reported and _has_to_report(evidence, monitor, at):
                yield Violation(f"an event of monitor {monitor.id}: {monitor.variable.text} is {status}", "none", frame)


def _of_connector(monitor: SetMonitor) -> bool:
    evse = given(monitor.setting.component.evse)
    name = monitor.setting.component.name.lower(), monitor.setting.variable.name.lower()
    return name == ("connector", "availabilitystate") and evse is not None and given(evse.connector_id) is not None


def _changes(evidence: Evidence, monitor: SetMonitor) -> Iterator[tuple[str, float, int]]:
    """The changes of the status of a connector that StatusNotification reports: status, loop time, frame."""
    evse = given(monitor.setting.component.evse)
    assert evse is not None
    place = (evse.id, given(evse.connector_id))
    reports = [
        each
        for each in evidence.sent(m.StatusNotificationRequest)
        if (each.message.evse_id, each.message.connector_id) == place
    ]
    for before, after in pairwise(reports):
        if before.message.connector_status != after.message.connector_status:
            yield after.message.connector_status, after.exchange.loop_time(after.message.timestamp), after.frame


def _has_to_report(evidence: Evidence, monitor: SetMonitor, at: float) -> bool:
    """Whether the monitor existed, the level let its events pass, and the station was connected around this time."""
    margin = evidence.settings.time_tolerance
    timeline = monitor_timeline(evidence)
    level = timeline.highest_level(at - margin, at + margin)
    return (
        monitor.since + margin < at < monitor.until - margin
        and level is not None
        and monitor.setting.severity <= level
        and not given(monitor.setting.transaction)
        and connection_timeline(evidence).is_connected(at, margin=margin)
    )


STATE_EVENTS = Rule("an event for each change of a connector", "N07.FR.19", _judge_states)


# Numbers


def _judge_parts(evidence: Evidence) -> Iterator[Violation]:
    expected = 0 if evidence.began_idle else None  # None: the first parts may have been sent before
    for sent in evidence.sent(m.NotifyEventRequest):
        if expected is not None and sent.message.seq_no not in (0, expected):
            yield Violation(f"seqNo {expected} in NotifyEventRequest", str(sent.message.seq_no), sent.frame)
        expected = sent.message.seq_no + 1 if given(sent.message.tbc) else 0


EVENT_PARTS = Rule("seqNo of event parts", "N07.FR.07, N08.FR.04", _judge_parts)


def event_ids() -> Rule:
    """No two events with the same id until the station boots, unless it has repeated a message.

    Remembers the campaign.
    """
    known = dict[int, object]()
    booted_at = -inf

    def judge(evidence: Evidence) -> Iterator[Violation]:
        nonlocal booted_at
        boots = [each.at for each in evidence.sent(m.BootNotificationRequest)]
        for event in monitor_events(evidence):
            latest = max((at for at in boots if at <= event.sent_at), default=booted_at)
            if latest != booted_at:
                booted_at = latest
                known.clear()
            if event.at >= booted_at and known.setdefault(event.data.event_id, event.data) != event.data:
                yield Violation("an eventId that no other event has", str(event.data.event_id), event.frame)

    return Rule("ids of events", "EventDataType", judge)


def event_causes() -> Rule:
    """A cause is the event of another monitor, perhaps of an earlier case. Remembers the campaign."""
    known: set[int] = set()

    def judge(evidence: Evidence) -> Iterator[Violation]:
        known.update(event.data.event_id for event in monitor_events(evidence))
        for event in monitor_events(evidence):
            cause = given(event.data.cause)
            is_unknown = evidence.began_idle and cause not in known
            if cause is not None and (is_unknown or cause == event.data.event_id):
                yield Violation("eventData.cause: the eventId of another event", str(cause), event.frame)

    # The event may have been left out because of its severity.
    return Rule("causes of events", "N07.FR.05", judge, Level.SHOULD)


def event_rules() -> tuple[Rule, ...]:
    """The rules about events, for one campaign."""
    return (
        EVENT_FIELDS,
        EVENT_VALUES,
        EVENT_SEQUENCE,
        unknown_monitors(),
        MONITORING_LEVEL,
        STATE_EVENTS,
        EVENT_PERIODS,
        VALUE_EVENTS,
        EVENT_PARTS,
        event_ids(),
        event_causes(),
    )
