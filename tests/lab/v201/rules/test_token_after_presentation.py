"""Who charges is told as soon as it is known."""

from tests.lab.rules.cases import action, broken_at
from tests.lab.v201.rules.talk import Talk

from plugfest.lab.operator.actions import ActionKind, OperatorAction
from plugfest.lab.settings import Token, Tokens
from plugfest.lab.v201.rules.token_after_presentation import TOKEN_AFTER_PRESENTATION

VALID, SECOND, MASTER = Tokens().valid, Tokens().second, Tokens().master_pass
HERE = {"evse": {"id": 1, "connectorId": 1}}


def told(token: Token) -> dict[str, object]:
    return {"idToken": {"idToken": token.id_token, "type": token.type}}


def shown(at: float, token: Token = VALID, frame: int = 0) -> OperatorAction:
    return action(ActionKind.PRESENT_TOKEN, at, frame, token=token)


def asked(talk: Talk, at: float, token: Token = VALID, status: str = "Accepted") -> None:
    talk.said(at, "Authorize", told(token), {"idTokenInfo": {"status": status}})


def test_the_first_event_after_the_authorization_names_the_token() -> None:
    talk = Talk()
    asked(talk, 1)
    talk.event(2, "Authorized", event_type="Started", **told(VALID))
    talk.event(3, "CablePluggedIn", seq_no=1, **HERE)
    assert broken_at(TOKEN_AFTER_PRESENTATION, talk, shown(1)) == []


def test_an_event_that_does_not_name_it_is_found() -> None:
    talk = Talk()
    asked(talk, 1)
    talk.event(2, "CablePluggedIn", event_type="Started", **HERE)
    talk.event(3, seq_no=1, **told(VALID))
    assert broken_at(TOKEN_AFTER_PRESENTATION, talk, shown(1)) == [2]


def test_another_token_is_found() -> None:
    talk = Talk()
    asked(talk, 1)
    talk.event(2, "Authorized", event_type="Started", **told(SECOND), **HERE)
    assert broken_at(TOKEN_AFTER_PRESENTATION, talk, shown(1)) == [2]


def test_an_authorization_without_a_token_is_found_also_where_nobody_was_asked() -> None:
    talk = Talk()
    talk.event(2, "Authorized", event_type="Started", **HERE)
    assert broken_at(TOKEN_AFTER_PRESENTATION, talk) == [0]


def test_a_token_that_was_refused_begins_nothing() -> None:
    talk = Talk()
    asked(talk, 1, status="Invalid")
    talk.event(2, "CablePluggedIn", event_type="Started", **HERE)
    assert broken_at(TOKEN_AFTER_PRESENTATION, talk, shown(1)) == []


def test_a_master_pass_begins_nothing() -> None:
    talk = Talk()
    asked(talk, 1, MASTER)
    talk.event(2, "CablePluggedIn", event_type="Started", **HERE)
    assert broken_at(TOKEN_AFTER_PRESENTATION, talk, shown(1, MASTER)) == []


def test_whoever_comes_while_somebody_charges_is_not_told() -> None:
    talk = Talk()
    talk.event(1, "Authorized", event_type="Started", **told(VALID), **HERE)
    asked(talk, 5, SECOND)
    talk.event(6, "MeterValuePeriodic", seq_no=1)
    assert broken_at(TOKEN_AFTER_PRESENTATION, talk, shown(5, SECOND, frame=2)) == []


def test_an_authorization_that_has_timed_out_is_not_told() -> None:
    talk = Talk()
    asked(talk, 1)
    talk.event(60, "CablePluggedIn", event_type="Started", **HERE)
    assert broken_at(TOKEN_AFTER_PRESENTATION, talk, shown(1)) == []


def test_whose_turn_it_is_next_is_another_matter() -> None:
    talk = Talk()
    asked(talk, 1)
    asked(talk, 5, SECOND)
    talk.event(6, "Authorized", event_type="Started", **told(SECOND), **HERE)
    assert broken_at(TOKEN_AFTER_PRESENTATION, talk, shown(1), shown(5, SECOND, frame=2)) == []
