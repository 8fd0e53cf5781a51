"""Who may charge, by what is known and who can be asked."""

import pytest

from plugfest.station.model.authorization.decision import Known, Settings, Verdict, decide
from plugfest.station.model.authorization.tokens import NOBODY, Token, TokenInfo, same_group

CARD = Token("04AB", "ISO14443")
GOOD, BAD = TokenInfo("Accepted"), TokenInfo("Blocked")
ACCEPT, REFUSE, ASK = Verdict.ACCEPT, Verdict.REFUSE, Verdict.ASK


@pytest.mark.parametrize(
    ("known", "settings", "verdict"),
    [
        (Known(), Settings(), ASK),  # C01.FR.02
        (Known(in_cache=GOOD), Settings(), ASK),
        (Known(in_cache=GOOD), Settings(local_pre_authorize=True), ACCEPT),  # C12.FR.02
        (Known(in_cache=BAD), Settings(local_pre_authorize=True), ASK),  # C10.FR.03
        (Known(in_cache=BAD), Settings(disable_post_cache=True), REFUSE),
        (Known(in_list=BAD), Settings(disable_post_cache=True), ASK),  # C14.FR.03
        (Known(in_list=BAD), Settings(disable_post_list=True), REFUSE),
        (Known(in_list=BAD, in_cache=GOOD), Settings(local_pre_authorize=True), ASK),  # C14.FR.01
        (Known(in_list=GOOD, in_cache=BAD), Settings(local_pre_authorize=True), ACCEPT),
        (Known(), Settings(disable_remote=True), REFUSE),
        (Known(in_cache=GOOD), Settings(disable_remote=True), ACCEPT),
        (Known(in_cache=BAD), Settings(disable_remote=True), REFUSE),
        (Known(), Settings(enabled=False), ACCEPT),
    ],
)
def test_online_the_csms_decides_unless_the_station_may(known: Known, settings: Settings, verdict: Verdict) -> None:
    assert decide(CARD, known, settings, online=True) is verdict


@pytest.mark.parametrize(
    ("known", "settings", "verdict"),
    [
        (Known(), Settings(), REFUSE),
        (Known(), Settings(offline_unknown=True), ACCEPT),  # C15.FR.08
        (Known(in_cache=GOOD), Settings(), REFUSE),
        (Known(in_cache=GOOD), Settings(local_authorize_offline=True), ACCEPT),
        (Known(in_list=GOOD), Settings(local_authorize_offline=True), ACCEPT),  # C13.FR.02
        (Known(in_list=BAD), Settings(local_authorize_offline=True, offline_unknown=True), REFUSE),  # C13.FR.04
        (Known(in_list=BAD, in_cache=GOOD), Settings(local_authorize_offline=True), REFUSE),  # C13.FR.01
        (Known(), Settings(enabled=False), ACCEPT),
    ],
)
def test_offline_the_station_decides(known: Known, settings: Settings, verdict: Verdict) -> None:
    assert decide(CARD, known, settings, online=False) is verdict


def test_start_button_needs_nobody() -> None:
    assert decide(NOBODY, Known(), Settings(), online=True) is ACCEPT  # C02


def test_local_id_is_always_asked_for() -> None:
    ticket = Token("TICKET", "Local")
    assert decide(ticket, Known(in_cache=GOOD), Settings(local_pre_authorize=True), online=True) is ASK  # C06.FR.02


def test_tokens_are_the_same_by_value_and_type() -> None:
    assert CARD.same_as(Token("04ab", "ISO14443", (("more", "info"),)))  # C01.FR.25
    assert not CARD.same_as(Token("04AB", "ISO15693"))


def test_no_group_is_no_group() -> None:
    assert same_group("FAMILY", "family")
    assert not same_group(None, None)
    assert not same_group("", "")
