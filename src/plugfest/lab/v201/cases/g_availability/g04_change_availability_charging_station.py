"""G04 Change Availability Charging Station."""

from plugfest.lab.case import case
from plugfest.lab.v201.bench import Bench
from plugfest.lab.v201.cases.g_availability.availability import already_in_state, becomes_operative, scheduled
from plugfest.lab.v201.states.booted import booted
from plugfest.lab.v201.states.connector_status import connectors, unavailable
from plugfest.lab.v201.states.energy_transfer import energy_transfer_started

CHANGE = ("G04.FR.01", "G04.FR.02", "G04.FR.03", "G04.FR.05")


@case("TC_G_05_CS", requirements=(*CHANGE, "G04.FR.07"))
async def to_inoperative(bench: Bench) -> None:
    bench.step(1)
    await unavailable(bench)


@case("TC_G_12_CS", requirements=(*CHANGE, "G04.FR.04"))
async def operative_already(bench: Bench) -> None:
    await already_in_state(bench, "Available", connectors(bench))


@case("TC_G_06_CS", requirements=(*CHANGE, "G04.FR.08"), before=unavailable)
async def to_operative(bench: Bench) -> None:
    await becomes_operative(bench, connectors(bench))


@case("TC_G_13_CS", requirements=(*CHANGE, "G04.FR.04"), before=unavailable)
async def inoperative_already(bench: Bench) -> None:
    await already_in_state(bench, "Unavailable", connectors(bench))


@case("TC_G_21_CS", requirements=("G04.FR.09",), before=unavailable)
async def state_persists(bench: Bench) -> None:
    bench.step(1, "G04.FR.09")
    await booted(bench, status="Unavailable")


@case("TC_G_14_CS", requirements=(*CHANGE, "G04.FR.06"), before=energy_transfer_started)
async def with_ongoing_transaction(bench: Bench) -> None:
    await scheduled(bench, connectors(bench, bench.settings.evse_id))
