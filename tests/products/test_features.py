"""The feature catalogs."""

from enum import StrEnum

import pytest

from plugfest.ocpp.v201 import types as t
from plugfest.products.features import FILES, OcppVersion, UnknownFactError, feature_catalog

VERSIONS: list[OcppVersion] = list(FILES)


def test_the_versions_have_different_feature_ids() -> None:
    assert feature_catalog("1.6").features["C-04"].title == "Authorization Cache"
    assert feature_catalog("2.0.1").features["C-04"].title == "Support to limit StatusNotifications"


@pytest.mark.parametrize("version", VERSIONS)
def test_every_id_is_unique(version: OcppVersion) -> None:
    ids = [feature.id for section in feature_catalog(version).section for feature in section.feature]
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize("version", VERSIONS)
def test_every_option_has_its_group_and_every_group_its_options(version: OcppVersion) -> None:
    features = feature_catalog(version)
    groups = {id for id, feature in features.features.items() if feature.kind == "group"}
    assert set(features.options) == groups


@pytest.mark.parametrize("version", VERSIONS)
def test_every_condition_has_known_operands(version: OcppVersion) -> None:
    features = feature_catalog(version)
    for feature in features.features.values():
        for text in (feature.requires, feature.otherwise):
            assert text is None or features.condition(text)


@pytest.mark.parametrize("version", VERSIONS)
def test_every_range_and_claim_has_known_names(version: OcppVersion) -> None:
    features = feature_catalog(version)
    assert {bound for row in features.range for bound in (row.minimum, row.maximum)} <= set(features.features)
    assert {feature.claims for feature in features.features.values()} - {None} <= set(features.profiles)
    assert features.features[features.evses].kind == "number"


def test_the_values_of_request_fields_are_those_of_the_protocol() -> None:
    fields = {field.key: field for field in feature_catalog("2.0.1").request_fields}
    enums: dict[str, type[StrEnum]] = {
        "component_criteria": t.ComponentCriterionEnumType,
        "monitoring_criteria": t.MonitoringCriterionEnumType,
        "monitoring_base": t.MonitoringBaseEnumType,
    }
    assert {key: set(field.values) for key, field in fields.items()} == {key: set(enum) for key, enum in enums.items()}
    assert all(set(field.needed) <= set(field.values) for field in fields.values())


@pytest.mark.parametrize("text", ["C-99", '"Smart Parking"', "HFS-8", "C-01 > 2", "HFS-9"])
def test_a_condition_with_an_unknown_operand_is_refused(text: str) -> None:
    with pytest.raises(UnknownFactError):
        feature_catalog("2.0.1").condition(text)
