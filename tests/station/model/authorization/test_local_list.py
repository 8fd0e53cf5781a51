"""The Local Authorization List in the store: updates, their size, and a power loss at any write."""

from datetime import UTC, datetime, timedelta

import hypothesis.strategies as st
import pytest
from hypothesis import given as with_examples
from tests.station.power_loss import PowerLoss, PowerLossStore

from plugfest.station.model.authorization.local_list import NO_VERSION, LocalList, Usage
from plugfest.station.model.authorization.tokens import Token, TokenInfo
from plugfest.station.storage.store import Store

NOW = datetime(2026, 1, 1, tzinfo=UTC)
A, B, C = (Token(name, "ISO14443") for name in "ABC")
ACCEPTED, BLOCKED = TokenInfo(), TokenInfo("Blocked", "GROUP")


def local_list(store: Store, *, enabled: bool = True, checks_expiry: bool = True) -> LocalList:
    return LocalList(store, lambda: enabled, lambda: checks_expiry, lambda: NOW)


Update = tuple[bool, dict[Token, TokenInfo | None]]

tokens = st.builds(Token, st.sampled_from("AaBb"), st.sampled_from(["ISO14443", "KeyCode"]))
infos = st.sampled_from([ACCEPTED, BLOCKED])
updates = st.one_of(
    st.tuples(st.just(True), st.dictionaries(tokens, infos, max_size=3)),
    st.tuples(st.just(False), st.dictionaries(tokens, st.none() | infos, max_size=3)),
)


def apply(changed: LocalList, version: int, update: Update) -> None:
    full, entries = update
    if full:
        changed.replace(version, {token: info for token, info in entries.items() if info is not None})
    else:
        changed.update(version, entries)


@with_examples(st.lists(updates, max_size=6))
def test_a_full_update_replaces_the_list_and_a_differential_one_changes_it(sent: list[Update]) -> None:
    store = Store()
    changed, expected = local_list(store), dict[str, TokenInfo]()
    for version, (full, entries) in enumerate(sent, 1):
        expected = {} if full else expected
        for token, info in entries.items():
            expected.pop(token.key(), None)
            if info is not None:
                expected[token.key()] = info
        announced = changed.usage_after(entries, full=full)
        apply(changed, version, (full, entries))
        assert changed.usage() == announced
    again = local_list(store)
    for each in (changed, again):
        assert len(each) == len(expected) == each.usage().entries
        assert each.version == (len(sent) or NO_VERSION)
        assert all(each.lookup(Token(*reversed(key.split(":")))) == info for key, info in expected.items())
    assert again.usage() == changed.usage()


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize("at_write", range(1, 5))
@pytest.mark.parametrize("update", [(True, {C: ACCEPTED}), (False, {A: BLOCKED, B: None, C: ACCEPTED})])
def test_after_a_power_loss_the_list_is_the_old_or_the_new_one(update: Update, at_write: int, after: bool) -> None:
    store = PowerLossStore()
    changed = local_list(store)
    changed.replace(1, {A: ACCEPTED, B: ACCEPTED})
    store.connection.schedule_power_loss(at_write, lambda: None, after=after)
    try:
        apply(changed, 2, update)
        stored = True
    except PowerLoss:
        stored = after
        store.connection.restore()
    again = local_list(store)
    assert again.version == (2 if stored else 1)
    old, new = {A: ACCEPTED, B: ACCEPTED, C: None}, {A: None, B: None, C: None} if update[0] else {A: ACCEPTED}
    assert {each: again.lookup(each) for each in (A, B, C)} == (new | update[1] if stored else old)


def test_an_entry_ends_at_its_expiry_time_if_the_station_checks_that() -> None:
    store = Store()
    past, future = (NOW + timedelta(seconds=offset) for offset in (-1, 1))
    local_list(store).replace(1, {A: TokenInfo(cache_expiry=past, group="G"), B: TokenInfo(cache_expiry=future)})
    checking, not_checking = local_list(store), local_list(store, checks_expiry=False)
    assert checking.lookup(A) == TokenInfo("Expired", "G")
    assert checking.has_expired(A)
    assert not checking.has_expired(B)
    assert checking.lookup(B) == TokenInfo(cache_expiry=future)
    assert not_checking.lookup(A) == TokenInfo(cache_expiry=past, group="G")  # C14.FR.02
    assert not not_checking.has_expired(A)


def test_a_disabled_list_keeps_its_entries_and_finds_none() -> None:
    store = Store()
    local_list(store).replace(3, {A: ACCEPTED})
    disabled = local_list(store, enabled=False)
    assert disabled.lookup(A) is None
    assert not disabled.has_expired(A)
    assert disabled.stored_info(A) == ACCEPTED
    assert disabled.usage() == Usage(1, local_list(store).usage().bytes)
