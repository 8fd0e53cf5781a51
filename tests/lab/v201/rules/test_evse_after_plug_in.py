"""Where a transaction takes place is told as soon as it is known."""

from tests.lab.rules.cases import action, broken_at
from tests.lab.v201.rules.talk import Talk

from plugfest.lab.operator.actions import ActionKind
from plugfest.lab.v201.rules.evse_after_plug_in import EVSE_AFTER_PLUG_IN

HERE = {"evse": {"id": 1, "connectorId": 1}}
PLUG_IN = action(ActionKind.PLUG_IN, at=5.0)


def test_the_first_event_after_the_cable_names_evse_and_connector() -> None:
    talk = Talk()
    talk.event(1, "Authorized", event_type="Started")
    talk.event(5, "CablePluggedIn", seq_no=1, **HERE)
    talk.event(6, seq_no=2)
    assert broken_at(EVSE_AFTER_PLUG_IN, talk, PLUG_IN) == []


def test_an_event_without_it_is_found() -> None:
    talk = Talk()
    talk.event(5, "CablePluggedIn", event_type="Started")
    talk.event(6, seq_no=1, **HERE)
    assert broken_at(EVSE_AFTER_PLUG_IN, talk, PLUG_IN) == [0]


def test_a_connector_that_is_left_out_is_found() -> None:
    talk = Talk()
    talk.event(5, "CablePluggedIn", event_type="Started", evse={"id": 1})
    assert broken_at(EVSE_AFTER_PLUG_IN, talk, PLUG_IN) == [0]


def test_another_connector_is_found() -> None:
    talk = Talk()
    talk.event(5, "CablePluggedIn", event_type="Started", evse={"id": 1, "connectorId": 2})
    assert broken_at(EVSE_AFTER_PLUG_IN, talk, PLUG_IN) == [0]


def test_what_happened_before_the_cable_need_not_know() -> None:
    talk = Talk()
    talk.event(6, "Authorized", event_type="Started", of=1, offline=True)
    talk.event(6, "CablePluggedIn", of=5, seq_no=1, **HERE)
    assert broken_at(EVSE_AFTER_PLUG_IN, talk, PLUG_IN) == []


def test_a_cable_that_comes_back_to_a_known_connector_is_no_news() -> None:
    talk = Talk()
    talk.event(1, "CablePluggedIn", event_type="Started", **HERE)
    talk.event(5, "CablePluggedIn", seq_no=1)
    assert broken_at(EVSE_AFTER_PLUG_IN, talk, PLUG_IN) == []


def test_a_later_session_has_a_cable_of_its_own() -> None:
    talk = Talk()
    talk.event(9, "Authorized", event_type="Started", transaction_id="T2")
    talk.event(12, "CablePluggedIn", seq_no=1, transaction_id="T2", **HERE)
    plugged_out, again = action(ActionKind.PLUG_OUT, at=7.0), action(ActionKind.PLUG_IN, at=12.0, frame=2)
    assert broken_at(EVSE_AFTER_PLUG_IN, talk, PLUG_IN, plugged_out, again) == []


def test_where_two_cables_are_in_nobody_knows_whose_event_it_is() -> None:
    talk = Talk()
    talk.event(6, event_type="Started")
    assert broken_at(EVSE_AFTER_PLUG_IN, talk, PLUG_IN, action(ActionKind.PLUG_IN, at=5.0, evse_id=2)) == []


def test_a_person_may_plug_in_long_before_he_says_so() -> None:
    talk = Talk()
    talk.event(6, "Authorized", event_type="Started")
    talk.event(9, "CablePluggedIn", seq_no=1, **HERE)
    assert broken_at(EVSE_AFTER_PLUG_IN, talk, action(ActionKind.PLUG_IN, at=5.0, until=20.0)) == []
