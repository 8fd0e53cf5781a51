"""C12 Start Transaction - Cached Id: an accepted token starts at once, any other one needs an AuthorizeRequest.

Edition 4 (after Part 6 of OCPP 2.1 Edition 2) starts TC_C_08 to TC_C_12 and TC_C_57 without an EV, which is plugged in
after the authorization. In TC_C_57 it is plugged in too, and must not charge.
"""

from plugfest.lab.case import Preparation, case
from plugfest.lab.v201.answers import authorize_answer, transaction_event_answer
from plugfest.lab.v201.bench import Bench
from plugfest.lab.v201.cases.c_authorization.id_tokens import CACHE_ENABLED, no_authorize_request, token_refused
from plugfest.lab.v201.memory.id_token import id_token_cached
from plugfest.lab.v201.states.authorized import authorized
from plugfest.lab.v201.states.energy_transfer import energy_transfer_started
from plugfest.lab.v201.states.ev_connected import ev_connected_pre_session, parking_bay_occupied
from plugfest.ocpp.v201 import messages as m

POST_AUTHORIZE_ENABLED = {**CACHE_ENABLED, "AuthCacheCtrlr.DisablePostAuthorize": "false"}


def cached(name: str) -> Preparation[Bench]:
    """The lab's token of this name is cached, with the status that the CSMS gives it."""

    async def state(bench: Bench) -> None:
        await id_token_cached(bench, getattr(bench.tokens, name))

    return state


@case(
    "TC_C_08_CS",
    requirements=("C12.FR.02", "C12.FR.04"),
    configuration=CACHE_ENABLED,
    before=(id_token_cached, ev_connected_pre_session),
)
async def accepted(bench: Bench) -> None:
    bench.step(1)
    await authorized(bench, expect_authorize=False)
    await no_authorize_request(bench)
    await energy_transfer_started(bench.step(2))


@case(
    "TC_C_13_CS",
    requirements=("C12.FR.02", "C12.FR.04"),
    configuration=CACHE_ENABLED,
    before=(id_token_cached, parking_bay_occupied),
)
async def accepted_but_cable_not_connected_yet(bench: Bench) -> None:
    bench.step(1)
    await authorized(bench, expect_authorize=False)
    await no_authorize_request(bench)
    await ev_connected_pre_session(bench.step(3))
    await energy_transfer_started(bench.step(4))


@case(
    "TC_C_09_CS",
    requirements=("C12.FR.05", "C10.FR.03"),
    configuration=POST_AUTHORIZE_ENABLED,
    before=(cached("invalid"), ev_connected_pre_session),
)
async def invalid_and_not_accepted(bench: Bench) -> None:
    await token_refused(bench.step(1), bench.tokens.invalid, silent_for=bench.settings.time_tolerance)


@case(
    "TC_C_10_CS",
    requirements=("C12.FR.05", "C10.FR.03"),
    configuration=POST_AUTHORIZE_ENABLED,
    before=(cached("blocked"), ev_connected_pre_session),
)
async def blocked(bench: Bench) -> None:
    await token_refused(bench.step(1), bench.tokens.blocked, silent_for=bench.settings.time_tolerance)


@case(
    "TC_C_11_CS",
    requirements=("C12.FR.05", "C10.FR.03"),
    configuration=POST_AUTHORIZE_ENABLED,
    before=(cached("expired"), ev_connected_pre_session),
)
async def expired(bench: Bench) -> None:
    await token_refused(bench.step(1), bench.tokens.expired, silent_for=bench.settings.time_tolerance)


@case(
    "TC_C_12_CS",
    requirements=("C12.FR.05", "C10.FR.03"),
    configuration=POST_AUTHORIZE_ENABLED,
    before=(cached("invalid"), ev_connected_pre_session),
)
async def invalid_and_accepted(bench: Bench) -> None:
    bench.csms.answers.override(m.AuthorizeRequest, authorize_answer("Accepted"))
    bench.csms.answers.override(m.TransactionEventRequest, transaction_event_answer("Accepted"))
    bench.step(1)
    await authorized(bench, token=bench.tokens.invalid, expect_authorize=True)
    await energy_transfer_started(bench.step(5))


@case(
    "TC_C_57_CS",
    requirements=("C12.FR.05", "C10.FR.03"),
    configuration={**CACHE_ENABLED, "AuthCacheCtrlr.DisablePostAuthorize": "true"},
    before=(cached("invalid"), ev_connected_pre_session),
)
async def auth_cache_disable_post_authorize(bench: Bench) -> None:
    await token_refused(bench.step(1), bench.tokens.invalid, expect_authorize=False)
    await no_authorize_request(bench)
