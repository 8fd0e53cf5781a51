"""The records in memory behave as those in SQLite."""

from collections.abc import Iterator

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from plugfest.station.storage.database import open_database
from plugfest.station.storage.memory_table import MemoryTable
from plugfest.station.storage.sqlite_table import SqliteTable
from plugfest.station.storage.store import IN_MEMORY
from plugfest.station.storage.table import RecordTable, StoredValue

COLLECTIONS = st.sampled_from(["messages", "variables"])
KEYS = st.sampled_from(["a", "b", "c", "B"])


def sqlite_table() -> SqliteTable:
    return SqliteTable(open_database(IN_MEMORY, None, print, was_store=False), None)


@pytest.fixture(params=[MemoryTable, sqlite_table])
def table(request: pytest.FixtureRequest) -> Iterator[RecordTable]:
    table: RecordTable = request.param()
    yield table
    table.close()


def test_a_deleted_record_comes_back_at_its_place_when_the_transaction_is_rolled_back(table: RecordTable) -> None:
    for key in ("a", "b", "c"):
        table.put("messages", key, b"1")
    table.begin()
    table.delete("messages", "a")
    table.put("messages", "a", b"2")
    assert [key for key, _ in table.items("messages")] == ["b", "c", "a"]
    table.roll_back()
    assert table.items("messages") == [(key, StoredValue(b"1")) for key in ("a", "b", "c")]


def test_a_rollback_without_a_transaction_changes_nothing(table: RecordTable) -> None:
    table.begin()
    table.put("messages", "a", b"1")
    table.commit()
    table.roll_back()
    assert table.get("messages", "a") == StoredValue(b"1")


def test_a_record_that_was_set_aside_is_as_if_it_had_not_been_stored(table: RecordTable) -> None:
    table.put("messages", "a", b"1")
    table.set_aside("messages", "a", "it cannot be read")
    table.set_aside("messages", "b", "it cannot be read")
    assert table.get("messages", "a") is None
    assert table.count("messages") == 0


class Comparison(RuleBasedStateMachine):
    """The same operations on both."""

    @initialize()
    def open(self) -> None:
        self.tables: tuple[RecordTable, RecordTable] = MemoryTable(), sqlite_table()
        self.in_transaction = False

    @rule(collection=COLLECTIONS, key=KEYS, value=st.binary(max_size=3))
    def put(self, collection: str, key: str, value: bytes) -> None:
        for table in self.tables:
            table.put(collection, key, value)

    @rule(collection=COLLECTIONS, key=KEYS)
    def delete(self, collection: str, key: str) -> None:
        memory, sqlite = (table.delete(collection, key) for table in self.tables)
        assert memory == sqlite

    @rule(collection=COLLECTIONS)
    def clear(self, collection: str) -> None:
        for table in self.tables:
            table.clear(collection)

    @precondition(lambda self: not self.in_transaction)
    @rule()
    def begin(self) -> None:
        self.in_transaction = True
        for table in self.tables:
            table.begin()

    @precondition(lambda self: self.in_transaction)
    @rule()
    def commit(self) -> None:
        self.in_transaction = False
        for table in self.tables:
            table.commit()

    @rule()
    def roll_back(self) -> None:
        self.in_transaction = False
        for table in self.tables:
            table.roll_back()

    @invariant()
    def the_content_is_the_same(self) -> None:
        memory, sqlite = self.tables
        for collection in ("messages", "variables"):
            assert memory.items(collection) == sqlite.items(collection)
            assert memory.count(collection) == sqlite.count(collection)
        for key in ("a", "b", "c", "B"):
            assert memory.get("messages", key) == sqlite.get("messages", key)

    def teardown(self) -> None:
        for table in getattr(self, "tables", ()):
            table.close()


TestComparison = Comparison.TestCase
