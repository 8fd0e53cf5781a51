"""IdTokens: the authorization cache, and tokens that are refused."""

from plugfest.lab.expectations import none_of
from plugfest.lab.settings import Token
from plugfest.lab.v201.bench import Bench
from plugfest.lab.v201.states.authorized import id_token, present_token
from plugfest.ocpp.v201 import messages as m

CACHE_ENABLED = {
    "AuthCacheCtrlr.Enabled": "true",
    "AuthCtrlr.LocalPreAuthorize": "true",
    "AuthCtrlr.AuthorizeRemoteStart": "true",  # only then a remote start uses the cache (F01.FR.01, FR.02)
}
"""A cached token is authorized without an AuthorizeRequest, at the reader as well as from the CSMS."""


async def no_authorize_request(bench: Bench) -> None:
    """The station sends no AuthorizeRequest for the token that was just presented, and none late."""
    await bench.silence(m.AuthorizeRequest, seconds=bench.settings.time_tolerance)


METER_VALUE_TRIGGERS = ("MeterValuePeriodic", "MeterValueClock")
"""Trigger reasons of events with meter values: a transaction that waits for a driver may send them."""


async def token_refused(
    bench: Bench,
    token: Token,
    *,
    expect_authorize: bool = True,
    how: str | None = None,
    silent_for: float | None = None,
) -> None:
    """Present a token that is refused while no driver is authorized: the station reports no authorization.

    Args:
        expect_authorize: whether the station has to send an AuthorizeRequest.
        silent_for: seconds without a TransactionEvent about it; Part 6's message timeout if None.
    """
    await present_token(bench, how=how, token=token, expect_authorize=expect_authorize)
    bench.known_state.remote_start_id = None
    seconds = bench.settings.response_timeout if silent_for is None else silent_for
    await bench.silence(m.TransactionEventRequest, seconds=seconds, trigger_reason=none_of(*METER_VALUE_TRIGGERS))


async def unauthorized_stop_attempt(bench: Bench, token: Token) -> None:
    """Present a token that may not stop the transaction; the station sends an AuthorizeRequest for it."""
    await bench.operator.present_token(token, bench.settings.evse_id)
    await bench.expect(m.AuthorizeRequest, id_token=id_token(token))
