"""Reading the answers of a PICS: each as the kind of its feature asks."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from difflib import get_close_matches

from plugfest.products.features import Feature, FeatureCatalog, Kind, Table
from plugfest.products.pics import MeasurandRow, Pics, ProductError, Written
from plugfest.products.product import Answer, Measurands

Given = Written | MeasurandRow
YES_NO = {"Yes": True, "No": False}


def read_answers(pics: Pics, features: FeatureCatalog, file: str) -> dict[str, Answer]:
    """Every answer, by id.

    Raises ProductError.
    """
    answered: dict[str, Answer] = {}
    for table, given in pics.answers().items():
        for id, value in given.items():
            feature = _feature(id, table, features, file)
            try:
                answered[id] = READERS[feature.kind](value, feature, features)
            except _UnfitError as unfit:
                raise ProductError(file, f'{table}."{id}"', unfit.wrong, unfit.right) from None
    return answered


def _feature(id: str, table: Table, features: FeatureCatalog, file: str) -> Feature:
    home = features.tables.get(id)
    if home == table:
        return features.features[id]
    key = f'{table}."{id}"'
    if home is not None:
        raise ProductError(file, key, "stands in the wrong table", f"move it to [{home}]")
    near = [known for known in features.features if _bare(known) == _bare(id)] or get_close_matches(
        id, features.features
    )
    raise ProductError(file, key, "is no id of this OCPP version", f"write {near[0]}" if near else "leave it out")


def _bare(id: str) -> str:
    """An id without the zeros that people forget: C-1 for C-01."""
    return re.sub(r"(?<=\D)0+(?=\d)", "", id)


class _UnfitError(Exception):
    """A value that does not answer its feature."""

    def __init__(self, wrong: object, right: str) -> None:
        self.wrong = f"is {wrong!r}" if not isinstance(wrong, str) else f'is "{wrong}"'
        self.right = right


def _yes_or_no(value: Given, feature: Feature, features: FeatureCatalog) -> Answer:
    answer = YES_NO.get(value) if isinstance(value, str) else value
    if not isinstance(answer, bool):
        raise _UnfitError(value, "write true or false")
    return answer


def _number(value: Given, feature: Feature, features: FeatureCatalog) -> Answer:
    if isinstance(value, bool) or not isinstance(value, int | float) or value < 0:
        raise _UnfitError(value, "write a number that is not negative")
    return value


def _text(value: Given, feature: Feature, features: FeatureCatalog) -> Answer:
    if not isinstance(value, str):
        raise _UnfitError(value, "write a text")
    return value


def _texts(value: Given, feature: Feature, features: FeatureCatalog) -> Answer:
    if value is False or value == "No":
        return ()
    if not isinstance(value, tuple):
        raise _UnfitError(value, "write a list of names")
    return _known(value, feature.values)


def _measurands(value: Given, feature: Feature, features: FeatureCatalog) -> Answer:
    if isinstance(value, tuple):
        value = MeasurandRow(tested=value)
    if not isinstance(value, MeasurandRow):
        raise _UnfitError(value, "write a list of measurands, or { tested = [...], supported = [...] }")
    tested = _known(value.tested, features.measurands)
    return Measurands(tested=tested, supported=_known(value.supported, features.measurands) or tested)


def _known(names: tuple[str, ...], vocabulary: Iterable[str]) -> tuple[str, ...]:
    for name in names:
        if name not in vocabulary:
            near = get_close_matches(name, vocabulary, n=1) or vocabulary
            raise _UnfitError(name, f"write {', '.join(near)}")
    return names


READERS: dict[Kind, Callable[[Given, Feature, FeatureCatalog], Answer]] = {
    "claim": _yes_or_no,
    "group": _yes_or_no,
    "number": _number,
    "text": _text,
    "texts": _texts,
    "measurands": _measurands,
}
