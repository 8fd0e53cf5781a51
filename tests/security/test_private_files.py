"""Private files and folders are readable by their owner only."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from plugfest.security.private_files import make_private_folder, open_private, tighten, write_private


@pytest.fixture(autouse=True)
def open_umask() -> Iterator[None]:
    before = os.umask(0)
    yield
    os.umask(before)


def mode(path: Path) -> int:
    return path.stat().st_mode & 0o777


def test_a_new_file_and_its_new_folders_are_private_whatever_the_umask_is(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    file = tmp_path / "a" / "b" / "secret"
    make_private_folder(file.parent)
    write_private(file, b"secret")
    assert file.read_bytes() == b"secret"
    assert [mode(path) for path in (tmp_path, tmp_path / "a", file.parent, file)] == [0o755, 0o700, 0o700, 0o600]


def test_a_file_that_others_can_read_is_tightened_when_it_is_opened(tmp_path: Path) -> None:
    file = tmp_path / "secret"
    file.touch(mode=0o666)
    os.close(open_private(file, os.O_RDONLY))
    assert mode(file) == 0o600


def test_a_file_keeps_the_rights_of_its_owner(tmp_path: Path) -> None:
    file = tmp_path / "script"
    file.touch()
    file.chmod(0o555)
    tighten(file)
    assert mode(file) == 0o500
