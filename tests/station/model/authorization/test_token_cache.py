"""The Authorization Cache: expiry, replacement policy, persistence."""

from datetime import UTC, datetime, timedelta

import pytest

from plugfest.station.model.authorization.token_cache import CacheSettings, TokenCache
from plugfest.station.model.authorization.tokens import NO_AUTHORIZATION_TOKEN, Token, TokenInfo
from plugfest.station.storage.store import Store

GOOD, BAD = TokenInfo("Accepted"), TokenInfo("Invalid")


class CacheFixture:
    """A cache with a clock and settings that the test changes."""

    def __init__(self, store: Store | None = None, capacity: int = 3, policy: str = "CUSTOM") -> None:
        self.now = datetime(2026, 1, 1, tzinfo=UTC)
        self.settings = CacheSettings(enabled=True, lifetime=timedelta(seconds=60), policy=policy)
        self.cache = TokenCache(store or Store(), lambda: self.now, lambda: self.settings, capacity)

    def wait(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)

    def known(self, *names: str) -> list[str]:
        return [name for name in names if self.cache.lookup(card(name)) is not None]


def card(name: str) -> Token:
    return Token(name, "ISO14443")


def test_cache_survives_in_the_store() -> None:
    store = Store()
    CacheFixture(store).cache.update(card("A"), BAD)
    assert CacheFixture(store).cache.lookup(card("a")) == BAD  # C10.FR.02


def test_the_store_contains_no_tokens_in_plain_text() -> None:
    store = Store()
    CacheFixture(store).cache.update(card("SECRET"), GOOD)
    assert not any("SECRET" in key.upper() for key, _ in store.records("token_cache", object).items())  # C10.FR.12


def test_entry_expires_with_the_lifetime_counted_from_its_last_update() -> None:
    fixture = CacheFixture()
    fixture.cache.update(card("A"), GOOD)
    fixture.wait(60)
    assert fixture.known("A") == ["A"]
    fixture.wait(1)
    assert fixture.known("A") == []  # C10.FR.10


@pytest.mark.parametrize("hours", [-2, 2])
def test_the_lifetime_goes_on_when_the_clock_is_set(hours: int) -> None:
    store = Store()
    fixture = CacheFixture(store)
    fixture.cache.update(card("A"), GOOD)
    fixture.wait(30)
    fixture.cache.clock_set(timedelta(hours=hours))
    fixture.wait(hours * 3600 + 30)
    assert fixture.known("A") == ["A"]
    fixture.wait(1)
    assert fixture.known("A") == []


def test_entry_with_cache_expiry_expires_then() -> None:
    fixture = CacheFixture()
    fixture.cache.update(card("A"), TokenInfo("Accepted", cache_expiry=fixture.now + timedelta(seconds=200)))
    fixture.wait(100)
    assert fixture.known("A") == ["A"]  # C10.FR.13
    fixture.wait(101)
    assert fixture.known("A") == []


def test_entry_that_has_expired_already_is_not_stored() -> None:
    fixture = CacheFixture()
    fixture.cache.update(card("A"), GOOD)
    fixture.cache.update(card("A"), TokenInfo("Accepted", cache_expiry=fixture.now - timedelta(seconds=1)))
    assert fixture.known("A") == []


@pytest.mark.parametrize("token", [Token("x", "Central"), NO_AUTHORIZATION_TOKEN])
def test_generated_tokens_are_not_cached(token: Token) -> None:
    fixture = CacheFixture()
    fixture.cache.update(token, GOOD)
    assert len(fixture.cache) == 0  # C03.FR.02, C05.FR.02, C02.FR.03


def test_disabled_cache_is_neither_read_nor_updated_and_keeps_its_entries() -> None:
    fixture = CacheFixture()
    fixture.cache.update(card("A"), GOOD)
    fixture.settings = CacheSettings(enabled=False, lifetime=None)
    fixture.cache.update(card("B"), GOOD)
    assert fixture.known("A", "B") == []  # C10.FR.11
    fixture.settings = CacheSettings(enabled=True, lifetime=None)
    assert fixture.known("A", "B") == ["A"]


@pytest.mark.parametrize(("policy", "dropped"), [("CUSTOM", "B"), ("FIFO", "A"), ("LRU", "B"), ("LFU", "B")])
def test_full_cache_makes_room_by_its_policy(policy: str, dropped: str) -> None:
    fixture = CacheFixture(policy=policy)
    for name, info in (("A", GOOD), ("B", BAD), ("C", GOOD)):
        fixture.cache.update(card(name), info)
        fixture.wait(1)
    for name in ("A", "C", "A"):
        fixture.known(name)
        fixture.wait(1)
    fixture.cache.update(card("D"), GOOD)
    assert fixture.known("A", "B", "C", "D") == [name for name in "ABCD" if name != dropped]  # C10.FR.07


def test_cleared_cache_is_empty() -> None:
    fixture = CacheFixture()
    fixture.cache.update(card("A"), GOOD)
    fixture.cache.clear()
    assert fixture.known("A") == []  # C11.FR.01
    assert fixture.cache.size() < 10
