"""N07 Alert Event while offline, N08 Periodic Event."""

from plugfest.lab.case import case
from plugfest.lab.checks.cable import cable_released
from plugfest.lab.checks.outage import offline
from plugfest.lab.expectations import has
from plugfest.lab.v201.bench import Bench
from plugfest.lab.v201.configuration import Variable
from plugfest.lab.v201.memory.monitors import (
    SEVERITY,
    Events,
    all_events,
    monitored_number,
    named,
    set_monitors,
    setting,
    state_of_evse,
)
from plugfest.lab.v201.states.ev_connected import ev_connected_pre_session
from plugfest.lab.v201.states.offline import back_online, queued_events
from plugfest.lab.v201.states.transaction_points import expected_event_type
from plugfest.ocpp.v201 import messages as m

QUEUED = {"MonitoringCtrlr.OfflineQueuingSeverity": str(SEVERITY)}


@case("TC_N_22_CS", requirements=("N07.FR.04",), configuration=QUEUED, before=all_events)
async def queued(bench: Bench) -> None:
    variable = state_of_evse(bench)
    (id,) = await set_monitors(bench, setting(variable, "Delta", 1.0))
    events, before = Events(bench), bench.known_state.conditions
    await offline(bench)
    await bench.operator.plug_in(bench.settings.evse_id, bench.settings.connector_id)
    bench.known_state.update(ev_connected=True)
    await bench.wait(bench.settings.transaction_duration)
    outage = await back_online(bench)
    bench.step(3)
    if await expected_event_type(bench, before) is not None:
        await queued_events(bench, outage)
    await events.expect(trigger="Delta", actual_value="Occupied", variable_monitoring_id=id, **named(variable))


@case("TC_N_23_CS", requirements=("N07.FR.04",), configuration=QUEUED, before=all_events)
async def not_queued(bench: Bench) -> None:
    evse_id, connector_id = bench.settings.evse_id, bench.settings.connector_id
    connector = Variable("Connector", "AvailabilityState", evse_id=evse_id, connector_id=connector_id)
    variables = (connector, state_of_evse(bench))
    ids = await set_monitors(bench, *(setting(each, "Delta", 1.0, severity=SEVERITY + 1) for each in variables))
    events = Events(bench)
    await ev_connected_pre_session(bench.step(1))
    for variable, id in zip(variables, ids, strict=True):
        await events.expect(trigger="Delta", actual_value="Occupied", variable_monitoring_id=id, **named(variable))
    await offline(bench)
    began = Events(bench)
    await cable_released(bench, bench.operator.unplug(evse_id, connector_id))
    await bench.wait(bench.settings.time_tolerance)
    await bench.operator.plug_in(evse_id, connector_id)
    await bench.wait(bench.settings.transaction_duration)
    outage = await back_online(bench)
    if bench.known_state.ongoing:
        bench.step(5, "E12.FR.01")
        reported = [each.message for each in await queued_events(bench, outage)]
        triggers = {each.trigger_reason.value for each in reported}
        bench.check("EVCommunicationLost" in triggers, "an event EVCommunicationLost", ", ".join(sorted(triggers)))
    bench.step("after the outage", "N07.FR.04")
    await bench.wait(bench.settings.silence)
    for id in ids:
        await began.silence(seconds=0, variable_monitoring_id=id)


@case("TC_N_24_CS", requirements=("N04.FR.01", "N04.FR.08", "N08.FR.05", "N08.FR.06"), before=all_events)
async def periodic(bench: Bench) -> None:
    variable, interval = (await monitored_number(bench)).variable, bench.settings.aligned_interval
    response = await bench.step(2).call(
        m.SetVariableMonitoringRequest(set_monitoring_data=[setting(variable, "Periodic", float(interval))]),
        set_monitoring_result=[has(status="Accepted", type="Periodic", severity=SEVERITY, **named(variable))],
    )
    id, began = response.set_monitoring_result[0].id, bench.csms.record.frames[-1].time
    bench.step(3)
    tolerance = bench.settings.time_tolerance
    for number in (1, 2):
        events = Events(bench, within=interval + tolerance)
        event = await events.expect(trigger="Periodic", variable_monitoring_id=id, **named(variable))
        passed = (event.timestamp - began).total_seconds()
        expected = number * interval
        bench.check(abs(passed - expected) <= tolerance, f"event {number} after {expected} s", f"after {passed:.1f} s")
