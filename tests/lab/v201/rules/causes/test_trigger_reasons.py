"""Every transaction event has a cause."""

import pytest
from tests.lab.rules.evidence import action, stamp, violating_frames
from tests.lab.v201.rules.station_record import StationRecord

from plugfest.lab.operator.actions import ActionKind
from plugfest.lab.settings import Token
from plugfest.lab.v201.rules.causes.trigger_reasons import (
    CAUSE_OF_EVENT,
    KNOWN_CAUSE_OF_EVENT,
    NO_LATE_DETECTION,
    NO_TIMEOUT_WITH_CABLE,
    STATE_CHANGES,
)

EVSE_1 = {"evse": {"id": 1, "connectorId": 1}}
CARD = Token("AA01", "ISO14443")
PRESENTED = action(ActionKind.PRESENT_TOKEN, at=1.0, token=CARD)
PLUGGED_IN = action(ActionKind.PLUG_IN, at=1.0)


def one_event(reason: str, record: StationRecord | None = None, at: float = 20, **fields: object) -> StationRecord:
    record = record or StationRecord()
    record.event(at, reason, **EVSE_1, **fields)  # type: ignore[arg-type]
    return record


ACTS = [
    ("Authorized", ActionKind.PRESENT_TOKEN),
    ("StopAuthorized", ActionKind.PRESENT_TOKEN),
    ("CablePluggedIn", ActionKind.PLUG_IN),
    ("EVCommunicationLost", ActionKind.UNPLUG),
    ("EVCommunicationLost", ActionKind.POWER_OFF),
    ("EVDetected", ActionKind.PARK),
    ("EVDeparted", ActionKind.LEAVE),
]


@pytest.mark.parametrize(("reason", "kind"), ACTS)
def test_an_act_of_the_operator_causes_one_event(reason: str, kind: ActionKind) -> None:
    act = action(kind, at=1.0)
    assert violating_frames(CAUSE_OF_EVENT, one_event(reason), act) == []
    assert violating_frames(CAUSE_OF_EVENT, one_event(reason)) == [0]
    assert violating_frames(CAUSE_OF_EVENT, one_event(reason, one_event(reason), seq_no=1), act) == [2]


@pytest.mark.parametrize(("reason", "kind"), ACTS)
def test_an_event_before_the_act_was_asked_for_is_a_violation(reason: str, kind: ActionKind) -> None:
    assert violating_frames(CAUSE_OF_EVENT, one_event(reason), action(kind, at=20.1, frame=1)) == [0]


def test_a_slow_operator_may_confirm_after_the_event() -> None:
    slow = action(ActionKind.PLUG_IN, at=1.0, until=60.0)
    assert violating_frames(CAUSE_OF_EVENT, one_event("CablePluggedIn"), slow) == []


REQUESTS: list[tuple[str, str, dict[str, object]]] = [
    ("RemoteStop", "RequestStopTransaction", {"transactionId": "T1"}),
    ("UnlockCommand", "UnlockConnector", {"evseId": 1, "connectorId": 1}),
    ("ResetCommand", "Reset", {"type": "Immediate"}),
    ("Trigger", "TriggerMessage", {"requestedMessage": "TransactionEvent"}),
    ("RemoteStart", "RequestStartTransaction", {"remoteStartId": 1, "idToken": {"idToken": "1", "type": "Central"}}),
    ("Authorized", "RequestStartTransaction", {"remoteStartId": 1, "idToken": {"idToken": "1", "type": "Central"}}),
]


@pytest.mark.parametrize(("reason", "request_action", "payload"), REQUESTS)
def test_a_request_of_the_lab_causes_one_event(reason: str, request_action: str, payload: dict[str, object]) -> None:
    def requested() -> StationRecord:
        record = StationRecord()
        status = "Unlocked" if request_action == "UnlockConnector" else "Accepted"
        record.asked(1, request_action, status, **payload)
        return record

    assert violating_frames(CAUSE_OF_EVENT, one_event(reason, requested())) == []
    assert violating_frames(CAUSE_OF_EVENT, one_event(reason)) == [0]
    assert violating_frames(CAUSE_OF_EVENT, one_event(reason, one_event(reason, requested()), seq_no=1)) == [4]


def test_the_stop_of_another_transaction_is_no_cause() -> None:
    record = StationRecord()
    record.asked(1, "RequestStopTransaction", transactionId="T2")
    assert violating_frames(CAUSE_OF_EVENT, one_event("RemoteStop", record)) == [2]


def test_a_rejected_reset_is_no_cause() -> None:
    record = StationRecord()
    record.asked(1, "Reset", "Rejected", type="Immediate")
    assert violating_frames(CAUSE_OF_EVENT, one_event("ResetCommand", record)) == [2]


def test_one_presentation_does_not_start_and_stop() -> None:
    record = one_event("StopAuthorized", one_event("Authorized"), seq_no=1)
    assert violating_frames(CAUSE_OF_EVENT, record, PRESENTED) == [2]
    assert violating_frames(CAUSE_OF_EVENT, record, PRESENTED, PRESENTED) == []


@pytest.mark.parametrize("kind", ["NoAuthorization", "eMAID", "MacAddress"])
def test_a_station_may_authorize_without_a_presentation(kind: str) -> None:
    record = one_event("Authorized", idToken={"idToken": "", "type": kind})
    assert violating_frames(CAUSE_OF_EVENT, record) == []


def test_deauthorized_needs_a_refused_token() -> None:
    assert violating_frames(CAUSE_OF_EVENT, one_event("Deauthorized")) == [0]
    record = StationRecord()
    record.request(
        1,
        "Authorize",
        {"idToken": {"idToken": "1", "type": "Central"}},
        {"idTokenInfo": {"status": "Invalid"}},
    )
    assert violating_frames(CAUSE_OF_EVENT, one_event("Deauthorized", record)) == []


@pytest.mark.parametrize("reason", ["MeterValuePeriodic", "MeterValueClock", "EnergyLimitReached", "TimeLimitReached"])
def test_some_causes_are_in_the_station(reason: str) -> None:
    assert violating_frames(CAUSE_OF_EVENT, one_event(reason)) == []


def test_an_abnormal_condition_without_a_fault_is_a_finding_of_a_recommendation() -> None:
    assert violating_frames(KNOWN_CAUSE_OF_EVENT, one_event("AbnormalCondition")) == [0]
    for act in (action(ActionKind.FAULT, at=1.0), action(ActionKind.PLUG_IN, at=1.0, seated=False)):
        assert violating_frames(KNOWN_CAUSE_OF_EVENT, one_event("AbnormalCondition"), act) == []


def test_a_profile_an_external_limit_or_another_transaction_changes_the_charging_rate() -> None:
    assert violating_frames(KNOWN_CAUSE_OF_EVENT, one_event("ChargingRateChanged")) == [0]
    limited = action(ActionKind.EXTERNAL_LIMIT, at=1.0)
    assert violating_frames(KNOWN_CAUSE_OF_EVENT, one_event("ChargingRateChanged"), limited) == []
    cleared, other = StationRecord(), StationRecord()
    cleared.asked(1, "ClearChargingProfile")
    assert violating_frames(KNOWN_CAUSE_OF_EVENT, one_event("ChargingRateChanged", cleared)) == []
    other.event(1, "CablePluggedIn", transaction_id="T2", evse={"id": 2, "connectorId": 1})
    assert violating_frames(KNOWN_CAUSE_OF_EVENT, one_event("ChargingRateChanged", other)) == []


def test_a_plug_is_no_abnormal_condition() -> None:
    assert violating_frames(KNOWN_CAUSE_OF_EVENT, one_event("AbnormalCondition"), PLUGGED_IN) == [0]


def test_the_plug_is_an_arrival_only_without_a_bay_sensor() -> None:
    record = one_event("EVDetected")
    assert violating_frames(CAUSE_OF_EVENT, record, PLUGGED_IN) == []
    assert violating_frames(CAUSE_OF_EVENT, record, PLUGGED_IN, product="reference-dc") == [0]
    parked = action(ActionKind.PARK, at=1.0)
    assert violating_frames(CAUSE_OF_EVENT, record, parked, PLUGGED_IN, product="reference-dc") == []


def test_an_ev_that_charges_was_detected_before() -> None:
    record = states((0, "CablePluggedIn", "EVConnected"), (2, "EVDetected", None))
    assert violating_frames(NO_LATE_DETECTION, record, PLUGGED_IN) == []
    record = states((0, "CablePluggedIn", "EVConnected"), (1, CHANGED, "Charging"), (2, "EVDetected", None))
    assert violating_frames(NO_LATE_DETECTION, record, PLUGGED_IN) == [4]
    another = action(ActionKind.PARK, at=1.5, frame=4)
    assert violating_frames(NO_LATE_DETECTION, record, PLUGGED_IN, another) == []


PROFILE = {
    "id": 1,
    "stackLevel": 0,
    "chargingProfilePurpose": "TxProfile",
    "chargingProfileKind": "Relative",
    "chargingSchedule": [
        {"id": 1, "chargingRateUnit": "W", "chargingSchedulePeriod": [{"startPeriod": 0, "limit": 1.0}]}
    ],
}


@pytest.mark.parametrize("reason", ["EnergyLimitReached", "TimeLimitReached"])
def test_a_limit_that_the_lab_has_not_set_is_a_finding_of_a_recommendation(reason: str) -> None:
    assert violating_frames(KNOWN_CAUSE_OF_EVENT, one_event(reason)) == [0]
    record = StationRecord()
    record.asked(1, "SetChargingProfile", evseId=1, chargingProfile=PROFILE)
    assert violating_frames(KNOWN_CAUSE_OF_EVENT, one_event(reason, record)) == []


def test_the_limit_after_a_refused_token_limits_the_energy() -> None:
    record = StationRecord()
    variable = {"component": {"name": "TxCtrlr"}, "variable": {"name": "MaxEnergyOnInvalidId"}, "attributeValue": "9"}
    record.asked(1, "SetVariables", setVariableData=[variable])
    assert violating_frames(KNOWN_CAUSE_OF_EVENT, one_event("EnergyLimitReached", record)) == []
    assert violating_frames(KNOWN_CAUSE_OF_EVENT, one_event("TimeLimitReached", record)) == [4]


def test_signed_data_are_signed_or_claimed() -> None:
    record = one_event("SignedDataReceived")
    assert violating_frames(KNOWN_CAUSE_OF_EVENT, record, product="reference-ac-fixed") == [0]
    assert violating_frames(KNOWN_CAUSE_OF_EVENT, record, product="reference-dc") == []
    signed = {"signedMeterData": "", "signingMethod": "", "encodingMethod": "OCMF", "publicKey": ""}
    values = [{"timestamp": stamp(0), "sampledValue": [{"value": 1.0, "signedMeterValue": signed}]}]
    record = one_event("SignedDataReceived", meterValue=values)
    assert violating_frames(KNOWN_CAUSE_OF_EVENT, record, product="reference-ac-fixed") == []


# Charging state


def states(*reported: tuple[float, str, str | None]) -> StationRecord:
    record = StationRecord()
    for seq_no, (at, reason, state) in enumerate(reported):
        record.event(at, reason, seq_no=seq_no, info={} if state is None else {"chargingState": state})
    return record


CHANGED = "ChargingStateChanged"


def test_a_charging_state_changes() -> None:
    record = states((0, "CablePluggedIn", "EVConnected"), (1, CHANGED, "Charging"), (2, CHANGED, "SuspendedEV"))
    assert violating_frames(STATE_CHANGES, record) == []


def test_the_same_state_again_is_a_violation() -> None:
    assert violating_frames(STATE_CHANGES, states((0, CHANGED, "Charging"), (1, CHANGED, "Charging"))) == [2]
    assert violating_frames(STATE_CHANGES, states((0, "Authorized", "Charging"), (9, CHANGED, "Charging"))) == [2]


def test_two_events_about_one_moment_may_have_the_same_state() -> None:
    assert violating_frames(STATE_CHANGES, states((0, "Authorized", "Charging"), (1, CHANGED, "Charging"))) == []


def test_a_change_without_a_state_is_a_violation() -> None:
    assert violating_frames(STATE_CHANGES, states((0, CHANGED, None))) == [0]


# The time-out


def test_the_connection_does_not_time_out_with_a_cable() -> None:
    record = one_event("EVConnectTimeout")
    assert violating_frames(NO_TIMEOUT_WITH_CABLE, record) == []
    assert violating_frames(NO_TIMEOUT_WITH_CABLE, record, PLUGGED_IN) == [0]
    unplugged = action(ActionKind.UNPLUG, at=3.0)
    assert violating_frames(NO_TIMEOUT_WITH_CABLE, record, PLUGGED_IN, unplugged) == []


def test_the_connection_does_not_time_out_after_a_report_of_the_ev() -> None:
    record = states((0, "CablePluggedIn", "EVConnected"), (1, "EVConnectTimeout", None))
    assert violating_frames(NO_TIMEOUT_WITH_CABLE, record) == [2]


def test_a_cable_at_the_last_moment_is_too_late_for_the_timeout() -> None:
    late = action(ActionKind.PLUG_IN, at=18.0)
    assert violating_frames(NO_TIMEOUT_WITH_CABLE, one_event("EVConnectTimeout"), late) == []
