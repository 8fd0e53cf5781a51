"""Booting and Booted."""

from typing import TYPE_CHECKING

from plugfest.lab.expect import one_of
from plugfest.lab.states.connector_status import all_connectors_report
from plugfest.ocpp.v201 import messages as m
from plugfest.ocpp.v201 import types as t

if TYPE_CHECKING:
    from plugfest.lab.bench import Bench


async def booting(bench: "Bench") -> None:
    """Reset the station; when this returns it has answered and has not connected again."""
    await bench.call(m.ResetRequest(type=t.ResetEnumType.Immediate), status="Accepted")
    if not await bench.csms.wait_disconnected(within=bench.settings.boot_timeout):
        bench.judge.missing("the station hangs up to reboot", "", "still connected")
    bench.situation.forget()


async def booted(bench: "Bench", *, by: str = "reset", status: str = "Available") -> None:
    """Reset the station, or switch it off and on (`by="power"`), and see it come back.

    `status` is what each connector is expected to report.
    """
    bench.csms.inbox.set_mark()
    if by == "power":
        await bench.operator.power_cycle()
    else:
        await bench.call(m.ResetRequest(type=t.ResetEnumType.Immediate), status="Accepted")
    await boot_seen(bench, status=status)


async def boot_seen(bench: "Bench", *, status: str = "Available", **boot_checks: object) -> None:
    """A boot as it goes over the wire: BootNotification, the state of every connector, the security event."""
    await bench.expect(m.BootNotificationRequest, within=bench.settings.boot_timeout, **boot_checks)
    await all_connectors_report(bench, status)
    await bench.expect(m.SecurityEventNotificationRequest, type=one_of("StartupOfTheDevice", "ResetOrReboot"))
