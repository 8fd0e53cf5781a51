"""Cases in which the station decides from its authorization cache."""

from plugfest.lab.expectations import none_of
from plugfest.lab.settings import Token
from plugfest.lab.v201.bench import Bench
from plugfest.lab.v201.states.authorized import id_token, present_token
from plugfest.ocpp.v201 import messages as m

CACHE_IN_USE = {
    "AuthCacheCtrlr.Enabled": "true",
    "AuthCtrlr.LocalPreAuthorize": "true",
    "AuthCtrlr.AuthorizeRemoteStart": "true",  # only then a remote start looks into the cache (F01.FR.01, FR.02)
}
"""A known token is authorized without asking the CSMS, at the reader and from the CSMS alike."""


async def nobody_asked(bench: Bench) -> None:
    """The station did not ask the CSMS about the token that was just presented."""
    await bench.silence(m.AuthorizeRequest, seconds=0)


SAMPLES = ("MeterValuePeriodic", "MeterValueClock")
"""Trigger reasons of events that report measurements: a transaction that waits for a driver may send them."""


async def refused(
    bench: Bench, token: Token, *, expect_authorize: bool = True, how: str | None = None, quiet: float | None = None
) -> None:
    """A token is presented while nobody is authorized, and is refused: the station tells of no authorization.

    Args:
        expect_authorize: whether the station has to ask the CSMS about it.
        quiet: seconds in which it says nothing of it; Part 6's message timeout if None.
    """
    await present_token(bench, how=how, token=token, expect_authorize=expect_authorize)
    bench.known_state.remote_start_id = None
    seconds = bench.settings.response_timeout if quiet is None else quiet
    await bench.silence(m.TransactionEventRequest, seconds=seconds, trigger_reason=none_of(*SAMPLES))


async def someone_else_asks_to_stop(bench: Bench, token: Token) -> None:
    """During a session a token is presented that may not end it; the station asks the CSMS about it."""
    await bench.operator.present_token(token, bench.settings.evse_id)
    await bench.expect(m.AuthorizeRequest, id_token=id_token(token))
