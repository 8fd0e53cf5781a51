"""N02 Get Monitoring Report."""

from plugfest.lab.case import case
from plugfest.lab.v201.bench import Bench
from plugfest.lab.v201.cases.unsupported_values import UNSUPPORTED, unsupported_values
from plugfest.lab.v201.memory.monitors import (
    STATE_OF_STATION,
    check_reported,
    monitored_number,
    monitoring_report,
    no_monitoring_report,
    no_monitors,
    report_request,
    set_monitors,
    setting,
    state_of_evse,
)

REPORT = ("N02.FR.01", "N02.FR.03", "N02.FR.04", "N02.FR.05", "N02.FR.09")

TYPES = {
    "ThresholdMonitoring": ("UpperThreshold", "LowerThreshold"),
    "DeltaMonitoring": ("Delta",),
    "PeriodicMonitoring": ("Periodic", "PeriodicClockAligned"),
}
"""The types of monitors by criterion (N02.FR.12 to FR.14)."""


@case("TC_N_01_CS", requirements=(*REPORT, "N02.FR.06", "N02.FR.12", "N02.FR.13", "N02.FR.14"), before=no_monitors)
async def with_monitoring_criteria(bench: Bench) -> None:
    number = await monitored_number(bench)
    interval = float(bench.settings.aligned_interval)
    settings = (
        setting(number.variable, "LowerThreshold", number.lower),
        setting(number.variable, "UpperThreshold", number.upper),
        setting(number.variable, "Delta", number.upper - number.lower),
        setting(number.variable, "Periodic", interval),
        setting(number.variable, "PeriodicClockAligned", interval),
    )
    ids = dict(zip((each.type.value for each in settings), await set_monitors(bench, *settings), strict=True))
    for step, criteria in (
        (2, ("ThresholdMonitoring",)),
        (6, ("ThresholdMonitoring", "DeltaMonitoring")),
        (10, ("DeltaMonitoring", "PeriodicMonitoring")),
    ):
        bench.step(step)
        reported = await monitoring_report(bench, report_request(bench, criteria=criteria))
        types = [type for criterion in criteria for type in TYPES[criterion]]
        others = ", ".join(sorted({each.monitor.type.value for each in reported} - set(types)))
        bench.step(step + 1)
        bench.check(not others, f"only monitors of type {', '.join(types)}", others)
        for type in types:
            check_reported(bench, reported, ids[type], type=type)


async def _states_monitored(bench: Bench) -> list[int]:
    """A delta monitor of AvailabilityState of the station, and one of that of the EVSE under test."""
    await no_monitors(bench)
    return await set_monitors(
        bench, setting(STATE_OF_STATION, "Delta", 1.0), setting(state_of_evse(bench), "Delta", 1.0)
    )


@case("TC_N_02_CS", requirements=(*REPORT, "N02.FR.08", "N02.FR.16"))
async def with_component_variable(bench: Bench) -> None:
    ids = await _states_monitored(bench)
    bench.step(2)
    request = report_request(bench, STATE_OF_STATION, whole=(state_of_evse(bench),))
    reported = await monitoring_report(bench, request)
    bench.step(3)
    for id in ids:
        check_reported(bench, reported, id, type="Delta")


@case("TC_N_03_CS", requirements=(*REPORT, "N02.FR.10", "N02.FR.13"))
async def with_criteria_and_component_variable(bench: Bench) -> None:
    ids = await _states_monitored(bench)
    variables = (STATE_OF_STATION, state_of_evse(bench))
    bench.step(2, "N02.FR.10")
    await no_monitoring_report(bench, report_request(bench, *variables, criteria=("ThresholdMonitoring",)))
    bench.step(4)
    reported = await monitoring_report(bench, report_request(bench, *variables, criteria=("DeltaMonitoring",)))
    bench.step(5)
    others = ", ".join(sorted({each.monitor.type.value for each in reported} - {"Delta"}))
    bench.check(not others, "only monitors of type Delta", others)
    for id in ids:
        check_reported(bench, reported, id)


@case("TC_N_04_CS", requirements=("N02.FR.02",))
async def unsupported_criteria(bench: Bench) -> None:
    """With each value that the PICS lists as unsupported, beside DeltaMonitoring."""
    for value in unsupported_values(bench, "monitoring_criteria"):
        request = report_request(bench, criteria=list(dict.fromkeys(("DeltaMonitoring", value))))
        await bench.step(1).call(request, status="NotSupported", status_info=UNSUPPORTED)


@case("TC_N_47_CS", requirements=("N02.FR.01", "N02.FR.11"))
async def report_all(bench: Bench) -> None:
    ids = await _states_monitored(bench)
    bench.step(2)
    reported = await monitoring_report(bench, report_request(bench))
    bench.step(3)
    for id in ids:
        check_reported(bench, reported, id, type="Delta", value=1.0, severity=5, transaction=False)
