"""C10 Store Authorization Data in the Authorization Cache: the latest idTokenInfo of a token is cached.

Edition 4 (after Part 6 of OCPP 2.1 Edition 2) starts TC_C_33, TC_C_34 and TC_C_46 without an EV. TC_C_33 is
IdTokenCached and a complete start without an AuthorizeRequest; it no longer ends with a rejection.
"""

from plugfest.lab.case import case
from plugfest.lab.v201.answers import authorize_answer, transaction_event_answer
from plugfest.lab.v201.bench import Bench
from plugfest.lab.v201.cases.c_authorization.id_tokens import CACHE_ENABLED, no_authorize_request, token_refused
from plugfest.lab.v201.configuration import Need, Variable, needs
from plugfest.lab.v201.memory.id_token import id_token_cached
from plugfest.lab.v201.states.authorized import authorized, first_event_with_token
from plugfest.lab.v201.states.booted import booted
from plugfest.lab.v201.states.deauthorized import deauthorized
from plugfest.lab.v201.states.energy_transfer import energy_transfer_started
from plugfest.lab.v201.states.ev_connected import ev_connected_pre_session, parking_bay_occupied
from plugfest.lab.v201.states.session_ended import ev_connected_post_session, ev_disconnected, parking_bay_unoccupied
from plugfest.ocpp.v201 import messages as m

STOP_ON_INVALID_ID = {
    **CACHE_ENABLED,
    "LocalAuthListCtrlr.Enabled": "true",
    "TxCtrlr.StopTxOnInvalidId": "true",
    "TxCtrlr.MaxEnergyOnInvalidId": "0",
}


@case("TC_C_32_CS", requirements=("C10.FR.02",), configuration=CACHE_ENABLED, before=id_token_cached)
async def persistent_over_reboot(bench: Bench) -> None:
    await booted(bench.step(1))
    bench.step(2)
    await authorized(bench, expect_authorize=False)
    await no_authorize_request(bench)
    await ev_connected_pre_session(bench.step(4))
    await energy_transfer_started(bench.step(5))


# Part 6 does not set StopTxOnInvalidId here. It decides how the station reacts to the rejection in step 13.
@case(
    "TC_C_33_CS",
    requirements=("C10.FR.04", "C12.FR.06"),
    configuration=STOP_ON_INVALID_ID,
    before=ev_connected_pre_session,
)
async def update_on_authorize_response(bench: Bench) -> None:
    bench.step(1)
    await authorized(bench, expect_authorize=True)
    await energy_transfer_started(bench.step(5))
    await ev_connected_post_session(bench.step(6))
    await ev_disconnected(bench.step(7))
    await parking_bay_unoccupied(bench.step(8))
    await parking_bay_occupied(bench.step(9))
    await ev_connected_pre_session(bench.step(10))
    bench.csms.answers.override(m.TransactionEventRequest, transaction_event_answer("Invalid"))
    bench.step(12)
    await first_event_with_token(bench)
    await no_authorize_request(bench)
    bench.step(13, "E05.FR.09, E05.FR.10")
    await deauthorized(bench)


@case(
    "TC_C_34_CS",
    requirements=("C10.FR.05", "C12.FR.06"),
    configuration=STOP_ON_INVALID_ID,
    before=id_token_cached,
)
async def update_on_transaction_event_response(bench: Bench) -> None:
    bench.csms.answers.override(m.TransactionEventRequest, transaction_event_answer("Invalid"))
    bench.step(1)
    await first_event_with_token(bench)
    await deauthorized(bench.step(2))
    if bench.known_state.conditions.ev_connected:
        await ev_disconnected(bench.step(3))
    await parking_bay_unoccupied(bench.step(4))
    await parking_bay_occupied(bench.step(5))
    bench.csms.answers.override(m.AuthorizeRequest, authorize_answer("Invalid"))
    bench.step(6)
    await token_refused(bench, bench.tokens.valid, silent_for=bench.settings.time_tolerance)


@case(
    "TC_C_36_CS",
    requirements=("C10.FR.11",),
    configuration={**CACHE_ENABLED, "AuthCtrlr.LocalPreAuthorize": "false"},
    before=id_token_cached,
)
async def local_pre_authorize_false(bench: Bench) -> None:
    bench.csms.answers.override(m.AuthorizeRequest, authorize_answer("Invalid"))
    bench.step(1)
    await token_refused(bench, bench.tokens.valid, silent_for=bench.settings.time_tolerance)


def short_life_time(bench: Bench) -> tuple[Need, ...]:
    """A cached token expires within the duration of a transaction in the lab."""
    seconds = f"{bench.settings.transaction_duration:.0f}"
    life_time = Need(Variable("AuthCacheCtrlr", "LifeTime"), seconds, if_implemented=False)
    return (*needs(CACHE_ENABLED), life_time)


@case(
    "TC_C_46_CS",
    requirements=("C10.FR.08", "C10.FR.10"),
    configuration=short_life_time,
    before=(id_token_cached, ev_connected_pre_session),
)
async def auth_cache_life_time(bench: Bench) -> None:
    await bench.step(1).wait(bench.settings.transaction_duration + 1)
    bench.step(2)
    await first_event_with_token(bench, expect_authorize=True)
