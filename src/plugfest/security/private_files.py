"""Files and folders that only their owner can read, whatever the umask is."""

import os
from pathlib import Path
from typing import Final

PRIVATE_FILE: Final = 0o600
PRIVATE_FOLDER: Final = 0o700


def open_private(path: Path | str, flags: int) -> int:
    """Open a file as `os.open` does; a new or existing file of this user is readable by its owner only."""
    descriptor = os.open(path, flags | os.O_CLOEXEC, PRIVATE_FILE)
    try:
        tighten(descriptor)
    except BaseException:
        os.close(descriptor)
        raise
    return descriptor


def write_private(path: Path, content: bytes) -> None:
    """Write a file that only its owner can read, and not where a link leads; it is on disk when this returns.

    Raises OSError.
    """
    descriptor = open_private(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW)
    with open(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def make_private_folder(path: Path) -> None:
    """Create a folder, and its parents, readable by their owner only. Existing ones are not changed. Raises OSError."""
    if path.is_dir():
        return
    make_private_folder(path.parent)
    path.mkdir(exist_ok=True, mode=PRIVATE_FOLDER)


def tighten(file: Path | str | int) -> None:
    """Take the rights of group and others away, of a path or descriptor. A file of another user stays as it is.

    Raises OSError.
    """
    status = os.stat(file)
    if status.st_uid == os.geteuid() and status.st_mode & 0o077:
        os.chmod(file, status.st_mode & 0o700)
