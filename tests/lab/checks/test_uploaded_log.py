"""The uploaded log is opened and its size is checked."""

import gzip
import io
import lzma
import tarfile
import zipfile

import pytest

from plugfest.lab.checks import uploaded_log
from plugfest.lab.checks.uploaded_log import UnreadableArchive, log_size

LOG = b"2026-01-01T00:00:00Z StartupOfTheDevice\n" * 100


def zipped(name: str = "security.log") -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, LOG)
    return packed.getvalue()


def tarred() -> bytes:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz") as archive:
        member = tarfile.TarInfo("security.log")
        member.size = len(LOG)
        archive.addfile(member, io.BytesIO(LOG))
    return packed.getvalue()


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("log.zip", zipped()),
        ("log", zipped()),
        ("log.gz", gzip.compress(LOG, mtime=0)),
        ("LOG.TGZ", tarred()),
        ("log.tar.gz", tarred()),
        ("log.xz", lzma.compress(LOG)),
        ("log.txt", LOG),
    ],
)
def test_a_complete_log_has_its_size_in_every_archive_format(name: str, data: bytes) -> None:
    assert log_size(name, data) == len(LOG)


@pytest.mark.parametrize("name", ["log.zip", "log.gz", "log.tar.gz", "log.xz"])
def test_a_file_that_is_not_the_archive_of_its_suffix_is_unreadable(name: str) -> None:
    with pytest.raises(UnreadableArchive, match=name):
        log_size(name, LOG)


@pytest.mark.parametrize(
    ("name", "data"),
    [("log.zip", zipped()), ("log.gz", gzip.compress(LOG, mtime=0)), ("log.xz", lzma.compress(LOG))],
)
def test_half_an_archive_is_unreadable(name: str, data: bytes) -> None:
    with pytest.raises(UnreadableArchive):
        log_size(name, data[: len(data) // 2])


def test_an_empty_archive_has_no_log_in_it() -> None:
    packed = io.BytesIO()
    zipfile.ZipFile(packed, "w").close()
    assert log_size("log.zip", packed.getvalue()) == 0


def zip_bomb() -> bytes:
    """Many small members, each outside the folder that it is unpacked into."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for number in range(20):
            archive.writestr(f"../../{number}", bytes(100_000))
    return packed.getvalue()


ZEROS = bytes(2_000_000)

BOMBS = {
    "log.gz": gzip.compress(ZEROS, mtime=0),
    "log.tar.gz": gzip.compress(ZEROS, mtime=0),
    "log.xz": lzma.compress(ZEROS),
    "log.zip": zip_bomb(),
}


@pytest.mark.parametrize("name", BOMBS)
def test_an_archive_that_would_fill_the_memory_is_not_unpacked(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setattr(uploaded_log, "MAX_UNPACKED", 1_000_000)
    with pytest.raises(UnreadableArchive, match="unpacks to more than 1000000 bytes"):
        log_size(name, BOMBS[name])
