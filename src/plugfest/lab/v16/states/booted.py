"""Booted: the station boots, is accepted, and tells the state of everything."""

from collections.abc import Mapping

from plugfest.lab.csms.inbox import AnyReceived, ReceivedRequest
from plugfest.lab.expectations import anything
from plugfest.lab.v16.bench import Bench
from plugfest.lab.v16.states.connector_status import all_report
from plugfest.ocpp.v16 import messages as m
from plugfest.ocpp.v16 import types as t


async def reset(bench: Bench, kind: str) -> None:
    """Reset the station, "Hard" or "Soft". It agrees first and boots afterwards (5.14)."""
    bench.csms.inbox.set_mark()
    await bench.call(m.ResetRequest(type=t.ResetType(kind)), status="Accepted")


async def boot_reported(
    bench: Bench, *, status: object = "Available", but: Mapping[int, object] | None = None, **checks: object
) -> ReceivedRequest[m.BootNotificationRequest]:
    """A boot as it goes over the wire: BootNotification, then the state of the station and of each connector.

    `status` is what they report, `but` what some of them do instead (errata sheet 3.22: 0 and all connectors).
    """
    boot = await bench.expect(m.BootNotificationRequest, within=bench.settings.boot_timeout, **checks)
    await statuses_reported(bench, boot, status=status, but=but)
    return boot


async def statuses_reported(
    bench: Bench,
    boot: AnyReceived,
    *,
    status: object = "Available",
    but: Mapping[int, object] | None = None,
) -> None:
    """What they report after the boot. Whatever came before it does not count any more."""
    bench.csms.inbox.mark = boot.number + 1
    await all_report(bench, status, but=but)


async def booted(bench: Bench) -> None:
    """Switch the station off and on, and see it come back."""
    bench.csms.inbox.set_mark()
    await bench.operator.power_cycle()
    bench.known_state.forget()
    await boot_reported(bench)


async def optional_boot(bench: Bench) -> None:
    """After a lost connection it is the station's own affair whether it boots or goes on where it was."""
    boot = await bench.expect_optional(m.BootNotificationRequest, within=bench.settings.time_tolerance)
    if boot is not None:
        await statuses_reported(bench, boot, status=anything)
