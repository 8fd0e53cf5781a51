"""C09 Authorization by GroupId: an accepted token of the driver's group may stop the transaction."""

from plugfest.lab.case import case
from plugfest.lab.expectations import has
from plugfest.lab.v201.bench import Bench
from plugfest.lab.v201.cases.c_authorization.c16_stop_transaction_with_a_master_pass import master_pass_set
from plugfest.lab.v201.cases.c_authorization.id_tokens import (
    CACHE_ENABLED,
    no_authorize_request,
    token_refused,
    unauthorized_stop_attempt,
)
from plugfest.lab.v201.cases.c_authorization.listed_tokens import LIST_USED
from plugfest.lab.v201.cases.e_transactions.configurations import supported_points, tx_start_point
from plugfest.lab.v201.configuration import Need, needs
from plugfest.lab.v201.memory.id_token import id_token_cached
from plugfest.lab.v201.memory.local_list import listed
from plugfest.lab.v201.states.authorized import authorized, stop_authorized
from plugfest.lab.v201.states.energy_transfer import charging_continues, energy_transfer_started
from plugfest.lab.v201.states.ev_connected import ev_connected_pre_session
from plugfest.lab.v201.states.session_ended import ev_connected_post_session, ev_disconnected, parking_bay_unoccupied
from plugfest.ocpp.v201 import messages as m


@case("TC_C_39_CS", requirements=("C09.FR.02", "C09.FR.03", "C09.FR.05"), before=ev_connected_pre_session)
async def success(bench: Bench) -> None:
    bench.step(1)
    await authorized(bench, how="local", token=bench.tokens.valid)
    bench.step(5)
    await energy_transfer_started(bench)
    bench.step(6)
    await stop_authorized(bench, how="local", token=bench.tokens.same_group, expect_authorize=True)
    await _driver_leaves(bench.step(10))


@case("TC_C_42_CS", requirements=("C09.FR.11",), before=ev_connected_pre_session)
async def not_stopped_by_group_id(bench: Bench) -> None:
    bench.step(1)
    await authorized(bench, how="local", token=bench.tokens.valid)
    bench.step(5)
    await energy_transfer_started(bench)
    await unauthorized_stop_attempt(bench.step(6), bench.tokens.invalid_in_group)
    bench.step("post scenario")
    await charging_continues(bench)


async def both_cached(bench: Bench) -> None:
    """Two accepted tokens of one group are cached, and the EV is connected."""
    await id_token_cached(bench, bench.tokens.valid)
    await id_token_cached(bench, bench.tokens.same_group)
    await ev_connected_pre_session(bench)


@case(
    "TC_C_41_CS", requirements=("C09.FR.02", "C09.FR.03", "C09.FR.07"), configuration=CACHE_ENABLED, before=both_cached
)
async def success_with_authorization_cache(bench: Bench) -> None:
    await _stopped_by_known_group(bench)


@case(
    "TC_C_40_CS",
    requirements=("C09.FR.02", "C09.FR.03", "C09.FR.07"),
    configuration=LIST_USED,
    before=(listed("valid", "same_group"), ev_connected_pre_session),
)
async def success_with_local_authorization_list(bench: Bench) -> None:
    await _stopped_by_known_group(bench)


async def _stopped_by_known_group(bench: Bench) -> None:
    """Another token of the group stops, without a request: the station knows both tokens."""
    bench.step(1)
    await authorized(bench, how="local", token=bench.tokens.valid, expect_authorize=False)
    await no_authorize_request(bench)
    bench.step(3)
    await energy_transfer_started(bench)
    bench.step(4, "C09.FR.07")
    await stop_authorized(bench, how="local", token=bench.tokens.same_group)
    await no_authorize_request(bench)
    await _driver_leaves(bench.step(5))


async def one_cached_as_invalid(bench: Bench) -> None:
    """Two tokens of one group are cached, one as accepted and one as invalid, and the EV is connected."""
    await id_token_cached(bench, bench.tokens.valid)
    await id_token_cached(bench, bench.tokens.invalid_in_group)
    await ev_connected_pre_session(bench)


@case(
    "TC_C_44_CS",
    requirements=("C09.FR.02", "C09.FR.03", "C09.FR.11", "C10.FR.03"),
    configuration={**CACHE_ENABLED, "AuthCacheCtrlr.DisablePostAuthorize": "false"},
    before=one_cached_as_invalid,
)
async def invalid_status_with_authorization_cache(bench: Bench) -> None:
    await _not_stopped_by_invalid_token(bench)


@case(
    "TC_C_43_CS",
    requirements=("C09.FR.02", "C09.FR.03", "C09.FR.11", "C14.FR.03"),
    configuration={**LIST_USED, "LocalAuthListCtrlr.DisablePostAuthorize": "false"},
    before=(listed("valid", "invalid_in_group"), ev_connected_pre_session),
)
async def invalid_status_with_local_authorization_list(bench: Bench) -> None:
    """Step 6, an event with StopAuthorized, contradicts the note of the scenario and C09.FR.11: nothing stops."""
    await _not_stopped_by_invalid_token(bench)


async def _not_stopped_by_invalid_token(bench: Bench) -> None:
    """A token of the group that the station knows as invalid does not stop; the CSMS is asked about it."""
    bench.step(1)
    await authorized(bench, how="local", token=bench.tokens.valid, expect_authorize=False)
    await no_authorize_request(bench)
    bench.step(3)
    await energy_transfer_started(bench)
    await unauthorized_stop_attempt(bench.step(4), bench.tokens.invalid_in_group)
    bench.step(5)
    await charging_continues(bench)


AFTER_AUTHORIZATION = {"C-09.2": "Authorized", "C-09.4": "PowerPathClosed", "C-09.5": "EnergyTransfer"}
"""The start points that require an authorization, by PICS feature."""


def starting_after_authorization(bench: Bench) -> tuple[Need, ...]:
    """MasterPassGroupId is set, and a transaction starts only after an authorization."""
    points = supported_points(bench, AFTER_AUTHORIZATION)
    return (*needs(tx_start_point(points[0]) if points else {}), *master_pass_set(bench))


@case("TC_C_45_CS", requirements=("C16.FR.03",), configuration=starting_after_authorization)
async def master_pass_starts_nothing(bench: Bench) -> None:
    await token_refused(bench.step(1), bench.tokens.master_pass, how="local", silent_for=bench.settings.time_tolerance)
    bench.step(3)
    await ev_connected_pre_session(bench)
    bench.step(4)
    await bench.silence(
        m.TransactionEventRequest,
        seconds=bench.settings.response_timeout,
        transaction_info=has(charging_state="Charging"),
    )


async def _driver_leaves(bench: Bench) -> None:
    await ev_connected_post_session(bench)
    await ev_disconnected(bench)
    await parking_bay_unoccupied(bench)
