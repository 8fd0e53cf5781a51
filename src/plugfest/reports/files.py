"""Reads and writes files. Errors name the file and the reason."""

import contextlib
import hashlib
import os
import secrets
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

MAX_FILE_SIZE: Final = 1 << 30
"""Bytes. Larger files are not read: no report is larger, and a device may never end."""


class NotWritable(Exception):
    """A file that cannot be written, and the reason."""


class NotReadable(Exception):
    """A file that cannot be read, and the reason."""


def read_bytes(path: Path) -> bytes:
    """The content of a file.

    Raises:
        NotReadable: the operating system refuses, or the file is larger than `MAX_FILE_SIZE`.
    """
    try:
        with path.open("rb") as file:
            data = file.read(MAX_FILE_SIZE + 1)
    except OSError as error:
        raise NotReadable(f"cannot read {path}: {error.strerror or error}") from None
    if len(data) > MAX_FILE_SIZE:
        raise NotReadable(f"cannot read {path}: larger than {MAX_FILE_SIZE} bytes")
    return data


def sha256_of(path: Path) -> str:
    """The SHA-256 of a file in hexadecimal digits. Raises NotReadable."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise NotReadable(f"cannot read {path}: {error.strerror or error}") from None


def write_files(contents: Mapping[Path, bytes]) -> None:
    """Write files that belong together. No file changes before the contents of all are on the disk.

    Missing folders are created.

    Raises:
        NotWritable: the operating system refuses.
    """
    temporary: dict[Path, Path] = {}
    try:
        for path, content in contents.items():
            with _as_not_writable(path):
                path.parent.mkdir(parents=True, exist_ok=True)
                if path.exists() and not (path.is_file() and os.access(path.resolve().parent, os.W_OK)):
                    path.write_bytes(content)  # a pipe, or a file in a folder where none can be created
                    continue
                target = path.resolve()
                temporary[target] = target.with_name(f".{target.name}.{secrets.token_hex(4)}")
                temporary[target].write_bytes(content)
        for target, draft in temporary.items():
            with _as_not_writable(target):
                draft.replace(target)
    finally:
        for draft in temporary.values():
            with contextlib.suppress(OSError):
                draft.unlink()


@contextlib.contextmanager
def _as_not_writable(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise NotWritable(f"cannot write {path}: {error.strerror or error}") from None


def check_writable(path: Path) -> None:
    """Check that a file can be written, without writing it.

    Raises:
        NotWritable: it cannot.
    """
    with _as_not_writable(path):
        is_folder = path.is_dir()
        existing = next(ancestor for ancestor in (path, *path.absolute().parents) if ancestor.exists())
    if is_folder:
        raise NotWritable(f"cannot write {path}: it is a folder")
    if existing != path and not existing.is_dir():
        raise NotWritable(f"cannot write {path}: {existing} is not a folder")
    if not os.access(existing, os.W_OK):
        raise NotWritable(f"cannot write {path}: no permission to write to {existing}")
