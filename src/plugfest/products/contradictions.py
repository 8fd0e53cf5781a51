"""Finds contradictions between the answers of a PICS."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import chain

import msgspec

from plugfest.products.condition import evaluate
from plugfest.products.expression import render
from plugfest.products.features import OcppVersion
from plugfest.products.product import Evse, Measurands, Product

EVSE_TABLES: dict[OcppVersion, str] = {"1.6": "[[connector]]", "2.0.1": "[[evse]]"}
"""The table of a PICS that describes the EVSEs. OCPP 1.6 has no EVSEs: each connector counts as one."""

PHASES = {"HFS-5": 1, "HFS-6": 2, "HFS-7": 3}
"""The answers about numbers of phases. They have these ids in both OCPP versions."""


class Contradiction(msgspec.Struct, frozen=True):
    key: str
    wrong: str
    right: str


Rule = Callable[[Product], Iterator[Contradiction]]


def contradictions(product: Product) -> Iterator[Contradiction]:
    """All contradictions of a product, rule by rule."""
    return chain.from_iterable(rule(product) for rule in RULES)


def _core_is_claimed(product: Product) -> Iterator[Contradiction]:
    if "Core" not in product.profiles:  # Part 5 section 2
        yield Contradiction("product.profiles", "Core is missing", "add it: every product is certified for Core")


def _profiles_agree(product: Product) -> Iterator[Contradiction]:
    for feature in product.feature_catalog.features.values():
        if feature.claims in product.profiles and product.answered.get(feature.id) is False:
            yield Contradiction(
                feature.id, f"is No, but the profile {feature.claims} is claimed", "answer Yes or drop the profile"
            )


def _options_have_their_group(product: Product) -> Iterator[Contradiction]:
    for feature in product.feature_catalog.features.values():
        if feature.parent and product.supports(feature.id) and product.answered.get(feature.parent) is False:
            yield Contradiction(
                feature.id,
                f"is Yes, but {feature.parent}, of which it is an option, is No",
                f"answer {feature.parent} Yes",
            )


def _requirements_hold(product: Product) -> Iterator[Contradiction]:
    for feature in product.feature_catalog.features.values():
        if feature.requires is None or not product.supports(feature.id):
            continue
        required = product.feature_catalog.condition(feature.requires)
        if not evaluate(required, product).holds:
            yield Contradiction(feature.id, f"is Yes without {render(required)}", "claim that too, or answer No")


def _something_is_claimed(product: Product) -> Iterator[Contradiction]:
    for feature in product.feature_catalog.features.values():
        profile = feature.required_with if feature.required_with in product.profiles else None
        if (feature.required or profile) and not product.supports(feature.id):
            options = ", ".join(option.id for option in product.feature_catalog.options.get(feature.id, ()))
            wrong = f"is empty, but the profile {profile} is claimed" if profile else "is empty"
            yield Contradiction(feature.id, wrong, f"claim at least one of {options or 'its values'}")
    for text in product.feature_catalog.demand:
        if not evaluate(product.feature_catalog.condition(text), product).holds:
            yield Contradiction("features", f"none of {text} is claimed", "claim at least one")


def _lists_have_required_values(product: Product) -> Iterator[Contradiction]:
    for feature in product.feature_catalog.features.values():
        for name in feature.least:
            if name not in product.texts(feature.id):
                yield Contradiction(feature.id, f"{name} is missing", "add it")


def _lists_have_a_required_set(product: Product) -> Iterator[Contradiction]:
    for feature in product.feature_catalog.features.values():
        names = set(product.texts(feature.id)) if feature.one_of else set()
        if names and not any(names.issuperset(one) for one in feature.one_of):
            wrong = f"has only {', '.join(product.texts(feature.id))}"
            yield Contradiction(feature.id, wrong, f"name {' or '.join(' and '.join(one) for one in feature.one_of)}")


def _numbers_are_positive(product: Product) -> Iterator[Contradiction]:
    """A station with none of what cases use cannot pass them."""
    for feature in product.feature_catalog.features.values():
        if feature.positive is None or product.limit(feature.id) != 0:
            continue
        condition = product.feature_catalog.condition(feature.positive)
        if evaluate(condition, product).holds:
            because = "" if feature.positive == "always" else f", but {render(condition)} is claimed"
            yield Contradiction(feature.id, f"is 0{because}", "write what the station supports, at least 1")


def _uri_messages_can_be_loaded(product: Product) -> Iterator[Contradiction]:
    uri, protocols = "UI-2.3", "ORS-24"
    if uri in product.feature_catalog.features and product.supports(uri):
        named = product.texts(protocols)
        if named and not {"HTTP", "HTTPS"} & set(named):
            wrong = f"is Yes, but {protocols} has neither HTTP nor HTTPS, by which such a message is loaded"
            yield Contradiction(uri, wrong, f"add one to {protocols}, or answer No")


def _measurands_are_supported(product: Product) -> Iterator[Contradiction]:
    for id, answer in product.answered.items():
        if isinstance(answer, Measurands):
            for name in answer.tested:
                if name not in answer.supported:
                    yield Contradiction(id, f"{name} is tested but not supported", "add it to supported")


def _evses_are_counted(product: Product) -> Iterator[Contradiction]:
    count, id = len(product.evses), product.feature_catalog.evses
    table = EVSE_TABLES[product.ocpp_version]
    if count == 0:
        yield Contradiction(table, "is missing", "describe every EVSE with its connectors")
    elif product.limit(id) not in (None, count):
        yield Contradiction(id, f"is {product.limit(id)}, but {table} describes {count}", f"write {count}")
    if [evse.id for evse in product.evses] != list(range(1, count + 1)):
        yield Contradiction(table, "ids are not 1, 2, 3 ...", "number them 1, 2, 3 ...")  # Part 1 section 7.1
    for evse in product.evses:
        if [connector.id for connector in evse.connectors] != list(range(1, len(evse.connectors) + 1)):
            yield Contradiction(f"{table} {evse.id}", "connector ids are not 1, 2, 3 ...", "number them 1, 2, 3 ...")


def described_hardware(evses: Iterable[Evse]) -> dict[str, bool]:
    """The answers about hardware that the table of EVSEs contains. They have these ids in both OCPP versions."""
    evses = tuple(evses)
    cables = {connector.cable for evse in evses for connector in evse.connectors}
    currents = {evse.current for evse in evses}
    return {
        "HFS-1": "Detachable" in cables,
        "HFS-2": "Fixed Cable" in cables,
        "HFS-3": "AC" in currents,
        "HFS-4": "DC" in currents,
    }


def described_phases(evses: Iterable[Evse]) -> dict[str, bool]:
    """The answers about numbers of phases that the table of EVSEs contains."""
    counts = {count for evse in evses for count in (evse.phases, *evse.phase_counts)}
    return {id: count in counts for id, count in PHASES.items()}


def _hardware_agrees(product: Product) -> Iterator[Contradiction]:
    for id, present in described_hardware(product.evses).items():
        if product.claim(id) is (not present):
            answer = "is Yes" if product.claim(id) else "is No"
            yield Contradiction(id, f"{answer}, but the EVSE table has the opposite", "make them consistent")
    for id, present in described_phases(product.evses).items():
        if present and product.claim(id) is False:
            yield Contradiction(id, f"is No, but an EVSE has {PHASES[id]} phases", "make them consistent")


def _phases_are_possible(product: Product) -> Iterator[Contradiction]:
    table = EVSE_TABLES[product.ocpp_version]
    for evse in product.evses:
        key = f"{table} {evse.id}"
        possible = (1, 2, 3) if evse.current == "AC" else (0,)
        if evse.phases not in possible:
            right = "write 1, 2 or 3" if evse.current == "AC" else "remove phases"
            yield Contradiction(key, f"phases is {evse.phases} for {evse.current}", right)
        if evse.phase_counts and not _can_switch(evse):
            yield Contradiction(
                key,
                f"phase_counts is {list(evse.phase_counts)}, but phases is {evse.phases}",
                "list the numbers that it switches between in ascending order, such as [1, 3], with phases as the last",
            )
        if evse.phase_pause is not None and (not evse.phase_counts or evse.phase_pause < 0):
            yield Contradiction(key, f"phase_pause is {evse.phase_pause:g}", "give seconds, and phase_counts beside it")


def _can_switch(evse: Evse) -> bool:
    counts = evse.phase_counts
    return len(counts) > 1 and counts[0] > 0 and counts == tuple(sorted(set(counts))) and counts[-1] == evse.phases


def _ranges_are_ordered(product: Product) -> Iterator[Contradiction]:
    for bounds in product.feature_catalog.range:
        low, high = product.limit(bounds.minimum), product.limit(bounds.maximum)
        if low is not None and high is not None and low > high:
            yield Contradiction(
                bounds.minimum, f"is {low}, greater than {bounds.maximum} = {high}", "make it the smaller one"
            )


def _needed_values_are_supported(product: Product) -> Iterator[Contradiction]:
    for field in product.feature_catalog.request_fields:
        missing = [value for value in product.unsupported.get(field.key, ()) if value in field.needed]
        if missing and product.supports(field.needed_by):
            yield Contradiction(
                field.name,
                f"{', '.join(missing)} is listed, but {field.needed_by} is Yes and its cases need it",
                f"remove it, or answer {field.needed_by} No",
            )


RULES: tuple[Rule, ...] = (
    _core_is_claimed,
    _profiles_agree,
    _options_have_their_group,
    _requirements_hold,
    _something_is_claimed,
    _lists_have_required_values,
    _lists_have_a_required_set,
    _numbers_are_positive,
    _uri_messages_can_be_loaded,
    _measurands_are_supported,
    _evses_are_counted,
    _hardware_agrees,
    _phases_are_possible,
    _ranges_are_ordered,
    _needed_values_are_supported,
)
