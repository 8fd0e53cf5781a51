"""Connector status of OCPP 1.6."""

import pytest
from tests.lab.rules.cases import action
from tests.lab.v16.rules.talk import Talk, broken_at

from plugfest.lab.operator.actions import ActionKind, OperatorAction
from plugfest.lab.settings import Tokens
from plugfest.lab.v16.rules.connectors import CONNECTOR_STATUS, KNOWN_CONNECTORS, STATION_STATUS

PLUGGED = action(ActionKind.PLUG_IN, at=10.0)


ELSEWHERE = action(ActionKind.PLUG_IN, at=10.0, evse_id=2)


PRESENTED = action(ActionKind.PRESENT_TOKEN, at=10.0, token=Tokens().valid)


OTHERS = ("Preparing", "Charging", "SuspendedEV", "SuspendedEVSE", "Finishing", "Reserved", "Unavailable", "Faulted")


def status(name: str, *, talk: Talk | None = None, of: float | None = None) -> Talk:
    talk = talk or Talk()
    talk.status(50, name, of=of)
    return talk


def after(action: str, **payload: object) -> Talk:
    talk = Talk()
    talk.asked(20, action, **payload)
    return talk


@pytest.mark.parametrize("name", OTHERS)
@pytest.mark.parametrize("actions", [(), (ELSEWHERE,)], ids=["nothing", "elsewhere"])
def test_a_connector_that_nothing_was_done_to_is_available(name: str, actions: tuple[OperatorAction, ...]) -> None:
    assert broken_at(CONNECTOR_STATUS, status("Available"), *actions) == []
    assert broken_at(CONNECTOR_STATUS, status(name), *actions) == [0]


@pytest.mark.parametrize("name", ["Preparing", "Charging", "SuspendedEV", "SuspendedEVSE", "Finishing", "Available"])
def test_with_a_cable_it_is_in_use_or_the_driver_has_let_his_time_pass(name: str) -> None:
    assert broken_at(CONNECTOR_STATUS, status(name), PLUGGED) == []


@pytest.mark.parametrize("name", ["Charging", "SuspendedEV", "SuspendedEVSE"])
def test_a_token_alone_charges_nothing(name: str) -> None:
    assert broken_at(CONNECTOR_STATUS, status("Preparing"), PRESENTED) == []
    assert broken_at(CONNECTOR_STATUS, status(name), PRESENTED) == [0]


def test_a_remote_start_prepares() -> None:
    there = after("RemoteStartTransaction", idTag="A", connectorId=1)
    assert broken_at(CONNECTOR_STATUS, status("Preparing", talk=there)) == []
    elsewhere = after("RemoteStartTransaction", idTag="A", connectorId=2)
    assert broken_at(CONNECTOR_STATUS, status("Preparing", talk=elsewhere)) == [2]


def test_what_was_so_before_it_was_told_counts() -> None:
    out = action(ActionKind.PLUG_OUT, at=30.0)
    assert broken_at(CONNECTOR_STATUS, status("Charging"), PLUGGED, out) == [0]
    assert broken_at(CONNECTOR_STATUS, status("Charging", of=20), PLUGGED, out) == []


@pytest.mark.parametrize(
    "cause",
    [
        action(ActionKind.FAULT, at=10.0),
        action(ActionKind.JAM_LOCK, at=10.0),
        action(ActionKind.PLUG_IN, at=10.0, seated=False),
    ],
    ids=["fault", "lock", "half-way"],
)
def test_a_fault_and_a_lock_that_fails_are_told(cause: OperatorAction) -> None:
    assert broken_at(CONNECTOR_STATUS, status("Faulted"), cause) == []


def test_a_connector_with_a_fault_is_not_available() -> None:
    assert broken_at(CONNECTOR_STATUS, status("Available"), action(ActionKind.FAULT, at=10.0)) == [0]
    mended = action(ActionKind.MEND_FAULT, at=20.0)
    assert broken_at(CONNECTOR_STATUS, status("Available"), action(ActionKind.FAULT, at=10.0), mended) == []


@pytest.mark.parametrize("connector_id", [0, 1])
def test_what_the_lab_has_switched_off_is_unavailable(connector_id: int) -> None:
    talk = after("ChangeAvailability", connectorId=connector_id, type="Inoperative")
    assert broken_at(CONNECTOR_STATUS, status("Unavailable", talk=talk)) == []
    talk = after("ChangeAvailability", connectorId=connector_id, type="Inoperative")
    assert broken_at(CONNECTOR_STATUS, status("Available", talk=talk)) == [2]


@pytest.mark.parametrize("connector_id", [0, 1])
def test_a_reservation_is_told(connector_id: int) -> None:
    talk = after("ReserveNow", connectorId=connector_id, idTag="A", reservationId=1, expiryDate="2026-01-01T01:00:00Z")
    assert broken_at(CONNECTOR_STATUS, status("Reserved", talk=talk)) == []


def test_a_station_that_is_about_to_boot_may_close() -> None:
    assert broken_at(CONNECTOR_STATUS, status("Unavailable", talk=after("Reset", type="Soft"))) == []


def test_the_station_itself_has_three_states() -> None:
    talk = Talk()
    talk.status(1, "Available", connector_id=0)
    talk.status(2, "Preparing", connector_id=0)
    talk.status(30, "Preparing", connector_id=1)
    assert broken_at(STATION_STATUS, talk) == [2]
    assert broken_at(CONNECTOR_STATUS, talk, PLUGGED) == []


def test_a_status_is_about_a_connector_that_there_is() -> None:
    talk = Talk()
    for connector_id in (0, 1, 2, 3):
        talk.status(50, "Available", connector_id=connector_id)
    assert broken_at(KNOWN_CONNECTORS, talk) == [6]
