"""C14 Online Authorization through Local Authorization List: the CSMS decides about an entry that is not accepted.

Edition 4 (after Part 6 of OCPP 2.1 Edition 2) starts TC_C_29 and TC_C_30 without an EV. In TC_C_58 it is plugged in
after the refusal, and must not charge.
"""

from plugfest.lab.case import case
from plugfest.lab.settings import Token
from plugfest.lab.v201.answers import authorize_answer, transaction_event_answer
from plugfest.lab.v201.bench import Bench
from plugfest.lab.v201.cases.c_authorization.id_tokens import no_authorize_request, token_refused
from plugfest.lab.v201.cases.c_authorization.listed_tokens import LIST_USED, method
from plugfest.lab.v201.memory.local_list import id_token_local_auth_list, listed
from plugfest.lab.v201.states.authorized import authorized
from plugfest.lab.v201.states.energy_transfer import energy_transfer_started
from plugfest.lab.v201.states.ev_connected import ev_connected_pre_session
from plugfest.ocpp.v201 import messages as m

POST_AUTHORIZE_ENABLED = {**LIST_USED, "LocalAuthListCtrlr.DisablePostAuthorize": "false"}


@case("TC_C_27_CS", requirements=("C14.FR.02",), configuration=LIST_USED, before=id_token_local_auth_list)
async def accepted(bench: Bench) -> None:
    bench.step(1)
    await authorized(bench, how=method(bench), token=bench.tokens.valid, expect_authorize=False)
    await no_authorize_request(bench)
    await ev_connected_pre_session(bench.step(3))
    await energy_transfer_started(bench.step(4))


async def refused_by_csms(bench: Bench, token: Token) -> None:
    """The station asks about the token, and the CSMS refuses it."""
    await token_refused(bench, token, how=method(bench), silent_for=bench.settings.time_tolerance)


# The EV is connected in TC_C_28 and TC_C_58, too: so a refusal shows whatever TxStartPoint is.
@case(
    "TC_C_28_CS",
    requirements=("C14.FR.03",),
    configuration=POST_AUTHORIZE_ENABLED,
    before=(listed("invalid"), ev_connected_pre_session),
)
async def invalid_and_not_accepted(bench: Bench) -> None:
    await refused_by_csms(bench.step(1), bench.tokens.invalid)


@case(
    "TC_C_29_CS",
    requirements=("C14.FR.03",),
    configuration=POST_AUTHORIZE_ENABLED,
    before=(listed("blocked"), ev_connected_pre_session),
)
async def blocked(bench: Bench) -> None:
    await refused_by_csms(bench.step(1), bench.tokens.blocked)


@case(
    "TC_C_30_CS",
    requirements=("C14.FR.03",),
    configuration=POST_AUTHORIZE_ENABLED,
    before=(listed("expired"), ev_connected_pre_session),
)
async def expired(bench: Bench) -> None:
    await refused_by_csms(bench.step(1), bench.tokens.expired)


@case("TC_C_31_CS", requirements=("C14.FR.03",), configuration=POST_AUTHORIZE_ENABLED, before=listed("invalid"))
async def invalid_and_accepted(bench: Bench) -> None:
    bench.csms.answers.override(m.AuthorizeRequest, authorize_answer("Accepted"))
    bench.csms.answers.override(m.TransactionEventRequest, transaction_event_answer("Accepted"))
    bench.step(1)
    await authorized(bench, how=method(bench), token=bench.tokens.invalid, expect_authorize=True)
    await ev_connected_pre_session(bench.step(2))
    await energy_transfer_started(bench.step(3))


@case(
    "TC_C_58_CS",
    requirements=("C14.FR.03",),
    configuration={**LIST_USED, "LocalAuthListCtrlr.DisablePostAuthorize": "true"},
    before=(listed("invalid"), ev_connected_pre_session),
)
async def local_auth_list_disable_post_authorize(bench: Bench) -> None:
    bench.step(1, "LocalAuthListCtrlr.DisablePostAuthorize")
    await token_refused(bench, bench.tokens.invalid, how=method(bench), expect_authorize=False)
    await no_authorize_request(bench)
