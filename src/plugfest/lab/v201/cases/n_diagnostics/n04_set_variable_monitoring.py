"""N04 Set Variable Monitoring."""

from collections.abc import Collection

from plugfest.lab.case import case
from plugfest.lab.expectations import absent, anything, has, one_of, present
from plugfest.lab.v201.bench import Bench
from plugfest.lab.v201.configuration import Variable
from plugfest.lab.v201.memory.monitors import (
    NO_ERROR,
    STATE_OF_STATION,
    ReportedMonitor,
    availability_state,
    check_ids,
    check_reported,
    in_any_order,
    monitored_number,
    monitoring_report,
    named,
    no_monitors,
    reason,
    report_request,
    set_monitors,
    setting,
    state_of_evse,
)
from plugfest.lab.verdict import NotConfigurable
from plugfest.ocpp.message import given
from plugfest.ocpp.v201 import messages as m
from plugfest.ocpp.v201 import types as t

SET = ("N04.FR.01", "N04.FR.02", "N04.FR.08", "N04.FR.11")

UNKNOWN_EVSE = 99


def _result(data: t.SetMonitoringDataType, status: object, *, info: object = anything) -> has:
    """The check of the result for an element of the request."""
    return has(
        status=status,
        id=present if status == "Accepted" else absent,
        type=data.type.value,
        severity=data.severity,
        status_info=NO_ERROR if status == "Accepted" else info,
        **named(Variable.of(data.component, data.variable)),
    )


async def _request(
    bench: Bench, data: Collection[t.SetMonitoringDataType], *results: has
) -> m.SetVariableMonitoringResponse:
    """SetVariableMonitoring; the results meet these checks, in any order, and there are no others."""
    request = m.SetVariableMonitoringRequest(set_monitoring_data=list(data))
    return await bench.call_and_compare(request, in_any_order("set_monitoring_result", *results))


@case("TC_N_08_CS", requirements=SET, before=no_monitors)
async def one_element(bench: Bench) -> None:
    data = setting(state_of_evse(bench), "Delta", 1.0, severity=8)
    bench.step(2)
    response = await _request(bench, [data], _result(data, "Accepted"))
    bench.step(4, "N02.FR.01")
    reported = await monitoring_report(bench, report_request(bench, state_of_evse(bench)))
    bench.step(5, "N04.FR.08")
    _check_installed(bench, reported, response)


def _check_installed(
    bench: Bench, reported: Collection[ReportedMonitor], response: m.SetVariableMonitoringResponse
) -> None:
    """Each accepted monitor is in the report, as it was set."""
    check_ids(bench, response)
    for result in response.set_monitoring_result:
        id = given(result.id)
        if id is not None:  # checked with the result
            check_reported(bench, reported, id, type=result.type, severity=result.severity, value=1.0)


@case("TC_N_09_CS", requirements=SET, before=no_monitors)
async def different_variables(bench: Bench) -> None:
    variables = (state_of_evse(bench), STATE_OF_STATION)
    data = [setting(variable, "Delta", 1.0, severity=8) for variable in variables]
    bench.step(2)
    response = await _request(bench, data, *(_result(each, "Accepted") for each in data))
    bench.step(4, "N02.FR.01")
    reported = await monitoring_report(bench, report_request(bench, *variables))
    bench.step(5, "N04.FR.08")
    _check_installed(bench, reported, response)


@case("TC_N_10_CS", requirements=SET, before=no_monitors)
async def same_variable(bench: Bench) -> None:
    data = [setting(state_of_evse(bench), "Delta", 1.0, severity=severity) for severity in (8, 7)]
    response = await _request(bench.step(2), data, *(_result(each, "Accepted") for each in data))
    check_ids(bench.step(2, "N04.FR.11"), response)


@case("TC_N_11_CS", requirements=("N04.FR.03",))
async def unknown_component(bench: Bench) -> None:
    evse = setting(availability_state(evse_id=UNKNOWN_EVSE), "Delta", 1.0)
    component = setting(Variable("NonExistent", "Power"), "UpperThreshold", 1234.0)
    await _request(
        bench.step(2),
        [evse, component],
        _result(evse, one_of("UnknownComponent", "Rejected"), info=reason("UnknownEvse", "NotFound")),
        _result(component, one_of("UnknownComponent", "UnknownVariable"), info=reason("NotFound")),
    )


@case("TC_N_12_CS", requirements=("N04.FR.14",))
async def negative_delta(bench: Bench) -> None:
    data = setting((await monitored_number(bench)).variable, "Delta", -1.0)
    await _request(
        bench.step(2), [data], _result(data, "Rejected", info=reason("ValueOutOfRange", "ValuePositiveOnly"))
    )


@case("TC_N_13_CS", requirements=("N04.FR.06",))
async def threshold_out_of_range(bench: Bench) -> None:
    variable, limit = await _limited_number(bench)
    data = setting(variable, "UpperThreshold", limit + 1.0)
    await _request(bench.step(2), [data], _result(data, "Rejected", info=reason("ValueOutOfRange")))


async def _limited_number(bench: Bench) -> tuple[Variable, float]:
    """A numeric variable that supports monitors, and its maxLimit."""
    preferred = (await monitored_number(bench)).variable
    limited = [
        (variable, known.max_limit)
        for variable, known in bench.configuration.known.items()
        if known.monitored and known.max_limit is not None
    ]
    if not limited:
        raise NotConfigurable("no variable that supports monitors has a maxLimit")
    return min(limited, key=lambda each: (each[0] != preferred, str(each[0])))


@case("TC_N_15_CS", requirements=("N04.FR.10",), before=no_monitors)
async def duplicate(bench: Bench) -> None:
    data = setting(state_of_evse(bench), "Delta", 1.0)
    await _request(
        bench.step(2),
        [data, data],
        _result(data, "Accepted"),
        _result(data, "Duplicate", info=reason("InvalidValue")),
    )


@case("TC_N_37_CS", requirements=("N04.FR.04",))
async def unknown_variable(bench: Bench) -> None:
    data = setting(Variable("EVSE", "unknownVariable", evse_id=bench.settings.evse_id), "Delta", 1.0)
    await _request(bench.step(2), [data], _result(data, "UnknownVariable"))


@case("TC_N_38_CS", requirements=("N04.FR.05",))
async def unsupported_type(bench: Bench) -> None:
    data = setting(state_of_evse(bench), "UpperThreshold", 1.0)
    await _request(bench.step(2), [data], _result(data, one_of("UnsupportedMonitorType", "Rejected")))


@case("TC_N_39_CS", requirements=("N04.FR.16",), before=no_monitors)
async def other_variable(bench: Bench) -> None:
    state, number = state_of_evse(bench), (await monitored_number(bench)).variable
    (id,) = await set_monitors(bench.step(2, "N04.FR.08"), setting(state, "Delta", 1.0))
    data = setting(number, "Delta", 1.0, id=id)
    await _request(bench.step(4, "N04.FR.16"), [data], _result(data, "Rejected"))
    bench.step(6, "N02.FR.01")
    reported = await monitoring_report(bench, report_request(bench))
    bench.step(7, "N04.FR.16")
    check_reported(bench, reported, id, type="Delta", value=1.0)
    found = next(each.variable for each in reported if each.monitor.id == id)
    bench.check((found.component, found.name) == ("EVSE", state.name), f"monitor {id} of {state}", str(found))


@case("TC_N_40_CS", requirements=("N04.FR.12",), before=no_monitors)
async def replaced(bench: Bench) -> None:
    variable = state_of_evse(bench)
    (id,) = await set_monitors(bench, setting(variable, "Delta", 1.0, severity=5))
    data = setting(variable, "Delta", 1.0, severity=4, id=id)
    await _request(bench.step(2), [data], has(status="Accepted", type="Delta", id=id, **named(variable)))
    bench.step(4, "N02.FR.01")
    reported = await monitoring_report(bench, report_request(bench, variable, criteria=("DeltaMonitoring",)))
    bench.step(5, "N04.FR.12")
    check_reported(bench, reported, id, severity=4)
    ids = [each.monitor.id for each in reported if each.variable.name == variable.name and each.monitor.severity == 5]
    bench.check(not ids, "no monitor with the former severity", ids)


@case("TC_N_43_CS", requirements=("N04.FR.06", "N04.FR.08", "N04.FR.14"), before=no_monitors)
async def one_of_three_out_of_range(bench: Bench) -> None:
    number = await monitored_number(bench)
    upper = setting(number.variable, "UpperThreshold", number.upper)
    delta = setting(number.variable, "Delta", -1.0)
    lower = setting(number.variable, "LowerThreshold", number.lower)
    await _request(
        bench.step(2),
        [upper, delta, lower],
        _result(upper, "Accepted"),
        _result(delta, "Rejected"),
        _result(lower, "Accepted"),
    )
