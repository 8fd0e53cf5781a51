"""Writes what was changed in the form into the text of a PICS file. Everything else in the text stays."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Final

import msgspec

from plugfest.products.draft.text import evse_lines, toml_value
from plugfest.products.features import Feature, FeatureCatalog
from plugfest.toml_files.editing import Change, Path, with_possible_values, with_tables
from plugfest.web.forms import Form
from plugfest.web.products.assessment import EVSES, Assessed
from plugfest.web.products.values import (
    IDENTITY,
    Invalid,
    answer_of,
    evses_of,
    initial,
    parsed_number,
)

_CHOICES: Final = ("errata", "subtype")
_EXAMPLES: Final = {"claim": "true", "number": "1", "text": '""', "texts": "[]", "measurands": "[]"}


class Changed(msgspec.Struct, frozen=True):
    """The text with the changes that can be written, and the fields that cannot."""

    text: str
    invalid: tuple[Invalid, ...]


def with_changes(base: Assessed, form: Form) -> Changed:
    """The text of a file with what a form has changed in it."""
    before = initial(base.source.pics, base.product)
    catalog = base.product.feature_catalog
    text, invalid = base.source.file.text, []
    changes: dict[Path, Change] = {}
    for path, change in (*_identity(form, before), *_lists(form, before, catalog), *_answers(form, before, catalog)):
        if isinstance(change, Invalid):
            invalid.append(change)
        else:
            changes[path] = change
    text, refused = with_possible_values(text, changes)
    invalid += (Invalid(path[-1], str(error)) for path, error in refused.items())
    evses = evses_of(form)
    invalid += evses.invalid
    if evses.evses != base.product.evses and not evses.invalid:
        version = base.product.ocpp_version
        lines = [line for evse in evses.evses for line in evse_lines(evse, version)]
        text = with_tables(text, "connector" if version == "1.6" else EVSES, lines, "hardware")
    return Changed(text, tuple(invalid))


_Found = Iterator[tuple[Path, Change | Invalid]]


def _identity(form: Form, before: Form) -> _Found:
    for key in (*IDENTITY, *_CHOICES, "edition"):
        name = f"product.{key}"
        typed, old = form.get(name), before.get(name)
        if not _differ(typed, old):
            continue
        if key == "edition" and typed and not typed.isdecimal():
            yield ("product", key), Invalid(name, "choose an edition")
            continue
        value = typed if key == "edition" else toml_value(typed)
        is_open = not typed and key in (*_CHOICES, "edition", "description")
        if not typed and not is_open:
            yield ("product", key), Invalid(name, "is missing; every product has one")
        else:
            yield ("product", key), Change(_old(old, key) if is_open else value, is_open=is_open)


def _old(old: str, key: str) -> str:
    return old if key == "edition" else toml_value(old)


def _lists(form: Form, before: Form, catalog: FeatureCatalog) -> _Found:
    profiles = tuple(name for name in catalog.profiles if name in form.all("product.profiles"))
    if set(profiles) != set(before.all("product.profiles")):
        yield ("product", "profiles"), Change(toml_value(profiles))
    for field in catalog.request_fields:
        values = tuple(value for value in field.values if value in form.all(field.name))
        if set(values) != set(before.all(field.name)):
            yield ("unsupported", field.key), Change(toml_value(values))
    for indicator in catalog.indicator:
        name = f"limit.{indicator.key}"
        typed, old = form.get(name), before.get(name)
        if typed == old:
            continue
        number = parsed_number(typed)
        if number is math.nan or number == 0:
            yield ("performance", "limit", indicator.key), Invalid(name, "write seconds, greater than 0")
        else:
            value = toml_value(float(old) if number is None else number)
            yield ("performance", "limit", indicator.key), Change(value, indicator.title, is_open=number is None)


def _answers(form: Form, before: Form, catalog: FeatureCatalog) -> _Found:
    for feature in catalog.features.values():
        if feature.kind == "group" or not _is_changed(feature, form, before):
            continue
        path = (catalog.tables[feature.id], feature.id)
        answer = answer_of(form, feature, catalog)
        if isinstance(answer, Invalid):
            yield path, answer
        elif answer is None:
            old = answer_of(before, feature, catalog)
            example = toml_value(old) if old is not None and not isinstance(old, Invalid) else _EXAMPLES[feature.kind]
            yield path, Change(example, feature.title, is_open=True)
        else:
            yield path, Change(toml_value(answer), feature.title)


def _is_changed(feature: Feature, form: Form, before: Form) -> bool:
    match feature.kind:
        case "measurands":
            names = (f"{feature.id}.tested", f"{feature.id}.supported")
            return any(set(form.all(name)) != set(before.all(name)) for name in names)
        case "texts":
            return set(form.all(feature.id)) != set(before.all(feature.id))
    return _differ(form.get(feature.id), before.get(feature.id))


def _differ(typed: str, old: str) -> bool:
    """Whether a text was changed. A browser may have joined its lines."""
    return typed.split() != old.split()
