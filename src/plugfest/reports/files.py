"""Reading and writing files, with errors that a person can act on."""

import contextlib
import hashlib
import os
import secrets
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

MOST_BYTES: Final = 1 << 30
"""Of a file that is read as a whole: no report is larger, and a device may have no end."""


class NotWritable(Exception):
    """A file that cannot be written: where, and why."""


class NotReadable(Exception):
    """A file that cannot be read: which, and why."""


def read_bytes(path: Path) -> bytes:
    """What is in a file.

    Raises:
        NotReadable: the operating system refuses, or it is larger than any report.
    """
    try:
        with path.open("rb") as file:
            data = file.read(MOST_BYTES + 1)
    except OSError as error:
        raise NotReadable(f"cannot read {path}: {error.strerror or error}") from None
    if len(data) > MOST_BYTES:
        raise NotReadable(f"cannot read {path}: it has more than {MOST_BYTES} bytes, and no report has")
    return data


def sha256_of(path: Path) -> str:
    """The SHA-256 of a file, in hex digits. Raises NotReadable."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise NotReadable(f"cannot read {path}: {error.strerror or error}") from None


def write_files(contents: Mapping[Path, bytes]) -> None:
    """Write files that belong together: each appears as a whole, and none of them before all are on the disk.

    Folders are made where they are missing.

    Raises:
        NotWritable: the operating system refuses.
    """
    drafts: dict[Path, Path] = {}
    try:
        for path, content in contents.items():
            with _refused(path):
                path.parent.mkdir(parents=True, exist_ok=True)
                if path.exists() and not (path.is_file() and os.access(path.resolve().parent, os.W_OK)):
                    path.write_bytes(content)  # a pipe, or where no other file may be put in its place
                    continue
                target = path.resolve()
                drafts[target] = target.with_name(f".{target.name}.{secrets.token_hex(4)}")
                drafts[target].write_bytes(content)
        for target, draft in drafts.items():
            with _refused(target):
                draft.replace(target)
    finally:
        for draft in drafts.values():
            with contextlib.suppress(OSError):
                draft.unlink()


@contextlib.contextmanager
def _refused(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise NotWritable(f"{path} cannot be written: {error.strerror or error}") from None


def check_writable(path: Path) -> None:
    """Find out before a long run whether a file could be written, without writing it.

    Raises:
        NotWritable: it could not.
    """
    with _refused(path):
        is_folder = path.is_dir()
        nearest = next(place for place in (path, *path.absolute().parents) if place.exists())
    if is_folder:
        raise NotWritable(f"{path} cannot be written: it is a folder")
    if nearest != path and not nearest.is_dir():
        raise NotWritable(f"{path} cannot be written: {nearest} is no folder")
    if not os.access(nearest, os.W_OK):
        raise NotWritable(f"{path} cannot be written: {nearest} may not be written to")
