"""Hard and soft reset, with and without a transaction."""

from plugfest.lab.case import case
from plugfest.lab.csms.inbox import AnyReceived
from plugfest.lab.expectations import one_of
from plugfest.lab.v16.bench import Bench
from plugfest.lab.v16.states.booted import boot_event_reported, boot_reported, reset, statuses_reported
from plugfest.lab.v16.states.charging import charging
from plugfest.lab.v16.states.connector_status import change_availability, connector_becomes, connector_unavailable
from plugfest.lab.v16.states.stopped import transaction_stops
from plugfest.ocpp.v16 import messages as m

STILL_CONNECTED = one_of("Finishing", "Preparing")
"""The status of a connector after a boot, with the EV of the stopped transaction still connected."""


async def without_transaction(bench: Bench, kind: str) -> None:
    """An inoperative connector stays Unavailable after the boot (5.2, 5.14)."""
    await connector_unavailable(bench.step(1))
    await reset(bench.step(4), kind)
    await boot_reported(bench.step(6), exceptions={bench.connector_id: "Unavailable"})
    await change_availability(bench.step(9), bench.connector_id, "Operative")
    await connector_becomes(bench.step(11), "Available")


@case("TC_013_CS", requirements=("section 5.14", "section 5.2"))
async def hard_without_transaction(bench: Bench) -> None:
    await without_transaction(bench, "Hard")


@case("TC_014_CS", requirements=("section 5.14", "section 5.2"))
async def soft_without_transaction(bench: Bench) -> None:
    """Derived from TC_013: a soft reset boots the station too (4.2)."""
    await without_transaction(bench, "Soft")


def check_before_boot(bench: Bench, request: AnyReceived, boot: AnyReceived, what: str) -> None:
    """The request came before the BootNotification."""
    bench.check(request.number < boot.number, f"{what} before BootNotification", "after it", frame=request.frame.index)


@case("TC_015_CS", requirements=("section 5.14", "section 4.10"), before=charging)
async def hard_with_transaction(bench: Bench) -> None:
    """The station may stop the transaction before the reset; then the connector is Finishing."""
    await reset(bench.step(1), "Hard")
    boot = await bench.expect(m.BootNotificationRequest, within=bench.settings.boot_timeout)
    stop = await transaction_stops(bench.step(3), reason="HardReset")
    if stop.number < boot.number:
        check_before_boot(bench, await connector_becomes(bench.step(5), "Finishing"), boot, "Finishing")
    await statuses_reported(bench.step(9), boot, exceptions={bench.connector_id: STILL_CONNECTED})
    await boot_event_reported(bench)


@case("TC_016_CS", requirements=("section 5.14", "section 4.10"), before=charging)
async def soft_with_transaction(bench: Bench) -> None:
    """Derived from TC_015: a soft reset stops the transaction before the boot."""
    await reset(bench.step(1), "Soft")
    stop = await transaction_stops(bench.step(3), reason="SoftReset")
    finishing = await connector_becomes(bench.step(5), "Finishing")
    boot = await boot_reported(bench.step(7), exceptions={bench.connector_id: STILL_CONNECTED})
    check_before_boot(bench, stop, boot, "StopTransaction")
    check_before_boot(bench, finishing, boot, "Finishing")
