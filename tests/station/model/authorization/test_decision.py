"""Decisions about tokens, by what is stored and whether the CSMS can be asked."""

import pytest

from plugfest.station.model.authorization.decision import AuthorizationSettings, Decision, StoredTokenInfo, decide
from plugfest.station.model.authorization.tokens import NO_AUTHORIZATION_TOKEN, Token, TokenInfo, same_group

TOKEN = Token("04AB", "ISO14443")
GOOD, BAD = TokenInfo("Accepted"), TokenInfo("Blocked")
ACCEPT, REFUSE, ASK = Decision.ACCEPT, Decision.REFUSE, Decision.ASK


@pytest.mark.parametrize(
    ("stored", "settings", "decision"),
    [
        (StoredTokenInfo(), AuthorizationSettings(), ASK),  # C01.FR.02
        (StoredTokenInfo(in_cache=GOOD), AuthorizationSettings(), ASK),
        (StoredTokenInfo(in_cache=GOOD), AuthorizationSettings(local_pre_authorize=True), ACCEPT),  # C12.FR.02
        (StoredTokenInfo(in_cache=BAD), AuthorizationSettings(local_pre_authorize=True), ASK),  # C10.FR.03
        (StoredTokenInfo(in_cache=BAD), AuthorizationSettings(disable_post_cache=True), REFUSE),
        (StoredTokenInfo(in_list=BAD), AuthorizationSettings(disable_post_cache=True), ASK),  # C14.FR.03
        (StoredTokenInfo(in_list=BAD), AuthorizationSettings(disable_post_list=True), REFUSE),
        (
            StoredTokenInfo(in_list=BAD, in_cache=GOOD),
            AuthorizationSettings(local_pre_authorize=True),
            ASK,
        ),  # C14.FR.01
        (StoredTokenInfo(in_list=GOOD, in_cache=BAD), AuthorizationSettings(local_pre_authorize=True), ACCEPT),
        (StoredTokenInfo(), AuthorizationSettings(disable_remote=True), REFUSE),
        (StoredTokenInfo(in_cache=GOOD), AuthorizationSettings(disable_remote=True), ACCEPT),
        (StoredTokenInfo(in_cache=BAD), AuthorizationSettings(disable_remote=True), REFUSE),
        (StoredTokenInfo(), AuthorizationSettings(enabled=False), ACCEPT),
    ],
)
def test_online_the_csms_decides_unless_the_station_may(
    stored: StoredTokenInfo, settings: AuthorizationSettings, decision: Decision
) -> None:
    assert decide(TOKEN, stored, settings, online=True) is decision


@pytest.mark.parametrize(
    ("stored", "settings", "decision"),
    [
        (StoredTokenInfo(), AuthorizationSettings(), REFUSE),
        (StoredTokenInfo(), AuthorizationSettings(offline_unknown=True), ACCEPT),  # C15.FR.08
        (StoredTokenInfo(in_cache=GOOD), AuthorizationSettings(), REFUSE),
        (StoredTokenInfo(in_cache=GOOD), AuthorizationSettings(local_authorize_offline=True), ACCEPT),
        (StoredTokenInfo(in_list=GOOD), AuthorizationSettings(local_authorize_offline=True), ACCEPT),  # C13.FR.02
        (
            StoredTokenInfo(in_list=BAD),
            AuthorizationSettings(local_authorize_offline=True, offline_unknown=True),
            REFUSE,
        ),  # C13.FR.04
        (
            StoredTokenInfo(in_list=BAD, in_cache=GOOD),
            AuthorizationSettings(local_authorize_offline=True),
            REFUSE,
        ),  # C13.FR.01
        (StoredTokenInfo(), AuthorizationSettings(enabled=False), ACCEPT),
    ],
)
def test_offline_the_station_decides(
    stored: StoredTokenInfo, settings: AuthorizationSettings, decision: Decision
) -> None:
    assert decide(TOKEN, stored, settings, online=False) is decision


def test_start_button_needs_no_authorization() -> None:
    assert decide(NO_AUTHORIZATION_TOKEN, StoredTokenInfo(), AuthorizationSettings(), online=True) is ACCEPT  # C02


def test_the_csms_is_always_asked_about_a_local_token() -> None:
    local = Token("LOCAL", "Local")
    assert (
        decide(local, StoredTokenInfo(in_cache=GOOD), AuthorizationSettings(local_pre_authorize=True), online=True)
        is ASK
    )  # C06.FR.02


def test_tokens_are_the_same_by_value_and_type() -> None:
    assert TOKEN.same_as(Token("04ab", "ISO14443", (("more", "info"),)))  # C01.FR.25
    assert not TOKEN.same_as(Token("04AB", "ISO15693"))


def test_tokens_without_a_group_are_not_in_the_same_group() -> None:
    assert same_group("FAMILY", "family")
    assert not same_group(None, None)
    assert not same_group("", "")
