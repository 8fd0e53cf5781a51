"""The fields of the form for a PICS: their names and values, from a product, and back to answers.

A field that was not touched has the value that it was given, and changes nothing in the file.
"""

import math
import re
from collections.abc import Iterator
from typing import Final

import msgspec

from plugfest.products.answers import InvalidAnswerError, read_answer
from plugfest.products.features import Feature, FeatureCatalog
from plugfest.products.pics import MeasurandRow, Pics
from plugfest.products.product import Answer, Connector, Evse, Measurands, Product
from plugfest.web.forms import Form

IDENTITY: Final = ("vendor", "model", "firmware_version", "description")
OPEN, YES, NO, NONE = "", "yes", "no", "none"
_NUMBER: Final = re.compile(r"\d{1,15}(\.\d{1,9})?")
_COUNTS: Final = re.compile(r"[,;\s]+")


class Invalid(msgspec.Struct, frozen=True):
    """A value that cannot be written to the file: the name of the field, and what is wrong."""

    field: str
    text: str


def initial(pics: Pics, product: Product) -> Form:
    """The fields of a product."""
    return Form([*_identity_fields(pics), *_answer_fields(product), *_evse_fields(product)])


def _identity_fields(pics: Pics) -> Iterator[tuple[str, str]]:
    identity = pics.product
    for key in (*IDENTITY, "edition", "errata", "subtype"):
        value = getattr(identity, key)
        yield f"product.{key}", "" if value is None else str(value)
    yield from (("product.profiles", name) for name in identity.profiles)
    yield from ((f"unsupported.{key}", value) for key, values in pics.unsupported.items() for value in values)
    yield from ((f"limit.{key}", number_text(limit)) for key, limit in pics.performance.limit.items())


def _answer_fields(product: Product) -> Iterator[tuple[str, str]]:
    for id, answer in product.answered.items():
        match answer:
            case bool():
                yield id, YES if answer else NO
            case int() | float():
                yield id, number_text(answer)
            case str():
                yield id, answer
            case Measurands(tested, supported):
                yield from ((f"{id}.tested", name) for name in tested)
                yield from ((f"{id}.supported", name) for name in supported)
            case tuple():
                yield from ((id, name) for name in answer or (NONE,))


def _evse_fields(product: Product) -> Iterator[tuple[str, str]]:
    for at, evse in enumerate(product.evses):
        yield from _one_evse(f"evse{at}", str(at), evse)


def _one_evse(prefix: str, key: str, evse: Evse) -> Iterator[tuple[str, str]]:
    yield "evse", key
    yield f"{prefix}.current", evse.current
    yield f"{prefix}.phases", str(evse.phases)
    yield f"{prefix}.phase_counts", ", ".join(map(str, evse.phase_counts))
    yield f"{prefix}.phase_pause", "" if evse.phase_pause is None else number_text(evse.phase_pause)
    for at, connector in enumerate(evse.connectors):
        yield f"{prefix}.connector", str(at)
        yield f"{prefix}.{at}.type", connector.type
        yield f"{prefix}.{at}.cable", connector.cable


def number_text(number: float) -> str:
    """A number as it is typed."""
    return str(int(number)) if float(number).is_integer() else str(number)


def noted_fields(form: Form, catalog: FeatureCatalog) -> list[str]:
    """The fields that are no features and have a place for a note."""
    evses = [f"evse{key}.{part}" for key in form.all("evse") for part in ("phase_counts", "phase_pause")]
    limits = [f"limit.{indicator.key}" for indicator in catalog.indicator]
    return [*(f"product.{key}" for key in IDENTITY), *limits, *evses]


def answer_of(form: Form, feature: Feature, catalog: FeatureCatalog) -> Answer | Invalid | None:
    """The answer that the fields of a feature have; None if it is left open."""
    typed = form.get(feature.id)
    match feature.kind:
        case "claim":
            return {YES: True, NO: False}.get(typed)
        case "number":
            number = parsed_number(typed)
            return Invalid(feature.id, f"{typed!r} is not a number of at least 0") if number is math.nan else number
        case "text":
            return typed or None
        case "texts":
            return _texts(form, feature, catalog)
        case "measurands":
            return _measurands(form, feature, catalog)
    return None


def parsed_number(typed: str) -> float | int | None:
    """The number in a field; None if it is empty, math.nan if it is none."""
    if not typed:
        return None
    if not _NUMBER.fullmatch(typed):
        return math.nan
    return float(typed) if "." in typed else int(typed)


def _texts(form: Form, feature: Feature, catalog: FeatureCatalog) -> Answer | Invalid | None:
    names = form.all(feature.id)
    chosen = tuple(name for name in names if name != NONE)
    if not names:
        return None
    if NONE in names and chosen:
        return Invalid(feature.id, "choose either names or None of them")
    return _checked(chosen, feature, catalog)


def _measurands(form: Form, feature: Feature, catalog: FeatureCatalog) -> Answer | Invalid | None:
    tested, supported = (tuple(form.all(f"{feature.id}.{part}")) for part in ("tested", "supported"))
    if not tested and not supported:
        return None
    return _checked(MeasurandRow(tested=tested, supported=supported), feature, catalog)


def _checked(value: tuple[str, ...] | MeasurandRow, feature: Feature, catalog: FeatureCatalog) -> Answer | Invalid:
    try:
        return read_answer(value, feature, catalog)
    except InvalidAnswerError as invalid:
        return Invalid(feature.id, f"{invalid.wrong}; {invalid.right}")


class ParsedEvses(msgspec.Struct, frozen=True):
    """The EVSEs in a form, numbered in their order, and what is wrong with them."""

    evses: tuple[Evse, ...]
    invalid: tuple[Invalid, ...]


def evses_of(form: Form) -> ParsedEvses:
    """The EVSEs that a form describes."""
    evses: list[Evse] = []
    invalid: list[Invalid] = []
    for id, key in enumerate(form.all("evse"), 1):
        found = _evse_of(form, f"evse{key}", id)
        if isinstance(found, Evse):
            evses.append(found)
        else:
            invalid.append(found)
    return ParsedEvses(tuple(evses), tuple(invalid))


def _evse_of(form: Form, prefix: str, id: int) -> Evse | Invalid:
    counts = [one for one in _COUNTS.split(form.get(f"{prefix}.phase_counts")) if one]
    pause = parsed_number(form.get(f"{prefix}.phase_pause"))
    if any(one not in ("1", "2", "3") for one in counts):
        return Invalid(f"{prefix}.phase_counts", "write numbers of phases, such as 1, 3")
    if pause is math.nan:
        return Invalid(f"{prefix}.phase_pause", "write seconds")
    phases = form.get(f"{prefix}.phases")
    is_dc = form.get(f"{prefix}.current") == "DC"
    keys = form.all(f"{prefix}.connector")
    return Evse(
        id=id,
        current="DC" if is_dc else "AC",
        phases=int(phases) if phases in ("1", "2", "3") else 0,
        connectors=tuple(_connector(form, f"{prefix}.{key}", number) for number, key in enumerate(keys, 1)),
        phase_counts=tuple(map(int, counts)),
        phase_pause=None if pause is None else float(pause),
    )


def _connector(form: Form, prefix: str, id: int) -> Connector:
    fixed = form.get(f"{prefix}.cable") == "Fixed Cable"
    return Connector(id, form.get(f"{prefix}.type"), "Fixed Cable" if fixed else "Detachable")
