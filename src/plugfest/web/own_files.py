"""The PICS files of the user: read, written with the previous version kept, renamed, deleted and brought back."""

import contextlib
import hashlib
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import msgspec

from plugfest.products import product_names
from plugfest.reports.files import NotWritable, read_bytes, write_files

FOLDER: Final = "products"
MOST_BYTES: Final = 200_000
"""The largest PICS file. Those of the catalog have up to 20,000 bytes."""

_NAME: Final = re.compile(r"[a-z0-9]([a-z0-9-]{0,58}[a-z0-9])?")
_SUFFIX: Final = ".toml"
_PREVIOUS: Final = ".previous"
_DELETED: Final = ".deleted"
_RULE: Final = "a to z, 0 to 9 and -, at most 60 characters, for example my-station"


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
    """The folder with the PICS files of the user, for every section. A name is that of a file without its suffix."""

    def __init__(self, data_folder: Path) -> None:
        self._folder = data_folder / FOLDER

    def names(self) -> list[str]:
        """The names of all files, sorted, without those that are left out."""
        return sorted(name for name in self._stems(_SUFFIX) if _is_usable(name))

    def left_out(self) -> dict[str, str]:
        """Files that are no products because of their names, with what to do about it."""
        names = sorted(name for name in self._stems(_SUFFIX) if not _is_usable(name))
        return {f"{name}{_SUFFIX}": _problem(name) for name in names}

    def has(self, name: str) -> bool:
        return name in self.names()

    def path(self, name: str) -> Path:
        """The path of a file. The name is one of `names`, or free."""
        return self._folder / f"{name}{_SUFFIX}"

    def source(self, name: str) -> str | None:
        """What loads a product: the path of a file of the user, or a name in the catalog; None if there is none."""
        if name in product_names():
            return name
        return str(self.path(name).absolute()) if self.has(name) else None

    def without_folder(self, text: str) -> str:
        """A text about a file without the path of the folder, for pages that other machines may see."""
        return text.replace(f"{self._folder.absolute()}/", "")

    def read(self, name: str) -> Stored:
        """Raises NotReadable."""
        return Stored(read_bytes(self.path(name)))

    def check_free(self, name: str) -> None:
        """Raises InvalidName if a new file cannot have this name."""
        if not _is_usable(name):
            raise InvalidName(_problem(name))
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

    def rename(self, name: str, new: str) -> None:
        """Give a file another name, with its previous version. Raises InvalidName, NotWritable."""
        self.check_free(new)
        with _as_not_writable(self.path(name)):
            if self.has_previous(name):
                self._previous(name).replace(self._previous(new))
            self.path(name).rename(self.path(new))

    def delete(self, name: str) -> None:
        """Delete a file. It is kept beside the others until another one of the name is deleted. Raises NotWritable."""
        with _as_not_writable(self.path(name)):
            self.path(name).replace(self._deleted(name))

    def deleted(self) -> list[str]:
        """The names of the deleted files that can be brought back, sorted."""
        return sorted(name for name in self._stems(f"{_SUFFIX}{_DELETED}") if _is_usable(name) and not self.has(name))

    def bring_back(self, name: str) -> None:
        """Bring back a deleted file. Raises InvalidName, NotWritable."""
        self.check_free(name)
        with _as_not_writable(self.path(name)):
            self._deleted(name).rename(self.path(name))

    def free_name(self, wanted: str) -> str:
        """A name that a new file can have, similar to the one wanted."""
        plain = re.sub(r"[^a-z0-9]+", "-", wanted.lower()).strip("-")[:50].strip("-") or "my-station"
        taken = {*self.names(), *product_names()}
        return next(name for name in numbered(plain) if name not in taken)

    def _previous(self, name: str) -> Path:
        return self._folder / f"{name}{_SUFFIX}{_PREVIOUS}"

    def _deleted(self, name: str) -> Path:
        return self._folder / f"{name}{_SUFFIX}{_DELETED}"

    def _stems(self, suffix: str) -> Iterator[str]:
        try:
            files = [file.name for file in self._folder.glob(f"*{suffix}") if file.is_file()]
        except OSError:
            return
        yield from (name.removesuffix(suffix) for name in files)


def _is_usable(name: str) -> bool:
    return _NAME.fullmatch(name) is not None and name not in product_names()


def _problem(name: str) -> str:
    """Why a file of the user cannot have this name."""
    if _NAME.fullmatch(name):
        return f"{name} is a product of the catalog; choose another name"
    return f"use {_RULE}"


@contextlib.contextmanager
def _as_not_writable(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise NotWritable(f"{path.name}: {error.strerror or error}") from None


def numbered(name: str, suffix: str = "") -> Iterator[str]:
    """The name, then similar ones with a number; each with the suffix."""
    yield f"{name}{suffix}"
    number = 2
    while True:
        yield f"{name}-{number}{suffix}"
        number += 1
