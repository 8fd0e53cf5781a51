"""N07 Alert Event."""

from plugfest.lab.case import ConnectionRequirement, case
from plugfest.lab.checks.handshake import check_credentials, next_attempt
from plugfest.lab.checks.numbers import integer
from plugfest.lab.expectations import has, one_of, optional, present
from plugfest.lab.v201.bench import Bench
from plugfest.lab.v201.cases.b_provisioning.variables import OFFLINE_THRESHOLD, result, set_request
from plugfest.lab.v201.configuration import PASSWORD, Variable
from plugfest.lab.v201.memory.monitors import (
    SEVERITY,
    Events,
    ReportedMonitor,
    above,
    all_events,
    at_most,
    below,
    existing_monitors,
    is_power,
    lowered,
    monitored_number,
    monitoring_report,
    named,
    no_monitoring_report,
    raised,
    report_request,
    set_base,
    set_monitors,
    setting,
    state_of_evse,
)
from plugfest.lab.v201.states.booted import booted
from plugfest.lab.v201.states.energy_transfer import energy_transfer_started
from plugfest.lab.v201.states.ev_connected import ev_connected_pre_session
from plugfest.lab.verdict import NotConfigurable
from plugfest.ocpp.message import UNSET
from plugfest.ocpp.v201 import messages as m

NEW_PASSWORD = "plugfest-changed-03"

HTTP_BASIC = ConnectionRequirement((2, 1), root_installed=None)

ALERT = {"trigger": "Alerting", "cleared": optional(False)}
"""A threshold is exceeded (N07.FR.16, N07.FR.17)."""

CLEARED = {"trigger": "Alerting", "cleared": True}
"""The value has returned to within the threshold (N07.FR.02)."""

CUSTOM = {"event_notification_type": "CustomMonitor"}


@case("TC_N_20_CS", requirements=("N07.FR.02", "N07.FR.06", "N07.FR.07", "N07.FR.16", "N07.FR.17"))
async def threshold_exceeded(bench: Bench) -> None:
    await all_events(bench)
    await set_base(bench, "All")
    number = await monitored_number(bench)
    (upper_id,) = await set_monitors(bench, setting(number.variable, "UpperThreshold", number.upper))
    of_variable = named(number.variable)
    events = Events(bench)
    await raised(bench.step(1), number)
    bench.step(2, "N07.FR.16")
    in_transaction = bench.known_state.transaction_id if is_power(number) else None
    await events.expect(
        variable_monitoring_id=upper_id,
        actual_value=above(number.upper),
        transaction_id=in_transaction or optional(present),
        **ALERT,
        **CUSTOM,
        **of_variable,
    )
    bench.step(5, "N04.FR.08")
    (lower_id,) = await set_monitors(bench, setting(number.variable, "LowerThreshold", number.lower))
    events = Events(bench)
    await lowered(bench.step(6), number)
    bench.step(7, "N07.FR.02")
    transaction = optional(in_transaction) if in_transaction else optional(present)
    await events.expect(
        variable_monitoring_id=upper_id,
        actual_value=at_most(number.upper),
        transaction_id=transaction,
        **CLEARED,
        **CUSTOM,
        **of_variable,
    )
    bench.step(7, "N07.FR.17")
    await events.expect(
        variable_monitoring_id=lower_id,
        actual_value=below(number.lower),
        transaction_id=transaction,
        **ALERT,
        **CUSTOM,
        **of_variable,
    )


@case("TC_N_21_CS", requirements=("N07.FR.06", "N07.FR.07"))
async def hard_wired(bench: Bench) -> None:
    """The condition asks for a hard-wired monitor, whose events are HardWiredMonitor in Part 2; both are accepted."""
    await all_events(bench)
    monitors = await existing_monitors(bench)
    events = Events(bench)
    bench.step("trigger")
    await _trigger(bench, monitors)
    bench.step(1)
    await events.expect(event_notification_type=one_of("HardWiredNotification", "HardWiredMonitor"))


async def _trigger(bench: Bench, monitors: list[ReportedMonitor]) -> None:
    """Trigger a hard-wired monitor; if none is reported, a notification of a fault."""
    names = {each.variable.name for each in monitors}
    if "AvailabilityState" in names:
        await ev_connected_pre_session(bench)
    elif "Power" in names:
        await energy_transfer_started(bench)
    elif "Problem" in names or not monitors:
        await bench.operator.fault(bench.settings.evse_id, bench.settings.connector_id, present=True)
    else:
        await _exceed(bench, monitors[0])


async def _exceed(bench: Bench, reported: ReportedMonitor) -> None:
    variable, monitor = reported.variable, reported.monitor
    beyond = monitor.value - 1 if monitor.type == "LowerThreshold" else monitor.value + 1
    await bench.operator.set_measured_value(variable.component, variable.name, variable.evse_id, beyond)


@case("TC_N_45_CS", requirements=("N07.FR.06", "N07.FR.07", "N07.FR.18"), before=all_events)
async def delta_exceeded(bench: Bench) -> None:
    number = await monitored_number(bench)
    change = number.upper if is_power(number) else number.upper - number.low
    (id,) = await set_monitors(bench, setting(number.variable, "Delta", change))
    events = Events(bench)
    await raised(bench.step(1), number)
    bench.step(2, "N07.FR.18")
    await events.expect(trigger="Delta", variable_monitoring_id=id, **named(number.variable))


@case("TC_N_56_CS", requirements=("N07.FR.06", "N07.FR.07", "N07.FR.19"), before=all_events)
async def state_changed(bench: Bench) -> None:
    variable = state_of_evse(bench)
    (id,) = await set_monitors(bench, setting(variable, "Delta", 1.0))
    events = Events(bench)
    await ev_connected_pre_session(bench.step("manual action"))
    bench.step(1, "N07.FR.19")
    await events.expect(trigger="Delta", variable_monitoring_id=id, actual_value="Occupied", **named(variable))


@case("TC_N_48_CS", requirements=("N07.FR.10",), connected=HTTP_BASIC, before=all_events)
async def write_only(bench: Bench) -> None:
    (id,) = await set_monitors(bench, setting(PASSWORD, "Delta", 1.0))
    events, attempts_before = Events(bench), len(bench.csms.main.attempts)
    response = await bench.step(2).call(
        set_request((PASSWORD, NEW_PASSWORD), attribute_type=UNSET),
        set_variable_result=[result(PASSWORD, one_of("Accepted", "RebootRequired"))],
    )
    bench.csms.password = NEW_PASSWORD
    if response.set_variable_result[0].attribute_status == "RebootRequired":
        await booted(bench.step(3))
    else:
        check_credentials(bench, await next_attempt(bench, attempts_before), NEW_PASSWORD)
    bench.step(4)
    await events.expect(variable_monitoring_id=id, actual_value="", trigger="Delta", **named(PASSWORD))


@case("TC_N_51_CS", requirements=("N07.FR.11",), before=all_events)
async def modified(bench: Bench) -> None:
    number = await monitored_number(bench)
    variable = number.variable
    too_high = _never_exceeded(bench, variable, number.high)
    (id,) = await set_monitors(bench, setting(variable, "UpperThreshold", too_high))
    events = Events(bench)
    await raised(bench.step(1), number)
    await events.silence(seconds=0, variable_monitoring_id=id)
    threshold = 0.0 if is_power(number) else number.upper
    bench.csms.inbox.set_mark()
    await bench.step(3, "N04.FR.12").call(
        m.SetVariableMonitoringRequest(set_monitoring_data=[setting(variable, "UpperThreshold", threshold, id=id)]),
        set_monitoring_result=[has(status="Accepted", type="UpperThreshold", severity=5, **named(variable))],
    )
    bench.step(4, "N07.FR.11")
    await events.expect(variable_monitoring_id=id, actual_value=above(threshold), **ALERT, **named(variable))


def _never_exceeded(bench: Bench, variable: Variable, high: float) -> float:
    """A threshold that the case does not exceed: maxLimit, which no value exceeds (N04.FR.06)."""
    _, limit = bench.configuration.limits(variable)
    return high + 1000.0 if limit is None else limit


@case("TC_N_52_CS", requirements=("N06.FR.01", "N07.FR.12"), before=all_events)
async def removed(bench: Bench) -> None:
    """In Edition 4 (after Part 6 of OCPP 2.1 Edition 2) the event of the exceeded threshold is validated too.

    After the removal it forbids only events with cleared (N07.FR.12), Edition 3 every event of the monitor.
    """
    number = await monitored_number(bench)
    threshold = 0.0 if is_power(number) else number.upper
    (id,) = await set_monitors(bench, setting(number.variable, "UpperThreshold", threshold))
    events = Events(bench)
    await raised(bench, number)
    await events.expect(variable_monitoring_id=id, **ALERT)
    await bench.step(2, "N06.FR.01").call(
        m.ClearVariableMonitoringRequest(id=[id]), clear_monitoring_result=[has(status="Accepted", id=id)]
    )
    bench.step(4, "N06.FR.01")
    await no_monitoring_report(bench, report_request(bench, number.variable, criteria=("ThresholdMonitoring",)))
    events = Events(bench)
    await lowered(bench.step(5), number)
    bench.step(6, "N07.FR.12")
    await events.silence(seconds=bench.settings.silence, variable_monitoring_id=id)


@case("TC_N_53_CS", requirements=("N07.FR.13", "N04.FR.19"), before=all_events)
async def persistent(bench: Bench) -> None:
    """The text has the id too, which may have changed according to N04.FR.19: it is not compared."""
    number = await monitored_number(bench)
    await set_monitors(bench, setting(number.variable, "UpperThreshold", number.upper))
    await booted(bench)
    bench.step(1, "N07.FR.13")
    reported = await monitoring_report(bench, report_request(bench, criteria=("ThresholdMonitoring",)))
    bench.step(3, "N07.FR.13")
    found = [
        (each.monitor.type.value, each.monitor.value, each.monitor.severity, each.monitor.transaction)
        for each in reported
        if each.variable == number.variable
    ]
    expected = ("UpperThreshold", number.upper, SEVERITY, False)
    bench.check(expected in found, f"a monitor of {number.variable}: {expected}", found or "none")


@case("TC_N_61_CS", requirements=("N07.FR.18",), before=all_events)
async def numeric_setting(bench: Bench) -> None:
    known = bench.configuration.find(OFFLINE_THRESHOLD)
    if known is None or not known.monitored or not known.writable:
        raise NotConfigurable(f"{OFFLINE_THRESHOLD} does not support monitors")
    (value,) = await bench.configuration.read([OFFLINE_THRESHOLD])
    threshold = integer(value or "") or 0
    (id,) = await set_monitors(bench, setting(OFFLINE_THRESHOLD, "Delta", 1.0))
    await _set_threshold(bench.step(2), threshold + 1)
    events = Events(bench)
    await events.silence(seconds=bench.settings.silence, variable_monitoring_id=id)
    await _set_threshold(bench.step(5), threshold + 2)
    bench.step(7)
    await events.expect(
        trigger="Delta",
        variable_monitoring_id=id,
        actual_value=str(threshold + 2),
        **named(OFFLINE_THRESHOLD),
    )


async def _set_threshold(bench: Bench, value: int) -> None:
    request = set_request((OFFLINE_THRESHOLD, str(value)))
    bench.csms.inbox.set_mark()
    response = await bench.call(
        request, set_variable_result=[result(OFFLINE_THRESHOLD, one_of("Accepted", "RebootRequired"))]
    )
    bench.configuration.note(OFFLINE_THRESHOLD, str(value))
    if response.set_variable_result[0].attribute_status == "RebootRequired":
        await booted(bench)
