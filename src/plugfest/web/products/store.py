"""The PICS files of the user: read, written with the previous version kept, and restored."""

import hashlib
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import msgspec

from plugfest.products import product_names
from plugfest.reports.files import read_bytes, write_files

FOLDER: Final = "products"
MOST_BYTES: Final = 200_000
"""The largest PICS file. Those of the catalog have up to 20,000 bytes."""

_NAME: Final = re.compile(r"[a-z0-9]([a-z0-9-]{0,58}[a-z0-9])?")
_SUFFIX: Final = ".toml"
_PREVIOUS: Final = ".previous"


class InvalidName(Exception):
    """A name that a file of the user cannot have. The text is for the user."""


class FileChanged(Exception):
    """The file is not the one that was read."""


class Stored(msgspec.Struct, frozen=True):
    """A file as it was read. `version` identifies its content."""

    data: bytes

    @property
    def version(self) -> str:
        return hashlib.sha256(self.data).hexdigest()


class OwnFiles:
    """The folder with the PICS files of the user. A name is that of a file without its suffix."""

    def __init__(self, data_folder: Path) -> None:
        self._folder = data_folder / FOLDER

    def names(self) -> list[str]:
        """The names of all files, sorted. Files with other names than ours are left out."""
        return sorted(file.stem for file in self._files() if _NAME.fullmatch(file.stem))

    def has(self, name: str) -> bool:
        return name in self.names()

    def path(self, name: str) -> Path:
        """The path of a file. The name is one of `names`, or free."""
        return self._folder / f"{name}{_SUFFIX}"

    def read(self, name: str) -> Stored:
        """Raises NotReadable."""
        return Stored(read_bytes(self.path(name)))

    def check_free(self, name: str) -> None:
        """Raises InvalidName if a new file cannot have this name."""
        if not _NAME.fullmatch(name):
            raise InvalidName("use a to z, 0 to 9 and -, at most 60 characters, for example my-station")
        if name in product_names():
            raise InvalidName(f"{name} is a product of the catalog; choose another name")
        if self.path(name).exists():
            raise InvalidName(f"{name} exists; choose another name, or edit it")

    def create(self, name: str, data: bytes) -> None:
        """Write a new file. Raises InvalidName, NotWritable."""
        self.check_free(name)
        write_files({self.path(name): data})

    def save(self, name: str, data: bytes, version: str | None) -> Stored:
        """Write a file and keep the content that it had. `version`: of what was read; None overwrites any.

        Raises FileChanged, NotReadable, NotWritable.
        """
        before = self.read(name)
        if version is not None and before.version != version:
            raise FileChanged
        if data != before.data:
            write_files({self._previous(name): before.data, self.path(name): data})
        return Stored(data)

    def has_previous(self, name: str) -> bool:
        """Whether there is a version before the last one that was saved."""
        return self._previous(name).is_file()

    def restore(self, name: str) -> None:
        """Exchange a file with its previous version. Raises NotReadable, NotWritable."""
        before, previous = self.read(name).data, read_bytes(self._previous(name))
        write_files({self._previous(name): before, self.path(name): previous})

    def free_name(self, wanted: str) -> str:
        """A name that a new file can have, similar to the one wanted."""
        plain = re.sub(r"[^a-z0-9]+", "-", wanted.lower()).strip("-")[:50].strip("-") or "my-station"
        taken = {*self.names(), *product_names()}
        return next(name for name in _numbered(plain) if name not in taken)

    def _previous(self, name: str) -> Path:
        return self._folder / f"{name}{_SUFFIX}{_PREVIOUS}"

    def _files(self) -> Iterator[Path]:
        try:
            yield from (file for file in self._folder.glob(f"*{_SUFFIX}") if file.is_file())
        except OSError:
            return


def _numbered(name: str) -> Iterator[str]:
    yield name
    number = 2
    while True:
        yield f"{name}-{number}"
        number += 1
