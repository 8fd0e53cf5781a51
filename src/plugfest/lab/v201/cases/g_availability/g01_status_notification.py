"""G01 Status Notification."""

from plugfest.lab.case import case
from plugfest.lab.v201.bench import Bench
from plugfest.lab.v201.states.authorized import authorized_if_plug_in_blocked
from plugfest.lab.v201.states.energy_transfer import energy_transfer_started
from plugfest.lab.v201.states.ev_connected import ev_connected_pre_session
from plugfest.lab.v201.states.session_ended import ev_disconnected


@case("TC_G_01_CS", requirements=("G01.FR.01", "N07.FR.19"), before=authorized_if_plug_in_blocked)
async def available_to_occupied(bench: Bench) -> None:
    bench.step(1)
    await ev_connected_pre_session(bench)


async def energy_transfer_if_authorized(bench: Bench) -> None:
    """Start the energy transfer if the driver had to be authorized before plugging in."""
    if bench.known_state.conditions.authorized:
        await energy_transfer_started(bench)


@case(
    "TC_G_02_CS",
    requirements=("G01.FR.01", "N07.FR.19"),
    before=(authorized_if_plug_in_blocked, ev_connected_pre_session, energy_transfer_if_authorized),
)
async def occupied_to_available(bench: Bench) -> None:
    bench.step(3)
    await ev_disconnected(bench)
