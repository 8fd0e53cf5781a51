"""G03 Change Availability EVSE/Connector.

Edition 4 (after Part 6 of OCPP 2.1 Edition 2) allows the other connectors of the EVSE to report Unavailable as well in
TC_G_11 and TC_G_17.
"""

from plugfest.lab.case import case
from plugfest.lab.v201.bench import Bench
from plugfest.lab.v201.cases.g_availability.availability import (
    already_in_state,
    becomes_operative,
    becomes_unavailable,
    connector_unavailable,
    connector_under_test,
    scheduled,
    statuses,
)
from plugfest.lab.v201.states.booted import booted
from plugfest.lab.v201.states.connector_status import connectors, unavailable
from plugfest.lab.v201.states.energy_transfer import energy_transfer_started

CHANGE = ("G03.FR.01", "G03.FR.02", "G03.FR.04")


async def _evse_unavailable(bench: Bench) -> None:
    await unavailable(bench, bench.settings.evse_id)


@case("TC_G_03_CS", requirements=(*CHANGE, "G03.FR.06"))
async def evse_to_inoperative(bench: Bench) -> None:
    evse_id = bench.settings.evse_id
    await becomes_unavailable(bench, connectors(bench, evse_id), evse_id)


@case("TC_G_09_CS", requirements=(*CHANGE, "G03.FR.03"))
async def evse_operative_already(bench: Bench) -> None:
    evse_id = bench.settings.evse_id
    await already_in_state(bench, "Available", connectors(bench, evse_id), evse_id)


@case("TC_G_04_CS", requirements=(*CHANGE, "G03.FR.07"), before=_evse_unavailable)
async def evse_to_operative(bench: Bench) -> None:
    evse_id = bench.settings.evse_id
    await becomes_operative(bench, connectors(bench, evse_id), evse_id)


@case("TC_G_10_CS", requirements=(*CHANGE, "G03.FR.03"), before=_evse_unavailable)
async def evse_inoperative_already(bench: Bench) -> None:
    evse_id = bench.settings.evse_id
    await already_in_state(bench, "Unavailable", connectors(bench, evse_id), evse_id)


@case("TC_G_11_CS", requirements=(*CHANGE, "G03.FR.05"), before=energy_transfer_started)
async def evse_with_ongoing_transaction(bench: Bench) -> None:
    evse_id = bench.settings.evse_id
    await scheduled(bench, connectors(bench, evse_id), evse_id)


@case("TC_G_18_CS", requirements=("G03.FR.08", "G01.FR.01"), before=_evse_unavailable)
async def evse_state_persists(bench: Bench) -> None:
    evse_id = bench.settings.evse_id
    of_evse = connectors(bench, evse_id)
    await already_in_state(bench, "Unavailable", of_evse, evse_id)
    bench.step(5, "G03.FR.08")
    # This case powers the station off; the other two reset it (G03.FR.08: "reboot/power loss").
    await booted(bench, by="power", statuses=statuses(bench, of_evse))


@case("TC_G_07_CS", requirements=(*CHANGE, "G03.FR.06"))
async def connector_to_inoperative(bench: Bench) -> None:
    await becomes_unavailable(bench, [connector_under_test(bench)], *connector_under_test(bench))


@case("TC_G_15_CS", requirements=(*CHANGE, "G03.FR.03"))
async def connector_operative_already(bench: Bench) -> None:
    await already_in_state(bench, "Available", [connector_under_test(bench)], *connector_under_test(bench))


@case("TC_G_08_CS", requirements=(*CHANGE, "G03.FR.07"), before=connector_unavailable)
async def connector_to_operative(bench: Bench) -> None:
    await becomes_operative(bench, [connector_under_test(bench)], *connector_under_test(bench))


@case("TC_G_16_CS", requirements=(*CHANGE, "G03.FR.03"), before=connector_unavailable)
async def connector_inoperative_already(bench: Bench) -> None:
    await already_in_state(bench, "Unavailable", [connector_under_test(bench)], *connector_under_test(bench))


@case("TC_G_17_CS", requirements=(*CHANGE, "G03.FR.05"), before=energy_transfer_started)
async def connector_with_ongoing_transaction(bench: Bench) -> None:
    await scheduled(bench, [connector_under_test(bench)], *connector_under_test(bench))


@case("TC_G_19_CS", requirements=("G03.FR.08",), before=connector_unavailable)
async def connector_state_persists(bench: Bench) -> None:
    bench.step(1, "G03.FR.08")
    await booted(bench, statuses=statuses(bench, [connector_under_test(bench)]))
