"""Checks the log that a station has uploaded. The station chooses the format (N01), but an archive has to be intact."""

import bz2
import gzip
import io
import lzma
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterable, Mapping
from typing import IO, Final, NamedTuple

from plugfest.lab.bench import AnyBench

MAX_UNPACKED: Final = 500_000_000
"""In bytes: an archive that unpacks to more is not read to its end. It may be made to fill the memory."""

_BLOCK: Final = 1024 * 1024

_BROKEN: Final = (
    OSError,
    EOFError,
    RuntimeError,
    ValueError,
    zlib.error,
    lzma.LZMAError,
    zipfile.BadZipFile,
    tarfile.TarError,
)


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
        return _unpacked(archive.open(each) for each in archive.infolist())  # reading checks the CRC


def _tar(data: bytes) -> int:
    for beginning, open_compressed in _COMPRESSED_TAR.items():
        if data.startswith(beginning):
            _unpacked([open_compressed(io.BytesIO(data))])
    with tarfile.open(fileobj=io.BytesIO(data)) as archive:
        return sum(member.size for member in archive)


def _gzip(data: bytes) -> int:
    return _unpacked([_opened_gzip(io.BytesIO(data))])


def _xz(data: bytes) -> int:
    return _unpacked([lzma.LZMAFile(io.BytesIO(data))])


def _opened_gzip(data: io.BytesIO) -> gzip.GzipFile:
    return gzip.GzipFile(fileobj=data)


def _unpacked(files: Iterable[IO[bytes] | io.BufferedIOBase]) -> int:
    """The size of unpacked files together. Raises UnreadableArchive if it is too large."""
    size = 0
    for file in files:
        with file:
            while block := file.read(_BLOCK):
                size += len(block)
                if size > MAX_UNPACKED:
                    raise UnreadableArchive(f"the log unpacks to more than {MAX_UNPACKED} bytes")
    return size


_COMPRESSED_TAR: Final[Mapping[bytes, Callable[[io.BytesIO], io.BufferedIOBase]]] = {
    b"\x1f\x8b": _opened_gzip,
    b"\xfd7zXZ\0": lzma.LZMAFile,
    b"BZh": bz2.BZ2File,
}
"""The first bytes of each compression that `tarfile` reads."""


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
    _Kind((".gz",), b"\x1f\x8b", _gzip),
    _Kind((".xz",), b"\xfd7zXZ\0", _xz),
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
