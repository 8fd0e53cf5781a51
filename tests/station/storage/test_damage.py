"""A damaged store is repaired as far as possible, and its damaged parts are kept apart."""

import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from plugfest.station.storage.database import VERSION_UNIT
from plugfest.station.storage.store import Store, StoreError

PAGE = 4096
MESSAGES = 200


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return new_store(tmp_path / "station.db")


def new_store(path: Path) -> Path:
    """A store with messages in the outbox and a log."""
    store = Store(path)
    for number in range(MESSAGES):
        store.records("outbox.transaction", str).put(str(number), "m" * 300)
        store.records("event_log", str).put(str(number), "e" * 300)
    store.close()
    return path


def opened(path: Path) -> tuple[Store, list[str]]:
    lines: list[str] = []
    return Store(path, notice=lines.append), lines


def change(path: Path, statement: str, *arguments: object) -> None:
    database = sqlite3.connect(path)
    with database:
        database.execute(statement, arguments)
    database.close()


def test_one_damaged_record_of_a_log_is_set_aside_and_the_outbox_is_kept(file: Path) -> None:
    change(file, "UPDATE record SET value = ? WHERE collection = 'event_log' AND key = '7'", b'"changed"')
    store, lines = opened(file)
    assert len(store.records("outbox.transaction", str).items()) == MESSAGES
    log = dict(store.records("event_log", str).items())
    assert len(log) == MESSAGES - 1
    assert "7" not in log
    assert lines == [f"{file} has damaged records, which were set aside: event_log"]
    store.close()
    database = sqlite3.connect(file)
    aside = database.execute("SELECT collection, key, value, reason FROM damaged_record").fetchall()
    database.close()
    assert aside == [("event_log", "7", b'"changed"', "wrong checksum")]
    again, lines = opened(file)
    again.close()
    assert lines == []


def test_a_record_of_another_version_is_set_aside_when_it_is_read(file: Path) -> None:
    store, lines = opened(file)
    store.records("service", str).put("accepted", "yes")
    flags = store.records("service", bool)
    assert flags.get("accepted") is None
    assert flags.items() == []
    assert len(lines) == 1
    assert "service/accepted: not of this version of Plugfest" in lines[0]
    store.close()


def overwrite(path: Path, offset: int, content: bytes) -> None:
    with path.open("r+b") as file:
        file.seek(offset)
        file.write(content)


def with_zeroed_page(path: Path) -> None:
    overwrite(path, 4 * PAGE, bytes(PAGE))


def with_flipped_bits(path: Path) -> None:
    with path.open("r+b") as file:
        file.seek(5 * PAGE)
        page = bytes(255 - byte for byte in file.read(64))
        file.seek(5 * PAGE)
        file.write(page)


def truncated(path: Path) -> None:
    with path.open("r+b") as file:
        file.truncate(10 * PAGE)


@pytest.mark.parametrize("damage", [with_zeroed_page, with_flipped_bits, truncated])
def test_a_damaged_file_is_replaced_by_its_readable_records_and_kept(
    damage: Callable[[Path], None], file: Path
) -> None:
    damage(file)
    broken = file.read_bytes()
    store, lines = opened(file)
    (line,) = [line for line in lines if "was damaged" in line]
    (aside,) = [path for path in file.parent.glob("station.db.damaged-*") if not path.name.endswith("-wal")]
    assert str(aside) in line
    assert "records kept" in line
    assert aside.read_bytes() == broken
    assert aside.stat().st_mode & 0o077 == 0
    kept = store.records("outbox.transaction", str).items()
    assert kept
    assert all(value == "m" * 300 for _, value in kept)
    assert [int(key) for key, _ in kept] == sorted(int(key) for key, _ in kept)
    store.close()
    again, lines = opened(file)
    assert again.records("outbox.transaction", str).items() == kept
    assert lines == []
    again.close()


def test_a_file_without_its_first_page_is_moved_aside_and_the_station_begins_as_a_new_one(file: Path) -> None:
    overwrite(file, 0, bytes(PAGE))
    store, lines = opened(file)
    assert "was damaged" in lines[0]
    assert store.records("outbox.transaction", str).items() == []
    store.records("outbox.transaction", str).put("1", "m")
    store.close()


@pytest.mark.parametrize(("lose", "what"), [(lambda file: file.write_bytes(b""), "empty"), (Path.unlink, "missing")])
def test_a_file_whose_content_is_lost_is_reported(file: Path, lose: Callable[[Path], object], what: str) -> None:
    file.with_name(f"{file.name}-wal").unlink(missing_ok=True)
    lose(file)
    store, lines = opened(file)
    store.close()
    assert lines == [f"{file} is {what}: its content is lost; the station begins as a new one"]


def test_a_new_store_with_the_key_of_others_is_not_reported(tmp_path: Path) -> None:
    key, lines = tmp_path / "common.key", list[str]()
    for name in ("first", "second"):
        Store(tmp_path / name, key_file=key, notice=lines.append).close()
    assert lines == []


def test_an_interrupted_repair_is_finished(file: Path) -> None:
    repaired = new_store(file.with_name("other.db"))
    repaired.rename(file.with_name("station.db.repaired"))
    file.with_name("other.db.key").rename(file.with_name("station.db.key"))
    overwrite(file, 0, b"damaged")
    store, lines = opened(file)
    assert len(store.records("outbox.transaction", str)) == MESSAGES
    assert not any("was damaged" in line for line in lines)
    store.close()


@given(offset=st.integers(0, 60 * PAGE), content=st.binary(min_size=1, max_size=2 * PAGE))
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_is_overwritten_the_store_opens_and_no_message_is_changed(
    offset: int, content: bytes, tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = new_store(tmp_path_factory.mktemp("store") / "station.db")
    overwrite(path, offset, content)
    store, _ = opened(path)
    assert {value for _, value in store.records("outbox.transaction", str).items()} <= {"m" * 300}
    store.records("outbox.transaction", str).put("new", "m" * 300)
    store.close()


def test_a_file_that_was_named_by_mistake_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "notes.txt"
    path.write_text("a text file, not a database")
    with pytest.raises(StoreError, match=r"cannot use .*notes\.txt as the station's store: file is not a database"):
        Store(path)
    assert path.read_text() == "a text file, not a database"


def test_a_store_of_a_newer_version_is_refused(file: Path) -> None:
    change(file, f"PRAGMA user_version = {99 * VERSION_UNIT}")
    with pytest.raises(StoreError, match="newer version"):
        Store(file)


def test_a_damaged_version_number_is_repaired(file: Path) -> None:
    change(file, "PRAGMA user_version = 77")
    store, _ = opened(file)
    assert len(store.records("outbox.transaction", str).items()) == MESSAGES
    store.close()


def test_two_stations_on_one_store_are_refused_and_the_store_is_not_repaired(file: Path) -> None:
    first, _ = opened(file)
    with pytest.raises(StoreError, match="another station is using it"):
        Store(file)
    first.close()
    assert list(file.parent.glob("*.damaged*")) == []


def test_a_store_that_is_damaged_while_it_is_open_is_repaired_when_it_is_opened_again(file: Path) -> None:
    store, lines = opened(file)
    with_zeroed_page(file)
    store.reopen()
    assert "was damaged" in lines[0]
    assert store.records("outbox.transaction", str).items()
    store.close()
