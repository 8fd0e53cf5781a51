"""Validates the answers of a PICS, each by the kind of its feature."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from difflib import get_close_matches
from typing import NamedTuple

from plugfest.products.features import Feature, FeatureCatalog, Kind, Table
from plugfest.products.pics import MeasurandRow, Pics, TomlValue
from plugfest.products.product import Answer, Measurands
from plugfest.toml_files.problems import Problem

RawAnswer = TomlValue | MeasurandRow
YES_NO = {"Yes": True, "No": False}


class Answers(NamedTuple):
    """The valid answers by id, and what is wrong with the others."""

    valid: dict[str, Answer]
    problems: list[Problem]


def read_answers(pics: Pics, catalog: FeatureCatalog) -> Answers:
    """All answers of a PICS."""
    answers = Answers({}, [])
    for table, values in pics.answers().items():
        for id, value in values.items():
            if catalog.tables.get(id) != table:
                answers.problems.append(_misplaced(id, table, catalog))
                continue
            try:
                answers.valid[id] = read_answer(value, catalog.features[id], catalog)
            except InvalidAnswerError as invalid:
                answers.problems.append(Problem((table, id), invalid.wrong, invalid.right))
    return answers


def read_answer(value: RawAnswer, feature: Feature, catalog: FeatureCatalog) -> Answer:
    """The answer to one feature. Raises InvalidAnswerError."""
    return READERS[feature.kind](value, feature, catalog)


def _misplaced(id: str, table: Table, catalog: FeatureCatalog) -> Problem:
    right_table = catalog.tables.get(id)
    if right_table is not None:
        return Problem((table, id), "is in the wrong table", f"move it to [{right_table}]")
    near = [known for known in catalog.features if _without_zeros(known) == _without_zeros(id)] or get_close_matches(
        id, catalog.features
    )
    return Problem((table, id), "is not an id of this OCPP version", f"write {near[0]}" if near else "remove it")


def _without_zeros(id: str) -> str:
    """An id without leading zeros: C-1 for C-01."""
    return re.sub(r"(?<=\D)0+(?=\d)", "", id)


class InvalidAnswerError(Exception):
    """A value that is not a valid answer to its feature."""

    def __init__(self, wrong: object, right: str) -> None:
        self.wrong = f"is {wrong!r}" if not isinstance(wrong, str) else f'is "{wrong}"'
        self.right = right


def _yes_or_no(value: RawAnswer, feature: Feature, catalog: FeatureCatalog) -> Answer:
    answer = YES_NO.get(value) if isinstance(value, str) else value
    if not isinstance(answer, bool):
        raise InvalidAnswerError(value, "write true or false")
    return answer


def _number(value: RawAnswer, feature: Feature, catalog: FeatureCatalog) -> Answer:
    if isinstance(value, bool) or not isinstance(value, int | float) or value < 0:
        raise InvalidAnswerError(value, "write a number of at least 0")
    return value


def _text(value: RawAnswer, feature: Feature, catalog: FeatureCatalog) -> Answer:
    if not isinstance(value, str):
        raise InvalidAnswerError(value, "write a string")
    if not value.strip():
        raise InvalidAnswerError(value, "write it, or remove the key")
    return value


def _texts(value: RawAnswer, feature: Feature, catalog: FeatureCatalog) -> Answer:
    if value is False or value == "No":
        return ()
    if not isinstance(value, tuple):
        raise InvalidAnswerError(value, "write a list of names")
    return _check_names(value, feature.values)


def _measurands(value: RawAnswer, feature: Feature, catalog: FeatureCatalog) -> Answer:
    if isinstance(value, tuple):
        value = MeasurandRow(tested=value)
    if not isinstance(value, MeasurandRow):
        raise InvalidAnswerError(value, "write a list of measurands, or { tested = [...], supported = [...] }")
    tested = _check_names(value.tested, catalog.measurands)
    return Measurands(tested=tested, supported=_check_names(value.supported, catalog.measurands) or tested)


def _check_names(names: tuple[str, ...], vocabulary: Iterable[str]) -> tuple[str, ...]:
    for name in names:
        if name not in vocabulary:
            near = get_close_matches(name, vocabulary, n=1) or vocabulary
            raise InvalidAnswerError(name, f"write {', '.join(near)}")
    return names


READERS: dict[Kind, Callable[[RawAnswer, Feature, FeatureCatalog], Answer]] = {
    "claim": _yes_or_no,
    "group": _yes_or_no,
    "number": _number,
    "text": _text,
    "texts": _texts,
    "measurands": _measurands,
}
