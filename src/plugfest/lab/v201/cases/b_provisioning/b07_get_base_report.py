"""B07 Get Base Report."""

import msgspec

from plugfest.lab.case import case
from plugfest.lab.expectations import has, optional, split
from plugfest.lab.v201.bench import Bench
from plugfest.lab.v201.cases.b_provisioning.reports import (
    LISTS,
    STATES,
    actual_value,
    attribute_mutability,
    base_report,
    check_characteristics,
    check_contains,
    mutability,
    variable,
)
from plugfest.lab.v201.configuration import Variable
from plugfest.lab.v201.required_variables import (
    availability_states,
    is_standardized,
    required,
    required_writable,
)
from plugfest.ocpp.message import given
from plugfest.ocpp.v201 import messages as m
from plugfest.ocpp.v201 import types as t

AVAILABILITY_STATE = "AvailabilityState"

ABNORMAL = frozenset({"Problem", "Tripped", "Overload", "Fallback"})
"""Variables that a summary reports only of components in an abnormal state (B07.FR.09)."""


@case(
    "TC_B_12_CS",
    requirements=("B07.FR.01", "B07.FR.03", "B07.FR.04", "B07.FR.07", "B07.FR.10", "B07.FR.12"),
)
async def configuration_inventory(bench: Bench) -> None:
    bench.step(3)
    data = await base_report(bench, "ConfigurationInventory")
    with bench.every_check():
        check_characteristics(bench, data)
        for item in data:
            settable = {attribute_mutability(each) for each in item.variable_attribute} - {"ReadOnly"}
            bench.check(bool(settable), f"an attribute of {variable(item)} that is not ReadOnly", "ReadOnly")
        await check_contains(bench, data, required_writable(bench.product, bench.configuration))
        await check_contains(bench, data, bench.configuration.all_writable())  # B07.FR.07


@case(
    "TC_B_13_CS",
    requirements=("B07.FR.01", "B07.FR.03", "B07.FR.04", "B07.FR.08", "B07.FR.10", "B07.FR.12"),
)
async def full_inventory(bench: Bench) -> None:
    bench.step(3)
    data = await base_report(bench, "FullInventory")
    with bench.every_check():
        check_characteristics(bench, data)
        await check_contains(bench, data, required(bench.product))


@case(
    "TC_B_14_CS",
    requirements=("B07.FR.01", "B07.FR.03", "B07.FR.04", "B07.FR.09", "B07.FR.10", "B07.FR.12"),
)
async def summary_inventory(bench: Bench) -> None:
    bench.step(3)
    data = await base_report(bench, "SummaryInventory")
    with bench.every_check():
        check_characteristics(bench, data)
        await check_contains(bench, data, availability_states(bench.product))
        for item in data:
            if item.variable.name == AVAILABILITY_STATE:
                value = actual_value(item)
                bench.check(value in STATES, f"a state as the value of {variable(item)}", value)
        _check_conditions(bench, data)
        await check_contains(bench, data, await _problems(bench))


def _check_conditions(bench: Bench, data: list[t.ReportDataType]) -> None:
    """Conditions are reported of components in an abnormal state, where one of them is true.

    Not required: a summary may contain other variables that help to diagnose a component.
    """
    of_component: dict[Variable, dict[str, str | None]] = {}
    for item in data:
        if item.variable.name in ABNORMAL:
            component = msgspec.structs.replace(variable(item), name="", instance=None)
            of_component.setdefault(component, {})[str(variable(item))] = actual_value(item)
    for conditions in of_component.values():
        bench.recommend(
            "true" in conditions.values(), f"{', '.join(conditions)} only if one of them is true", "none of them"
        )


async def _problems(bench: Bench) -> frozenset[Variable]:
    """The conditions that the full inventory has reported as true, and that still are."""
    reported = [each for each in bench.configuration.known if each.name in ABNORMAL]
    were_true = [each for each in reported if bench.configuration.is_true(each)]
    values = await bench.configuration.read(were_true) if were_true else []
    return frozenset(each for each, value in zip(were_true, values, strict=True) if value == "true")


@case("TC_B_15_CS", requirements=("B07.FR.02",))
async def not_supported_base_report(bench: Bench) -> None:
    request_id = bench.configuration.next_id()
    await bench.step(2).call(
        m.GetBaseReportRequest(request_id=request_id, report_base=t.ReportBaseEnumType.SummaryInventory),
        status="NotSupported",
        status_info=optional(has(reason_code="UnsupportedParam")),
    )
    await bench.silence(m.NotifyReportRequest, seconds=bench.settings.silence, request_id=request_id)


@case("TC_B_53_CS", requirements=("B07.FR.08",))
async def mandatory_variables(bench: Bench) -> None:
    bench.step(3)
    data = await base_report(bench, "FullInventory")
    with bench.every_check():
        check_characteristics(bench, data)
        await check_contains(bench, data, required(bench.product))
        for item in data:
            _check_value(bench, item)


def _check_value(bench: Bench, data: t.ReportDataType) -> None:
    """A value is present unless it is WriteOnly, and a list has only members of its valuesList (erratum 6.2.19)."""
    value = actual_value(data)
    characteristics = given(data.variable_characteristics)
    if mutability(data) == "WriteOnly":
        bench.check(value is None, f"no value of {variable(data)}, which is WriteOnly", value)
    elif (data.component.name, data.variable.name) == ("EVSE", "Power"):  # only its maxLimit is required
        limit = given(characteristics.max_limit) if characteristics is not None else None
        bench.check(limit is not None, f"a maxLimit of {variable(data)}", "omitted")
    elif is_standardized(variable(data)):
        bench.check(value is not None, f"a value of {variable(data)}", "omitted")
    if characteristics is not None and characteristics.data_type in LISTS:
        unlisted = sorted(set(split(value or "")) - set(split(given(characteristics.values_list) or "")))
        bench.check(not unlisted, f"{variable(data)} within its valuesList", ", ".join(unlisted))
