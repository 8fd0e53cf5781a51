"""N05 Set Monitoring Level, N06 Clear / Remove Monitoring."""

from plugfest.lab.case import case
from plugfest.lab.expectations import has
from plugfest.lab.v201.bench import Bench
from plugfest.lab.v201.memory.monitors import (
    NO_ERROR,
    NOT_FOUND,
    STATE_OF_STATION,
    Events,
    check_reported,
    existing_monitors,
    in_any_order,
    no_monitoring_report,
    no_monitors,
    reason,
    report_request,
    set_level,
    set_monitors,
    setting,
    state_of_evse,
)
from plugfest.lab.v201.states.ev_connected import ev_connected_pre_session
from plugfest.lab.verdict import NotConfigurable
from plugfest.ocpp.v201 import messages as m

OUT_OF_RANGE = ((2, 10, ("ValueOutOfRange", "ValueTooHigh")), (4, -1, ("ValueOutOfRange", "ValueTooLow")))
"""By step: a severity, and the reason codes for it."""

UNUSED_ID = 123456
"""The id of no monitor, if the station has none."""


@case("TC_N_16_CS", requirements=("N05.FR.01", "N05.FR.03", "N07.FR.15"), before=no_monitors)
async def level(bench: Bench) -> None:
    (id,) = await set_monitors(bench, setting(state_of_evse(bench), "Delta", 1.0, severity=8))
    await set_level(bench.step(2), 7)
    events = Events(bench)
    bench.step(4, "N05.FR.03")
    await ev_connected_pre_session(bench)
    await events.silence(seconds=bench.settings.silence, variable_monitoring_id=id)


@case("TC_N_17_CS", requirements=("N05.FR.02",))
async def level_out_of_range(bench: Bench) -> None:
    for step, severity, codes in OUT_OF_RANGE:
        await bench.step(step).call(
            m.SetMonitoringLevelRequest(severity=severity),
            status="Rejected",
            status_info=reason(*codes),
        )


async def _clear(bench: Bench, ids: list[int], *results: has) -> None:
    """ClearVariableMonitoring; the results meet these checks, in any order, and there are no others."""
    request = m.ClearVariableMonitoringRequest(id=ids)
    await bench.call_and_compare(request, in_any_order("clear_monitoring_result", *results))


@case("TC_N_18_CS", requirements=("N06.FR.01", "N06.FR.05"), before=no_monitors)
async def cleared(bench: Bench) -> None:
    variables = (STATE_OF_STATION, state_of_evse(bench))
    ids = await set_monitors(bench, *(setting(variable, "Delta", 1.0) for variable in variables))
    bench.step(2)
    await _clear(bench, ids, *(has(id=id, status="Accepted", status_info=NO_ERROR) for id in ids))
    bench.step(4, "N06.FR.01")
    await no_monitoring_report(bench, report_request(bench, *variables))


@case("TC_N_19_CS", requirements=("N06.FR.02",))
async def unknown_id(bench: Bench) -> None:
    ids = [each.monitor.id for each in await existing_monitors(bench)]
    unused = max(ids) + 1 if ids else UNUSED_ID
    await _clear(bench.step(2), [unused], has(id=unused, status="NotFound", status_info=NOT_FOUND))


@case("TC_N_44_CS", requirements=("N06.FR.03",), before=no_monitors)
async def hard_wired_monitor(bench: Bench) -> None:
    hard_wired = await existing_monitors(bench)
    if not hard_wired:
        raise NotConfigurable("the station reports no hard-wired monitor (AQ-5)")
    id = hard_wired[0].monitor.id
    await _clear(bench.step(2), [id], has(id=id, status="Rejected"))
    check_reported(bench, await existing_monitors(bench), id)
