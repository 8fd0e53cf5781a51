"""A recommendation: who stopped is told."""

from tests.lab.rules.cases import action, broken_at
from tests.lab.v201.rules.talk import Talk

from plugfest.lab.operator.actions import ActionKind
from plugfest.lab.settings import Tokens
from plugfest.lab.v201.rules.stopping_token import STOPPING_TOKEN
from plugfest.lab.verdict import Level

TOKEN = Tokens().valid
SHOWN = action(ActionKind.PRESENT_TOKEN, at=1.0, token=TOKEN)


def stopped(**fields: object) -> Talk:
    talk = Talk()
    talk.event(2, "StopAuthorized", **fields)
    return talk


def test_it_is_only_recommended() -> None:
    assert STOPPING_TOKEN.level is Level.SHOULD


def test_a_stop_with_its_token_is_right() -> None:
    assert broken_at(STOPPING_TOKEN, stopped(idToken={"idToken": TOKEN.id_token, "type": TOKEN.type}), SHOWN) == []


def test_a_stop_without_its_token_is_found() -> None:
    assert broken_at(STOPPING_TOKEN, stopped(), SHOWN) == [0]


def test_a_stop_by_a_button_has_no_token() -> None:
    assert broken_at(STOPPING_TOKEN, stopped()) == []
