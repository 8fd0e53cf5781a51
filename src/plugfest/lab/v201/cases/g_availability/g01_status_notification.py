"""G01 Status Notification."""

from plugfest.lab.case import case
from plugfest.lab.v201.bench import Bench
from plugfest.lab.v201.states.energy_transfer import energy_transfer_started
from plugfest.lab.v201.states.ev_connected import ev_connected_pre_session, ev_disconnected, let_in


@case("TC_G_01_CS", requirements=("G01.FR.01", "N07.FR.19"), before=let_in)
async def available_to_occupied(bench: Bench) -> None:
    bench.step(1)
    await ev_connected_pre_session(bench)


async def until_energy_flows(bench: Bench) -> None:
    """Whoever had to be authorized before he could plug in charges now."""
    if bench.known_state.facts.authorized:
        await energy_transfer_started(bench)


@case(
    "TC_G_02_CS",
    requirements=("G01.FR.01", "N07.FR.19"),
    before=(let_in, ev_connected_pre_session, until_energy_flows),
)
async def occupied_to_available(bench: Bench) -> None:
    bench.step(3)
    await ev_disconnected(bench)
