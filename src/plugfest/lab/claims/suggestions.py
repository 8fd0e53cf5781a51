"""What a station itself reports, as answers of a PICS: the table of claims, read backwards.

A claim shows that the station contradicts an answer. An answer follows from the station if the station contradicts the
opposite one, or a number or a list that goes a step further.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

import msgspec

from plugfest.lab.checks.numbers import number
from plugfest.lab.claims.contradictions import Claim, Reported
from plugfest.products import Product
from plugfest.products.draft import Draft, Known
from plugfest.products.features import Kind
from plugfest.products.product import Answer, Measurands

_NO_NAME = "?"
"""A name that no list contains."""


class Suggestion(NamedTuple):
    """The answer to a feature, or whether a profile is claimed; `source` is what the station reports."""

    id: str
    answer: Answer
    source: str


def suggestions(table: Iterable[Claim], product: Product, reported: Reported) -> Iterator[Suggestion]:
    """The answers that follow from what the station reports. `product` has none of them yet."""
    for claim in table:
        feature = product.feature_catalog.features.get(claim.id)
        for answer, others in _candidates(claim, "claim" if feature is None else feature.kind, product, reported):
            contradicted = [actual for other in others for actual in _differences(claim, product, reported, other)]
            if contradicted and not _differences(claim, product, reported, answer):
                yield Suggestion(claim.id, answer, f"{claim.name} {contradicted[0]}")
                break


def draft_of(product: Product, boot: Mapping[str, str | None], table: Iterable[Claim], reported: Reported) -> Draft:
    """The draft of what follows from the station; `boot`: what BootNotification names, by the keys of [product]."""
    table = tuple(table)
    answers = {one.id: Known(one.answer, one.source) for one in suggestions(table, product, reported)}
    hints = {one.id: f"{one.name} is {value}" for one in table if (value := reported.value(one.name))}
    features = product.feature_catalog.features
    return Draft(
        version=product.ocpp_version,
        identity={key: Known(value, "BootNotification") for key, value in boot.items() if value},
        profiles={id: known for id, known in answers.items() if id not in features},
        answers={id: known for id, known in answers.items() if id in features},
        hints=hints,
    )


Candidates = Iterator[tuple[Answer, tuple[Answer, ...]]]
"""Possible answers, each with the answers that have to be contradicted."""


def _candidates(claim: Claim, kind: Kind, product: Product, reported: Reported) -> Candidates:
    match kind:
        case "claim":
            yield True, (False,)
            yield False, (True,)
        case "number":
            value = number(reported.value(claim.name) or "")
            for limit in (value, *reported.limits(claim.name)):
                if limit is not None and limit >= 0:
                    exact = int(limit) if float(limit).is_integer() else limit
                    yield exact, (exact - 1, exact + 1)
        case "texts":
            known = product.feature_catalog.features[claim.id].values
            for names in _lists(claim, reported, known):
                yield names, ((*names, _NO_NAME),)
        case "measurands":
            for names in _lists(claim, reported, product.feature_catalog.measurands):
                further = (*names, _NO_NAME)
                yield Measurands(names, names), (Measurands(further, further),)


def _lists(claim: Claim, reported: Reported, known: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    """The possible values of a list, and then its members, as far as a PICS can name them."""
    for names in (reported.supported(claim.name), reported.members(claim.name)):
        listed = tuple(name for name in known if name in names)
        if listed:
            yield listed


def _differences(claim: Claim, product: Product, reported: Reported, answer: Answer) -> list[str]:
    """What the station reports instead of an answer; nothing if it does not contradict it."""
    return [actual for _, actual in claim.compare(claim, _answering(product, claim.id, answer), reported)]


def _answering(product: Product, id: str, answer: Answer) -> Product:
    if id in product.feature_catalog.features:
        return msgspec.structs.replace(product, answered={**product.answered, id: answer})
    profiles = product.profiles | {id} if answer else product.profiles - {id}
    return msgspec.structs.replace(product, profiles=profiles)
