"""A PICS that is being written: what is known about a product and from where, and what is still open."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final, Literal

import msgspec

from plugfest.products.condition import evaluate
from plugfest.products.contradictions import described_hardware, described_phases
from plugfest.products.features import Feature, FeatureCatalog, OcppVersion, feature_catalog
from plugfest.products.pics import Performance
from plugfest.products.product import Answer, Connector, Evse, Product

IDENTITY: Final = ("vendor", "model", "firmware_version")
"""The keys of [product] that no other answer shows."""

CORE: Final = "Core"


class Known(msgspec.Struct, frozen=True):
    """An answer, and what shows it: `SmartChargingCtrlr.Available is true`, `row 12 of pics.csv`."""

    value: Answer
    source: str


class Draft(msgspec.Struct, frozen=True, kw_only=True):
    """What is known so far.

    `identity`: by the keys of [product]. `profiles`: whether they are claimed, without Core, which every product has.
    `answers`: by id. `hints`: what may help to answer an open question, by id. `limits`: performance limits by key, in
    seconds. `evses_from`: what shows the EVSEs.
    """

    version: OcppVersion
    identity: Mapping[str, Known] = {}
    profiles: Mapping[str, Known] = {}
    answers: Mapping[str, Known] = {}
    hints: Mapping[str, str] = {}
    evses: tuple[Evse, ...] = ()
    evses_from: str = ""
    limits: Mapping[str, Known] = {}

    @property
    def catalog(self) -> FeatureCatalog:
        return feature_catalog(self.version)

    def with_answer(self, id: str, answer: Known) -> Draft:
        """The draft with one more answer."""
        return msgspec.structs.replace(self, answers={**self.answers, id: answer})

    def with_hardware(self) -> Draft:
        """The draft with the answers about hardware that its EVSEs contain."""
        if not self.evses:
            return self
        found: dict[str, Answer] = {**described_hardware(self.evses), **described_phases(self.evses)}
        found[self.catalog.evses] = len(self.evses)
        described = {id: Known(answer, "as described below") for id, answer in found.items()}
        return msgspec.structs.replace(self, answers={**described, **self.answers})

    def product(self) -> Product:
        """The product as far as it is known."""
        claimed = {feature.claims for feature in self.catalog.features.values() if self._is_true(feature.id)}
        named = {name for name, known in self.profiles.items() if known.value is True}
        return blank_product(
            self.version,
            profiles=frozenset({CORE, *filter(None, claimed), *named}),
            answered={id: known.value for id, known in self.answers.items()},
            evses=self.evses,
        )

    def _is_true(self, id: str) -> bool:
        known = self.answers.get(id)
        return known is not None and known.value is True


def blank_product(
    version: OcppVersion,
    *,
    profiles: frozenset[str] = frozenset({CORE}),
    answered: Mapping[str, Answer] | None = None,
    evses: tuple[Evse, ...] = (),
) -> Product:
    """A product about which nothing else is known."""
    return Product(
        slug="draft",
        vendor="",
        model="",
        firmware_version="",
        ocpp_version=version,
        profiles=profiles,
        evses=evses,
        answered=answered or {},
        vendor_settings={},
        performance=Performance(),
        certificate=None,
        subtype=None,
        edition=feature_catalog(version).editions[-1].number,
        errata=None,
        description=None,
        unsupported={},
    )


def open_questions(draft: Draft) -> Iterator[Feature]:
    """The features that are not answered, without those that the answers exclude."""
    product, catalog = draft.product(), draft.catalog
    assumptions = [_Assumed(draft, product, assumed) for assumed in (True, False)]
    for section in catalog.section:
        if section.profile not in product.profiles:
            continue
        for feature in section.feature:
            if feature.kind == "group" or feature.id in draft.answers:
                continue
            condition = catalog.condition(feature.requires or "always")
            if any(evaluate(condition, answers).holds for answers in assumptions):
                yield feature


class _Assumed(msgspec.Struct, frozen=True):
    """The answers of a draft, and the same answer to every open question."""

    draft: Draft
    given: Product
    assumed: bool

    def claim(self, id: str) -> bool | None:
        options = self.draft.catalog.options.get(id)
        if options is not None:
            return any(self.claim(option.id) for option in options)
        return self.given.claim(id) if id in self.draft.answers else self.assumed

    def number(self, id: str) -> float | None:
        return self.given.number(id)

    def named(self, name: str) -> bool:
        return self.given.named(name)


# The EVSEs, as far as the types of their connectors show them

_DC_ONLY: Final = frozenset({"cCCS1", "cCCS2", "cG105", "cGBT-DC", "cChaoJi", "cUltraChaoJi", "cMCS", "cCCS1-NACS"})
_AC_ONLY: Final = frozenset({"cType1", "cType2"})
_CABLES: Final[Mapping[str, Literal["Fixed Cable", "Detachable"]]] = {"c": "Fixed Cable", "s": "Detachable"}
"""By the first letter of a connector type: captive cable, socket (ConnectorEnumType)."""


def evse_of(id: int, connector_types: Mapping[int, str], phases: int | None) -> Evse | None:
    """An EVSE by the types of its connectors; None if they do not show its cables and its current.

    `phases`: of its supply, None if unknown.
    """
    cables = {number: _CABLES.get(kind[:1]) for number, kind in connector_types.items()}
    currents = {_current(kind) for kind in connector_types.values()}
    (current,) = currents if len(currents) == 1 else (None,)
    connectors = tuple(
        Connector(number, connector_types[number], cable) for number, cable in cables.items() if cable is not None
    )
    if current is None or not connectors or len(connectors) < len(connector_types):
        return None
    if current == "DC":
        return Evse(id, "DC", 0, connectors)
    return Evse(id, "AC", phases, connectors) if phases in (1, 2, 3) else None


def _current(connector_type: str) -> Literal["AC", "DC"] | None:
    if connector_type in _DC_ONLY:
        return "DC"
    return "AC" if connector_type in _AC_ONLY or connector_type.startswith("s") else None
