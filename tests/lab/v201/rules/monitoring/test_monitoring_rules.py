"""A monitor fires when it must, and only then; reports contain the monitors as they were set."""

from collections.abc import Callable

import pytest
from tests.lab.rules.evidence import stamp
from tests.lab.v201.rules.monitoring.monitoring_record import DELTA, POWER, STATE, UPPER, MonitoringRecord, findings

from plugfest.lab.v201.rules.monitoring.events import (
    EVENT_FIELDS,
    EVENT_PARTS,
    EVENT_SEQUENCE,
    EVENT_VALUES,
    MONITORING_LEVEL,
    STATE_EVENTS,
    event_causes,
    event_ids,
    event_rules,
    unknown_monitors,
)
from plugfest.lab.v201.rules.monitoring.periods import EVENT_PERIODS
from plugfest.lab.v201.rules.monitoring.reports import (
    COMPLETE_REPORTS,
    REPORTED_SETTINGS,
    constant_monitors,
    report_rules,
)

Reported = tuple[int, dict[str, object], dict[str, object]]
"""The id, the variable and the setting of a monitor."""


def threshold_exceeded_and_cleared(record: MonitoringRecord) -> None:
    record.base(1, "HardWiredOnly")
    record.level(1, 8)
    record.set_monitor(2, 7, POWER, UPPER)
    record.notify(10, 7, "150.0")
    record.notify(20, 7, "50.0", cleared=True)


def states_reported(record: MonitoringRecord) -> None:
    record.level(1, 8)
    record.set_monitor(2, 8, STATE, DELTA)
    record.status(3, "Available")
    record.status(20, "Occupied")
    record.notify(20, 8, "Occupied", STATE, trigger="Delta")


def reported_as_set(record: MonitoringRecord) -> None:
    record.set_monitor(2, 7, POWER, UPPER)
    record.set_monitor(3, 8, STATE, DELTA)
    record.report(5, (7, POWER, UPPER), (8, STATE, DELTA))
    record.report(6, (7, POWER, UPPER), monitoringCriteria=["ThresholdMonitoring"])


NAMES = [rule.name for rule in (*event_rules(), *report_rules())]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("scenario", [threshold_exceeded_and_cleared, states_reported, reported_as_set])
def test_a_conforming_station_breaks_no_rule(name: str, scenario: Callable[[MonitoringRecord], None]) -> None:
    (rule,) = (each for each in (*event_rules(), *report_rules()) if each.name == name)
    assert findings(rule, scenario) == []


@pytest.mark.parametrize(
    ("fields", "finding"),
    [
        ({"trigger": "Delta"}, "eventData.trigger Alerting of monitor 7: Delta"),
        (
            {"eventNotificationType": "HardWiredMonitor"},
            "eventData.eventNotificationType CustomMonitor of monitor 7, which the CSMS has set: HardWiredMonitor",
        ),
        (
            STATE,
            "eventData.component and variable EVSE(EVSE 1).Power of monitor 7:"
            " Connector(EVSE 1, connector 1).AvailabilityState",
        ),
        ({"transactionId": "T9"}, "eventData.transactionId of a transaction: T9"),
    ],
)
def test_the_fields_of_an_event_are_those_of_its_monitor(fields: dict[str, object], finding: str) -> None:
    def scenario(record: MonitoringRecord) -> None:
        record.set_monitor(2, 7, POWER, UPPER)
        record.notify(10, 7, "150.0", **fields)

    assert findings(EVENT_FIELDS, scenario) == [finding]


def test_an_event_of_a_monitor_has_its_id() -> None:
    def scenario(record: MonitoringRecord) -> None:
        record.notify(10, None, "150.0")
        record.notify(11, None, "150.0", eventNotificationType="HardWiredNotification")

    assert findings(EVENT_FIELDS, scenario) == [
        "eventData.variableMonitoringId, because eventNotificationType is CustomMonitor: omitted"
    ]


@pytest.mark.parametrize(
    ("value", "cleared", "wrong"),
    [("100.0", False, True), ("100.1", True, True), ("x", False, True), ("100.0", True, False)],
)
def test_the_value_is_beyond_the_threshold_or_within_it(value: str, cleared: bool, wrong: bool) -> None:
    def scenario(record: MonitoringRecord) -> None:
        record.set_monitor(2, 7, POWER, UPPER)
        record.notify(10, 7, value, cleared=cleared)

    assert bool(findings(EVENT_VALUES, scenario)) is wrong


def test_two_alerts_without_a_clearing_between_them_are_wrong() -> None:
    def scenario(record: MonitoringRecord) -> None:
        record.set_monitor(2, 7, POWER, UPPER)
        record.notify(10, 7, "150.0")
        record.notify(20, 7, "160.0")

    assert findings(EVENT_SEQUENCE, scenario) == ["no second event of monitor 7 that is exceeded: one"]


def test_two_delta_events_with_the_same_value_are_wrong() -> None:
    def scenario(record: MonitoringRecord) -> None:
        record.set_monitor(2, 8, STATE, DELTA)
        record.notify(10, 8, "Occupied", STATE, trigger="Delta")
        record.notify(20, 8, "Occupied", STATE, trigger="Delta")

    assert findings(EVENT_SEQUENCE, scenario) == ["another value in the next event of monitor 8: Occupied"]


def test_a_removed_monitor_sends_no_event_and_neither_does_one_that_was_never_set() -> None:
    def scenario(record: MonitoringRecord) -> None:
        record.base(1, "HardWiredOnly")
        record.set_monitor(2, 7, POWER, UPPER)
        record.clear(10, 7)
        record.notify(12, 7, "150.0")  # within the tolerance
        record.notify(30, 7, "50.0")
        record.notify(31, 99, "50.0")

    assert findings(unknown_monitors(), scenario) == [
        "no event of monitor 7 before it was set or after it was removed: sent",
        "events only of monitors that were set: monitor 99",
    ]


def test_an_event_above_the_monitoring_level_is_wrong() -> None:
    def scenario(record: MonitoringRecord) -> None:
        record.level(1, 4)
        record.set_monitor(2, 7, POWER, UPPER)
        record.notify(20, 7, "150.0")

    assert findings(MONITORING_LEVEL, scenario) == ["no event of monitor 7 with severity 5 at level 4: sent"]


def test_a_change_of_a_monitored_connector_without_an_event_is_wrong() -> None:
    def scenario(record: MonitoringRecord) -> None:
        record.level(1, 8)
        record.set_monitor(2, 8, STATE, DELTA)
        record.status(3, "Available")
        record.status(20, "Occupied")
        record.status(60, "Occupied")

    assert findings(STATE_EVENTS, scenario) == [
        "an event of monitor 8: Connector(EVSE 1, connector 1).AvailabilityState is Occupied: none"
    ]


def test_a_periodic_event_that_comes_late_is_wrong() -> None:
    def scenario(record: MonitoringRecord) -> None:
        record.set_monitor(2, 9, POWER, {"type": "Periodic", "value": 20.0, "severity": 5})
        for at in (22, 42, 55):
            record.notify(at, 9, "0.0", trigger="Periodic")

    assert findings(EVENT_PERIODS, scenario) == ["the next event of monitor 9 after 20 s: after 13.0 s"]


@pytest.mark.parametrize(
    ("level", "events", "wrong"), [(8, (), True), (8, (22,), True), (4, (), False), (8, (41,), False)]
)
def test_a_periodic_event_that_does_not_come_is_missing(level: int, events: tuple[int, ...], wrong: bool) -> None:
    def scenario(record: MonitoringRecord) -> None:
        record.level(1, level)
        record.set_monitor(2, 9, POWER, {"type": "Periodic", "value": 20.0, "severity": 5})
        for at in events:
            record.notify(at, 9, "0.0", trigger="Periodic")
        record.status(60, "Available")

    missing = ["an event of monitor 9 every 20 s: none"]
    assert findings(EVENT_PERIODS, scenario) == (missing if wrong else [])


def test_parts_of_an_event_are_numbered_from_0() -> None:
    def scenario(record: MonitoringRecord) -> None:
        record.notify(1, 7, "1", tbc=True)
        record.notify(1, 7, "1", seq_no=1)
        record.notify(2, 7, "1", seq_no=2)

    assert findings(EVENT_PARTS, scenario) == ["seqNo 0 in NotifyEventRequest: 2"]


def test_an_event_id_and_a_cause_are_those_of_one_event() -> None:
    def scenario(record: MonitoringRecord) -> None:
        record.notify(1, 7, "1")
        record.notify(2, 7, "2", eventId=1)
        record.notify(3, 7, "3", cause=1)
        record.notify(4, 7, "4", cause=77)

    assert findings(event_ids(), scenario) == ["an eventId that no other event has: 1"]
    assert findings(event_causes(), scenario) == ["eventData.cause: the eventId of another event: 77"]


def test_event_ids_may_begin_anew_after_a_boot() -> None:
    def scenario(record: MonitoringRecord) -> None:
        record.notify(1, 7, "1", eventId=1)
        boot = {"reason": "PowerUp", "chargingStation": {"model": "M", "vendorName": "V"}}
        record.request(10, "BootNotification", boot, {"currentTime": stamp(10), "interval": 1, "status": "Accepted"})
        record.notify(12, 7, "2", eventId=1)

    assert findings(event_ids(), scenario) == []


def test_a_monitor_is_reported_as_it_was_set_and_not_left_out() -> None:
    def scenario(record: MonitoringRecord) -> None:
        record.set_monitor(2, 7, POWER, UPPER)
        record.set_monitor(3, 8, STATE, DELTA)
        record.report(5, (7, POWER, UPPER | {"severity": 6}))

    assert findings(REPORTED_SETTINGS, scenario) == ["severity 5 of monitor 7, as it was set: 6"]
    assert findings(COMPLETE_REPORTS, scenario) == ["monitor 8 in the report: not reported"]


def test_a_monitor_of_the_station_does_not_change() -> None:
    def scenario(record: MonitoringRecord) -> None:
        record.report(5, (1, POWER, UPPER))
        record.report(6, (1, POWER, UPPER | {"value": 50.0}))

    assert findings(constant_monitors(), scenario) == ["value 100.0 of monitor 1, as it was reported before: 50.0"]
