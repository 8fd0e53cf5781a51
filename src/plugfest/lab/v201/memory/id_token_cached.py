"""IdTokenCached: a token is in the authorization cache."""

from plugfest.lab.settings import Token
from plugfest.lab.v201.bench import Bench
from plugfest.lab.v201.states.authorized import authorized, present, stop_authorized
from plugfest.lab.v201.states.energy_transfer import energy_transfer_started
from plugfest.lab.v201.states.ev_connected import ev_disconnected
from plugfest.lab.v201.states.parking_bay_unoccupied import parking_bay_unoccupied


async def id_token_cached(bench: Bench, token: Token | None = None) -> None:
    """Let the station learn a token: a whole session for an accepted one, one refused attempt for any other."""
    learned = token or bench.tokens.valid
    if learned.status != "Accepted":
        await present(bench, token=learned, asks=True)
        await bench.settle()  # the answer is on its way; only with it the station has learned
        bench.known_state.forget()  # a refused token begins nothing, also not after a remote start
        return
    await authorized(bench, token=learned)
    await energy_transfer_started(bench)
    await stop_authorized(bench, token=learned)
    await ev_disconnected(bench)
    await parking_bay_unoccupied(bench)
