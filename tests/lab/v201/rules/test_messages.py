"""Timestamps, heartbeats and reports of OCPP 2.0.1."""

import pytest
from tests.lab.rules.evidence import action, stamp, violating_frames, violations
from tests.lab.v201.rules.station_record import StationRecord

from plugfest.lab.csms.csms import ConnectionPeriod
from plugfest.lab.operator.actions import ActionKind
from plugfest.lab.settings import LabSettings
from plugfest.lab.v201.rules.messages import (
    DELAYED_TIMESTAMPS,
    WRITE_ONLY_VALUES,
    WRONG_TIMESTAMPS,
    heartbeat_interval,
)
from plugfest.lab.verdict import Level

TOLERANCE = 4.0


@pytest.mark.parametrize("deviation", [0.0, TOLERANCE, -TOLERANCE])
def test_a_timestamp_within_the_tolerance_conforms(deviation: float) -> None:
    record = StationRecord()
    record.status(100, "Occupied", timestamp=100 + deviation)
    assert violating_frames(DELAYED_TIMESTAMPS, record) == violating_frames(WRONG_TIMESTAMPS, record) == []


@pytest.mark.parametrize("delay", [TOLERANCE + 1, LabSettings().response_timeout])
def test_a_message_that_takes_longer_than_the_tolerance_violates_a_recommendation(delay: float) -> None:
    record = StationRecord()
    record.status(100, "Occupied", timestamp=100 - delay)
    assert DELAYED_TIMESTAMPS.level is Level.SHOULD
    assert violating_frames(DELAYED_TIMESTAMPS, record) == [0]
    assert violating_frames(WRONG_TIMESTAMPS, record) == []


@pytest.mark.parametrize("deviation", [TOLERANCE + 1, -LabSettings().response_timeout - 1, 3600, -3600])
def test_a_timestamp_that_no_line_explains_is_a_violation(deviation: float) -> None:
    record = StationRecord()
    record.status(100, "Occupied", timestamp=100 + deviation)
    assert WRONG_TIMESTAMPS.level is Level.SHALL
    assert violating_frames(WRONG_TIMESTAMPS, record) == [0]
    assert violating_frames(DELAYED_TIMESTAMPS, record) == []


@pytest.mark.parametrize("step", [3600.0, -3600.0])
def test_a_station_may_follow_the_clock_of_the_computer_when_it_is_set(step: float) -> None:
    record = StationRecord()
    record.status(100, "Occupied", timestamp=100 + step)
    record.status(120, "Available", timestamp=120)
    record.status(140, "Occupied", timestamp=140 - step)
    assert violating_frames(WRONG_TIMESTAMPS, record, clock_steps=(step,)) == [4]


def test_the_measured_delay_is_part_of_the_finding() -> None:
    record = StationRecord()
    record.status(100, "Occupied", timestamp=93)
    (violation,) = violations(DELAYED_TIMESTAMPS, record)
    assert violation.actual.endswith(", 7.0 s before")


def test_messages_that_follow_each_other_at_once_may_have_been_queued() -> None:
    record = StationRecord()
    for at in range(100, 130, 3):
        record.status(at, "Occupied", timestamp=98)
    assert violating_frames(DELAYED_TIMESTAMPS, record) == violating_frames(WRONG_TIMESTAMPS, record) == []


@pytest.mark.parametrize(
    ("action", "payload"),
    [
        ("SecurityEventNotification", {"type": "StartupOfTheDevice", "timestamp": stamp(1)}),
        ("NotifyReport", {"requestId": 1, "seqNo": 0, "generatedAt": stamp(1)}),
        ("NotifyCustomerInformation", {"requestId": 1, "seqNo": 0, "data": "", "generatedAt": stamp(1)}),
        ("MeterValues", {"evseId": 1, "meterValue": [{"timestamp": stamp(1), "sampledValue": [{"value": 1}]}]}),
    ],
)
def test_every_message_with_a_current_timestamp_is_judged(action: str, payload: dict[str, object]) -> None:
    soon, late = StationRecord(), StationRecord()
    soon.request(2, action, payload, {})
    late.request(60, action, payload, {})
    assert violating_frames(WRONG_TIMESTAMPS, soon) == []
    assert violating_frames(WRONG_TIMESTAMPS, late) == [0]


def test_a_message_that_was_queued_offline_may_be_old() -> None:
    record = StationRecord()
    record.event(100, timestamp=20, offline=True)
    assert (
        violating_frames(WRONG_TIMESTAMPS, record, connection_periods=(ConnectionPeriod(0, 10), ConnectionPeriod(99)))
        == []
    )


def test_a_timestamp_in_the_future_is_a_violation_even_offline() -> None:
    record = StationRecord()
    record.event(100, timestamp=200, offline=True)
    assert violating_frames(
        WRONG_TIMESTAMPS, record, connection_periods=(ConnectionPeriod(0, 10), ConnectionPeriod(99))
    ) == [0]


def test_a_message_that_waited_for_an_answer_may_be_old() -> None:
    record = StationRecord()
    heartbeat = record.station(10, "Heartbeat")
    record.answer(38, heartbeat, {"currentTime": stamp(38)})
    record.status(38, "Occupied", timestamp=12)
    assert violating_frames(WRONG_TIMESTAMPS, record) == []


def test_a_message_that_waited_for_others_before_the_case_may_be_old() -> None:
    record = StationRecord()
    for at in range(10, 40, 3):
        record.request(at, "Heartbeat", {}, {"currentTime": stamp(at)})
    record.status(40, "Occupied", timestamp=12)
    assert violating_frames(WRONG_TIMESTAMPS, record, earlier=10) == []


def test_a_message_that_waited_for_nothing_before_the_case_is_a_violation() -> None:
    record = StationRecord()
    record.request(3, "Heartbeat", {}, {"currentTime": stamp(3)})
    record.status(60, "Occupied", timestamp=12)
    assert violating_frames(WRONG_TIMESTAMPS, record, earlier=1) == [2]


def test_a_message_that_was_lost_with_the_connection_may_be_old() -> None:
    record = StationRecord()
    record.request(100, "SecurityEventNotification", {"type": "StartupOfTheDevice", "timestamp": stamp(50)}, {})
    periods = (ConnectionPeriod(0, 60), ConnectionPeriod(99))
    assert violating_frames(WRONG_TIMESTAMPS, record, connection_periods=periods) == []
    assert violating_frames(DELAYED_TIMESTAMPS, record, connection_periods=periods) == []


def test_a_message_that_waited_for_boot_acceptance_may_be_old() -> None:
    record = StationRecord()
    boot = {"reason": "PowerUp", "chargingStation": {"model": "m", "vendorName": "v"}}
    for at, status in ((1, "Rejected"), (60, "Accepted")):
        record.request(at, "BootNotification", boot, {"currentTime": stamp(at), "interval": 60, "status": status})
    record.request(61, "SecurityEventNotification", {"type": "StartupOfTheDevice", "timestamp": stamp(0)}, {})
    assert violating_frames(WRONG_TIMESTAMPS, record) == []


def test_a_retried_event_and_the_queued_ones_behind_it_may_be_old() -> None:
    record = StationRecord()
    record.event(10, answered=False)
    record.event(40, timestamp=10)
    record.event(40, timestamp=20, seq_no=1)
    assert violating_frames(WRONG_TIMESTAMPS, record) == []


def test_a_network_loss_by_the_operator_ends_the_connection_even_if_the_lab_still_sees_it() -> None:
    record = StationRecord()
    record.event(100, timestamp=20, offline=True)
    network_loss = action(ActionKind.NETWORK_DOWN, at=15.0)
    assert (
        violating_frames(
            WRONG_TIMESTAMPS, record, network_loss, connection_periods=(ConnectionPeriod(0, 98), ConnectionPeriod(99))
        )
        == []
    )
    assert violating_frames(
        WRONG_TIMESTAMPS, record, connection_periods=(ConnectionPeriod(0, 98), ConnectionPeriod(99))
    ) == [0]


# Heartbeats


def heartbeats(*times: float) -> StationRecord:
    record = StationRecord()
    record.status(10, "Available")
    for at in times:
        record.request(at, "Heartbeat", {}, {"currentTime": stamp(at)})
    return record


def test_a_heartbeat_before_the_end_of_the_interval_is_a_violation() -> None:
    assert violating_frames(heartbeat_interval(), heartbeats(310.0, 610.0)) == []
    assert violating_frames(heartbeat_interval(), heartbeats(200.0)) == [2]


def test_a_triggered_or_first_heartbeat_may_come_at_any_time() -> None:
    record = StationRecord()
    record.asked(5, "TriggerMessage", requestedMessage="Heartbeat")
    record.status(10, "Available")
    record.request(11, "Heartbeat", {}, {"currentTime": stamp(11)})
    assert violating_frames(heartbeat_interval(), record) == []
    assert (
        violating_frames(
            heartbeat_interval(),
            heartbeats(200.0),
            connection_periods=(ConnectionPeriod(0, 150), ConnectionPeriod(199)),
        )
        == []
    )


def test_heartbeats_are_not_judged_with_another_interval() -> None:
    record = StationRecord()
    data = {
        "attributeValue": "60",
        "component": {"name": "OCPPCommCtrlr"},
        "variable": {"name": "HeartbeatInterval"},
    }
    record.lab(1, "SetVariables", setVariableData=[data])
    record.status(10, "Available")
    record.request(75, "Heartbeat", {}, {"currentTime": stamp(75)})
    assert violating_frames(heartbeat_interval(), record) == []


# Write-only variables


def report(mutability: str, **value: object) -> StationRecord:
    record = StationRecord()
    data = {
        "component": {"name": "SecurityCtrlr"},
        "variable": {"name": "BasicAuthPassword"},
        "variableAttribute": [{"mutability": mutability} | value],
    }
    record.request(1, "NotifyReport", {"requestId": 1, "seqNo": 0, "generatedAt": stamp(1), "reportData": [data]}, {})
    return record


def test_the_value_of_a_write_only_variable_is_a_violation() -> None:
    assert violating_frames(WRITE_ONLY_VALUES, report("WriteOnly")) == []
    assert violating_frames(WRITE_ONLY_VALUES, report("ReadWrite", value="open")) == []
    assert violating_frames(WRITE_ONLY_VALUES, report("WriteOnly", value="secret")) == [0]
