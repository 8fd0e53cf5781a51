"""Secrets are not readable in the file of the store, and only the owner can read the files."""

import os
import sqlite3
from pathlib import Path

import pytest

from plugfest.security.keys import CertifiedKey
from plugfest.station.storage.sealing import SECRET_VARIABLES
from plugfest.station.storage.store import Store, StoreError
from plugfest.station.storage.table import RecordTable

SECRET = "correct horse battery staple"
KEY = CertifiedKey("chain", f"-----BEGIN PRIVATE KEY-----{SECRET}")


def everything(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in folder.iterdir())


def modes(folder: Path) -> set[int]:
    return {path.stat().st_mode & 0o777 for path in folder.iterdir()}


def test_passwords_and_keys_are_not_in_the_files_of_the_store(tmp_path: Path) -> None:
    store = Store(tmp_path / "station.db")
    store.records("certified_keys", CertifiedKey).put("station", KEY)
    store.records(SECRET_VARIABLES, str).put("SecurityCtrlr.BasicAuthPassword", SECRET)
    assert SECRET.encode() not in everything(tmp_path)
    store.close()
    assert SECRET.encode() not in everything(tmp_path)
    again = Store(tmp_path / "station.db")
    assert again.records("certified_keys", CertifiedKey).get("station") == KEY
    assert again.records(SECRET_VARIABLES, str).items() == [("SecurityCtrlr.BasicAuthPassword", SECRET)]
    again.close()


def test_a_store_of_an_earlier_version_is_sealed_when_it_is_opened(tmp_path: Path) -> None:
    path = tmp_path / "station.db"
    database = sqlite3.connect(path)
    with database:
        database.execute(
            "CREATE TABLE record (position INTEGER PRIMARY KEY AUTOINCREMENT, collection TEXT NOT NULL,"
            " key TEXT NOT NULL, value BLOB NOT NULL, UNIQUE (collection, key))"
        )
        for collection, key, value in (
            ("variables", "SecurityCtrlr.BasicAuthPassword", f'"{SECRET}"'),
            ("variables", "OCPPCommCtrlr.HeartbeatInterval", '"60"'),
            ("certified_keys", "station", f'{{"chain":"chain","key":"{KEY.key}"}}'),
        ):
            database.execute(
                "INSERT INTO record (collection, key, value) VALUES (?, ?, ?)", (collection, key, value.encode())
            )
    database.close()
    store = Store(path)
    assert store.records("variables", str).items() == [("OCPPCommCtrlr.HeartbeatInterval", "60")]
    assert store.records(SECRET_VARIABLES, str).values() == [SECRET]
    assert store.records("certified_keys", CertifiedKey).get("station") == KEY
    assert SECRET.encode() not in everything(tmp_path)
    store.close()
    assert SECRET.encode() not in everything(tmp_path)


def test_a_sealed_value_cannot_be_moved_to_another_place(tmp_path: Path) -> None:
    path, lines = tmp_path / "station.db", list[str]()
    store = Store(path, notice=lines.append)
    keys = store.records("certified_keys", CertifiedKey)
    keys.put("former", KEY)

    def move(table: RecordTable) -> None:
        sealed = table.get("certified_keys", "former")
        assert sealed is not None
        table.put("certified_keys", "station", sealed.value)

    store.write(move)
    assert keys.get("station") is None
    assert "certified_keys/station" in lines[0]
    store.close()


def test_a_store_whose_key_is_missing_or_another_one_is_refused_and_unchanged(tmp_path: Path) -> None:
    path, key = tmp_path / "station.db", tmp_path / "station.db.key"
    store = Store(path)
    store.records("certified_keys", CertifiedKey).put("station", KEY)
    store.close()
    right = key.read_bytes()
    key.unlink()
    with pytest.raises(StoreError, match="sealed with another key"):
        Store(path)
    key.write_bytes(b"short")
    with pytest.raises(StoreError, match="has no key for it: a key has 32 bytes"):
        Store(path)
    key.write_bytes(right)
    again = Store(path)
    assert again.records("certified_keys", CertifiedKey).get("station") == KEY
    again.close()


def test_the_key_may_be_in_another_folder(tmp_path: Path) -> None:
    keys = tmp_path / "keys"
    keys.mkdir()
    Store(tmp_path / "station.db", key_file=keys / "one").close()
    assert (keys / "one").stat().st_mode & 0o777 == 0o600
    assert not (tmp_path / "station.db.key").exists()


def test_only_the_owner_can_read_the_files_whatever_the_umask_is(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        store = Store(tmp_path / "station.db")
        store.records("numbers", int).put("a", 1)
        assert modes(tmp_path) == {0o600}
        store.close()
    finally:
        os.umask(before)
    assert modes(tmp_path) == {0o600}


def test_files_that_others_can_read_are_tightened(tmp_path: Path) -> None:
    Store(tmp_path / "station.db").close()
    for path in tmp_path.iterdir():
        path.chmod(0o644)
    Store(tmp_path / "station.db").close()
    assert modes(tmp_path) == {0o600}
