"""Files of the user that a campaign can be given."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from plugfest.web.bench.files import KINDS, CampaignFiles, NotKept


async def in_pieces(content: bytes) -> AsyncIterator[bytes]:
    for begin in range(0, len(content), 3):
        yield content[begin : begin + 3]


def keep(data: Path, kind: str, name: str, content: bytes = b"content") -> str:
    return asyncio.run(CampaignFiles(data).keep(kind, name, in_pieces(content)))


def test_a_file_is_kept_for_its_owner_only_and_can_be_chosen(tmp_path: Path) -> None:
    files = CampaignFiles(tmp_path)
    assert files.names("settings") == []
    assert keep(tmp_path, "settings", "lab.toml") == "lab.toml"
    assert files.names("settings") == ["lab.toml"]
    path = files.path("settings", "lab.toml")
    assert path is not None
    assert path.read_bytes() == b"content"
    assert path.stat().st_mode & 0o777 == 0o600
    assert files.path("approval", "lab.toml") is None


def test_another_file_of_the_same_name_takes_no_place(tmp_path: Path) -> None:
    names = [keep(tmp_path, "settings", "lab.toml", content) for content in (b"one", b"two", b"one", b"two")]
    assert names == ["lab.toml", "lab-2.toml", "lab.toml", "lab-2.toml"]
    assert [one.name for one in (tmp_path / "settings").iterdir() if one.name.startswith(".")] == []


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("../../.ssh/lab.toml", "lab.toml"),
        ("C:\\Users\\me\\my lab.toml", "my-lab.toml"),
        ("..hidden.toml", "hidden.toml"),
        (f"{'x' * 300}.toml", f"{'x' * 55}.toml"),
    ],
)
def test_a_name_leads_to_no_other_folder(tmp_path: Path, given: str, kept: str) -> None:
    assert keep(tmp_path, "settings", given) == kept


@pytest.mark.parametrize(
    ("kind", "name", "content", "problem"),
    [
        ("settings", "lab.txt", b"x", "name ends with .toml"),
        ("settings", ".toml", b"x", "name ends with .toml"),
        ("station_root", "", b"x", ".pem or .crt or .cer"),
        ("settings", "lab.toml", b"", "is empty"),
        ("settings", "lab.toml", b"x" * (KINDS["settings"].most + 1), "at most 200,000 bytes"),
    ],
)
def test_what_cannot_be_kept_is_refused_and_leaves_nothing(
    tmp_path: Path, kind: str, name: str, content: bytes, problem: str
) -> None:
    with pytest.raises(NotKept, match=problem):
        keep(tmp_path, kind, name, content)
    assert not [one for one in tmp_path.rglob("*") if one.is_file()]


def test_a_folder_that_cannot_be_created_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "settings").touch()
    with pytest.raises(NotKept, match="the file cannot be kept"):
        keep(tmp_path, "settings", "lab.toml")
    assert CampaignFiles(tmp_path).names("settings") == []
