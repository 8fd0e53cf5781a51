"""Booted: the station boots, is accepted, and reports the status of every connector."""

from collections.abc import Mapping

from plugfest.lab.csms.inbox import AnyReceived, ReceivedRequest
from plugfest.lab.expectations import anything, one_of
from plugfest.lab.v16.bench import Bench
from plugfest.lab.v16.rules.security.security_events import ADVANCED_SECURITY, BOOT_EVENTS
from plugfest.lab.v16.states.connector_status import all_connectors_report
from plugfest.ocpp.v16 import messages as m
from plugfest.ocpp.v16 import types as t


async def reset(bench: Bench, kind: str) -> None:
    """Reset the station, "Hard" or "Soft"; it accepts and boots afterwards (5.14)."""
    bench.csms.inbox.set_mark()
    await bench.call(m.ResetRequest(type=t.ResetType(kind)), status="Accepted")


async def boot_reported(
    bench: Bench, *, status: object = "Available", exceptions: Mapping[int, object] | None = None, **checks: object
) -> ReceivedRequest[m.BootNotificationRequest]:
    """The messages after a boot: BootNotification, then the status of the station and of each connector.

    Connector 0 and every connector report `status`, or their status in `exceptions` (errata sheet 3.22).
    """
    boot = await bench.expect(m.BootNotificationRequest, within=bench.settings.boot_timeout, **checks)
    await statuses_reported(bench, boot, status=status, exceptions=exceptions)
    await boot_event_reported(bench)
    return boot


async def boot_event_reported(bench: Bench) -> None:
    """Wait for the security event of the boot: a rule for every case judges whether it has come."""
    if bench.product.named(ADVANCED_SECURITY):
        await bench.expect_optional(
            m.SecurityEventNotificationRequest, type=one_of(*BOOT_EVENTS), within=bench.settings.response_timeout + 1
        )


async def statuses_reported(
    bench: Bench,
    boot: AnyReceived,
    *,
    status: object = "Available",
    exceptions: Mapping[int, object] | None = None,
) -> None:
    """The statuses after the boot. Messages before the boot do not count."""
    bench.csms.inbox.mark = boot.number + 1
    await all_connectors_report(bench, status, exceptions=exceptions)


async def optional_boot(bench: Bench) -> None:
    """After a lost connection the station may boot or may simply continue."""
    boot = await bench.expect_optional(m.BootNotificationRequest, within=bench.settings.time_tolerance)
    if boot is not None:
        await statuses_reported(bench, boot, status=anything)
