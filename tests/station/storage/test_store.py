"""The store keeps committed data in order, and rolls back failed transactions."""

from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest

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


def test_an_unusable_file_is_one_line(tmp_path: Path) -> None:
    path = tmp_path / "station.db"
    path.write_text("a text file, not a database")
    with pytest.raises(StoreError, match=r"cannot use .*station\.db as the station's store"):
        Store(path)
