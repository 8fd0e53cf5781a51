"""B08 Get Custom Report."""

from plugfest.lab.case import case
from plugfest.lab.expectations import absent, has, optional, split
from plugfest.lab.v201.bench import Bench
from plugfest.lab.v201.cases.b_provisioning.reports import (
    STATES,
    actual_value,
    custom_report,
    mutability,
    unnamed,
    variable,
)
from plugfest.lab.v201.cases.b_provisioning.variables import get_request, result
from plugfest.lab.v201.cases.unsupported_values import UNSUPPORTED, unsupported_values
from plugfest.lab.v201.configuration import Variable
from plugfest.ocpp.message import given
from plugfest.ocpp.v201 import messages as m
from plugfest.ocpp.v201 import types as t

REPORT = ("B08.FR.01", "B08.FR.03", "B08.FR.04", "B08.FR.12", "B08.FR.14")

FIRST_EVSE = Variable("EVSE", "AvailabilityState", evse_id=1)

CRITERION = t.ComponentCriterionEnumType


def _check_state_of_first_evse(bench: Bench, data: list[t.ReportDataType]) -> None:
    bench.check([unnamed(variable(item)) for item in data] == [FIRST_EVSE], f"only {FIRST_EVSE}", _names(data))
    (item,) = data
    with bench.every_check():
        characteristics = given(item.variable_characteristics)
        bench.check(
            characteristics is not None and characteristics.data_type == "OptionList",
            "dataType OptionList",
            characteristics and characteristics.data_type,
        )
        values = split(given(characteristics.values_list) or "") if characteristics else []
        bench.check(set(values) == STATES, f"valuesList {', '.join(sorted(STATES))}", ", ".join(values))
        bench.check(mutability(item) == "ReadOnly", "mutability ReadOnly", mutability(item))
        types = [given(attribute.type) or "Actual" for attribute in item.variable_attribute]
        bench.check(types == ["Actual"], "only the attribute Actual", ", ".join(types))


def _names(data: list[t.ReportDataType]) -> str:
    return ", ".join(str(variable(item)) for item in data) or "none"


@case("TC_B_16_CS", requirements=(*REPORT, "B08.FR.07", "B08.FR.09", "B08.FR.10", "B08.FR.13", "B06.FR.09"))
async def with_component_criteria(bench: Bench) -> None:
    bench.step(3)
    # A component without the variable matches too (B08.FR.09), so the report may contain other variables.
    data = [item for item in await custom_report(bench, CRITERION.Enabled) if item.variable.name == "Enabled"]
    with bench.every_check():
        for item in data:
            value = actual_value(item)
            bench.check(mutability(item) == "WriteOnly" or value == "true", f"{variable(item)} true", value)
        reported = {variable(item) for item in data}
        enabled = {
            each
            for each, known in bench.configuration.known.items()
            if each.name == "Enabled" and known.value == "true"
        }
        missing = ", ".join(str(each) for each in sorted(enabled - reported, key=str))
        bench.check(enabled <= reported, "every variable Enabled that is true", f"missing: {missing}")
    bench.step(6, "B06.FR.09")
    for item in data:
        write_only = mutability(item) == "WriteOnly"  # erratum 6.2.12
        status, value_check = ("Rejected", absent) if write_only else ("Accepted", "true")
        expected = result(variable(item), status, value=value_check)
        await bench.call(get_request(variable(item)), get_variable_result=[expected])


@case("TC_B_17_CS", requirements=(*REPORT, "B08.FR.11"))
async def with_component_variable(bench: Bench) -> None:
    bench.step(3)
    _check_state_of_first_evse(bench, await custom_report(bench, FIRST_EVSE))


@case("TC_B_18_CS", requirements=(*REPORT, "B08.FR.05", "B08.FR.11", "B08.FR.15"))
async def with_criteria_and_component_variable(bench: Bench) -> None:
    bench.step(3)
    _check_state_of_first_evse(bench, await custom_report(bench, CRITERION.Available, FIRST_EVSE))
    bench.step(6, "B08.FR.15")
    await bench.call(
        m.GetReportRequest(
            request_id=bench.configuration.next_id(),
            component_criteria=[CRITERION.Problem],
            component_variable=[t.ComponentVariableType(**FIRST_EVSE.wire())],
        ),
        status="EmptyResultSet",
        status_info=optional(has(reason_code="NotFound")),
    )


@case("TC_B_19_CS", requirements=("B08.FR.02",))
async def unsupported_criteria(bench: Bench) -> None:
    """With each value that the PICS lists as unsupported, beside Available."""
    for value in unsupported_values(bench, "component_criteria"):
        request = m.GetReportRequest(
            request_id=bench.configuration.next_id(),
            component_criteria=[CRITERION(each) for each in dict.fromkeys((CRITERION.Available, value))],
        )
        await bench.step(2).call(request, status="NotSupported", status_info=UNSUPPORTED)


@case("TC_B_54_CS", requirements=(*REPORT, "B08.FR.11", "B08.FR.21"))
async def without_instance(bench: Bench) -> None:
    bench.step(3)
    data = await custom_report(bench, Variable("DeviceDataCtrlr", "ItemsPerMessage"))
    names = {(item.component.name, item.variable.name) for item in data}
    bench.check(names == {("DeviceDataCtrlr", "ItemsPerMessage")}, "only DeviceDataCtrlr.ItemsPerMessage", _names(data))
    instances = {given(item.variable.instance) for item in data}
    bench.check({"GetReport", "GetVariables"} <= instances, "the instances GetReport and GetVariables", _names(data))


@case("TC_B_55_CS", requirements=(*REPORT, "B08.FR.11"))
async def with_instance(bench: Bench) -> None:
    bench.step(3)
    requested = Variable("DeviceDataCtrlr", "ItemsPerMessage", "GetReport")
    data = await custom_report(bench, requested)
    bench.check([variable(item) for item in data] == [requested], f"only {requested}", _names(data))


@case("TC_B_56_CS", requirements=(*REPORT, "B08.FR.11", "B08.FR.23"))
async def without_evse_id(bench: Bench) -> None:
    bench.step(3)
    data = await custom_report(bench, Variable("EVSE", "AvailabilityState"))
    expected = {Variable("EVSE", "AvailabilityState", evse_id=evse.id) for evse in bench.product.evses}
    bench.check({unnamed(variable(item)) for item in data} == expected, "AvailabilityState of each EVSE", _names(data))
    bench.check(len(data) == len(expected), f"{len(expected)} variables", len(data))
