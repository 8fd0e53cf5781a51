"""Reads an official PICS form, or the abstract of a test report: rows with an id, a feature and its answer.

The forms differ by version and by the spreadsheet that they were filled in with. What counts is the first cell of a
row: an id of the feature catalog, the name of a profile, or of a performance indicator. Other rows are ignored.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final, NamedTuple

from plugfest.products.answers import InvalidAnswerError, read_answer
from plugfest.products.draft import Draft, Known
from plugfest.products.features import FILES, Feature, FeatureCatalog, OcppVersion, feature_catalog
from plugfest.products.pics import MeasurandRow, TomlValue
from plugfest.products.product import Connector, Evse

Row = Sequence[str]

_YES: Final = frozenset({"yes", "y", "true", "pass", "supported", "x"})
_NO: Final = frozenset({"no", "n", "false", "not tested", "not supported", "fail", "-", "n/a"})
_IDENTITY: Final = {
    "vendor name": "vendor",
    "product designation": "model",
    "firmware version": "firmware_version",
    "ocpp software version": "firmware_version",
}
_ID: Final = re.compile(r"[A-Z]+-\d+(\.\d+)?")
_NAMES: Final = re.compile(r"[,;\s]+")


class Form(NamedTuple):
    """What a form has answered, and a line about each answer that cannot be used."""

    draft: Draft
    problems: list[str]


def form_version(rows: Iterable[Row]) -> OcppVersion | None:
    """The OCPP version whose features have the titles in the form, or if it has other titles, the ids.

    None if the form has no feature, or as many of one version as of another one.
    """
    features = [cells for cells in map(_cells, rows) if len(cells) > 1]
    pairs, ids = {(cells[0], _words(cells[1])) for cells in features}, {cells[0] for cells in features}
    titles = {version: len(pairs & _titles(feature_catalog(version))) for version in FILES}
    known = {version: len(ids & set(feature_catalog(version).features)) for version in FILES}
    return _most(titles) or _most(known)


def read_form(rows: Sequence[Row], version: OcppVersion, name: str) -> Form:
    """The answers in the rows of a form of this name."""
    catalog, reader = feature_catalog(version), _Reader(feature_catalog(version), name)
    for number, cells in enumerate(map(_cells, rows), 1):
        if cells and any(cells[1:]):
            reader.read(cells, number)
    evses = tuple(_evses(rows, version))
    draft = Draft(
        version=version,
        identity=reader.identity,
        profiles={name: known for name, known in reader.profiles.items() if name in catalog.profiles},
        answers=reader.answers,
        evses=evses,
        evses_from=name if evses else "",
        limits=reader.limits,
    )
    return Form(draft.with_hardware(), reader.problems)


class _Reader:
    """Reads rows one by one."""

    def __init__(self, catalog: FeatureCatalog, name: str) -> None:
        self.identity: dict[str, Known] = {}
        self.profiles: dict[str, Known] = {}
        self.answers: dict[str, Known] = {}
        self.limits: dict[str, Known] = {}
        self.problems: list[str] = []
        self._catalog = catalog
        self._name = name

    def read(self, cells: Row, number: int) -> None:
        """Read a row that has a first cell and another one."""
        first, source = cells[0], f"row {number} of {self._name}"
        indicators = {one.title: one.key for one in self._catalog.indicator}
        label = _IDENTITY.get(first.rstrip(":").lower())
        if (feature := self._catalog.features.get(first)) is not None:
            self._feature(feature, cells[1:], source)
        elif label is not None:
            self.identity.setdefault(label, Known(cells[1], source))
        elif first in self._catalog.profiles and (claimed := _yes_or_no(cells[1])) is not None:
            self.profiles.setdefault(first, Known(claimed, source))
        elif first in indicators and _number(cells[1]):  # the measurements, with further numbers, come later
            self.limits.setdefault(indicators[first], Known(_number(cells[1]) or 0, source))
        elif _ID.fullmatch(first) and any(cells[2:] or cells[1:2]):
            self.problems.append(f"{source}: {first} is not an id of this OCPP version")

    def _feature(self, feature: Feature, cells: Row, source: str) -> None:
        given = [cell for cell in cells[1:] if cell] if len(cells) > 1 else list(cells)
        if feature.kind == "group" or not given:
            return
        value = _value(feature, given)
        try:
            if value is None:
                raise InvalidAnswerError(given[0], "write Yes or No" if feature.kind == "claim" else "write a number")
            answer = read_answer(value, feature, self._catalog)
        except InvalidAnswerError as invalid:
            self.problems.append(f"{source}: {feature.id} {invalid.wrong}; {invalid.right}")
            return
        self.answers.setdefault(feature.id, Known(answer, source))


def _value(feature: Feature, cells: Row) -> TomlValue | MeasurandRow | None:
    """The value of a cell as it would be in a PICS file; None if it is not one."""
    match feature.kind:
        case "claim":
            return _yes_or_no(cells[0])
        case "number":
            return _number(cells[0])
        case "text":
            return cells[0]
        case "texts":
            named = _names(cells[0]) if _yes_or_no(cells[0]) is None else ()
            return tuple(_spelled(name, feature.values) for name in named)
    return MeasurandRow(tested=_names(cells[0]), supported=_names(cells[1]) if len(cells) > 1 else ())


def _evses(rows: Iterable[Row], version: OcppVersion) -> Iterator[Evse]:
    """The table of EVSEs or connectors, below a row with these headings."""
    headings: dict[str, int] = {}
    connectors: dict[int, list[Connector]] = {}
    heads: dict[int, tuple[str, int]] = {}
    key = "connector" if version == "1.6" else "evse"
    for cells in map(_cells, rows):
        names = [cell.lower() for cell in cells]
        if {key, "current", "type"} <= set(names):
            headings = {name: position for position, name in enumerate(names)}
            continue
        if not headings or not cells or not _at(cells, headings, "type"):
            headings = headings if not connectors else {}
            continue
        id = int(_at(cells, headings, key) or max(heads, default=1))
        heads.setdefault(id, (_at(cells, headings, "current"), int(_at(cells, headings, "phases") or 0)))
        number = 1 if version == "1.6" else int(_at(cells, headings, "connector") or len(connectors.get(id, ())) + 1)
        cable = "Fixed Cable" if _at(cells, headings, "cable type").lower().startswith("fixed") else "Detachable"
        connectors.setdefault(id, []).append(
            Connector(number, _at(cells, headings, "type"), "Fixed Cable" if cable == "Fixed Cable" else "Detachable")
        )
    for id, (current, phases) in heads.items():
        yield Evse(id, "DC" if current.upper() == "DC" else "AC", phases, tuple(connectors[id]))


def _at(cells: Row, headings: Mapping[str, int], name: str) -> str:
    position = headings.get(name)
    return cells[position] if position is not None and position < len(cells) else ""


def _cells(row: Row) -> list[str]:
    return [" ".join(cell.split()) for cell in row]


def _most(counts: Mapping[OcppVersion, int]) -> OcppVersion | None:
    """The version with the greatest count; None if there is not one."""
    best = max(counts.values())
    versions = [version for version, count in counts.items() if count == best]
    return versions[0] if best and len(versions) == 1 else None


def _titles(catalog: FeatureCatalog) -> set[tuple[str, str]]:
    return {(feature.id, _words(feature.title)) for feature in catalog.features.values()}


def _words(title: str) -> str:
    return re.sub(r"\W+", " ", title).strip().lower()


def _yes_or_no(cell: str) -> bool | None:
    word = cell.lower()
    return True if word in _YES else False if word in _NO else None


def _number(cell: str) -> float | None:
    found = re.match(r"\d+(\.\d+)?", cell)
    return None if found is None else float(found[0]) if found[1] else int(found[0])


def _names(cell: str) -> tuple[str, ...]:
    return tuple(filter(None, (name.strip(".") for name in _NAMES.split(cell))))


def _spelled(name: str, values: Iterable[str]) -> str:
    """The name in the spelling of the catalog."""
    return next((value for value in values if value.lower() == name.lower()), name)
