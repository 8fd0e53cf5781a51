"""The PICS of a product as a TOML file: its tables, before the answers are validated."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator, Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Literal

import msgspec

from plugfest.products.features import OcppVersion, Table
from plugfest.toml_files.file import TomlFile
from plugfest.toml_files.problems import InvalidFile, Key, Problem
from plugfest.toml_files.schema import schema_problems, valid_part


class ProductError(InvalidFile):
    """Errors in the file of a product, one a line: the file, the line, the key, what is wrong, what is right."""


class InvalidTables(ProductError):
    """Tables of a PICS that are not valid. `valid`: the rest of it, None if there is not even an OCPP version."""

    valid: PicsFile | None


TomlValue = bool | int | float | str | tuple[str, ...]


Seconds = Annotated[float, msgspec.Meta(ge=0)]
Limit = Annotated[float, msgspec.Meta(gt=0)]
"""The most seconds that something may take."""


class _Table(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A table. Unknown keys are errors."""


class Identity(_Table, frozen=True):
    """What the product is. Every product has vendor, model and firmware version: see `missing_names`.

    `edition` of the specification and `errata` (2025-04) select its cases; `selecting_edition` has the
    defaults. `subtype` is a product subtype of Part 5.
    """

    ocpp_version: OcppVersion
    profiles: tuple[str, ...]
    vendor: str = ""
    model: str = ""
    firmware_version: str = ""
    subtype: str | None = None
    edition: int | None = None
    errata: str | None = None
    description: str | None = None


class ConnectorRow(_Table, frozen=True):
    id: int
    type: str
    cable: Literal["Fixed Cable", "Detachable"]


class EvseRow(_Table, frozen=True):
    id: int
    current: Literal["AC", "DC"]
    connectors: tuple[ConnectorRow, ...]
    phases: int = 0
    phase_counts: tuple[int, ...] = ()
    phase_pause: float | None = None


class V16ConnectorRow(_Table, frozen=True):
    """A connector of OCPP 1.6. There are no EVSEs in 1.6: each connector counts as one."""

    id: int
    current: Literal["AC", "DC"]
    type: str
    cable: Literal["Fixed Cable", "Detachable"]
    phases: int = 0
    phase_counts: tuple[int, ...] = ()
    phase_pause: float | None = None


class MeasurandRow(_Table, frozen=True):
    """The tested measurands, and all that the vendor supports."""

    tested: tuple[str, ...]
    supported: tuple[str, ...] = ()


class VendorSetting(_Table, frozen=True):
    value: str
    description: str = ""


class Measured(_Table, frozen=True):
    """Measured times in seconds."""

    minimum: Seconds
    maximum: Seconds
    average: Seconds


class Performance(_Table, frozen=True):
    """Key performance indicators in seconds: the limits of the vendor, and the measurements of a laboratory."""

    limit: dict[str, Limit] = {}
    measured: dict[str, Measured | Literal["not measurable"]] = {}
    over: str | None = None


class Certificate(_Table, frozen=True):
    """A published certificate, or the vendor's declaration for a family member.

    `passed` has the published cases of each profile in the order of the document. `representative` and `family` are
    names of products in the catalog.
    """

    kind: Literal["certificate", "vendor declaration"]
    date: datetime.date
    specification: str
    results: dict[str, Literal["Pass", "Fail", "Not Tested"]]
    number: str | None = None
    holder: str | None = None
    laboratory: str | None = None
    location: str | None = None
    report: str | None = None
    evidence: str | None = None
    tested_on: datetime.date | None = None
    config_id: str | None = None
    test_system: str | None = None
    test_system_instance: str | None = None
    firmware_hash: str | None = None
    representative: str | None = None
    family: tuple[str, ...] = ()
    cases: Annotated[int, msgspec.Meta(ge=0)] | None = None
    passed: dict[str, tuple[str, ...]] = {}


class Pics(_Table, frozen=True):
    """The whole file."""

    product: Identity
    hardware: dict[str, TomlValue] = {}
    evse: tuple[EvseRow, ...] = ()
    connector: tuple[V16ConnectorRow, ...] = ()
    features: dict[str, TomlValue] = {}
    measurands: dict[str, MeasurandRow | tuple[str, ...]] = {}
    questions: dict[str, TomlValue] = {}
    settings: dict[str, TomlValue] = {}
    vendor: dict[str, VendorSetting] = {}
    performance: Performance = Performance()
    certificate: Certificate | None = None
    unsupported: dict[str, tuple[str, ...]] = {}

    def answers(self) -> dict[Table, Mapping[str, TomlValue | MeasurandRow | tuple[str, ...]]]:
        """The tables with answers to the feature catalog, by name."""
        return {
            "hardware": self.hardware,
            "features": self.features,
            "measurands": self.measurands,
            "questions": self.questions,
            "settings": self.settings,
        }


class PicsFile(msgspec.Struct, frozen=True):
    """A PICS with the file that it was read from, which knows the lines."""

    pics: Pics
    file: TomlFile


def missing_names(tables: Mapping[str, object], beside: Iterable[Problem] = ()) -> Iterator[Problem]:
    """What every product has under [product] and this one lacks, unless another problem is a misspelling of it."""
    product = tables.get("product")
    for key in ("vendor", "model", "firmware_version"):
        misspelled = any(problem.right == f"write {key}" for problem in beside)
        if isinstance(product, dict) and product.get(key, "") == "" and not misspelled:
            yield Problem(("product", key), "is missing", "add it")


def read_pics(path: Path) -> PicsFile:
    """Read a PICS file.

    Raises ProductError if the file cannot be read or is not TOML, InvalidTables if a table is not valid.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise not_readable(path, error) from None
    return parse_pics(str(path), data)


def not_readable(path: Path, error: OSError) -> ProductError:
    """The error about a file that cannot be read, with the files that may be meant."""
    wrong = f"cannot be read: {error.strerror or error}"
    near = get_close_matches(path.name, _toml_files(path.parent), n=3) if isinstance(error, FileNotFoundError) else []
    files = ", ".join(str(path.parent / name) for name in near)
    return ProductError(str(path), "", wrong, f"did you mean {files}?" if files else "give a readable file")


def _toml_files(folder: Path) -> list[str]:
    try:
        return sorted(one.name for one in folder.glob("*.toml"))
    except OSError:
        return []


def parse_pics(name: str, data: bytes) -> PicsFile:
    """The PICS with this text, in a file of this name. Raises ProductError as `read_pics` does."""
    try:
        file = TomlFile.parse(name, data)
    except InvalidFile as error:
        raise ProductError.of(error.problems) from None
    problems = list(schema_problems(file.tables, Pics))
    if problems:
        problems += missing_names(file.tables, problems)
        invalid = InvalidTables.of(map(file.locate, problems))
        invalid.valid = _valid_part(file, frozenset(one.key for one in problems))
        raise invalid
    return PicsFile(msgspec.convert(file.tables, Pics), file)


def _valid_part(file: TomlFile, invalid: frozenset[Key]) -> PicsFile | None:
    if not invalid.isdisjoint({("product",), ("product", "ocpp_version")}):
        return None
    nothing = Pics(product=Identity(vendor="", model="", firmware_version="", ocpp_version="2.0.1", profiles=()))
    return PicsFile(msgspec.convert(valid_part(file.tables, Pics, invalid, nothing), Pics), file)
