"""Timestamps, heartbeats and reports of OCPP 2.0.1."""

import pytest
from tests.lab.rules.evidence import action, stamp, violating_frames
from tests.lab.v201.rules.station_record import StationRecord

from plugfest.lab.csms.csms import ConnectionPeriod
from plugfest.lab.operator.actions import ActionKind
from plugfest.lab.v201.rules.messages import CURRENT_TIMESTAMPS, HEARTBEAT_INTERVAL, WRITE_ONLY_VALUES

TOLERANCE = 4.0


@pytest.mark.parametrize("off", [0.0, TOLERANCE, -TOLERANCE])
def test_within_the_tolerance_it_is_right(off: float) -> None:
    record = StationRecord()
    record.status(100, "Occupied", of=100 + off)
    assert violating_frames(CURRENT_TIMESTAMPS, record) == []


@pytest.mark.parametrize("off", [TOLERANCE + 1, -TOLERANCE - 1, 3600, -3600])
def test_beyond_the_tolerance_it_is_found(off: float) -> None:
    record = StationRecord()
    record.status(100, "Occupied", of=100 + off)
    assert violating_frames(CURRENT_TIMESTAMPS, record) == [0]


@pytest.mark.parametrize(
    ("action", "payload"),
    [
        ("SecurityEventNotification", {"type": "StartupOfTheDevice", "timestamp": stamp(1)}),
        ("NotifyReport", {"requestId": 1, "seqNo": 0, "generatedAt": stamp(1)}),
        ("NotifyCustomerInformation", {"requestId": 1, "seqNo": 0, "data": "", "generatedAt": stamp(1)}),
        ("MeterValues", {"evseId": 1, "meterValue": [{"timestamp": stamp(1), "sampledValue": [{"value": 1}]}]}),
    ],
)
def test_every_message_with_such_a_time_is_looked_at(action: str, payload: dict[str, object]) -> None:
    soon, late = StationRecord(), StationRecord()
    soon.said(2, action, payload, {})
    late.said(60, action, payload, {})
    assert violating_frames(CURRENT_TIMESTAMPS, soon) == []
    assert violating_frames(CURRENT_TIMESTAMPS, late) == [0]


def test_what_waited_for_a_connection_may_be_old() -> None:
    record = StationRecord()
    record.event(100, of=20, offline=True)
    assert (
        violating_frames(CURRENT_TIMESTAMPS, record, connection_periods=(ConnectionPeriod(0, 10), ConnectionPeriod(99)))
        == []
    )


def test_nothing_comes_before_it_happens_whatever_the_connection() -> None:
    record = StationRecord()
    record.event(100, of=200, offline=True)
    assert violating_frames(
        CURRENT_TIMESTAMPS, record, connection_periods=(ConnectionPeriod(0, 10), ConnectionPeriod(99))
    ) == [0]


def test_what_waited_for_an_answer_may_be_old() -> None:
    record = StationRecord()
    heartbeat = record.station(10, "Heartbeat")
    record.heard(38, heartbeat, {"currentTime": stamp(38)})
    record.status(38, "Occupied", of=12)
    assert violating_frames(CURRENT_TIMESTAMPS, record) == []


def test_what_waited_for_the_boot_to_be_accepted_may_be_old() -> None:
    record = StationRecord()
    boot = {"reason": "PowerUp", "chargingStation": {"model": "m", "vendorName": "v"}}
    for at, status in ((1, "Rejected"), (60, "Accepted")):
        record.said(at, "BootNotification", boot, {"currentTime": stamp(at), "interval": 60, "status": status})
    record.said(61, "SecurityEventNotification", {"type": "StartupOfTheDevice", "timestamp": stamp(0)}, {})
    assert violating_frames(CURRENT_TIMESTAMPS, record) == []


def test_an_event_that_is_tried_again_is_as_old_as_it_was_and_so_are_those_behind_it() -> None:
    record = StationRecord()
    record.event(10, answered=False)
    record.event(40, of=10)
    record.event(40, of=20, seq_no=1)
    assert violating_frames(CURRENT_TIMESTAMPS, record) == []


def test_a_network_that_the_hands_cut_is_no_connection_whatever_the_lab_sees() -> None:
    record = StationRecord()
    record.event(100, of=50, offline=True)
    cut = action(ActionKind.NETWORK_DOWN, at=40.0)
    assert (
        violating_frames(
            CURRENT_TIMESTAMPS, record, cut, connection_periods=(ConnectionPeriod(0, 98), ConnectionPeriod(99))
        )
        == []
    )
    assert violating_frames(
        CURRENT_TIMESTAMPS, record, connection_periods=(ConnectionPeriod(0, 98), ConnectionPeriod(99))
    ) == [0]


# Heartbeats


def beats(*times: float) -> StationRecord:
    record = StationRecord()
    record.status(10, "Available")
    for at in times:
        record.said(at, "Heartbeat", {}, {"currentTime": stamp(at)})
    return record


def test_a_heartbeat_comes_after_a_silence() -> None:
    assert violating_frames(HEARTBEAT_INTERVAL, beats(310.0, 610.0)) == []
    assert violating_frames(HEARTBEAT_INTERVAL, beats(200.0)) == [2]


def test_a_heartbeat_that_is_triggered_or_the_first_one_comes_when_it_likes() -> None:
    record = StationRecord()
    record.asked(5, "TriggerMessage", requestedMessage="Heartbeat")
    record.status(10, "Available")
    record.said(11, "Heartbeat", {}, {"currentTime": stamp(11)})
    assert violating_frames(HEARTBEAT_INTERVAL, record) == []
    assert (
        violating_frames(
            HEARTBEAT_INTERVAL, beats(200.0), connection_periods=(ConnectionPeriod(0, 150), ConnectionPeriod(199))
        )
        == []
    )


def test_with_another_interval_nobody_knows() -> None:
    record = StationRecord()
    data = {
        "attributeValue": "60",
        "component": {"name": "OCPPCommCtrlr"},
        "variable": {"name": "HeartbeatInterval"},
    }
    record.lab(1, "SetVariables", setVariableData=[data])
    record.status(10, "Available")
    record.said(75, "Heartbeat", {}, {"currentTime": stamp(75)})
    assert violating_frames(HEARTBEAT_INTERVAL, record) == []


# Secrets


def report(mutability: str, **value: object) -> StationRecord:
    record = StationRecord()
    data = {
        "component": {"name": "SecurityCtrlr"},
        "variable": {"name": "BasicAuthPassword"},
        "variableAttribute": [{"mutability": mutability} | value],
    }
    record.said(1, "NotifyReport", {"requestId": 1, "seqNo": 0, "generatedAt": stamp(1), "reportData": [data]}, {})
    return record


def test_a_value_that_can_only_be_written_is_not_told() -> None:
    assert violating_frames(WRITE_ONLY_VALUES, report("WriteOnly")) == []
    assert violating_frames(WRITE_ONLY_VALUES, report("ReadWrite", value="open")) == []
    assert violating_frames(WRITE_ONLY_VALUES, report("WriteOnly", value="secret")) == [0]
