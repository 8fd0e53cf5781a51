"""EVSEs and connectors of the PICS, compared with the inventory."""

import msgspec
import pytest

from plugfest.lab.v201.configuration import Configuration, KnownVariable, Variable
from plugfest.lab.v201.reported_claims import reported_contradictions
from plugfest.lab.verdict import Finding
from plugfest.products import Product, load_product


def inventory(**values: str) -> Configuration:
    """The inventory of a station with two EVSEs of one connector each; `values` by name, for EVSE 1."""
    configuration = Configuration(None, timeout=1)  # type: ignore[arg-type]  # nothing is sent
    for evse_id in (1, 2):
        for variable, value in (
            (Variable("EVSE", "SupplyPhases", None, None, evse_id), "3" if evse_id == 1 else "1"),
            (Variable("Connector", "ConnectorType", None, None, evse_id, 1), "sType2"),
        ):
            given = values.get(variable.name, value) if evse_id == 1 else value
            configuration.known[variable] = KnownVariable(given, "ReadOnly")
    return configuration


def texts(configuration: Configuration, product: Product | None = None) -> list[str]:
    found = reported_contradictions(product or load_product("reference-ac"), configuration)
    return [one.text for one in found if "EVSE" in one.text]


def with_evses(*ids: int) -> Product:
    product = load_product("reference-ac")
    first = product.evses[0]
    return msgspec.structs.replace(product, evses=tuple(msgspec.structs.replace(first, id=id) for id in ids))


def test_an_inventory_that_agrees_contradicts_nothing() -> None:
    assert texts(inventory()) == []


@pytest.mark.parametrize(("product", "contradicted"), [("reference-ac", True), ("reference-ac-fixed", False)])
def test_a_part_of_the_monitoring_is_no_contradiction(product: str, contradicted: bool) -> None:
    configuration = inventory()
    configuration.known[Variable("MonitoringCtrlr", "Available")] = KnownVariable("true", "ReadOnly")
    found = reported_contradictions(load_product(product), configuration)
    assert any(one.claims == ("DM-0",) for one in found) is contradicted


@pytest.mark.parametrize(
    ("product", "id", "variable"),
    [
        ("reference-ac", "R-3", Variable("ReservationCtrlr", "Enabled")),
        ("reference-dc", "DM-3", Variable("MonitoringCtrlr", "OfflineQueuingSeverity")),
        ("reference-plug-and-charge", "ISO-5", Variable("ISO15118Ctrlr", "CentralContractValidationAllowed")),
    ],
)
def test_a_claim_that_needs_a_variable_is_contradicted_without_it(product: str, id: str, variable: Variable) -> None:
    def reported(configuration: Configuration) -> list[str]:
        found = reported_contradictions(load_product(product), configuration)
        return [one.reported for one in found if one.claims == (id,)]

    assert reported(inventory()) == [f"{variable.component}.{variable.name} is not reported"]
    configuration = inventory()
    configuration.known[variable] = KnownVariable("", "ReadWrite")
    assert reported(configuration) == []


def test_reservations_that_cannot_be_disabled_contradict_the_claim() -> None:
    configuration = inventory()
    configuration.known[Variable("ReservationCtrlr", "Enabled")] = KnownVariable("true", "ReadOnly")
    (found,) = (
        one for one in reported_contradictions(load_product("reference-ac"), configuration) if one.claims == ("R-3",)
    )
    assert found.reported == "ReservationCtrlr.Enabled is read-only"


def test_an_inventory_without_evses_contradicts_nothing() -> None:
    assert texts(Configuration(None, timeout=1)) == []  # type: ignore[arg-type]


def test_evses_are_compared_by_their_ids() -> None:
    (text,) = (one for one in texts(inventory(), with_evses(1, 2, 3, 4)) if "EVSE 1, 2" in one)
    assert text == "PICS: EVSE 1, 2, 3, 4; station: EVSE 1, 2"


@pytest.mark.parametrize(
    ("text", "concerned"), [("evse (id 3)", True), ("EVSE 4 is Available", True), ("EVSE 1", False), ("3 times", False)]
)
def test_a_finding_about_an_evse_that_is_missing_follows_from_the_contradiction(text: str, concerned: bool) -> None:
    (one, *_) = (
        one for one in reported_contradictions(with_evses(1, 2, 3, 4), inventory()) if one.claims == ("HFS-8",)
    )
    assert one.concerns("TC_E_01_CS", (), Finding(requirement="", expected=text, actual="none")) is concerned


def test_connectors_types_and_phases_are_compared() -> None:
    assert texts(inventory(ConnectorType="cCCS2")) == [
        "PICS: connector 1 of EVSE 1 is sType2; station: Connector(1/1).ConnectorType is cCCS2"
    ]
    assert texts(inventory(SupplyPhases="1")) == ["PICS: EVSE 1 has 3 phases; station: EVSE(1).SupplyPhases is 1"]
    second = inventory()
    second.known[Variable("Connector", "ConnectorType", None, None, 1, 2)] = KnownVariable("sType2", "ReadOnly")
    assert texts(second) == ["PICS: EVSE 1 has connector 1; station: EVSE 1 has connector 1, 2"]


def test_the_spelling_of_a_type_and_an_unknown_number_of_phases_contradict_nothing() -> None:
    assert texts(inventory(ConnectorType="STYPE2", SupplyPhases="")) == []
