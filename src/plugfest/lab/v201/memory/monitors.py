"""Monitors: setting and reading them, and the variable under test, with what makes it pass a threshold."""

import math
from collections.abc import Callable, Collection, Iterator
from itertools import count

import msgspec

from plugfest.lab.checks.numbers import number
from plugfest.lab.csms.inbox import ReceivedRequest
from plugfest.lab.expectations import Matcher, any_item, differences, has, meets, one_of, optional, present
from plugfest.lab.v201.bench import Bench
from plugfest.lab.v201.configuration import Variable
from plugfest.lab.v201.states.energy_transfer import energy_transfer_started
from plugfest.lab.v201.states.session_ended import ev_connected_post_session
from plugfest.lab.verdict import NotConfigurable
from plugfest.ocpp.message import UNSET, Response, given
from plugfest.ocpp.v201 import messages as m
from plugfest.ocpp.v201 import types as t

SEVERITY = 5
"""The severity of the monitors of most cases."""

LEVEL = 8
"""The monitoring level of the cases about events."""

NUMBERS = frozenset({"integer", "decimal"})

MARGIN = 10.0
"""How far thresholds are from the value that a variable has before the case, in its unit."""


def reason(*codes: str) -> Matcher:
    """The check of an optional statusInfo with one of these reason codes, without regard to case (StatusInfoType)."""
    known = {code.lower() for code in codes}
    return optional(has(reason_code=meets(" or ".join(codes), lambda value: str(value).lower() in known)))


NO_ERROR = reason("NoError")

NOT_FOUND = reason("NotFound")


def availability_state(component: str = "EVSE", evse_id: int | None = None) -> Variable:
    """AvailabilityState of the station, or of a component at an EVSE."""
    return Variable(component, "AvailabilityState", evse_id=evse_id)


def state_of_evse(bench: Bench) -> Variable:
    """AvailabilityState of the EVSE under test."""
    return availability_state(evse_id=bench.settings.evse_id)


STATE_OF_STATION = availability_state("ChargingStation")


# Requests


def setting(
    variable: Variable, type: str, value: float, *, severity: int = SEVERITY, id: int | None = None
) -> t.SetMonitoringDataType:
    """One element of SetVariableMonitoring; with an id it replaces a monitor."""
    return t.SetMonitoringDataType(
        value=value,
        type=t.MonitorEnumType(type),
        severity=severity,
        id=UNSET if id is None else id,
        **variable.wire(),
    )


def named(variable: Variable) -> dict[str, object]:
    """The checks that a result, a report or an event is about this variable."""
    evse = has(id=variable.evse_id) if variable.evse_id is not None else UNSET
    return {
        "component": has(name=variable.component, evse=evse),
        "variable": has(name=variable.name, instance=variable.instance or UNSET),
    }


async def set_monitors(bench: Bench, *settings: t.SetMonitoringDataType) -> list[int]:
    """Set monitors, which have to be accepted. Returns their ids."""
    request = m.SetVariableMonitoringRequest(set_monitoring_data=list(settings))
    expected = (has(status="Accepted", id=present, type=each.type.value, severity=each.severity) for each in settings)
    response = await bench.call_and_compare(request, in_any_order("set_monitoring_result", *expected))
    check_ids(bench, response)
    ids = [given(_result_for(each, response.set_monitoring_result).id) for each in settings]
    return [id for id in ids if id is not None]


def check_ids(bench: Bench, response: m.SetVariableMonitoringResponse) -> None:
    """Each monitor has an id of its own (SetMonitoringResultType)."""
    ids = [id for result in response.set_monitoring_result if (id := given(result.id)) is not None]
    bench.check(len(set(ids)) == len(ids), "an id for each monitor", f"ids {ids}", frame=bench.csms.answer_frame)


def _result_for(
    setting: t.SetMonitoringDataType, results: Collection[t.SetMonitoringResultType]
) -> t.SetMonitoringResultType:
    """Results may come in any order."""
    wanted = (Variable.of(setting.component, setting.variable), setting.type, setting.severity)
    return next(
        (each for each in results if (Variable.of(each.component, each.variable), each.type, each.severity) == wanted),
        next(iter(results)),
    )


def in_any_order(field: str, *expected: has) -> Callable[[Response], dict[str, object]]:
    """The checks of a response: the list in this field has these results, in any order, and no others."""

    def checks(response: Response) -> dict[str, object]:
        left, ordered = list(expected), list[has]()
        for result in getattr(response, field):
            if left:
                nearest = min(left, key=lambda check: len(differences(result, check.checks).differences))
                left.remove(nearest)
                ordered.append(nearest)
        return {field: [*ordered, *left]}

    return checks


async def set_base(bench: Bench, base: str) -> None:
    """SetMonitoringBase, accepted."""
    await bench.call(
        m.SetMonitoringBaseRequest(monitoring_base=t.MonitoringBaseEnumType(base)),
        status="Accepted",
        status_info=NO_ERROR,
    )


async def set_level(bench: Bench, severity: int = LEVEL) -> None:
    """SetMonitoringLevel, accepted."""
    await bench.call(m.SetMonitoringLevelRequest(severity=severity), status="Accepted", status_info=NO_ERROR)


async def no_monitors(bench: Bench) -> None:
    """Initial state: only hard-wired monitors, which cannot be removed, watch."""
    await set_base(bench, "HardWiredOnly")


async def all_events(bench: Bench) -> None:
    """Initial state: only hard-wired monitors, and MonitoringLevel 8."""
    await no_monitors(bench)
    await set_level(bench)


# Reports


class ReportedMonitor(msgspec.Struct, frozen=True):
    """A monitor of a report, with its variable."""

    variable: Variable
    monitor: t.VariableMonitoringType


def report_request(
    bench: Bench, *variables: Variable, criteria: Collection[str] = (), whole: Collection[Variable] = ()
) -> m.GetMonitoringReportRequest:
    """GetMonitoringReport for these variables, and for the components of the variables in `whole`."""
    asked = [t.ComponentVariableType(**variable.wire()) for variable in variables]
    asked += [t.ComponentVariableType(component=variable.wire()["component"]) for variable in whole]
    return m.GetMonitoringReportRequest(
        request_id=bench.configuration.next_id(),
        component_variable=asked or UNSET,
        monitoring_criteria=[t.MonitoringCriterionEnumType(each) for each in criteria] or UNSET,
    )


async def monitoring_report(bench: Bench, request: m.GetMonitoringReportRequest) -> list[ReportedMonitor]:
    """GetMonitoringReport, accepted, and every part of the report that follows (N02.FR.03, N02.FR.09)."""
    bench.csms.inbox.set_mark()
    await bench.call(request, status="Accepted", status_info=NO_ERROR)
    return await collect(bench, request.request_id)


async def no_monitoring_report(bench: Bench, request: m.GetMonitoringReportRequest) -> None:
    """GetMonitoringReport, for which there is no monitor (N02.FR.10)."""
    await bench.call(request, status="EmptyResultSet", status_info=NOT_FOUND)


async def existing_monitors(bench: Bench) -> list[ReportedMonitor]:
    """Every monitor of the station."""
    request = report_request(bench)
    bench.csms.inbox.set_mark()
    response = await bench.call(request, status=one_of("Accepted", "EmptyResultSet"))
    if response.status == "EmptyResultSet":
        return []
    return await collect(bench, request.request_id)


async def collect(bench: Bench, request_id: int) -> list[ReportedMonitor]:
    """The parts of a report: seqNo from 0 without a gap, up to the part without tbc."""
    reported = list[ReportedMonitor]()
    for seq_no in count():
        part = await bench.expect(m.NotifyMonitoringReportRequest, request_id=request_id, seq_no=seq_no)
        new = list(_monitors(part.message))
        ids = {each.monitor.id for each in reported}
        repeated = next((each.monitor.id for each in new if each.monitor.id in ids), None)
        bench.check(repeated is None, "each monitor once", f"monitor {repeated} again", frame=part.frame.index)
        reported += new
        if not given(part.message.tbc):
            break
        bench.check(bool(new), "a monitor in each part", "none", frame=part.frame.index)
    return reported


def _monitors(part: m.NotifyMonitoringReportRequest) -> Iterator[ReportedMonitor]:
    for data in given(part.monitor) or ():
        for monitor in data.variable_monitoring:
            yield ReportedMonitor(Variable.of(data.component, data.variable), monitor)


def check_reported(bench: Bench, reported: Collection[ReportedMonitor], id: int, **checks: object) -> None:
    """The report contains this monitor, with these values of its fields."""
    found = next((each for each in reported if each.monitor.id == id), None)
    bench.check(found is not None, f"monitor {id} in the report", "not reported")
    for name, expected in checks.items():
        actual = getattr(found.monitor, name) if found else None
        bench.check(actual == expected, f"{name} {expected} of monitor {id}", actual)


# Events


class Events:
    """The events that the station reports from the creation of this object on, also several in one message.

    `within`: the seconds in which an expected event comes; the function timeout if None.
    """

    def __init__(self, bench: Bench, *, within: float | None = None) -> None:
        self._bench = bench
        self._within = within
        self._seen = len(bench.csms.inbox.of_type(m.NotifyEventRequest))

    async def expect(self, **checks: object) -> t.EventDataType:
        """The first event that meets the checks; the station sends it in time."""
        check = has(**checks)
        earlier = self._first(check)
        if earlier is not None:
            return earlier
        sent = await self._bench.expect(m.NotifyEventRequest, within=self._within, event_data=any_item(check))
        return _matching(sent.message, check)

    async def silence(self, *, seconds: float, **checks: object) -> None:
        """No event meets the checks, so far and for so many seconds."""
        check = has(**checks)
        earlier = next((each for each in self._received() if _matches(each.message, check)), None)
        self._bench.check(earlier is None, f"no event {check}", "sent", frame=earlier.frame.index if earlier else None)
        await self._bench.silence(m.NotifyEventRequest, seconds=seconds, event_data=any_item(check))

    def _received(self) -> list[ReceivedRequest[m.NotifyEventRequest]]:
        return self._bench.csms.inbox.of_type(m.NotifyEventRequest)[self._seen :]

    def _first(self, check: has) -> t.EventDataType | None:
        for each in self._received():
            if _matches(each.message, check):
                checks: dict[str, object] = {"event_data": any_item(check)}
                self._bench.judge.checks += differences(each.message, checks).compared
                self._bench.judge.record_checked(each.message, checks, each.frame.index)
                each.consumed = True
                return _matching(each.message, check)
        return None


def _matches(request: m.NotifyEventRequest, check: has) -> bool:
    return differences(request, {"event_data": any_item(check)}).matches


def _matching(request: m.NotifyEventRequest, check: has) -> t.EventDataType:
    return next(each for each in request.event_data if differences(each, check.checks).matches)


# The numeric variable under test


class MonitoredNumber(msgspec.Struct, frozen=True):
    """A numeric variable that supports monitors. `upper` and `lower`: thresholds that `raised` and `lowered` pass."""

    variable: Variable
    upper: float
    lower: float
    high: float
    low: float


async def monitored_number(bench: Bench) -> MonitoredNumber:
    """The power of the EVSE under test if it can be monitored, which charging raises, else another number."""
    power = Variable("EVSE", "Power", evse_id=bench.settings.evse_id)
    known = bench.configuration.find(power)
    if known is not None and known.monitored:
        return MonitoredNumber(power, upper=100.0, lower=10.0, high=0.0, low=0.0)
    variable = _another_number(bench)
    (value,) = await bench.configuration.read([variable])
    reported = number(value or "") or 0.0
    return MonitoredNumber(
        variable,
        upper=reported + MARGIN,
        lower=reported + MARGIN / 2,
        high=reported + 2 * MARGIN,
        low=reported,
    )


def _another_number(bench: Bench) -> Variable:
    """A measured number that has a value now and can fall: at the EVSE under test, else of the station."""
    numbers = [
        variable
        for variable, known in bench.configuration.known.items()
        if known.monitored and known.data_type in NUMBERS and not known.writable
        if variable.evse_id in (None, bench.settings.evse_id) and variable.instance is None
        if number(known.value or "") is not None and not variable.name.lower().startswith("energy")
    ]
    if not numbers:
        raise NotConfigurable("no numeric variable supports monitors")
    return min(numbers, key=lambda variable: (variable.evse_id is None, str(variable)))


def is_power(number: MonitoredNumber) -> bool:
    """Whether charging changes the number."""
    return number.variable.name == "Power"


async def raised(bench: Bench, number: MonitoredNumber) -> None:
    """EnergyTransferStarted, or the operator: the number is above `upper`."""
    if is_power(number):
        await energy_transfer_started(bench)
    else:
        await _measure(bench, number.variable, number.high)


async def lowered(bench: Bench, number: MonitoredNumber) -> None:
    """StopAuthorized, or the operator: the number is below `lower` again."""
    if is_power(number):
        await ev_connected_post_session(bench)
    else:
        await _measure(bench, number.variable, number.low)


async def _measure(bench: Bench, variable: Variable, value: float) -> None:
    await bench.operator.set_measured_value(variable.component, variable.name, variable.evse_id, value)


def above(threshold: float) -> Matcher:
    """A number above a threshold, as text."""
    return meets(f"above {threshold:g}", lambda value: _number(value) > threshold)


def at_most(threshold: float) -> Matcher:
    """A number up to a threshold, as text."""
    return meets(f"at most {threshold:g}", lambda value: _number(value) <= threshold)


def below(threshold: float) -> Matcher:
    """A number below a threshold, as text."""
    return meets(f"below {threshold:g}", lambda value: _number(value) < threshold)


def _number(value: object) -> float:
    """Not a number for a text that is none, which no comparison accepts."""
    try:
        return float(str(value))
    except ValueError:
        return math.nan
