"""What is wrong with a product's file, in one line."""

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
    """A product that cannot be used: the file, the key in it, what is wrong there and what would be right."""

    def __init__(self, file: str, key: str, wrong: str, right: str) -> None:
        place = f"{file}: {key}" if key else file
        super().__init__(f"{place}: {wrong}; {right}")
        self.file = file
        self.key = key
        self.wrong = wrong
        self.right = right


Written = bool | int | float | str | tuple[str, ...]


class _Table(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A table in which a key that nobody knows is a mistake."""


class Identity(_Table, frozen=True):
    """What the product is. `errata` is the edition of the errata that its cases are selected by (2025-04), the newest
    where none is given; `subtype` one of Part 5's product subtypes."""

    vendor: str
    model: str
    firmware_version: str
    ocpp_version: OcppVersion
    profiles: tuple[str, ...]
    subtype: str | None = None
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


class V16ConnectorRow(_Table, frozen=True):
    """A connector of OCPP 1.6, which knows no EVSE: each is one of its own."""

    id: int
    current: Literal["AC", "DC"]
    type: str
    cable: Literal["Fixed Cable", "Detachable"]
    phases: int = 0


class MeasurandRow(_Table, frozen=True):
    """What was tested, and what the vendor says that it supports besides."""

    tested: tuple[str, ...]
    supported: tuple[str, ...] = ()


class VendorSetting(_Table, frozen=True):
    value: str
    description: str = ""


class Measured(_Table, frozen=True):
    """In seconds."""

    minimum: float
    maximum: float
    average: float


class Performance(_Table, frozen=True):
    """Key performance indicators in seconds: what the vendor allows at most, and what a laboratory measured."""

    limit: dict[str, float] = {}
    measured: dict[str, Measured | Literal["not measurable"]] = {}
    over: str | None = None


class Certificate(_Table, frozen=True):
    """Published facts: a certificate of a laboratory, or the vendor's declaration for a family member.

    `passed` holds the published cases of each profile in the order of the document; `representative` and `family` name
    products of the catalog.
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
    hardware: dict[str, Written] = {}
    evse: tuple[EvseRow, ...] = ()
    connector: tuple[V16ConnectorRow, ...] = ()
    features: dict[str, Written] = {}
    measurands: dict[str, MeasurandRow | tuple[str, ...]] = {}
    questions: dict[str, Written] = {}
    settings: dict[str, Written] = {}
    vendor: dict[str, VendorSetting] = {}
    performance: Performance = Performance()
    certificate: Certificate | None = None

    def answers(self) -> dict[Table, Mapping[str, Written | MeasurandRow | tuple[str, ...]]]:
        """The tables that the feature catalogue describes, by their names."""
        return {
            "hardware": self.hardware,
            "features": self.features,
            "measurands": self.measurands,
            "questions": self.questions,
            "settings": self.settings,
        }


def read_pics(path: Path) -> Pics:
    """Read a PICS file.

    Raises ProductError if it cannot be read, is no TOML, or has tables of another shape.
    """
    file = str(path)
    try:
        tables = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise ProductError(file, "", error.strerror or str(error), "name a file that can be read") from None
    except UnicodeDecodeError:
        raise ProductError(file, "", "is no text in UTF-8", "save it as UTF-8") from None
    except tomllib.TOMLDecodeError as error:
        raise ProductError(file, "", f"is no TOML: {error}", "mend the line named") from None
    except (ValueError, RecursionError):  # a number of thousands of digits, thousands of brackets in one another
        raise ProductError(file, "", "is no TOML that anybody wrote", "name a PICS file") from None
    return _convert(tables, file)


# msgspec's names of types, and a person's.
TYPES = {
    "str": "a text",
    "int": "a whole number",
    "float": "a number",
    "bool": "true or false",
    "array": "a list",
    "object": "a table",
    "object | array": "a table or a list",
}

# What msgspec says of a wrong shape, and how a person would say it: what is wrong, what would be right.
_SHAPES = (
    (r"Object missing required field `(?P<field>.+)`", "is missing", "write it"),
    (r"Object contains unknown field `(?P<field>.+)`", "is no key of this table", "mend its name or leave it out"),
    (r"Expected `(?P<right>.+)`, got `(?P<wrong>.+)`", "is {wrong}", "write {right}"),
    (r"Invalid enum value (?P<wrong>.+)", "is {wrong}", "write one of the values that the table allows"),
)


def _convert(tables: dict[str, Any], file: str) -> Pics:
    try:
        return msgspec.convert(tables, Pics)
    except msgspec.ValidationError as error:
        message, _, where = str(error).partition(" - at `")
    keys = [_full_key(tables, where.rstrip("`").removeprefix("$").lstrip("."))]
    for shape, wrong, right in _SHAPES:
        if found := re.fullmatch(shape, message):
            words = found.groupdict()
            keys.append(words.get("field", ""))
            words = {name: TYPES.get(word, word) for name, word in words.items()}
            raise ProductError(file, ".".join(filter(None, keys)), wrong.format(**words), right.format(**words))
    raise ProductError(file, keys[0], message, "mend it")


def _full_key(tables: dict[str, Any], path: str) -> str:
    """The path with the key that msgspec leaves out (`features[...]`): that of the entry which fails alone."""
    parent, gap, rest = path.partition("[...]")
    if not gap:
        return path
    *above, name = parent.split(".")
    for key in reduce(getitem, [*above, name], tables):
        alone = deepcopy(tables)
        holder = reduce(getitem, above, alone)
        holder[name] = {key: holder[name][key]}
        try:
            msgspec.convert(alone, Pics)
        except msgspec.ValidationError:
            return f'{parent}."{key}"{rest}'
    return path
