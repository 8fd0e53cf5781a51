"""Which monitors the station has at what time: those that the lab has set, as far as it has not removed them."""

from collections.abc import Collection, Iterator, Mapping
from math import inf

import msgspec

from plugfest.lab.recording.exchanges import Exchange
from plugfest.lab.recording.record import Direction
from plugfest.lab.rules.evidence import Evidence, once
from plugfest.lab.v201.rules.agreement.results import NamedVariable
from plugfest.ocpp.message import given
from plugfest.ocpp.v201 import messages as m
from plugfest.ocpp.v201 import types as t


class SetMonitor(msgspec.Struct, frozen=True):
    """A monitor that the station has accepted, from `since` until `until`, in loop time.

    `set_in` and `ended_in` are the frames of the answers that accepted it and its end.
    """

    id: int
    setting: t.SetMonitoringDataType
    since: float
    set_in: int
    until: float = inf
    ended_in: float = inf

    @property
    def variable(self) -> NamedVariable:
        return NamedVariable(self.setting.component, self.setting.variable, None)

    def watches(self, at: float, margin: float = 0.0) -> bool:
        """Whether it existed at this time or within `margin` seconds of it."""
        return self.since - margin <= at <= self.until + margin

    def exists_in(self, frame: int) -> bool:
        """Whether it existed when this frame was sent."""
        return self.set_in < frame < self.ended_in


class MonitorTimeline:
    """The monitors and the monitoring levels of one case, since the last boot."""

    def __init__(self, evidence: Evidence) -> None:
        self._monitors: dict[int, list[SetMonitor]] = {}
        self._levels: list[tuple[float, int]] = []
        for exchange in evidence.exchanges:
            if isinstance(exchange.request, m.BootNotificationRequest):
                self._monitors.clear()  # N04.FR.19: their ids may have changed
            elif exchange.by is Direction.FROM_LAB and exchange.response is not None:
                self._add(exchange)

    def settings_of(self, id: int) -> list[SetMonitor]:
        """The settings that this monitor had, in order; none if the lab has not set it."""
        return self._monitors.get(id, [])

    def monitors(self) -> Iterator[SetMonitor]:
        """Every setting of every monitor."""
        for settings in self._monitors.values():
            yield from settings

    def highest_level(self, start: float, end: float) -> int | None:
        """The highest severity that was reported at some time of this interval; None if it is not known."""
        before = [level for at, level in self._levels if at <= start]
        within = [level for at, level in self._levels if start < at <= end]
        return max([before[-1], *within]) if before else None

    def lets_pass(self, severity: int, start: float, end: float) -> bool:
        """Whether events of this severity were certainly reported during all of this interval."""
        before = [level for at, level in self._levels if at <= start]
        within = [level for at, level in self._levels if start < at <= end]
        return bool(before) and severity <= min([before[-1], *within])

    def _add(self, exchange: Exchange) -> None:
        answered_at, answered_in = exchange.answered_at or inf, exchange.answered_in or 0
        for id in _ended(exchange, self._monitors):
            settings = self._monitors.get(id)
            if settings and settings[-1].until == inf:
                settings[-1] = msgspec.structs.replace(settings[-1], until=answered_at, ended_in=answered_in)
        match exchange.request, exchange.response:
            case m.SetVariableMonitoringRequest() as request, m.SetVariableMonitoringResponse() as response:
                for setting, id in accepted(request, response):
                    self._monitors.setdefault(id, []).append(SetMonitor(id, setting, exchange.at, answered_in))
            case m.SetMonitoringLevelRequest() as level, m.SetMonitoringLevelResponse(status="Accepted"):
                self._levels.append((answered_at, level.severity))


monitor_timeline = once(MonitorTimeline)


def _ended(exchange: Exchange, custom: Collection[int]) -> list[int]:
    """The ids of the monitors that a request has removed or replaced. `custom`: those that the lab has set."""
    match exchange.request, exchange.response:
        case m.SetVariableMonitoringRequest() as request, m.SetVariableMonitoringResponse() as response:
            return [id for _, id in accepted(request, response)]
        case m.ClearVariableMonitoringRequest(), m.ClearVariableMonitoringResponse() as cleared:
            return [result.id for result in cleared.clear_monitoring_result if result.status == "Accepted"]
        case m.SetMonitoringBaseRequest() as base, m.SetMonitoringBaseResponse(status="Accepted"):
            return [] if base.monitoring_base == "All" else list(custom)
    return []


def accepted(
    request: m.SetVariableMonitoringRequest, response: m.SetVariableMonitoringResponse
) -> Iterator[tuple[t.SetMonitoringDataType, int]]:
    """The accepted elements with their ids. Results may be in another order."""
    left = list(request.set_monitoring_data)
    for result in response.set_monitoring_result:
        setting = next((each for each in left if _identity(each) == _identity(result)), None)
        if setting is not None:
            left.remove(setting)
            id = given(result.id)
            if result.status == "Accepted" and id is not None:
                yield setting, id


def _identity(item: t.SetMonitoringDataType | t.SetMonitoringResultType) -> tuple[object, ...]:
    return (NamedVariable(item.component, item.variable, None).key, item.type, item.severity)


class MonitorEvent(msgspec.Struct, frozen=True):
    """One event of a NotifyEventRequest. `at`: its timestamp as loop time; `sent_at`: when the message came."""

    data: t.EventDataType
    frame: int
    at: float
    sent_at: float

    @property
    def variable(self) -> NamedVariable:
        return NamedVariable(self.data.component, self.data.variable, None)

    @property
    def id(self) -> int | None:
        """Of the monitor."""
        return given(self.data.variable_monitoring_id)


@once
def monitor_events(evidence: Evidence) -> list[MonitorEvent]:
    """Every event, in the order in which they were sent."""
    return [
        MonitorEvent(data, sent.frame, sent.exchange.loop_time(data.timestamp), sent.at)
        for sent in evidence.sent(m.NotifyEventRequest)
        for data in sent.message.event_data
    ]


TRIGGERS: Mapping[str, str] = {
    "UpperThreshold": "Alerting",
    "LowerThreshold": "Alerting",
    "Delta": "Delta",
    "Periodic": "Periodic",
    "PeriodicClockAligned": "Periodic",
}
"""The trigger of the events of each type of monitor."""

THRESHOLDS = frozenset({"UpperThreshold", "LowerThreshold"})


class ReportedMonitor(msgspec.Struct, frozen=True):
    """One monitor in a report."""

    variable: NamedVariable
    monitor: t.VariableMonitoringType
    frame: int

    @property
    def values(self) -> dict[str, object]:
        """By field name."""
        return {
            "component and variable": self.variable.key,
            "type": self.monitor.type.value,
            "value": self.monitor.value,
            "severity": self.monitor.severity,
            "transaction": self.monitor.transaction,
        }


def all_reported(evidence: Evidence) -> Iterator[ReportedMonitor]:
    """Every monitor of every report, in order."""
    for sent in evidence.sent(m.NotifyMonitoringReportRequest):
        for data in given(sent.message.monitor) or ():
            for monitor in data.variable_monitoring:
                variable = NamedVariable(data.component, data.variable, None)
                yield ReportedMonitor(variable, monitor, sent.frame)


@once
def reported_monitors(evidence: Evidence) -> Mapping[int, list[ReportedMonitor]]:
    """The reported monitors by id."""
    found: dict[int, list[ReportedMonitor]] = {}
    for reported in all_reported(evidence):
        found.setdefault(reported.monitor.id, []).append(reported)
    return found


@once
def last_moment(evidence: Evidence) -> float:
    """The loop time up to which the case was observed."""
    return max((each.answered_at or each.at for each in evidence.exchanges), default=-inf)
