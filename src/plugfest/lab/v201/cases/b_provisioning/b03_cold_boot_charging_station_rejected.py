"""B03 Cold Boot Charging Station - Rejected."""

from plugfest.lab.case import case
from plugfest.lab.v201.bench import Bench
from plugfest.lab.v201.cases.b_provisioning.registration import INTERVAL, boot_answered
from plugfest.lab.v201.states.connector_status import all_connectors_report
from plugfest.ocpp.v201 import messages as m
from plugfest.ocpp.v201 import types as t

MAY_HANG_UP = 2.0
"""Seconds that a rejected station has for closing the connection."""


@case("TC_B_03_CS", requirements=("B03.FR.02", "B03.FR.04", "B03.FR.06"))
async def rejected(bench: Bench) -> None:
    bench.step(1)
    refused_at = await boot_answered(bench, "Rejected")
    bench.step(3, "B03.FR.02")
    again = await bench.expect(
        m.BootNotificationRequest, within=INTERVAL + bench.settings.boot_timeout, reason="PowerUp"
    )
    waited = round(again.at - refused_at, 1)  # as exact as two arrivals tell
    bench.check(waited >= INTERVAL, f"{INTERVAL} s or more between the two", f"{waited} s", frame=again.frame.index)
    early = [one for one in bench.csms.inbox.untaken(since=bench.csms.inbox.mark) if one.at < again.at]
    bench.check(  # B03.FR.02: not a word before it tries again
        not early,
        "no request between the two BootNotifications",
        ", ".join(type(one.message).__name__ for one in early) or "none",
        frame=early[0].frame.index if early else None,
    )
    bench.step(5, "B01.FR.05")
    await all_connectors_report(bench, "Available")


@case("TC_B_30_CS", requirements=("B03.FR.08",))
async def security_error(bench: Bench) -> None:
    bench.step(2)
    await boot_answered(bench, "Rejected")
    bench.step(4)
    # A station may hang up until it tries again (B03.FR.04); there is nobody to ask then.
    if not await bench.csms.wait_disconnected(within=MAY_HANG_UP):
        request_id = bench.configuration.next_request_id()
        await bench.call_error(
            m.GetBaseReportRequest(request_id=request_id, report_base=t.ReportBaseEnumType.FullInventory),
            "SecurityError",
        )
    await bench.expect(m.BootNotificationRequest, within=INTERVAL + bench.settings.boot_timeout)
