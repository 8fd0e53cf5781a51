"""Key performance indicators of OCPP 1.6, measured in a record."""

import pytest
from tests.lab.conversations import Conversation

from plugfest.lab.recording.performance import Measurement
from plugfest.lab.versions import measure

NOW = "2026-01-01T00:00:00Z"


def once(seconds: float) -> Measurement:
    return Measurement(seconds, seconds, seconds, 1)


def measured(talk: Conversation, key: str) -> Measurement | None:
    return measure(talk.frames, "1.6").get(key)


@pytest.fixture
def talk() -> Conversation:
    return Conversation()


def test_a_response_time_is_from_the_lab_s_request_to_the_answer(talk: Conversation) -> None:
    talk.asked(1.0, "ClearCache")
    assert measured(talk, "response") == once(0.1)


def test_a_trigger_is_measured_to_the_message_that_it_asks_for(talk: Conversation) -> None:
    talk.asked(1.0, "TriggerMessage", requestedMessage="Heartbeat")
    talk.station(1.5, "StatusNotification", connectorId=1, errorCode="NoError", status="Available")
    talk.station(2.0, "Heartbeat")
    assert measured(talk, "triggered_function") == once(1.0)


def test_an_extended_trigger_asks_for_the_signed_firmware_s_status(talk: Conversation) -> None:
    talk.asked(1.0, "ExtendedTriggerMessage", requestedMessage="FirmwareStatusNotification")
    talk.station(2.0, "SignedFirmwareStatusNotification", status="Idle")
    assert measured(talk, "triggered_function") == once(1.0)


def test_a_remote_start_is_measured_to_the_start_of_its_transaction(talk: Conversation) -> None:
    talk.asked(1.0, "RemoteStartTransaction", idTag="10000001", connectorId=2)
    talk.station(2.0, "StartTransaction", connectorId=1, idTag="10000002", meterStart=0, timestamp=NOW)
    talk.station(3.0, "StartTransaction", connectorId=2, idTag="10000001", meterStart=0, timestamp=NOW)
    assert measured(talk, "remote_start") == once(2.0)


def test_a_remote_start_that_waited_for_a_cable_is_not_measured(talk: Conversation) -> None:
    talk.asked(1.0, "RemoteStartTransaction", idTag="10000001", connectorId=2)
    talk.station(9.0, "StatusNotification", connectorId=2, errorCode="NoError", status="Preparing")
    talk.station(9.5, "StartTransaction", connectorId=2, idTag="10000001", meterStart=0, timestamp=NOW)
    assert measured(talk, "remote_start") is None


@pytest.mark.parametrize(("reason", "is_measured"), [("Remote", True), ("EVDisconnected", False)])
def test_a_remote_stop_is_measured_if_it_was_the_reason(talk: Conversation, reason: str, is_measured: bool) -> None:
    talk.asked(1.0, "RemoteStopTransaction", transactionId=7)
    talk.station(1.5, "StopTransaction", transactionId=7, meterStop=1, timestamp=NOW, reason=reason)
    assert measured(talk, "remote_stop") == (once(0.5) if is_measured else None)


def test_the_stop_of_another_transaction_is_not_measured(talk: Conversation) -> None:
    talk.asked(1.0, "RemoteStopTransaction", transactionId=7)
    talk.station(1.5, "StopTransaction", transactionId=8, meterStop=1, timestamp=NOW, reason="Remote")
    assert measured(talk, "remote_stop") is None
