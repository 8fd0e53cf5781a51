"""A product as described by its PICS."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import Literal

import msgspec

from plugfest.products.condition import evaluate
from plugfest.products.features import Feature, FeatureCatalog, OcppVersion, feature_catalog
from plugfest.products.pics import Certificate, Performance, VendorSetting


class Connector(msgspec.Struct, frozen=True):
    id: int
    type: str
    cable: Literal["Fixed Cable", "Detachable"]


class Evse(msgspec.Struct, frozen=True):
    """An EVSE. `phases` is 0 for DC.

    `phase_counts` has the numbers of phases that it switches between, empty if it does not; `phase_pause` the seconds
    without energy that this takes, None for the usual pause.
    """

    id: int
    current: Literal["AC", "DC"]
    phases: int
    connectors: tuple[Connector, ...]
    phase_counts: tuple[int, ...] = ()
    phase_pause: float | None = None


class Measurands(msgspec.Struct, frozen=True):
    tested: tuple[str, ...]
    supported: tuple[str, ...]


Answer = bool | int | float | str | tuple[str, ...] | Measurands


class Product(msgspec.Struct, frozen=True, kw_only=True, dict=True):
    """A product. Ids are those of the feature catalog of its OCPP version; any other id raises KeyError.

    `edition` and `errata` of the specification select its cases; `errata` is None for the newest. `unsupported` are
    values of requests that it does not support, by the keys of the table [unsupported].
    """

    slug: str
    vendor: str
    model: str
    firmware_version: str
    ocpp_version: OcppVersion
    profiles: frozenset[str]
    evses: tuple[Evse, ...]
    answered: Mapping[str, Answer]
    vendor_settings: Mapping[str, VendorSetting]
    performance: Performance
    certificate: Certificate | None
    subtype: str | None
    edition: int
    errata: str | None
    description: str | None
    unsupported: Mapping[str, tuple[str, ...]]

    @cached_property
    def feature_catalog(self) -> FeatureCatalog:
        return feature_catalog(self.ocpp_version)

    def supports(self, id: str) -> bool:
        """Whether the feature is claimed: for a group one of its options, for a list at least one value."""
        return bool(self.claim(id))

    def answers(self, id: str) -> bool | None:
        """The answer to a question; None if the PICS has none."""
        return self.claim(id)

    def measurands(self, id: str) -> tuple[str, ...]:
        """The tested measurands, in the order of the PICS."""
        return self._measurands(id).tested

    def supported_measurands(self, id: str) -> tuple[str, ...]:
        """The supported measurands; the tested ones if the PICS does not list them separately."""
        return self._measurands(id).supported

    def limit(self, id: str) -> int | float | None:
        """A number of the PICS, such as ORS-7 or HFS-8."""
        value = self.answered.get(self._feature(id, "number").id)
        return value if isinstance(value, int | float) else None

    def texts(self, id: str) -> tuple[str, ...]:
        """A list of names, such as the cipher suites of C-41."""
        value = self.answered.get(self._feature(id, "texts").id)
        return value if isinstance(value, tuple) else ()

    def text(self, id: str) -> str | None:
        """Free text, such as the communication technology of HFS-9."""
        value = self.answered.get(self._feature(id, "text").id)
        return value if isinstance(value, str) else None

    def supports_values(self, key: str, values: Iterable[str]) -> bool:
        """Whether all of these values of a field are supported. `key`: its name in the table [unsupported]."""
        return set(self.unsupported.get(key, ())).isdisjoint(values)

    @cached_property
    def has_monitoring(self) -> bool:
        """Whether it has monitors. Without the profile it has a part of them, as the values show that are missing."""
        names = ("Advanced Device Management", "unsupported.monitoring_criteria", "unsupported.monitoring_base")
        return any(self.named(name) for name in names)

    @property
    def switches_phases(self) -> bool:
        """Whether an EVSE can change the number of phases during a transaction."""
        return any(len(evse.phase_counts) > 1 for evse in self.evses)

    def claim(self, id: str) -> bool | None:
        feature = self.feature_catalog.features[id]
        if feature.kind == "group":
            return any(self.claim(option.id) for option in self.feature_catalog.options.get(id, ()))
        match self.answered.get(id):
            case bool(answer):
                return answer
            case tuple(names):
                return bool(names)
            case Measurands(tested):
                return bool(tested)
        if feature.otherwise is None:
            return None
        return evaluate(self.feature_catalog.condition(feature.otherwise), self).holds

    def number(self, id: str) -> float | None:
        return self.limit(id)

    def named(self, name: str) -> bool:
        return name in self._names

    @cached_property
    def _names(self) -> frozenset[str]:
        """What conditions may name: the profiles, the subtype, and the keys of the values that are unsupported."""
        unsupported = (f"unsupported.{key}" for key, values in self.unsupported.items() if values)
        return self.profiles.union(unsupported, () if self.subtype is None else (self.subtype,))

    def _measurands(self, id: str) -> Measurands:
        value = self.answered.get(self._feature(id, "measurands").id)
        return value if isinstance(value, Measurands) else Measurands((), ())

    def _feature(self, id: str, kind: str) -> Feature:
        feature = self.feature_catalog.features[id]
        if feature.kind != kind:
            raise KeyError(f"{id} is a {feature.kind}, not a {kind}")
        return feature
