"""B07 Get Base Report."""

from plugfest.lab.case import case
from plugfest.lab.expectations import has, optional, split
from plugfest.lab.v201.bench import Bench
from plugfest.lab.v201.cases.b_provisioning.reports import (
    LISTS,
    base_report,
    check_characteristics,
    check_contains,
    mutability,
    variable,
)
from plugfest.lab.v201.cases.b_provisioning.required_variables import (
    COMPONENTS,
    availability_states,
    required,
    required_writable,
)
from plugfest.ocpp.message import given
from plugfest.ocpp.v201 import messages as m
from plugfest.ocpp.v201 import types as t

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
            bench.check(mutability(item) != "ReadOnly", f"{variable(item)} not ReadOnly", mutability(item))
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
            if item.variable.name in ABNORMAL:
                value = given(item.variable_attribute[0].value)
                bench.check(value == "true", f"{variable(item)} only if true (abnormal state)", value)


@case("TC_B_15_CS", requirements=("B07.FR.02",))
async def not_supported_base_report(bench: Bench) -> None:
    request_id = bench.configuration.next_id()
    await bench.step(2).call(
        m.GetBaseReportRequest(request_id=request_id, report_base=t.ReportBaseEnumType.SummaryInventory),
        status="NotSupported",
        status_info=optional(has(reason_code="UnsupportedParam")),
    )
    await bench.silence(m.NotifyReportRequest, seconds=bench.settings.time_tolerance, request_id=request_id)


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
    value = given(data.variable_attribute[0].value)
    characteristics = given(data.variable_characteristics)
    if mutability(data) == "WriteOnly":
        bench.check(value is None, f"no value of {variable(data)}, which is WriteOnly", value)
    elif (data.component.name, data.variable.name) == ("EVSE", "Power"):  # only its maxLimit is required
        limit = given(characteristics.max_limit) if characteristics is not None else None
        bench.check(limit is not None, f"a maxLimit of {variable(data)}", "omitted")
    elif data.component.name in COMPONENTS:
        bench.check(value is not None, f"a value of {variable(data)}", "omitted")
    if characteristics is not None and characteristics.data_type in LISTS:
        unlisted = sorted(set(split(value or "")) - set(split(given(characteristics.values_list) or "")))
        bench.check(not unlisted, f"{variable(data)} within its valuesList", ", ".join(unlisted))
