"""E07 Transaction locally stopped by IdToken."""

from plugfest.lab.case import case
from plugfest.lab.v201.bench import Bench
from plugfest.lab.v201.states.authorized import AUTHORIZATION_ENABLED, stop_authorized
from plugfest.lab.v201.states.energy_transfer import energy_transfer_started
from plugfest.lab.v201.states.session_ended import ev_connected_post_session, ev_disconnected, parking_bay_unoccupied


@case(
    "TC_E_06_CS",
    requirements=("E07.FR.04", "E06.FR.15", "C01.FR.03"),
    configuration=AUTHORIZATION_ENABLED,
    before=energy_transfer_started,
)
async def accepted(bench: Bench) -> None:
    bench.step(1)
    await stop_authorized(bench, how="local")
    bench.step(2)
    await ev_connected_post_session(bench)
    bench.step(3)
    await ev_disconnected(bench)
    bench.step(4)
    await parking_bay_unoccupied(bench)
