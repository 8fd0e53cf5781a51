"""The events of periodic monitors come at their interval (N08)."""

from collections.abc import Iterator
from itertools import pairwise

from plugfest.lab.rules.connection_timeline import connection_timeline
from plugfest.lab.rules.evidence import Evidence
from plugfest.lab.rules.rule import Rule, Violation
from plugfest.lab.v201.rules.monitoring.timeline import (
    MonitorEvent,
    SetMonitor,
    last_moment,
    monitor_events,
    monitor_timeline,
)
from plugfest.lab.v201.rules.monitoring.values import may_be_disabled
from plugfest.ocpp.message import given


def _judge_periods(evidence: Evidence) -> Iterator[Violation]:
    """The events of a periodic monitor come at its interval, as long as the station is connected."""
    for monitor in monitor_timeline(evidence).monitors():
        if monitor.setting.type in ("Periodic", "PeriodicClockAligned"):
            events = [each for each in monitor_events(evidence) if each.id == monitor.id and monitor.watches(each.at)]
            yield from _wrong_intervals(evidence, monitor, events)
            yield from _missing(evidence, monitor, events)


def _wrong_intervals(evidence: Evidence, monitor: SetMonitor, events: list[MonitorEvent]) -> Iterator[Violation]:
    margin = evidence.settings.time_tolerance
    for before, after in pairwise(events):
        passed = after.at - before.at
        intervals = max(1, round(passed / monitor.setting.value))
        online = connection_timeline(evidence).is_connected(before.at, margin=passed)
        missed = intervals > 1 and online and monitor.setting.value > 2 * margin
        if missed or abs(passed - intervals * monitor.setting.value) > margin:
            yield Violation(
                f"the next event of monitor {monitor.id} after {monitor.setting.value:g} s",
                f"after {passed:.1f} s",
                after.frame,
            )


def _missing(evidence: Evidence, monitor: SetMonitor, events: list[MonitorEvent]) -> Iterator[Violation]:
    """No event for more than an interval after the last one, or after the monitor was set."""
    margin, connection = evidence.settings.time_tolerance, connection_timeline(evidence)
    since = max((each.sent_at for each in events), default=monitor.since)
    due = since + monitor.setting.value + margin
    if (
        due < min(monitor.until, last_moment(evidence))
        and connection.is_connected((since + due) / 2, margin=(due - since) / 2)
        and connection.sendable_seconds(due - margin, due) > margin / 2
        and monitor_timeline(evidence).lets_pass(monitor.setting.severity, since, due + margin)
        and not may_be_disabled(evidence)
        and not given(monitor.setting.transaction)
    ):
        yield Violation(f"an event of monitor {monitor.id} every {monitor.setting.value:g} s", "none", monitor.set_in)


EVENT_PERIODS = Rule("periodic events at their interval", "N08.FR.06, N08.FR.07", _judge_periods)
