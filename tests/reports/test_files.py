"""Reading and writing files, and the errors."""

import os
from pathlib import Path

import pytest

from plugfest.reports.files import NotReadable, NotWritable, check_writable, read_bytes, write_files


def test_missing_folders_are_made(tmp_path: Path) -> None:
    write_files({tmp_path / "a" / "b.txt": "é".encode()})
    assert (tmp_path / "a" / "b.txt").read_bytes() == "é".encode()


def test_a_new_file_in_a_new_folder_is_writable(tmp_path: Path) -> None:
    check_writable(tmp_path / "a" / "b.txt")
    assert not (tmp_path / "a").exists()


def test_a_folder_is_not_writable_as_a_file(tmp_path: Path) -> None:
    with pytest.raises(NotWritable, match="it is a folder"):
        check_writable(tmp_path)


def test_a_file_is_not_a_folder(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("")
    with pytest.raises(NotWritable, match="is not a folder"):
        check_writable(tmp_path / "a" / "b.txt")
    with pytest.raises(NotWritable, match="cannot write"):
        write_files({tmp_path / "a" / "b.txt": b""})


def test_files_that_belong_together_are_all_written_or_none(tmp_path: Path) -> None:
    (tmp_path / "old.txt").write_text("old")
    (tmp_path / "folder").mkdir()
    with pytest.raises(NotWritable, match=r"cannot write .*folder: Is a directory"):
        write_files({tmp_path / "old.txt": b"new", tmp_path / "folder": b""})
    assert (tmp_path / "old.txt").read_text() == "old"
    assert {one.name for one in tmp_path.iterdir()} == {"old.txt", "folder"}


def test_an_interrupted_write_keeps_the_old_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a").write_text("old")
    write = Path.write_bytes

    def interrupted(path: Path, content: bytes) -> int:
        if content == b"second":
            raise KeyboardInterrupt
        return write(path, content)

    monkeypatch.setattr(Path, "write_bytes", interrupted)
    with pytest.raises(KeyboardInterrupt):
        write_files({tmp_path / "a": b"first", tmp_path / "b": b"second"})
    assert [(one.name, one.read_text()) for one in tmp_path.iterdir()] == [("a", "old")]


def test_a_link_stays_a_link_and_its_target_is_written(tmp_path: Path) -> None:
    (tmp_path / "target").write_text("old")
    (tmp_path / "link").symlink_to(tmp_path / "target")
    write_files({tmp_path / "link": b"new"})
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "target").read_text() == "new"


def test_a_pipe_is_written_to_and_not_replaced(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    reader = os.open(tmp_path / "pipe", os.O_RDONLY | os.O_NONBLOCK)
    write_files({tmp_path / "pipe": b"new"})
    assert os.read(reader, 10) == b"new"
    os.close(reader)
    assert (tmp_path / "pipe").is_fifo()


def test_a_name_that_is_too_long_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(NotWritable, match=r"cannot write .*: File name too long"):
        check_writable(tmp_path / ("x" * 999))


def test_a_device_without_end_is_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("plugfest.reports.files.MAX_FILE_SIZE", 4)
    (tmp_path / "small").write_bytes(b"1234")
    assert read_bytes(tmp_path / "small") == b"1234"
    with pytest.raises(NotReadable, match="larger than 4 bytes"):
        read_bytes(Path("/dev/zero"))
