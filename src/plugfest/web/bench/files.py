"""Files of the user that a campaign can be given: settings of the lab, approvers, certificates, firmware."""

import contextlib
import filecmp
import os
import re
import secrets
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Final

import msgspec

from plugfest.security.private_files import make_private_folder, open_private
from plugfest.web.own_files import numbered

_SUFFIX: Final = ".toml"
_LONGEST: Final = 60
"""The most characters of a name."""


class NotKept(Exception):
    """A file that cannot be kept. The text is for the user."""


class FileKind(msgspec.Struct, frozen=True, kw_only=True):
    """A kind of files: the folder for them, how their names end (any way if empty), and the most bytes of one."""

    folder: str
    suffixes: tuple[str, ...] = ()
    most: int = 200_000


KINDS: Final = {
    "settings": FileKind(folder="settings", suffixes=(_SUFFIX,)),
    "approval": FileKind(folder="approvals", suffixes=(_SUFFIX,)),
    "station_root": FileKind(folder="station-roots", suffixes=(".pem", ".crt", ".cer")),
    "firmware": FileKind(folder="firmware", most=64_000_000),
}
"""The kinds of files, by the field of the form that chooses one."""


class CampaignFiles:
    """The folders with these files, in the folder of the user: what is in them can be chosen by its name."""

    def __init__(self, data_folder: Path) -> None:
        self._data = data_folder

    def names(self, kind: str) -> list[str]:
        """The names of the files of a kind, sorted."""
        folder = self.folder(kind)
        try:
            return sorted(one.name for one in folder.iterdir() if one.is_file() and _fits(one.name, KINDS[kind]))
        except OSError:
            return []

    def path(self, kind: str, name: str) -> Path | None:
        """The path of a file; None if there is none of that name."""
        return self.folder(kind) / name if name in self.names(kind) else None

    def folder(self, kind: str) -> Path:
        return (self._data / KINDS[kind].folder).absolute()

    def without_folder(self, kind: str, text: str) -> str:
        """A text about a file without the path of its folder, for pages that other machines may see."""
        return text.replace(f"{self.folder(kind)}/", "")

    async def keep(self, kind: str, given: str, content: AsyncIterator[bytes]) -> str:
        """Keep a file with this content, under the name that it has, or a similar one if another file has that.

        Returns the name. Raises NotKept.
        """
        rules = KINDS[kind]
        name = _plain(given)
        if not _fits(name, rules):
            raise NotKept(f"give a file whose name ends with {' or '.join(rules.suffixes) or 'a letter'}")
        draft = self.folder(kind) / f".{secrets.token_hex(8)}"
        try:
            make_private_folder(draft.parent)  # settings may have a password
            await _write(draft, content, rules.most)
            names = numbered(Path(name).stem, Path(name).suffix)
            free = next(one for one in names if _is_free(draft, draft.with_name(one)))
            draft.replace(draft.with_name(free))
        except OSError as error:
            raise NotKept(f"the file cannot be kept: {error.strerror or error}") from None
        finally:
            with contextlib.suppress(OSError):
                draft.unlink(missing_ok=True)
        return free


def _is_free(draft: Path, target: Path) -> bool:
    """Whether nothing is lost if the draft takes this place."""
    return not target.exists() or (target.is_file() and filecmp.cmp(draft, target, shallow=False))


async def _write(path: Path, content: AsyncIterator[bytes], most: int) -> None:
    """Raises NotKept, OSError."""
    size = 0
    with os.fdopen(open_private(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL), "wb") as file:
        async for piece in content:
            size += len(piece)
            if size > most:
                raise NotKept(f"give a file of at most {most:,} bytes")
            file.write(piece)
    if not size:
        raise NotKept("the file is empty")


def _plain(given: str) -> str:
    """The last part of a name, with the characters that a file of any system can have."""
    name = re.sub(r"[^A-Za-z0-9._-]+", "-", given.replace("\\", "/").rpartition("/")[2]).strip("-.")
    stem, dot, suffix = name.rpartition(".")
    return f"{stem[: _LONGEST - len(suffix) - 1]}{dot}{suffix}" if dot and stem else name[:_LONGEST]


def _fits(name: str, kind: FileKind) -> bool:
    if not name or name.startswith("."):
        return False
    return not kind.suffixes or (name.lower().endswith(kind.suffixes) and Path(name).stem != "")
