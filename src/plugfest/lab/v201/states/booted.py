"""Booting and Booted."""

from collections.abc import Mapping

from plugfest.lab.csms.inbox import ReceivedRequest
from plugfest.lab.expectations import one_of
from plugfest.lab.v201.bench import Bench
from plugfest.lab.v201.states.connector_status import connector_becomes, connectors
from plugfest.ocpp.v201 import messages as m
from plugfest.ocpp.v201 import types as t

AFTER_POWER_CYCLE = one_of("PowerUp", "LocalReset", "Unknown")
"""The check of the boot reason after a power cycle: no error and no request of the CSMS is the reason (B01.FR.09)."""

AFTER_RESET = "RemoteReset"
"""The boot reason after a Reset that the station has accepted (B01.FR.09)."""


async def booting(bench: Bench) -> None:
    """Reset the station; returns when it has disconnected and not yet connected again."""
    await bench.call(m.ResetRequest(type=t.ResetEnumType.Immediate), status="Accepted")
    if not await bench.csms.wait_disconnected(within=bench.settings.boot_timeout):
        bench.judge.fail_missing("the station disconnects to reboot", "", "still connected")
    bench.known_state.reset()


async def booted(
    bench: Bench,
    *,
    by: str = "reset",
    status: str = "Available",
    statuses: Mapping[tuple[int, int], object] | None = None,
) -> None:
    """Reset the station (`by="reset"`) or switch its power off and on (`by="power"`), and expect the boot messages.

    Each connector reports `status`, or its status in `statuses` by (evse_id, connector_id).
    """
    bench.csms.inbox.set_mark()
    if by == "power":
        await bench.operator.power_cycle()
        await boot_reported(bench, status=status, statuses=statuses, reason=AFTER_POWER_CYCLE)
    else:
        await bench.call(m.ResetRequest(type=t.ResetEnumType.Immediate), status="Accepted")
        await boot_reported(bench, status=status, statuses=statuses, reason=AFTER_RESET)


async def boot_reported(
    bench: Bench,
    *,
    status: str = "Available",
    statuses: Mapping[tuple[int, int], object] | None = None,
    security: bool = True,
    **boot_checks: object,
) -> ReceivedRequest[m.BootNotificationRequest]:
    """The messages after a boot: BootNotificationRequest, the status of every connector, the security event.

    Each connector reports `status`, or its status in `statuses` by (evse_id, connector_id). `boot_checks` are checks of
    the BootNotificationRequest, which is returned.
    """
    boot = await bench.expect(m.BootNotificationRequest, within=bench.settings.boot_timeout, **boot_checks)
    for evse_id, connector_id in connectors(bench):
        expected = status if statuses is None else statuses[evse_id, connector_id]
        await connector_becomes(bench, expected, evse_id=evse_id, connector_id=connector_id)
    if security:
        await bench.expect(m.SecurityEventNotificationRequest, type=one_of("StartupOfTheDevice", "ResetOrReboot"))
    return boot
