"""Connectors of the PICS, compared with NumberOfConnectors."""

import msgspec
import pytest

from plugfest.lab.settings import LabSettings
from plugfest.lab.v16.configuration import Configuration, KnownKey
from plugfest.lab.v16.reported_claims import reported_contradictions
from plugfest.lab.verdict import Finding
from plugfest.products import load_product


class NoCsms:
    """Nothing is sent."""


def station(**values: str) -> Configuration:
    configuration = Configuration(NoCsms(), LabSettings())  # type: ignore[arg-type]
    configuration.known = {name.lower(): KnownKey(value, name, readonly=True) for name, value in values.items()}
    return configuration


def test_the_number_of_connectors_names_those_that_are_missing() -> None:
    product = load_product("reference-16-ac")
    found = reported_contradictions(product, station(numberofconnectors="1"))
    (one,) = (one for one in found if one.claims == ("HFS-8",))
    assert one.text == "PICS: HFS-8 (No. Connectors) is 2; station: NumberOfConnectors is 1"
    for text, concerned in (("connectorId 2 is Available", True), ("connector 1", False), ("NumberOfConnectors", True)):
        assert one.concerns("TC_003_CS", (), Finding(requirement="", expected=text, actual="")) is concerned


@pytest.mark.parametrize(("unit", "expected"), [("Current,Power", 0), ("Current", 1), ("Power", 1)])
def test_the_rate_units_are_those_of_the_station(unit: str, expected: int) -> None:
    product = load_product("reference-16-ac")
    found = reported_contradictions(product, station(ChargingScheduleAllowedChargingRateUnit=unit))
    assert sum("ChargingScheduleAllowedChargingRateUnit" in one.text for one in found) == expected


def test_a_profile_that_is_not_claimed_must_not_be_reported() -> None:
    product = msgspec.structs.replace(load_product("reference-16-ac"), profiles=frozenset({"Core"}))
    reporting = station(SupportedFeatureProfiles="Core,SmartCharging")
    found = [one.text for one in reported_contradictions(product, reporting)]
    assert "PICS: Smart Charging is not claimed; station: SupportedFeatureProfiles is Core, SmartCharging" in found
