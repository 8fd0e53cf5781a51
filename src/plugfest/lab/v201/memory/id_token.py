"""IdTokenCached, also with IdTokenLocalAuthList: a token that the station knows."""

from plugfest.lab.settings import Token
from plugfest.lab.v201.bench import Bench
from plugfest.lab.v201.configuration import needs
from plugfest.lab.v201.memory.local_list import id_token_local_auth_list
from plugfest.lab.v201.states.authorized import authorized, present_token, stop_authorized
from plugfest.lab.v201.states.energy_transfer import energy_transfer_started
from plugfest.lab.v201.states.session_ended import ev_disconnected, parking_bay_unoccupied


async def id_token_cached(bench: Bench, token: Token | None = None) -> None:
    """IdTokenCached: by a complete session for an accepted token (the valid one if None), else by a refused attempt.

    Edition 4 (after Part 6 of OCPP 2.1 Edition 2) enables the cache here; in Edition 3 each case does.
    """
    cached = token or bench.tokens.valid
    if cached.status != "Accepted":
        await present_token(bench, token=cached, expect_authorize=True)
        await bench.settle()  # the station has to receive the answer first
        bench.known_state.reset()  # a refused token starts no transaction
        return
    await complete_session(bench, cached)


async def complete_session(
    bench: Bench, token: Token, *, how: str | None = None, expect_authorize: bool | None = None
) -> None:
    """A driver with this token charges and leaves. `how`, `expect_authorize`: as in `authorized`."""
    await authorized(bench, how=how, token=token, expect_authorize=expect_authorize)
    await energy_transfer_started(bench)
    await stop_authorized(bench, token=token)
    await ev_disconnected(bench)
    await parking_bay_unoccupied(bench)


async def id_token_known(bench: Bench, token: Token | None = None) -> None:
    """IdTokenCached and IdTokenLocalAuthList, each if the station implements it."""
    known = token or bench.tokens.valid
    if bench.configuration.is_true("AuthCacheCtrlr.Available"):
        await bench.configuration.establish(needs({"AuthCacheCtrlr.Enabled": "true"}))
        await id_token_cached(bench, known)
    if bench.configuration.is_true("LocalAuthListCtrlr.Available"):
        await id_token_local_auth_list(bench, known)
