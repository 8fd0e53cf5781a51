"""The folder of a run: its options, and for each product its PICS and the sittings, each in a file of its own.

RUN/run.json                      the options of the command that began the run
RUN/.process                      the id of the process that runs it now
RUN/PRODUCT/PRODUCT.toml          the PICS as it was then
RUN/PRODUCT/sitting-1.jsonl       what happened, one entry a line; more sittings if the run was resumed
"""

import contextlib
import fcntl
import os
import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Annotated, Final

import msgspec

from plugfest.lab.operator.left import NOTHING_LEFT, LeftAtStation
from plugfest.lab.settings import LabSettings
from plugfest.runs.data_folder import data_folder
from plugfest.runs.entries import NotAnEntry, SittingBegan
from plugfest.runs.locking import is_locked
from plugfest.runs.sitting import Sitting, SittingWriter, left_at_station, read_begin, read_sitting
from plugfest.security.private_files import make_private_folder, tighten, write_private

RUN_FILE: Final = "run.json"
PROCESS_FILE: Final = ".process"
FORMAT_VERSION: Final = 1

_FILE_NAME: Final = r"^(?!\.{1,2}\Z)[^/\x00]+\Z"  # a product of the run is a folder in it
_SITTING: Final = re.compile(r"sitting-(\d+)\.jsonl")

OptionValue = str | bool | int | list[str]


class RunError(Exception):
    """A folder that is no run, that cannot be read or written, or that is in use. The text is for the user."""


class _AnyFormat(msgspec.Struct, frozen=True):
    """What `run.json` of every version has."""

    format: int


class RunDescription(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What `run.json` holds. `products`: their names, in the order in which they are tested.

    `options`: those of `plugfest certify` by name, with their values as they were given.
    """

    format_version: int = msgspec.field(name="format", default=FORMAT_VERSION)
    software: str
    started_at: Annotated[datetime, msgspec.Meta(tz=True)]
    products: Annotated[tuple[Annotated[str, msgspec.Meta(pattern=_FILE_NAME)], ...], msgspec.Meta(min_length=1)]
    options: dict[str, OptionValue]


class ProductFolder:
    """The part of a run about one product."""

    def __init__(self, path: Path) -> None:
        self.path = path

    @property
    def name(self) -> str:
        return self.path.name

    @property
    def pics(self) -> Path:
        """The PICS file."""
        return self.path / f"{self.name}.toml"

    def sittings(self) -> list[Sitting]:
        """The sittings in their order, without those that ended before they began. Raises RunError."""
        with _as_run_error(self.path):
            try:
                found = [read_sitting(self._file(number)) for number in self._numbers()]
            except NotAnEntry as error:
                raise RunError(str(error)) from None
            sittings = [sitting for sitting in found if sitting is not None]
            self._check_pics(sittings)
        return sittings

    def _check_pics(self, sittings: Iterable[Sitting]) -> None:
        recorded = {one.began.pics_sha256 for one in sittings} - {""}
        if recorded and recorded != {self.pics_sha256()}:
            raise RunError(
                f"{self.pics} is not the PICS that was tested: it was changed; bring back the file as it was"
            )

    def pics_sha256(self) -> str:
        """The SHA-256 of the PICS file. Raises RunError."""
        with _as_run_error(self.pics):
            if self.pics.exists() and not self.pics.is_file():
                raise RunError(f"{self.pics} is not a file")
            return sha256(self.pics.read_bytes()).hexdigest()

    @property
    def has_sittings(self) -> bool:
        """Whether there is a file of a sitting."""
        return self.path.is_dir() and bool(self._numbers())

    def begin_sitting(self, began: SittingBegan) -> SittingWriter:
        """A new sitting, after those that there are. Raises RunError."""
        with _as_run_error(self.path):
            return SittingWriter(self._file(max(self._numbers(), default=0) + 1), began)

    def sitting_files(self) -> list[Path]:
        """The files of the sittings in their order; none if the run has not reached the product. Raises OSError."""
        return [self._file(number) for number in self._numbers()] if self.path.is_dir() else []

    def _numbers(self) -> list[int]:
        return sorted(
            int(found[1])
            for file in self.path.iterdir()
            if (found := _SITTING.fullmatch(file.name)) and file.is_file()  # a pipe would be waited for
        )

    def _file(self, number: int) -> Path:
        return self.path / f"sitting-{number}.jsonl"


class RunFolder:
    """A run on the disk. Only its owner can read it: it holds the passwords of the station."""

    def __init__(self, path: Path) -> None:
        self.path = path

    @classmethod
    def create(cls, path: Path, description: RunDescription) -> "RunFolder":
        """A new run. Raises RunError if the folder cannot be created, or has files."""
        with _as_run_error(path):
            make_private_folder(path)
            if any(path.iterdir()):
                raise RunError(f"{path} is not empty: name a new folder")
            tighten(path)
            write_private(path / RUN_FILE, msgspec.json.format(msgspec.json.encode(description)) + b"\n")
        return cls(path)

    def description(self) -> RunDescription:
        """How the run was begun. Raises RunError, also if it does not fit the rest of the folder."""
        file = self.path / RUN_FILE
        if not file.is_file():
            raise RunError(f"{self.path} is not the folder of a run: it has no {RUN_FILE}")
        with _as_run_error(file):
            data = file.read_bytes()
        try:
            version = msgspec.json.decode(data, type=_AnyFormat).format
            if version != FORMAT_VERSION:
                raise RunError(f"{file} has format {version}: this Plugfest reads {FORMAT_VERSION}")
            description = msgspec.json.decode(data, type=RunDescription)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            raise RunError(f"{file} cannot be read: {error}") from None
        self._check_products(file, description)
        return description

    def _check_products(self, file: Path, description: RunDescription) -> None:
        """Check that the folders, the options and the list are about the same products. Raises RunError."""
        products = description.products
        named = description.options.get("product")
        if named is not None and (Path(str(named)).stem,) != products:
            raise RunError(f"{file} does not fit together: its option product is {named}, its products {[*products]}")
        with _as_run_error(self.path):
            tested = [one for path in sorted(self.path.iterdir()) if (one := ProductFolder(path)).has_sittings]
        for one in tested:
            if one.name not in products:
                raise RunError(f"{file} does not fit the run: it does not name {one.name}, which has results")
            if not one.pics.is_file():
                raise RunError(f"{one.pics} is missing: the results are about this PICS; bring back the file")

    def product(self, slug: str, pics: bytes | None = None) -> ProductFolder:
        """The part about a product; it is created with its PICS if it does not exist. Raises RunError."""
        folder = ProductFolder(self.path / slug)
        with _as_run_error(folder.path):
            make_private_folder(folder.path)
            if pics is not None and not folder.has_sittings and not folder.pics.exists():
                write_private(folder.pics, pics)
        return folder

    def sittings(self, slug: str) -> list[Sitting]:
        """The sittings of a product; none if the run has not reached it. Raises RunError."""
        folder = ProductFolder(self.path / slug)
        return folder.sittings() if folder.path.is_dir() else []

    def last_settings(self, slug: str) -> LabSettings | None:
        """The settings of the last sitting of a product; None if there is none. Raises RunError."""
        folder = ProductFolder(self.path / slug)
        with _as_run_error(folder.path):
            begun = filter(None, map(read_begin, reversed(folder.sitting_files())))
            return next((one.settings for one in begun), None)

    def left_at_station(self, slug: str) -> LeftAtStation:
        """What the operator has left at the station of the product. Raises RunError."""
        folder = ProductFolder(self.path / slug)
        try:
            with _as_run_error(folder.path):
                found = (left_at_station(file) for file in reversed(folder.sitting_files()))
                return next((left for left in found if left is not None), NOTHING_LEFT)
        except NotAnEntry as error:
            raise RunError(str(error)) from error

    def pics(self, slug: str) -> str:
        """What loads a product of the run: the path of its PICS file, or its name if it has none."""
        file = ProductFolder(self.path / slug).pics
        return os.path.abspath(file) if file.exists() else slug

    @contextlib.contextmanager
    def locked(self) -> Iterator[None]:
        """No other process may continue the run meanwhile. Raises RunError if one does."""
        with _as_run_error(self.path):
            tighten(self.path)  # a run of an earlier version, or one that was copied
            descriptor = os.open(self.path / RUN_FILE, os.O_RDONLY)
        process = self.path / PROCESS_FILE
        try:
            self._lock(descriptor)
            with _as_run_error(process):
                write_private(process, b"%d\n" % os.getpid())
            try:
                yield
            finally:
                process.unlink(missing_ok=True)
        finally:
            os.close(descriptor)

    @property
    def is_in_use(self) -> bool:
        """Whether a process runs it now."""
        return is_locked(self.path / RUN_FILE)

    @property
    def process(self) -> int | None:
        """The id of the process that runs it now, None if there is none. It can be stopped by SIGINT."""
        try:
            return int((self.path / PROCESS_FILE).read_bytes()) if self.is_in_use else None
        except (OSError, ValueError):
            return None

    def _lock(self, descriptor: int) -> None:
        try:
            with _as_run_error(self.path):
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except RunError as error:
            if isinstance(error.__cause__, BlockingIOError):
                raise RunError(f"{self.path} is in use: another plugfest certify runs it") from None
            raise


def default_folder(environment: Mapping[str, str]) -> Path:
    """The folder of the runs of the user."""
    return data_folder(environment) / "runs"


def new_folder(runs: Path, started_at: datetime, name: str) -> Path:
    """A folder for a run of this name that does not exist yet."""
    stem = f"{started_at:%Y-%m-%d-%H%M%S}-{name}"
    names = (stem if number == 1 else f"{stem}-{number}" for number in range(1, 1000))
    return next(folder for name in names if not (folder := runs / name).exists())


@contextlib.contextmanager
def _as_run_error(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise RunError(f"{path}: {error.strerror or error}") from error
