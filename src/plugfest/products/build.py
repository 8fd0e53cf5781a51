"""Builds a product from the tables of its PICS file."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from difflib import get_close_matches
from functools import partial
from pathlib import Path

import msgspec

from plugfest.products.answers import read_answers
from plugfest.products.contradictions import Contradiction, contradictions
from plugfest.products.editions import edition_problems, selecting_edition
from plugfest.products.features import FeatureCatalog, feature_catalog
from plugfest.products.pics import (
    EvseRow,
    InvalidTables,
    Measured,
    Pics,
    PicsFile,
    ProductError,
    V16ConnectorRow,
    missing_names,
    read_pics,
)
from plugfest.products.product import Connector, Evse, Product
from plugfest.toml_files.file import TomlFile
from plugfest.toml_files.problems import Key, LocatedProblem, Problem
from plugfest.toml_files.schema import empty_texts

MAX_FIRMWARE_VERSION = 50
"""Characters of a firmware version in BootNotification, in both OCPP versions."""


def read_product(path: Path) -> Product:
    """Read and validate a PICS file. Raises ProductError with all errors."""
    try:
        source = read_pics(path)
    except InvalidTables as error:
        raise ProductError.of([*error.problems, *_further_problems(path.stem, error)]) from None
    return build(path.stem, source)


def _further_problems(slug: str, error: InvalidTables) -> Iterator[LocatedProblem]:
    """What is wrong with the answers in the valid tables."""
    if error.valid is not None:
        _, problems = assemble(slug, error.valid)
        yield from (one for one in problems if one.wrong != "is missing")  # which the error has already


def build(slug: str, source: PicsFile) -> Product:
    """The product that a PICS describes.

    Raises ProductError for names and answers that are unknown in this OCPP version, and for contradictions, except
    those that may follow from an answer that is not valid.
    """
    product, problems = assemble(slug, source)
    found = [one for one in located_contradictions(source.file, product) if not _may_follow_from(problems, one)]
    if problems or found:
        raise ProductError.of([*problems, *found])
    return product


def _may_follow_from(problems: Iterable[LocatedProblem], contradiction: LocatedProblem) -> bool:
    """Whether a contradiction is about an answer that has a problem, or about EVSEs if one of them has."""
    about = set(_ID.findall(f"{contradiction.key} {contradiction.wrong} {contradiction.right}"))
    return any(
        problem.key == contradiction.key
        or about & set(_ID.findall(f"{problem.key} {problem.right}"))
        or (_ARRAY.fullmatch(contradiction.key) and problem.key.startswith(("evse", "connector")))
        for problem in problems
    )


_ID = re.compile(r"[A-Z]+-\d+(?:\.\d+)?")
"""The id of a feature."""


def assemble(slug: str, source: PicsFile) -> tuple[Product, list[LocatedProblem]]:
    """The product with the valid answers of a PICS, whether or not they contradict one another; and the other ones."""
    pics, file = source.pics, source.file
    identity = pics.product
    catalog = feature_catalog(identity.ocpp_version)
    answers = read_answers(pics, catalog)
    problems = [*_identity_problems(source), *_name_problems(pics, catalog), *answers.problems]
    problems += edition_problems(identity, catalog)
    selected_by = selecting_edition(identity, pics.certificate, catalog)
    claimed = {feature.claims for feature in catalog.features.values() if answers.valid.get(feature.id) is True}
    product = Product(
        slug=slug,
        vendor=identity.vendor,
        model=identity.model,
        firmware_version=identity.firmware_version,
        ocpp_version=identity.ocpp_version,
        profiles=frozenset(identity.profiles) | frozenset(filter(None, claimed)),
        evses=tuple(_evses(pics)),
        answered=answers.valid,
        vendor_settings=pics.vendor,
        performance=pics.performance,
        certificate=pics.certificate,
        subtype=identity.subtype,
        edition=selected_by.edition,
        errata=selected_by.errata,
        description=identity.description,
        unsupported=pics.unsupported,
    )
    return product, [file.locate(problem) for problem in problems]


def located_contradictions(file: TomlFile, product: Product) -> Iterator[LocatedProblem]:
    """The contradictions of the product of a file, with their lines."""
    return map(partial(_located, file, product.feature_catalog), contradictions(product))


def _located(file: TomlFile, catalog: FeatureCatalog, found: Contradiction) -> LocatedProblem:
    array = _ARRAY.fullmatch(found.key)
    if array is not None:
        key: Key = (array["table"], int(array["number"] or 1) - 1)
    elif found.key in catalog.tables:
        key = (catalog.tables[found.key], found.key)
    else:
        key = tuple(found.key.split("."))
    located = file.locate(Problem(key, found.wrong, found.right))
    return located if array is None else msgspec.structs.replace(located, key=found.key)


_ARRAY = re.compile(r"\[\[(?P<table>\w+)\]\]( (?P<number>\d+))?")
"""The key of a contradiction about an EVSE, or about all."""


def _identity_problems(source: PicsFile) -> Iterator[Problem]:
    yield from missing_names(source.file.tables)
    yield from _empty_texts(source)
    identity = source.pics.product
    if len(identity.firmware_version) > MAX_FIRMWARE_VERSION:
        wrong = f"has {len(identity.firmware_version)} characters"
        yield Problem(("product", "firmware_version"), wrong, f"write at most {MAX_FIRMWARE_VERSION}")


def _empty_texts(source: PicsFile) -> Iterator[Problem]:
    """Texts about the product and its certificate; `missing_names` has those that every product needs."""
    tables = {name: source.file.tables[name] for name in ("product", "certificate") if name in source.file.tables}
    missing = {one.key for one in missing_names(source.file.tables)}
    return (one for one in empty_texts(tables) if one.key not in missing)


def _name_problems(pics: Pics, catalog: FeatureCatalog) -> Iterator[Problem]:
    indicators = [indicator.key for indicator in catalog.indicator]
    yield from _unknown(pics.product.profiles, catalog.profiles, ("product", "profiles"))
    yield from _unknown(filter(None, [pics.product.subtype]), catalog.subtypes, ("product", "subtype"))
    yield from _unknown(pics.performance.limit, indicators, ("performance", "limit"))
    yield from _unknown(pics.performance.measured, indicators, ("performance", "measured"))
    if pics.certificate is not None:
        yield from _unknown(pics.certificate.results, catalog.profiles, ("certificate", "results"))
        yield from _unknown(pics.certificate.passed, catalog.profiles, ("certificate", "passed"))
    yield from _unsupported(pics, catalog)
    for index, evse in enumerate(pics.evse):
        for number, connector in enumerate(evse.connectors):
            key: Key = ("evse", index, "connectors", number, "type")
            yield from _unknown([connector.type], catalog.connectors, key)
    for index, v16_connector in enumerate(pics.connector):
        yield from _unknown([v16_connector.type], catalog.connectors, ("connector", index, "type"))
    for name, measured in pics.performance.measured.items():
        if isinstance(measured, Measured) and not measured.minimum <= measured.average <= measured.maximum:
            wrong = f"the average {measured.average:g} is not between {measured.minimum:g} and {measured.maximum:g}"
            yield Problem(("performance", "measured", name), wrong, "write minimum, average and maximum in this order")


def _unsupported(pics: Pics, catalog: FeatureCatalog) -> Iterator[Problem]:
    if pics.unsupported and not catalog.request_fields:
        yield Problem(("unsupported",), f"is not a table of OCPP {pics.product.ocpp_version}", "remove it")
        return
    fields = {field.key: field for field in catalog.request_fields}
    yield from _unknown(pics.unsupported, fields, ("unsupported",))
    for key, values in pics.unsupported.items():
        if key in fields:
            yield from _unknown(values, fields[key].values, ("unsupported", key))


def _unknown(names: Iterable[str], known: Iterable[str], key: Key) -> Iterator[Problem]:
    known = tuple(known)
    for name in names:
        if name not in known:
            near = get_close_matches(name, known, n=1, cutoff=0.4) or known
            yield Problem(key, f"{name!r} is unknown", f"write {' or '.join(near)}")


def _evses(pics: Pics) -> Iterator[Evse]:
    for row in pics.evse:
        yield _evse(row, tuple(Connector(id=c.id, type=c.type, cable=c.cable) for c in row.connectors))
    for v16_row in pics.connector:
        yield _evse(v16_row, (Connector(id=1, type=v16_row.type, cable=v16_row.cable),))


def _evse(row: EvseRow | V16ConnectorRow, connectors: tuple[Connector, ...]) -> Evse:
    return Evse(
        id=row.id,
        current=row.current,
        phases=row.phases,
        connectors=connectors,
        phase_counts=row.phase_counts,
        phase_pause=row.phase_pause,
    )
