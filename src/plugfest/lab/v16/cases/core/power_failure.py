"""Power failure: the station stops the transaction before the power loss, or after the boot."""

from plugfest.lab.case import case
from plugfest.lab.expectations import one_of
from plugfest.lab.v16.bench import Bench
from plugfest.lab.v16.cases.core.reset import STILL_CONNECTED, check_before_boot
from plugfest.lab.v16.states.booted import boot_event_reported, boot_reported
from plugfest.lab.v16.states.charging import charging
from plugfest.lab.v16.states.connector_status import (
    STATION,
    all_connectors_report,
    charge_point_unavailable,
    connector_becomes,
)
from plugfest.lab.v16.states.stopped import stopped, transaction_stops
from plugfest.ocpp.v16 import messages as m


@case("TC_032_1_CS", requirements=("section 4.2", "section 4.10"), before=charging)
async def stops_before_power_loss(bench: Bench) -> None:
    bench.step(1)
    await bench.operator.power_cycle()
    stop = await transaction_stops(bench.step(2), reason="PowerLoss", within=bench.settings.boot_timeout)
    finishing = await connector_becomes(bench.step(4), "Finishing")
    boot = await boot_reported(bench.step(7), exceptions={bench.connector_id: STILL_CONNECTED})
    check_before_boot(bench, stop, boot, "StopTransaction")
    check_before_boot(bench, finishing, boot, "Finishing")


@case("TC_032_2_CS", requirements=("section 4.2", "section 4.10"), before=charging)
async def stops_after_boot(bench: Bench) -> None:
    """The station may continue the transaction; then the lab stops it in a way that the product supports."""
    bench.step(1)
    await bench.operator.power_cycle()
    boot = await bench.step(2).expect(m.BootNotificationRequest, within=bench.settings.boot_timeout)
    bench.csms.inbox.mark = boot.number + 1  # what came before the boot does not count
    others = [STATION, *(connector for connector in bench.connectors if connector != bench.connector_id)]
    await all_connectors_report(bench.step(4), which=others)
    status = await connector_becomes(bench, one_of("Charging", "Finishing"))
    if status.message.status == "Charging":
        await stopped(bench.step(6))
    else:
        await transaction_stops(bench.step(7), reason="PowerLoss")
    await boot_event_reported(bench)


@case("TC_034_CS", requirements=("section 4.2", "section 4.9", "section 5.2"))
async def stays_unavailable(bench: Bench) -> None:
    await charge_point_unavailable(bench.step(1))
    bench.step(5)
    await bench.operator.power_cycle()
    await boot_reported(bench.step(6), status="Unavailable")
