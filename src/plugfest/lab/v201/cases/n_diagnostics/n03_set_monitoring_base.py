"""N03 Set Monitoring Base."""

from plugfest.lab.case import case
from plugfest.lab.v201.bench import Bench
from plugfest.lab.v201.cases.unsupported_values import UNSUPPORTED, unsupported_values
from plugfest.lab.v201.memory.monitors import (
    STATE_OF_STATION,
    ReportedMonitor,
    check_reported,
    existing_monitors,
    monitoring_report,
    no_monitoring_report,
    no_monitors,
    report_request,
    set_base,
    set_monitors,
    setting,
)
from plugfest.lab.verdict import NotConfigurable
from plugfest.ocpp.v201 import messages as m
from plugfest.ocpp.v201 import types as t


@case("TC_N_05_CS", requirements=("N03.FR.01", "N03.FR.03", "N03.FR.04", "N03.FR.05"))
async def each_base(bench: Bench) -> None:
    await set_base(bench.step(2, "N03.FR.03"), "All")
    await set_base(bench.step(4, "N03.FR.04"), "FactoryDefault")
    await set_base(bench.step(6, "N03.FR.05"), "HardWiredOnly")


@case("TC_N_06_CS", requirements=("N03.FR.01", "N03.FR.05"), before=no_monitors)
async def custom_monitors_removed(bench: Bench) -> None:
    (id,) = await set_monitors(bench, setting(STATE_OF_STATION, "Delta", 1.0))
    bench.step(2, "N02.FR.01")
    reported = await monitoring_report(bench, report_request(bench, STATE_OF_STATION))
    check_reported(bench.step(3), reported, id, type="Delta")
    await set_base(bench.step(6, "N03.FR.01"), "HardWiredOnly")
    bench.step(8, "N03.FR.05")
    await no_monitoring_report(bench, report_request(bench, STATE_OF_STATION))


@case("TC_N_07_CS", requirements=("N03.FR.02",))
async def unsupported_base(bench: Bench) -> None:
    """With each value that the PICS lists as unsupported."""
    for value in unsupported_values(bench, "monitoring_base"):
        request = m.SetMonitoringBaseRequest(monitoring_base=t.MonitoringBaseEnumType(value))
        await bench.step(2).call(request, status="NotSupported", status_info=UNSUPPORTED)


async def _preconfigured_monitor(bench: Bench) -> ReportedMonitor:
    """A monitor that the station has after FactoryDefault and not after HardWiredOnly."""
    await set_base(bench, "HardWiredOnly")
    hard_wired = {each.monitor.id for each in await existing_monitors(bench)}
    await set_base(bench, "FactoryDefault")
    preconfigured = [each for each in await existing_monitors(bench) if each.monitor.id not in hard_wired]
    if not preconfigured:
        raise NotConfigurable("the station has no preconfigured monitor, which the case overrules")
    return preconfigured[0]


def _other_severity(reported: ReportedMonitor) -> int:
    """The severity of step 5: one more, or 5 for the lowest one."""
    return reported.monitor.severity + 1 if reported.monitor.severity < 9 else 5


@case("TC_N_41_CS", requirements=("N03.FR.04", "N04.FR.15"))
async def return_to_factory_default(bench: Bench) -> None:
    found = await _preconfigured_monitor(bench)
    id, variable, severity = found.monitor.id, found.variable, _other_severity(found)
    bench.step(6, "N04.FR.12")
    await set_monitors(
        bench, setting(variable, found.monitor.type.value, found.monitor.value, severity=severity, id=id)
    )
    bench.step(8, "N02.FR.01")
    reported = await monitoring_report(bench, report_request(bench, variable))
    check_reported(bench.step(9, "N04.FR.12"), reported, id, severity=severity)
    await set_base(bench.step(12, "N03.FR.04"), "FactoryDefault")
    reported = await monitoring_report(bench, report_request(bench, variable))
    check_reported(bench.step(15, "N03.FR.04"), reported, id, severity=found.monitor.severity)
