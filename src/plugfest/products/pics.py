"""The PICS of a product as a TOML file: its tables, before the answers are validated."""

from __future__ import annotations

import datetime
import re
import tomllib
from collections.abc import Mapping
from copy import deepcopy
from functools import reduce
from operator import getitem
from pathlib import Path
from typing import Any, Literal

import msgspec

from plugfest.products.features import OcppVersion, Table


class ProductError(Exception):
    """An error in the file of a product, in one line: the file, the key, what is wrong, what is right."""

    def __init__(self, file: str, key: str, wrong: str, right: str) -> None:
        place = f"{file}: {key}:" if key else file
        super().__init__(f"{place} {wrong}; {right}")
        self.file = file
        self.key = key
        self.wrong = wrong
        self.right = right


TomlValue = bool | int | float | str | tuple[str, ...]


class _Table(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A table. Unknown keys are errors."""


class Identity(_Table, frozen=True):
    """What the product is.

    `edition` of the specification and `errata` (2025-04) select its cases; `selecting_edition` has the
    defaults. `subtype` is a product subtype of Part 5.
    """

    vendor: str
    model: str
    firmware_version: str
    ocpp_version: OcppVersion
    profiles: tuple[str, ...]
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

    minimum: float
    maximum: float
    average: float


class Performance(_Table, frozen=True):
    """Key performance indicators in seconds: the limits of the vendor, and the measurements of a laboratory."""

    limit: dict[str, float] = {}
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
    cases: int | None = None
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


def read_pics(path: Path) -> Pics:
    """Read a PICS file.

    Raises ProductError if the file cannot be read, is not TOML, or a table is not valid.
    """
    file = str(path)
    try:
        tables = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise ProductError(file, "", f"cannot be read: {error.strerror or error}", "give a readable file") from None
    except UnicodeDecodeError:
        raise ProductError(file, "", "is not UTF-8", "save it as UTF-8") from None
    except tomllib.TOMLDecodeError as error:
        raise ProductError(file, "", f"is not valid TOML: {error}", "correct that line") from None
    except (ValueError, RecursionError):  # a number with thousands of digits, thousands of nested brackets
        raise ProductError(file, "", "is not a readable TOML file", "give a PICS file") from None
    return _convert(tables, file)


# The type names of msgspec, and the words for users.
TYPES = {
    "str": "a string",
    "int": "a whole number",
    "float": "a number",
    "bool": "true or false",
    "array": "a list",
    "object": "a table",
    "object | array": "a table or a list",
}

# The error texts of msgspec, and for users: what is wrong, what is right.
_ERRORS = (
    (r"Object missing required field `(?P<field>.+)`", "is missing", "add it"),
    (r"Object contains unknown field `(?P<field>.+)`", "is not a key of this table", "correct its name or remove it"),
    (r"Expected `(?P<right>.+)`, got `(?P<wrong>.+)`", "is {wrong}", "write {right}"),
    (r"Invalid enum value (?P<wrong>.+)", "is {wrong}", "write a valid value of this key"),
)


def _convert(tables: dict[str, Any], file: str) -> Pics:
    try:
        return msgspec.convert(tables, Pics)
    except msgspec.ValidationError as error:
        message, _, where = str(error).partition(" - at `")
    keys = [_full_key(tables, where.rstrip("`").removeprefix("$").lstrip("."))]
    for pattern, wrong, right in _ERRORS:
        if found := re.fullmatch(pattern, message):
            words = found.groupdict()
            keys.append(words.get("field", ""))
            words = {name: TYPES.get(word, word) for name, word in words.items()}
            raise ProductError(file, ".".join(filter(None, keys)), wrong.format(**words), right.format(**words))
    raise ProductError(file, keys[0], message, "correct it")


def _full_key(tables: dict[str, Any], path: str) -> str:
    """The path with the key that msgspec omits (`features[...]`), found by validating each entry alone."""
    parent, gap, rest = path.partition("[...]")
    if not gap:
        return path
    *above, name = parent.split(".")
    for key in reduce(getitem, [*above, name], tables):
        alone = deepcopy(tables)
        inner = reduce(getitem, above, alone)
        inner[name] = {key: inner[name][key]}
        try:
            msgspec.convert(alone, Pics)
        except msgspec.ValidationError:
            return f'{parent}."{key}"{rest}'
    return path
