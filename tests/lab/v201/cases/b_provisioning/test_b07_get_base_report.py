"""TC_B_12, TC_B_13, TC_B_14 and TC_B_53: what a base report contains, and what it may contain."""

import pytest
from tests.lab.scripted_campaign import campaign
from tests.lab.v201.cases.b_provisioning.inventory import (
    Entry,
    attribute,
    entry,
    reports,
    required_entries,
    with_names,
)

from plugfest.lab.case import Case
from plugfest.lab.v201.cases.b_provisioning.b07_get_base_report import (
    configuration_inventory,
    full_inventory,
    mandatory_variables,
    summary_inventory,
)
from plugfest.lab.v201.configuration import Variable
from plugfest.lab.verdict import CaseResult, Verdict
from plugfest.ocpp.v201.types import VariableAttributeType

UNSET_MINIMUM = attribute(None, "ReadOnly", "MinSet")


def _result(tested: Case, full: list[Entry], **by_base: list[Entry]) -> CaseResult:
    (result,) = campaign(tested, prepare=reports(full, by_base=by_base))
    return result


def _expected(result: CaseResult) -> list[str]:
    """The findings of the case itself; the rules for every case have their own tests."""
    return [finding.expected for finding in result.findings if not finding.step.startswith("every case")]


@pytest.mark.parametrize("tested", [full_inventory, mandatory_variables])
def test_the_required_variables_are_a_full_inventory(tested: Case) -> None:
    assert _result(tested, required_entries()).verdict is Verdict.PASS


@pytest.mark.parametrize("tested", [full_inventory, mandatory_variables])
def test_evses_and_connectors_may_have_names(tested: Case) -> None:
    assert _result(tested, [with_names(one) for one in required_entries()]).verdict is Verdict.PASS


def test_a_missing_evse_is_a_finding() -> None:
    without = [one for one in required_entries() if str(Variable.of(one.component, one.variable)) != "EVSE(2).Power"]
    assert _result(full_inventory, without).verdict is Verdict.FAIL


def test_another_attribute_may_have_no_value() -> None:
    more = entry("OCPPCommCtrlr.WebSocketPingInterval", UNSET_MINIMUM, attribute("1"))
    assert _result(mandatory_variables, [*required_entries(), more]).verdict is Verdict.PASS


def test_a_variable_of_the_vendor_may_have_no_value() -> None:
    more = entry("OCPPCommCtrlr.Modem", attribute(None))
    assert _result(mandatory_variables, [*required_entries(), more]).verdict is Verdict.PASS


@pytest.mark.parametrize("name", ["ReservationCtrlr.Enabled", "AuthCacheCtrlr.LifeTime", "TxCtrlr.ChargingTime"])
def test_a_standardized_variable_without_a_value_is_a_finding(name: str) -> None:
    result = _result(mandatory_variables, [*required_entries(), entry(name, attribute(None))])
    assert _expected(result) == [f"a value of {name}"]


def _configuration(*more: Entry) -> CaseResult:
    full = [*required_entries(), *more]
    writable = [one for one in full if one.variable_attribute[0].mutability == "ReadWrite"]
    return _result(configuration_inventory, full, ConfigurationInventory=[*writable, *more])


def test_one_writable_attribute_is_enough_for_a_configuration_inventory() -> None:
    target = attribute("1", "ReadWrite", "Target")
    assert _configuration(entry("FanController.FanSpeed", attribute("1"), target)).verdict is Verdict.PASS


def test_a_variable_that_cannot_be_set_is_a_finding_in_a_configuration_inventory() -> None:
    result = _configuration(entry("FanController.FanSpeed"))
    assert _expected(result) == ["an attribute of FanController.FanSpeed that is not ReadOnly"]


AVAILABLE = attribute("Available")


def _states(of_station: VariableAttributeType) -> list[Entry]:
    """AvailabilityState of the station and of its EVSEs."""
    return [
        entry(Variable("ChargingStation", "AvailabilityState"), of_station),
        *(entry(Variable("EVSE", "AvailabilityState", evse_id=evse_id), AVAILABLE) for evse_id in (1, 2)),
    ]


def _summary(
    *conditions: Entry, full: list[Entry] | None = None, of_station: VariableAttributeType = AVAILABLE
) -> CaseResult:
    summary = [*_states(of_station), *conditions]
    return _result(summary_inventory, full or required_entries(), SummaryInventory=summary)


def _condition(name: str, value: str) -> Entry:
    return entry(Variable("FanController", name), attribute(value))


def test_a_component_in_an_abnormal_state_reports_all_its_conditions() -> None:
    result = _summary(_condition("Tripped", "true"), _condition("Overload", "false"))
    assert (result.verdict, _expected(result)) == (Verdict.PASS, [])


def test_the_conditions_of_a_component_without_a_problem_are_not_recommended() -> None:
    result = _summary(_condition("Tripped", "false"))
    assert result.verdict is Verdict.PASS
    assert _expected(result) == ["FanController.Tripped only if one of them is true"]


def test_a_problem_that_is_not_in_the_summary_is_a_finding() -> None:
    result = _summary(full=[*required_entries(), _condition("Problem", "true")])
    assert [finding.actual for finding in result.findings] == ["missing: FanController.Problem"]


@pytest.mark.parametrize("value", [None, "Charging"])
def test_another_value_than_a_state_is_a_finding_in_a_summary(value: str | None) -> None:
    result = _summary(of_station=attribute(value))
    assert _expected(result) == ["a state as the value of ChargingStation.AvailabilityState"]
