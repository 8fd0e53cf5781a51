"""The store keeps committed data in order, and rolls back failed transactions."""

from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest
from tests.station.full_disk import FullDiskStore

from plugfest.station.storage.store import Store, StoreError


class ChargingSession(msgspec.Struct, frozen=True):
    id_token: str
    at: datetime


NOON = datetime(2030, 1, 1, 12, tzinfo=UTC)


def test_a_value_is_read_with_its_type() -> None:
    sessions = Store().records("visits", ChargingSession)
    sessions.put("1", ChargingSession("ABC", NOON))
    assert sessions.get("1") == ChargingSession("ABC", NOON)
    assert sessions.get("2") is None


def test_items_keep_the_order_of_the_first_put() -> None:
    names = Store().records("names", str)
    for key in ("b", "a", "c"):
        names.put(key, "old")
    names.put("b", "new")
    assert names.items() == [("b", "new"), ("a", "old"), ("c", "old")]
    assert names.delete("a")
    assert not names.delete("a")
    assert names.values() == ["new", "old"]


def test_collections_are_independent() -> None:
    store = Store()
    store.records("one", int).put("key", 1)
    other = store.records("two", int)
    assert "key" not in other
    other.clear()
    assert len(store.records("one", int)) == 1


def test_a_failed_transaction_is_rolled_back() -> None:
    store = Store()
    numbers = store.records("numbers", int)

    def write_and_fail() -> None:
        with store.transaction():
            numbers.put("a", 1)
            with store.transaction():
                numbers.put("b", 2)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        write_and_fail()
    assert numbers.items() == []


def test_another_process_reads_what_was_written(tmp_path: Path) -> None:
    path = tmp_path / "station.db"
    store = Store(path)
    store.records("numbers", int).put("a", 1)
    store.close()
    assert Store(path).records("numbers", int).get("a") == 1


def test_a_write_without_space_fails_whole_and_the_store_stays_closed_until_it_is_opened_again(tmp_path: Path) -> None:
    store = FullDiskStore(tmp_path / "station.db")
    texts = store.records("texts", str)
    texts.put("before", "x")
    store.fill()

    def write_both() -> None:
        with store.transaction():
            texts.put("small", "x")
            texts.put("large", "x" * 100_000)

    with pytest.raises(StoreError, match="the disk is full"):
        write_both()
    with pytest.raises(StoreError, match="the disk is full"):
        texts.get("before")
    with pytest.raises(StoreError, match="the disk is full"):
        store.reopen()
    store.empty()
    store.reopen()
    assert texts.items() == [("before", "x")]
    texts.put("large", "x" * 100_000)
    store.close()


def test_on_a_full_disk_the_store_goes_on_with_its_reserve(tmp_path: Path) -> None:
    store = Store(tmp_path / "station.db")
    before = {path.name: path.stat().st_size for path in tmp_path.iterdir()}
    queue = store.records("queue", str)
    for number in range(500):
        queue.put(str(number), "x" * 500)
    for number in range(500):
        queue.delete(str(number))
    grown = {path.name: path.stat().st_size - before[path.name] for path in tmp_path.iterdir()}
    assert all(growth < 16_384 for growth in grown.values()), grown
    store.close()


def test_the_exception_of_a_failure_is_the_choice_of_the_listener(tmp_path: Path) -> None:
    store = FullDiskStore(tmp_path / "station.db")
    reasons: list[StoreError] = []

    def listen(error: StoreError) -> BaseException:
        reasons.append(error)
        return KeyError("mine")

    store.on_failure = listen
    store.fill()
    for _ in range(2):
        with pytest.raises(KeyError, match="mine"):
            store.records("texts", str).put("large", "x" * 100_000)
    assert len(reasons) == 2
    store.close()
