"""Checks the log that a station has uploaded. The station chooses the format (N01), but an archive has to be intact."""

import gzip
import io
import lzma
import tarfile
import zipfile
import zlib
from collections.abc import Callable
from typing import Final, NamedTuple

from plugfest.lab.bench import AnyBench

_BROKEN: Final = (OSError, EOFError, RuntimeError, zlib.error, lzma.LZMAError, zipfile.BadZipFile, tarfile.TarError)


class UnreadableArchive(Exception):
    """An archive cannot be opened; the message is the reason."""


def log_size(name: str, data: bytes) -> int:
    """The size of the log in bytes, decompressed if its name or content is that of an archive.

    Raises UnreadableArchive.
    """
    kind = next((one for one in _KINDS if one.matches(name, data)), None)
    if kind is None:
        return len(data)
    try:
        return kind.open(data)
    except _BROKEN as error:
        raise UnreadableArchive(f"{name} is not a complete {kind.suffixes[0]} file: {error}") from error


def _zip(data: bytes) -> int:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return sum(len(archive.read(name)) for name in archive.namelist())  # reading checks the CRC


def _tar(data: bytes) -> int:
    with tarfile.open(fileobj=io.BytesIO(data)) as archive:
        return sum(member.size for member in archive)


class _Kind(NamedTuple):
    """A kind of archive: suffixes of the file name, first bytes of the content, and a function for the content size."""

    suffixes: tuple[str, ...]
    beginning: bytes
    open: Callable[[bytes], int]

    def matches(self, name: str, data: bytes) -> bool:
        return name.lower().endswith(self.suffixes) or (bool(self.beginning) and data.startswith(self.beginning))


_KINDS: Final = (
    _Kind((".tar.gz", ".tgz", ".tar.xz", ".tar"), b"", _tar),
    _Kind((".zip",), b"PK\x03\x04", _zip),
    _Kind((".gz",), b"\x1f\x8b", lambda data: len(gzip.decompress(data))),
    _Kind((".xz",), b"\xfd7zXZ\0", lambda data: len(lzma.decompress(data))),
)


def check_log_uploaded(bench: AnyBench, folder: str, name: str) -> None:
    """Exactly one file was uploaded completely into the folder. It has this name and is not empty."""
    files = bench.files.received(folder)
    bench.check(list(files) == [name], f"one file {name} on the server", ", ".join(files) or "none")
    try:
        size = log_size(name, files[name])
    except UnreadableArchive as error:
        bench.check(False, "a file that can be opened", error)
    else:
        bench.check(size > 0, "a file that is not empty", f"{size} bytes")
