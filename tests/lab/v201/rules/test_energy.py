"""Energy only with a cable and an authorization, within a transaction."""

import pytest
from tests.lab.rules.evidence import action, stamp, violating_frames
from tests.lab.v201.rules.station_record import StationRecord

from plugfest.lab.operator.actions import ActionKind
from plugfest.lab.v201.rules.energy import (
    CABLE_CURRENT,
    NO_ENERGY_AT_END,
    NO_FLOW_WITHOUT_CABLE,
    OFFER_WITH_AUTHORIZATION,
    PHASES_AT_START,
    PHASES_OF_EVSE,
    STATE_WITH_CABLE,
)

EVSE_1 = {"evse": {"id": 1, "connectorId": 1}}
PLUGGED_IN = action(ActionKind.PLUG_IN, at=1.0)
PRESENTED = action(ActionKind.PRESENT_TOKEN, at=1.0)
WITH_CABLE = ["EVConnected", "Charging", "SuspendedEV", "SuspendedEVSE"]


def state(
    charging_state: str,
    record: StationRecord | None = None,
    at: float = 20,
    reason: str = "ChargingStateChanged",
    **fields: object,
) -> StationRecord:
    record = record or StationRecord()
    record.event(at, reason, info={"chargingState": charging_state}, **EVSE_1, **fields)  # type: ignore[arg-type]
    return record


# The cable


@pytest.mark.parametrize("charging_state", WITH_CABLE)
def test_a_connected_ev_needs_a_cable(charging_state: str) -> None:
    assert violating_frames(STATE_WITH_CABLE, state(charging_state), PLUGGED_IN) == []
    assert violating_frames(STATE_WITH_CABLE, state(charging_state)) == [0]
    assert violating_frames(STATE_WITH_CABLE, state(charging_state), action(ActionKind.PLUG_IN, at=1.0, evse_id=2)) == [
        0
    ]


def test_a_state_before_the_plug_in_was_asked_for_is_a_violation() -> None:
    later = action(ActionKind.PLUG_IN, at=20.1, frame=1)
    assert violating_frames(STATE_WITH_CABLE, state("EVConnected"), later) == [0]


def test_a_state_may_be_late_by_the_tolerance_after_unplugging() -> None:
    unplugged = action(ActionKind.UNPLUG, at=18.0)
    assert violating_frames(STATE_WITH_CABLE, state("Charging"), PLUGGED_IN, unplugged) == []
    assert violating_frames(STATE_WITH_CABLE, state("Charging", at=23), PLUGGED_IN, unplugged) == [0]


def test_the_time_of_a_queued_state_counts() -> None:
    queued = state("Charging", at=60, timestamp=10, offline=True)
    assert violating_frames(STATE_WITH_CABLE, queued, PLUGGED_IN, action(ActionKind.UNPLUG, at=18.0)) == []


def test_idle_needs_no_cable() -> None:
    assert violating_frames(STATE_WITH_CABLE, state("Idle")) == []


def test_a_connected_ev_does_not_become_idle_by_itself() -> None:
    record = state("Idle", state("Charging"), at=30, seq_no=1)
    assert violating_frames(STATE_WITH_CABLE, record, PLUGGED_IN) == [2]
    assert violating_frames(STATE_WITH_CABLE, record, PLUGGED_IN, action(ActionKind.UNPLUG, at=29.0, frame=2)) == []
    earlier = action(ActionKind.UNPLUG, at=9.0), action(ActionKind.PLUG_IN, at=10.0)
    assert violating_frames(STATE_WITH_CABLE, record, PLUGGED_IN, *earlier) == [2]


def meter_values(value: float, measurand: str, **fields: object) -> StationRecord:
    record = StationRecord()
    sample = {"value": value, "measurand": measurand} | fields
    record.request(
        5, "MeterValues", {"evseId": 1, "meterValue": [{"timestamp": stamp(5), "sampledValue": [sample]}]}, {}
    )
    return record


@pytest.mark.parametrize(
    ("value", "measurand", "frames"),
    [
        (7000.0, "Power.Active.Import", [0]),
        (16.0, "Current.Import", [0]),
        (50.0, "Power.Active.Import", []),
        (0.2, "Current.Import", []),
        (16.0, "Current.Offered", []),
        (230.0, "Voltage", []),
    ],
)
def test_no_energy_flows_without_a_cable(value: float, measurand: str, frames: list[int]) -> None:
    assert violating_frames(NO_FLOW_WITHOUT_CABLE, meter_values(value, measurand)) == frames
    assert violating_frames(NO_FLOW_WITHOUT_CABLE, meter_values(value, measurand), PLUGGED_IN) == []


def test_the_unit_of_a_flow_counts() -> None:
    record = meter_values(7.0, "Power.Active.Import", unitOfMeasure={"unit": "kW"})
    assert violating_frames(NO_FLOW_WITHOUT_CABLE, record) == [0]


# The authorization


@pytest.mark.parametrize("charging_state", ["Charging", "SuspendedEV"])
def test_an_offer_of_energy_needs_an_authorization(charging_state: str) -> None:
    assert violating_frames(OFFER_WITH_AUTHORIZATION, state(charging_state), PRESENTED) == []
    assert violating_frames(OFFER_WITH_AUTHORIZATION, state(charging_state)) == [0]
    later = action(ActionKind.PRESENT_TOKEN, at=20.1, frame=1)
    assert violating_frames(OFFER_WITH_AUTHORIZATION, state(charging_state), later) == [0]


@pytest.mark.parametrize("charging_state", ["Idle", "EVConnected", "SuspendedEVSE"])
def test_without_an_offer_no_authorization_is_needed(charging_state: str) -> None:
    assert violating_frames(OFFER_WITH_AUTHORIZATION, state(charging_state)) == []


def test_a_remote_start_is_an_authorization() -> None:
    record = StationRecord()
    record.asked(1, "RequestStartTransaction", remoteStartId=1, idToken={"idToken": "1", "type": "Central"})
    assert violating_frames(OFFER_WITH_AUTHORIZATION, state("Charging", record)) == []


def test_a_station_without_authorization_says_so_in_the_id_token() -> None:
    record = state("Charging", idToken={"idToken": "", "type": "NoAuthorization"})
    assert violating_frames(OFFER_WITH_AUTHORIZATION, record) == []


def test_after_a_stop_the_driver_is_authorized_again() -> None:
    record = state("EVConnected", state("Charging"), at=30, seq_no=1, reason="StopAuthorized")
    stopped = action(ActionKind.PRESENT_TOKEN, at=29.0, frame=2)
    assert violating_frames(
        OFFER_WITH_AUTHORIZATION, state("Charging", record, at=40, seq_no=2), PRESENTED, stopped
    ) == [4]
    again = action(ActionKind.PRESENT_TOKEN, at=39.0, frame=4)
    assert violating_frames(OFFER_WITH_AUTHORIZATION, record, PRESENTED, stopped, again) == []


def test_the_energy_may_take_a_moment_to_stop() -> None:
    record = state("Charging", state("Charging"), at=30, seq_no=1, reason="StopAuthorized")
    state("Charging", record, at=31, seq_no=2)
    assert violating_frames(OFFER_WITH_AUTHORIZATION, record, PRESENTED) == []


# The end


def test_a_transaction_does_not_end_charging() -> None:
    assert violating_frames(NO_ENERGY_AT_END, state("Charging", event_type="Ended")) == [0]
    assert violating_frames(NO_ENERGY_AT_END, state("SuspendedEV", event_type="Ended")) == []
    assert violating_frames(NO_ENERGY_AT_END, state("Charging")) == []


@pytest.mark.parametrize("reason", ["StopAuthorized", "RemoteStop", "Deauthorized"])
def test_no_energy_is_offered_after_the_authorization_has_ended(reason: str) -> None:
    record = state("SuspendedEV", event_type="Ended", reason=reason)
    assert violating_frames(NO_ENERGY_AT_END, record) == [0]
    record = state("SuspendedEVSE", event_type="Ended", reason=reason)
    assert violating_frames(NO_ENERGY_AT_END, record) == []


# Phases


@pytest.mark.parametrize(("phases", "frames"), [(1, []), (3, []), (4, [0]), (0, [0])])
def test_an_evse_uses_no_more_phases_than_it_has(phases: int, frames: list[int]) -> None:
    record = state("Charging", numberOfPhasesUsed=phases)
    assert violating_frames(PHASES_OF_EVSE, record, product="reference-ac") == frames
    assert violating_frames(PHASES_OF_EVSE, record, product="reference-dc") == []


def test_before_the_energy_transfer_no_phase_may_be_used() -> None:
    record = state("EVConnected", numberOfPhasesUsed=0)
    assert violating_frames(PHASES_OF_EVSE, record, product="reference-ac") == []


def test_a_station_that_reports_phases_does_so_when_the_energy_transfer_starts() -> None:
    record = state("Charging", state("EVConnected", at=10, numberOfPhasesUsed=1), seq_no=1)
    assert violating_frames(PHASES_AT_START, record) == [2]
    record = state("Charging", state("EVConnected", at=10), seq_no=1, numberOfPhasesUsed=1)
    assert violating_frames(PHASES_AT_START, record) == []
    assert violating_frames(PHASES_AT_START, state("EVConnected", numberOfPhasesUsed=1)) == []


# The cable's current


@pytest.mark.parametrize(("first", "second", "frames"), [(32, 32, []), (0, 0, [0, 2]), (32, 20, [2])])
def test_the_current_of_a_cable_is_above_zero_and_stays(first: int, second: int, frames: list[int]) -> None:
    record = state("Charging", state("EVConnected", cableMaxCurrent=first), at=30, seq_no=1, cableMaxCurrent=second)
    assert violating_frames(CABLE_CURRENT, record) == frames
