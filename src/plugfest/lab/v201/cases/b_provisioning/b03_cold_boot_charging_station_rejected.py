"""B03 Cold Boot Charging Station - Rejected."""

from plugfest.lab.case import case
from plugfest.lab.v201.bench import Bench
from plugfest.lab.v201.cases.b_provisioning.registration import INTERVAL, boot_answered
from plugfest.lab.v201.states.connector_status import all_connectors_report
from plugfest.ocpp.v201 import messages as m
from plugfest.ocpp.v201 import types as t

TIME_TO_DISCONNECT = 2.0
"""Seconds in which a rejected station may close the connection."""


@case("TC_B_03_CS", requirements=("B03.FR.02", "B03.FR.04", "B03.FR.06"))
async def rejected(bench: Bench) -> None:
    bench.step(1)
    first = await boot_answered(bench, "Rejected")
    bench.step(3, "B03.FR.06")
    again = await bench.expect(m.BootNotificationRequest, within=INTERVAL + bench.settings.boot_timeout)
    waited = again.at - first.at
    bench.check(
        waited >= INTERVAL - bench.settings.time_tolerance,
        f"at least {INTERVAL} s between the two BootNotificationRequests",
        f"{waited:.1f} s",
        frame=again.frame.index,
    )
    bench.step(3, "B03.FR.02")
    early = [
        request
        for request in bench.csms.inbox.unconsumed(since=bench.csms.inbox.mark)
        if first.number < request.number < again.number
    ]
    bench.check(
        not early,
        "no request between the two BootNotificationRequests",
        ", ".join(type(request.message).__name__ for request in early) or "none",
        frame=early[0].frame.index if early else None,
    )
    bench.step(5, "B01.FR.05")
    await all_connectors_report(bench, "Available")


@case("TC_B_30_CS", requirements=("B03.FR.08",))
async def security_error(bench: Bench) -> None:
    bench.step(2)
    await boot_answered(bench, "Rejected")
    bench.step(4)
    # The station may disconnect until its next attempt (B03.FR.04); then the lab cannot send a request.
    if not await bench.csms.wait_disconnected(within=TIME_TO_DISCONNECT):
        request_id = bench.configuration.next_id()
        await bench.call_error(
            m.GetBaseReportRequest(request_id=request_id, report_base=t.ReportBaseEnumType.FullInventory),
            "SecurityError",
            may_disconnect=True,
        )
    await bench.expect(m.BootNotificationRequest, within=INTERVAL + bench.settings.boot_timeout)
    bench.step("accepted", "B01.FR.05")
    await all_connectors_report(bench, "Available")
