"""A value that the lab sets, or has the station measure, is an event of every monitor that it triggers."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as some
from tests.lab.v201.rules.monitoring.monitoring_record import MonitoringRecord, findings

from plugfest.lab.csms.csms import ConnectionPeriod
from plugfest.lab.v201.rules.monitoring.values import VALUE_EVENTS

TEMPERATURE: dict[str, object] = {
    "component": {"name": "TemperatureSensor", "evse": {"id": 1}},
    "variable": {"name": "Temperature"},
}
THRESHOLD: dict[str, object] = {"component": {"name": "OCPPCommCtrlr"}, "variable": {"name": "OfflineThreshold"}}
ENABLED: dict[str, object] = {"component": {"name": "MonitoringCtrlr"}, "variable": {"name": "Enabled"}}

UPPER: dict[str, object] = {"type": "UpperThreshold", "value": 40.0, "severity": 5}
LOWER: dict[str, object] = {"type": "LowerThreshold", "value": 40.0, "severity": 5}
DELTA: dict[str, object] = {"type": "Delta", "value": 10.0, "severity": 5}

ALERT = "an event of monitor 7 with trigger Alerting: TemperatureSensor(EVSE 1).Temperature is 60 (UpperThreshold 40)"

CLEARED = (
    "an event of monitor 7 with trigger Alerting and cleared:"
    " TemperatureSensor(EVSE 1).Temperature is 20 (UpperThreshold 40)"
)


def heated(
    setting: dict[str, object] = UPPER, *, level: int = 8, to: float = 60.0
) -> Callable[[MonitoringRecord], None]:
    """The station measures 20 degrees, then `to`, and its events are missing."""

    def scenario(record: MonitoringRecord) -> None:
        record.level(1, level)
        record.read(2, TEMPERATURE, "20.0")
        record.set_monitor(3, 7, TEMPERATURE, setting)
        record.measure(10, to)
        record.status(30, "Available")

    return scenario


def test_a_threshold_that_is_exceeded_without_an_event_is_a_violation() -> None:
    assert findings(VALUE_EVENTS, heated()) == [f"{ALERT}: none"]


def test_an_event_in_time_is_what_the_rule_expects() -> None:
    def scenario(record: MonitoringRecord) -> None:
        heated()(record)
        record.frames.pop(), record.frames.pop()
        record.notify(11, 7, "59.8", TEMPERATURE)
        record.status(30, "Available")

    assert findings(VALUE_EVENTS, scenario) == []


@pytest.mark.parametrize(
    ("at", "fields", "actual"),
    [
        (20.5, {}, "none"),
        (11, {"trigger": "Delta"}, "trigger Delta and actualValue 59.8"),
        (11, {"cleared": True}, "trigger Alerting and cleared and actualValue 59.8"),
    ],
)
def test_an_event_that_is_late_or_another_one_is_a_violation(at: float, fields: dict[str, object], actual: str) -> None:
    def scenario(record: MonitoringRecord) -> None:
        heated()(record)
        record.frames.pop(), record.frames.pop()
        record.notify(at, 7, "59.8", TEMPERATURE, **fields)
        record.status(30, "Available")

    assert findings(VALUE_EVENTS, scenario) == [f"{ALERT}: {actual}"]


def test_a_value_that_returns_to_within_the_threshold_is_cleared() -> None:
    def scenario(record: MonitoringRecord) -> None:
        heated()(record)
        record.frames.pop(), record.frames.pop()
        record.notify(11, 7, "60.0", TEMPERATURE)
        record.measure(20, 20.0)
        record.status(40, "Available")

    assert findings(VALUE_EVENTS, scenario) == [f"{CLEARED}: none"]


@pytest.mark.parametrize(
    "scenario",
    [
        heated(level=4),
        heated(LOWER),
        heated(UPPER | {"transaction": True}),
        heated(to=40.5),  # within the precision of a sensor
        heated(DELTA, to=29.0),
    ],
)
def test_a_value_that_need_not_trigger_the_monitor_is_not_judged(scenario: Callable[[MonitoringRecord], None]) -> None:
    assert findings(VALUE_EVENTS, scenario) == []


def test_a_monitor_is_not_judged_while_offline() -> None:
    outage = (ConnectionPeriod(0.0, 9.0), ConnectionPeriod(25.0))
    assert findings(VALUE_EVENTS, heated(), connection_periods=outage) == []


def test_a_monitor_is_not_judged_without_a_known_value_before() -> None:
    def scenario(record: MonitoringRecord) -> None:
        record.level(1, 8)
        record.set_monitor(3, 7, TEMPERATURE, UPPER)
        record.measure(10, 60.0)
        record.status(30, "Available")

    assert findings(VALUE_EVENTS, scenario) == []


def test_a_monitor_that_is_removed_within_the_tolerance_is_not_judged() -> None:
    def scenario(record: MonitoringRecord) -> None:
        heated()(record)
        record.frames.pop(), record.frames.pop()
        record.clear(12, 7)
        record.status(30, "Available")

    assert findings(VALUE_EVENTS, scenario) == []


def test_a_monitor_is_not_judged_while_monitoring_may_be_disabled() -> None:
    def scenario(record: MonitoringRecord) -> None:
        record.write(0, ENABLED, "false")
        heated()(record)

    assert findings(VALUE_EVENTS, scenario) == []


def written(value: str, *events: str, status: str = "Accepted", delta: float = 1.0) -> list[str]:
    """The findings after OfflineThreshold was changed from 60 to `value`, with Delta events of these values."""

    def scenario(record: MonitoringRecord) -> None:
        record.level(1, 8)
        record.read(2, THRESHOLD, "60")
        record.set_monitor(3, 7, THRESHOLD, DELTA | {"value": delta})
        record.write(10, THRESHOLD, value, status)
        for event in events:
            record.notify(11, 7, event, THRESHOLD, trigger="Delta")
        record.status(30, "Available")

    return findings(VALUE_EVENTS, scenario)


def test_a_setting_that_changes_by_more_than_the_delta_is_reported_with_its_value() -> None:
    expected = (
        "an event of monitor 7 with trigger Delta and actualValue 62: OCPPCommCtrlr.OfflineThreshold is 62 (Delta 1)"
    )
    assert written("62") == [f"{expected}: none"]
    assert written("62", "60") == [f"{expected}: trigger Delta and actualValue 60"]
    assert written("62", "62.0") == []


def test_a_setting_that_changes_by_the_delta_or_is_not_set_yet_is_not_judged() -> None:
    assert written("61") == []
    assert written("90", status="RebootRequired") == []
    assert written("90", status="Rejected") == []


def test_a_delta_is_compared_with_the_value_of_the_last_event() -> None:
    def scenario(record: MonitoringRecord) -> None:
        record.level(1, 8)
        record.read(2, THRESHOLD, "60")
        record.set_monitor(3, 7, THRESHOLD, DELTA)
        record.write(10, THRESHOLD, "80")
        record.notify(11, 7, "80", THRESHOLD, trigger="Delta")
        record.write(20, THRESHOLD, "72")  # 8 from the last event, 12 from the first value
        record.write(30, THRESHOLD, "60")
        record.status(50, "Available")

    assert [each.partition(":")[0] for each in findings(VALUE_EVENTS, scenario)] == [
        "an event of monitor 7 with trigger Delta and actualValue 60"
    ]


@given(some.integers(0, 200), some.integers(0, 200), some.floats(0.5, 50.0))
def test_a_change_is_judged_only_if_it_is_greater_than_the_delta(before: int, after: int, delta: float) -> None:
    def scenario(record: MonitoringRecord) -> None:
        record.level(1, 8)
        record.read(2, THRESHOLD, str(before))
        record.set_monitor(3, 7, THRESHOLD, DELTA | {"value": delta})
        record.write(10, THRESHOLD, str(after))
        record.status(30, "Available")

    assert bool(findings(VALUE_EVENTS, scenario)) is (abs(after - before) > delta)
