"""The stoppedReason fits what has happened before."""

import pytest
from tests.lab.rules.evidence import action, violating_frames
from tests.lab.v201.rules.station_record import StationRecord

from plugfest.lab.operator.actions import ActionKind, OperatorAction
from plugfest.lab.settings import LabSettings, Token
from plugfest.lab.v201.rules.causes.stopped_reasons import KNOWN_STOP_REASON, STOP_REASON

CARD = Token("AA01", "ISO14443")
PRESENTED = action(ActionKind.PRESENT_TOKEN, at=1.0, token=CARD)
PLUGGED_IN = action(ActionKind.PLUG_IN, at=1.0)

REQUESTED = ["Local", "MasterPass", "Remote", "ImmediateReset", "DeAuthorized"]
FAULTS = ["EmergencyStop", "GroundFault", "OvercurrentFault", "PowerQuality"]
OTHERS = ["EnergyLimitReached", "LocalOutOfCredit", "Other", "Reboot", "SOCLimitReached", "TimeLimitReached"]


def one_event(reason: str, record: StationRecord | None = None, at: float = 20, **fields: object) -> StationRecord:
    record = record or StationRecord()
    record.event(at, reason, **fields)  # type: ignore[arg-type]
    return record


def ended(
    reason: str, trigger: str = "StopAuthorized", record: StationRecord | None = None, seq_no: int = 0
) -> StationRecord:
    info = {"stoppedReason": reason}
    return one_event(trigger, record, event_type="Ended", info=info, evse={"id": 1, "connectorId": 1}, seq_no=seq_no)


@pytest.mark.parametrize(
    ("reason", "acts"),
    [
        ("Local", [PRESENTED, PRESENTED]),
        ("MasterPass", [action(ActionKind.PRESENT_TOKEN, at=1.0, token=LabSettings().tokens.master_pass)]),
        ("EVDisconnected", [action(ActionKind.UNPLUG, at=2.0)]),
        ("PowerLoss", [action(ActionKind.POWER_OFF, at=2.0)]),
        ("GroundFault", [action(ActionKind.FAULT, at=2.0)]),
        ("EmergencyStop", [action(ActionKind.FAULT, at=2.0)]),
        ("Other", [action(ActionKind.FAULT, at=2.0)]),
        ("Reboot", [action(ActionKind.POWER_OFF, at=2.0)]),
    ],
)
def test_a_reason_fits_what_has_happened(reason: str, acts: list[OperatorAction]) -> None:
    assert violating_frames(STOP_REASON, ended(reason), *acts) == []


@pytest.mark.parametrize(
    "reason",
    [*REQUESTED, "EVDisconnected", "PowerLoss", "Timeout", *FAULTS, *OTHERS],
)
def test_a_reason_for_which_nothing_has_happened_is_a_violation(reason: str) -> None:
    assert violating_frames(STOP_REASON, ended(reason)) == [0]


def test_a_presentation_of_another_token_is_no_master_pass() -> None:
    assert violating_frames(STOP_REASON, ended("MasterPass"), PRESENTED, PRESENTED) == [0]


def test_the_presentation_that_started_does_not_stop() -> None:
    assert violating_frames(STOP_REASON, ended("Local"), PRESENTED) == [0]


def test_a_card_stops_what_was_started_remotely() -> None:
    record = StationRecord()
    record.asked(1, "RequestStartTransaction", remoteStartId=1, idToken={"idToken": "1", "type": "Central"})
    assert violating_frames(STOP_REASON, ended("Local", record=record), PRESENTED) == []


def test_remote_needs_a_request_for_this_transaction() -> None:
    record = StationRecord()
    record.asked(1, "RequestStopTransaction", transactionId="T1")
    assert violating_frames(STOP_REASON, ended("Remote", "RemoteStop", record)) == []


def test_timeout_does_not_fit_a_cable() -> None:
    record = ended("Timeout", "EVConnectTimeout")
    assert violating_frames(STOP_REASON, record, PLUGGED_IN) == [0]
    assert violating_frames(STOP_REASON, record) == []


@pytest.mark.parametrize("reason", ["Timeout", *FAULTS])
def test_a_fault_and_a_timeout_have_their_event(reason: str) -> None:
    unplugged = action(ActionKind.UNPLUG, at=2.0)
    assert violating_frames(STOP_REASON, ended(reason, "EVCommunicationLost"), unplugged) == [0]
    trigger = "EVConnectTimeout" if reason == "Timeout" else "AbnormalCondition"
    record = ended(reason, "EVCommunicationLost", one_event(trigger), seq_no=1)
    assert violating_frames(STOP_REASON, record, unplugged) == []


@pytest.mark.parametrize("reason", OTHERS)
def test_a_reason_that_the_lab_does_not_know_is_a_finding_of_a_recommendation(reason: str) -> None:
    record = ended(reason, "ChargingStateChanged")
    assert violating_frames(STOP_REASON, record) == []
    assert violating_frames(KNOWN_STOP_REASON, record) == [0]


@pytest.mark.parametrize(
    ("reason", "trigger"),
    [
        ("EnergyLimitReached", "EnergyLimitReached"),
        ("SOCLimitReached", "EnergyLimitReached"),
        ("LocalOutOfCredit", "TimeLimitReached"),
        ("TimeLimitReached", "TimeLimitReached"),
        ("Other", "AbnormalCondition"),
    ],
)
def test_the_event_of_a_limit_explains_the_reason(reason: str, trigger: str) -> None:
    assert violating_frames(KNOWN_STOP_REASON, ended(reason, trigger)) == []


def test_a_reason_that_contradicts_a_stop_is_one_finding() -> None:
    assert violating_frames(KNOWN_STOP_REASON, ended("Other", "RemoteStop")) == []


def charging(record: StationRecord | None = None) -> StationRecord:
    return one_event("ChargingStateChanged", record, at=5, info={"chargingState": "Charging"})


@pytest.mark.parametrize("trigger", ["ChargingStateChanged", "EVCommunicationLost"])
def test_the_ev_stops_only_what_has_begun(trigger: str) -> None:
    assert violating_frames(STOP_REASON, ended("StoppedByEV", trigger)) == [0]
    assert violating_frames(STOP_REASON, ended("StoppedByEV", trigger, charging(), seq_no=1)) == []


def test_the_ev_does_not_stop_what_was_stopped() -> None:
    record = ended("StoppedByEV", "RemoteStop", charging(), seq_no=1)
    assert violating_frames(STOP_REASON, record) == [2]
    record = ended("StoppedByEV", "StopAuthorized", charging(), seq_no=1)
    assert violating_frames(STOP_REASON, record, PRESENTED, PRESENTED) == [2]
    assert violating_frames(STOP_REASON, record, PRESENTED) == []  # E15.FR.04


def test_a_new_authorization_reverses_a_stop() -> None:
    record = one_event("Authorized", one_event("StopAuthorized", charging(), seq_no=1), seq_no=2)
    record = ended("StoppedByEV", "ChargingStateChanged", record, seq_no=3)
    assert violating_frames(STOP_REASON, record) == []


def test_a_reason_before_the_transaction_stops_is_a_violation() -> None:
    record = one_event("ChargingStateChanged", info={"stoppedReason": "Other"})
    assert violating_frames(STOP_REASON, record) == [0]


def test_a_transaction_that_stops_may_give_the_reason_before_its_end() -> None:
    record = one_event("StopAuthorized", info={"stoppedReason": "Local"})
    assert violating_frames(STOP_REASON, record, PRESENTED, PRESENTED) == []
