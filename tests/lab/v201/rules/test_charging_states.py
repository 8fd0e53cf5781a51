"""The charging states of a transaction are reported when they change, and are possible one after another."""

import pytest
from tests.lab.rules.evidence import action, violating_frames
from tests.lab.v201.rules.station_record import StationRecord

from plugfest.lab.operator.actions import ActionKind
from plugfest.lab.v201.rules.charging_states import (
    STATE_AFTER_IDLE,
    STATE_AND_REASON,
    STATE_BEFORE_PLUG_IN,
    STATE_REPORTED,
)

EVSE_1 = {"evse": {"id": 1, "connectorId": 1}}
UNPLUGGED = action(ActionKind.UNPLUG, at=30.0, frame=2)


def transaction(*events: tuple[str, str | None], at: float = 10.0) -> StationRecord:
    """A transaction with an event every 10 s: trigger reasons and charging states; "Ended" in front of the last one."""
    record = StationRecord()
    for number, (reason, state) in enumerate(events):
        event_type, _, trigger = reason.rpartition(" ")
        record.event(
            at + 10 * number,
            trigger,
            event_type=event_type or ("Updated" if number else "Started"),
            seq_no=number,
            info={} if state is None else {"chargingState": state},
            **EVSE_1,
        )
    return record


# A state is reported when it has changed


@pytest.mark.parametrize(
    ("events", "frames"),
    [
        ((("CablePluggedIn", "EVConnected"),), []),
        ((("CablePluggedIn", None),), [0]),
        ((("Authorized", "Idle"), ("CablePluggedIn", None)), [2]),
        ((("Authorized", "EVConnected"), ("CablePluggedIn", None)), []),
        ((("Authorized", None),), []),
        ((("ChargingStateChanged", "Charging"), ("Ended StopAuthorized", None)), [2]),
        ((("ChargingStateChanged", "Charging"), ("Ended StopAuthorized", "EVConnected")), []),
        ((("ChargingStateChanged", "SuspendedEVSE"), ("Ended StopAuthorized", None)), []),
    ],
)
def test_a_state_that_has_changed_is_reported(events: tuple[tuple[str, str | None], ...], frames: list[int]) -> None:
    assert violating_frames(STATE_REPORTED, transaction(*events)) == frames


def test_an_unplugged_ev_is_reported() -> None:
    record = transaction(("CablePluggedIn", "EVConnected"), ("EVCommunicationLost", None))
    assert violating_frames(STATE_REPORTED, record, UNPLUGGED) == [2]
    assert violating_frames(STATE_REPORTED, record) == []


def test_another_event_about_the_same_moment_may_have_the_state() -> None:
    record = StationRecord()
    record.event(10, "CablePluggedIn", event_type="Started", **EVSE_1)  # type: ignore[arg-type]
    record.event(11, seq_no=1, info={"chargingState": "EVConnected"})
    assert violating_frames(STATE_REPORTED, record) == []


def test_after_a_loss_of_power_the_state_may_not_be_known() -> None:
    record = transaction(("ChargingStateChanged", "Charging"), ("Ended AbnormalCondition", None))
    assert violating_frames(STATE_REPORTED, record, action(ActionKind.POWER_OFF, at=15.0)) == []


# A state changes for a reason


@pytest.mark.parametrize("reason", ["MeterValuePeriodic", "MeterValueClock", "Trigger"])
def test_an_event_that_is_sent_for_its_data_has_the_state_from_before(reason: str) -> None:
    record = transaction(("ChargingStateChanged", "Charging"), (reason, "Charging"), (reason, "SuspendedEV"))
    assert violating_frames(STATE_AND_REASON, record) == [4]


def test_a_change_with_its_own_reason_is_permitted() -> None:
    record = transaction(("CablePluggedIn", "EVConnected"), ("ChargingStateChanged", "Charging"))
    assert violating_frames(STATE_AND_REASON, record) == []


# States with and without a cable


def test_after_the_unplugged_ev_was_reported_no_state_has_a_cable() -> None:
    record = transaction(("CablePluggedIn", "EVConnected"), ("EVCommunicationLost", "Idle"), ("EVDeparted", "Charging"))
    unplugged = action(ActionKind.UNPLUG, at=19.0, frame=2)
    assert violating_frames(STATE_AFTER_IDLE, record, unplugged) == [4]
    assert violating_frames(STATE_AFTER_IDLE, record, unplugged, action(ActionKind.PLUG_IN, at=25.0, frame=4)) == []


def test_queued_states_from_before_the_unplugging_are_permitted() -> None:
    record = transaction(("Authorized", "Idle"), ("CablePluggedIn", "EVConnected"))
    assert violating_frames(STATE_AFTER_IDLE, record, action(ActionKind.UNPLUG, at=60.0)) == []


def test_before_the_cable_is_plugged_in_the_state_is_idle() -> None:
    record = transaction(("Authorized", "SuspendedEVSE"), ("CablePluggedIn", "EVConnected"))
    assert violating_frames(STATE_BEFORE_PLUG_IN, record) == [0]
    record = transaction(("Authorized", "Idle"), ("CablePluggedIn", "EVConnected"))
    assert violating_frames(STATE_BEFORE_PLUG_IN, record) == []
