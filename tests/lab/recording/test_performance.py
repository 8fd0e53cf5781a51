"""Key performance indicators of OCPP 2.0.1, measured in a record."""

import pytest
from tests.lab.conversations import Conversation

from plugfest.lab import versions
from plugfest.lab.recording.performance import Measurement
from plugfest.lab.recording.record import Frame


def measure(frames: list[Frame]) -> dict[str, Measurement]:
    return versions.measure(frames, "2.0.1")


def once(seconds: float) -> Measurement:
    return Measurement(seconds, seconds, seconds, 1)


@pytest.fixture
def talk() -> Conversation:
    return Conversation()


def test_an_empty_record_measures_nothing() -> None:
    assert measure([]) == {}


# Answers


def test_a_response_time_is_from_the_lab_s_request_to_whatever_the_station_answers(talk: Conversation) -> None:
    talk.answers(1.25, talk.lab(1.0, "ClearCache"), status="Accepted")
    talk.answers(2.5, talk.lab(2.0, "ClearCache"), status="Rejected")
    talk.answers(4.75, talk.lab(4.0, "ClearCache"), nonsense=True)
    assert measure(talk.frames) == {"response": Measurement(0.25, 0.75, 0.5, 3)}


def test_the_lab_s_own_answers_and_requests_without_one_are_not_measured(talk: Conversation) -> None:
    talk.station(1.0, "Heartbeat")
    talk.lab(2.0, "ClearCache")
    assert measure(talk.frames) == {}


# Triggered functions

REPORT = {"generatedAt": "2026-01-01T00:00:00Z", "seqNo": 0}


def test_a_report_is_measured_to_its_first_part(talk: Conversation) -> None:
    talk.asked(1.0, "GetBaseReport", requestId=7, reportBase="FullInventory")
    talk.station(1.5, "NotifyReport", requestId=6, **REPORT)
    talk.station(3.0, "NotifyReport", requestId=7, **REPORT)
    talk.station(4.0, "NotifyReport", requestId=7, **REPORT)
    assert measure(talk.frames)["triggered_function"] == once(2.0)


@pytest.mark.parametrize(
    ("action", "payload", "answer"),
    [
        ("GetReport", {}, ("NotifyReport", REPORT)),
        ("GetMonitoringReport", {}, ("NotifyMonitoringReport", REPORT)),
        (
            "CustomerInformation",
            {"report": True, "clear": False},
            ("NotifyCustomerInformation", {**REPORT, "data": ""}),
        ),
        ("GetDisplayMessages", {}, ("NotifyDisplayMessages", {})),
        (
            "GetLog",
            {"logType": "SecurityLog", "log": {"remoteLocation": "ftp://lab/"}},
            ("LogStatusNotification", {"status": "Uploading"}),
        ),
    ],
)
def test_every_request_with_a_request_id_is_measured_to_what_carries_it(
    talk: Conversation, action: str, payload: dict[str, object], answer: tuple[str, dict[str, object]]
) -> None:
    talk.asked(1.0, action, requestId=7, **payload)
    talk.station(1.5, answer[0], requestId=7, **answer[1])
    assert measure(talk.frames)["triggered_function"] == once(0.5)


def test_a_refused_trigger_is_not_measured(talk: Conversation) -> None:
    talk.asked(1.0, "TriggerMessage", status="Rejected", requestedMessage="Heartbeat")
    talk.station(2.0, "Heartbeat")
    assert "triggered_function" not in measure(talk.frames)


def test_an_unprompted_message_is_not_the_triggered_one(talk: Conversation) -> None:
    talk.asked(1.0, "TriggerMessage", requestedMessage="TransactionEvent")
    talk.event(2.0, "MeterValuePeriodic")
    talk.event(4.0, "Trigger")
    assert measure(talk.frames)["triggered_function"] == once(3.0)


def test_triggered_meter_values_are_known_by_their_context(talk: Conversation) -> None:
    talk.asked(1.0, "TriggerMessage", requestedMessage="MeterValues")
    for at, context in ((2.0, "Sample.Clock"), (5.0, "Trigger")):
        sample = {"value": 1.0, "context": context}
        talk.station(
            at, "MeterValues", evseId=1, meterValue=[{"timestamp": "2026-01-01T00:00:00Z", "sampledValue": [sample]}]
        )
    assert measure(talk.frames)["triggered_function"] == once(4.0)


def test_a_trigger_that_is_repeated_before_its_message_counts_from_the_last_time(talk: Conversation) -> None:
    talk.asked(1.0, "TriggerMessage", requestedMessage="Heartbeat")
    talk.asked(5.0, "TriggerMessage", requestedMessage="Heartbeat")
    talk.station(5.5, "Heartbeat")
    assert measure(talk.frames)["triggered_function"] == once(0.5)


# Remote start


def remote_start(talk: Conversation) -> None:
    talk.asked(
        1.0, "RequestStartTransaction", remoteStartId=3, idToken={"idToken": "10000001", "type": "ISO14443"}, evseId=1
    )


def test_a_remote_start_is_measured_to_the_event_with_its_trigger_reason(talk: Conversation) -> None:
    remote_start(talk)
    talk.event(1.5, "RemoteStart", remoteStartId=2)
    talk.event(1.75, "MeterValuePeriodic")
    talk.event(2.0, "RemoteStart", remoteStartId=3)
    assert measure(talk.frames)["remote_start"] == once(1.0)


def test_a_remote_start_that_waited_for_a_cable_is_not_measured(talk: Conversation) -> None:
    remote_start(talk)
    talk.status(5.0, "Occupied")
    talk.event(6.0, "RemoteStart", remoteStartId=3)
    assert "remote_start" not in measure(talk.frames)


@pytest.mark.parametrize("reason", ["CablePluggedIn", "ChargingStateChanged", "EVDetected"])
def test_a_remote_start_that_waited_for_an_ev_is_not_measured(talk: Conversation, reason: str) -> None:
    remote_start(talk)
    talk.event(5.0, reason, remoteStartId=3)
    talk.event(6.0, "RemoteStart", remoteStartId=3)
    assert "remote_start" not in measure(talk.frames)


def test_an_event_that_waited_for_a_connection_is_not_measured(talk: Conversation) -> None:
    remote_start(talk)
    talk.event(9.0, "RemoteStart", offline=True, remoteStartId=3)
    assert "remote_start" not in measure(talk.frames)


# Remote stop


@pytest.mark.parametrize(("state", "measured"), [("Charging", True), ("Idle", True), ("EVConnected", False)])
def test_a_remote_stop_is_measured_unless_the_event_says_ev_connected(
    talk: Conversation, state: str, measured: bool
) -> None:
    talk.asked(1.0, "RequestStopTransaction", transactionId="T1")
    talk.event(1.25, "MeterValuePeriodic", chargingState="Charging")
    talk.event(1.5, "RemoteStop", chargingState=state)
    assert measure(talk.frames).get("remote_stop") == (once(0.5) if measured else None)


def test_the_end_of_another_transaction_is_not_measured(talk: Conversation) -> None:
    talk.asked(1.0, "RequestStopTransaction", transactionId="T2")
    talk.event(1.5, "RemoteStop")
    assert "remote_stop" not in measure(talk.frames)
