"""The Authorization Cache forgets in the right order and at the right time."""

from datetime import UTC, datetime, timedelta

import pytest

from plugfest.station.model.authorization.token_cache import CacheSettings, TokenCache
from plugfest.station.model.authorization.tokens import NO_AUTHORIZATION_TOKEN, Token, TokenInfo
from plugfest.station.storage.store import Store

GOOD, BAD = TokenInfo("Accepted"), TokenInfo("Invalid")


class World:
    """A cache whose clock and settings a test turns."""

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
    World(store).cache.update(card("A"), BAD)
    assert World(store).cache.lookup(card("a")) == BAD  # C10.FR.02


def test_nobody_reads_tokens_from_the_store() -> None:
    store = Store()
    World(store).cache.update(card("SECRET"), GOOD)
    assert not any("SECRET" in key.upper() for key, _ in store.records("token_cache", object).items())  # C10.FR.12


def test_entry_expires_with_the_lifetime_counted_from_its_last_update() -> None:
    world = World()
    world.cache.update(card("A"), GOOD)
    world.wait(60)
    assert world.known("A") == ["A"]
    world.wait(1)
    assert world.known("A") == []  # C10.FR.10


def test_entry_with_a_time_of_its_own_expires_then() -> None:
    world = World()
    world.cache.update(card("A"), TokenInfo("Accepted", cache_expiry=world.now + timedelta(seconds=200)))
    world.wait(100)
    assert world.known("A") == ["A"]  # C10.FR.13
    world.wait(101)
    assert world.known("A") == []


def test_entry_that_has_expired_already_is_not_kept() -> None:
    world = World()
    world.cache.update(card("A"), GOOD)
    world.cache.update(card("A"), TokenInfo("Accepted", cache_expiry=world.now - timedelta(seconds=1)))
    assert world.known("A") == []


@pytest.mark.parametrize("token", [Token("x", "Central"), NO_AUTHORIZATION_TOKEN])
def test_generated_tokens_are_not_cached(token: Token) -> None:
    world = World()
    world.cache.update(token, GOOD)
    assert len(world.cache) == 0  # C03.FR.02, C05.FR.02, C02.FR.03


def test_disabled_cache_neither_learns_nor_tells_and_forgets_nothing() -> None:
    world = World()
    world.cache.update(card("A"), GOOD)
    world.settings = CacheSettings(enabled=False, lifetime=None)
    world.cache.update(card("B"), GOOD)
    assert world.known("A", "B") == []  # C10.FR.11
    world.settings = CacheSettings(enabled=True, lifetime=None)
    assert world.known("A", "B") == ["A"]


@pytest.mark.parametrize(("policy", "dropped"), [("CUSTOM", "B"), ("FIFO", "A"), ("LRU", "B"), ("LFU", "B")])
def test_full_cache_makes_room_by_its_policy(policy: str, dropped: str) -> None:
    world = World(policy=policy)
    for name, info in (("A", GOOD), ("B", BAD), ("C", GOOD)):
        world.cache.update(card(name), info)
        world.wait(1)
    for name in ("A", "C", "A"):
        world.known(name)
        world.wait(1)
    world.cache.update(card("D"), GOOD)
    assert world.known("A", "B", "C", "D") == [name for name in "ABCD" if name != dropped]  # C10.FR.07


def test_cleared_cache_is_empty() -> None:
    world = World()
    world.cache.update(card("A"), GOOD)
    world.cache.clear()
    assert world.known("A") == []  # C11.FR.01
    assert world.cache.size() < 10
