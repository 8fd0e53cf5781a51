"""Opens the log that a station has sent: its format is the station's (N01), but what comes has to be whole."""

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
    """An archive that cannot be opened; the text says why."""


def log_size(name: str, data: bytes) -> int:
    """How many bytes of log there are, unpacked if name or content say that this is an archive. Raises Unreadable."""
    kind = next((one for one in _KINDS if one.is_meant(name, data)), None)
    if kind is None:
        return len(data)
    try:
        return kind.open(data)
    except _BROKEN as error:
        raise UnreadableArchive(f"{name} is no whole {kind.suffixes[0]} file: {error}") from error


def _zip(data: bytes) -> int:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return sum(len(archive.read(name)) for name in archive.namelist())  # reading checks the CRC


def _tar(data: bytes) -> int:
    with tarfile.open(fileobj=io.BytesIO(data)) as archive:
        return sum(member.size for member in archive)


class _Kind(NamedTuple):
    """A kind of archive: what its name ends with, what its content begins with, and how to unpack it."""

    suffixes: tuple[str, ...]
    beginning: bytes
    open: Callable[[bytes], int]

    def is_meant(self, name: str, data: bytes) -> bool:
        return name.lower().endswith(self.suffixes) or (bool(self.beginning) and data.startswith(self.beginning))


_KINDS: Final = (
    _Kind((".tar.gz", ".tgz", ".tar.xz", ".tar"), b"", _tar),
    _Kind((".zip",), b"PK\x03\x04", _zip),
    _Kind((".gz",), b"\x1f\x8b", lambda data: len(gzip.decompress(data))),
    _Kind((".xz",), b"\xfd7zXZ\0", lambda data: len(lzma.decompress(data))),
)


def check_log_uploaded(bench: AnyBench, folder: str, name: str) -> None:
    """One whole file of that name is in the folder, and something is in it."""
    files = bench.files.received(folder)
    bench.check(list(files) == [name], f"one file {name} on the server", ", ".join(files) or "none")
    try:
        size = log_size(name, files[name])
    except UnreadableArchive as error:
        bench.check(False, "a file that can be opened", error)
    else:
        bench.check(size > 0, "a file with something in it", f"{size} bytes")
