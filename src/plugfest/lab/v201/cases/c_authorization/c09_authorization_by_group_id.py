"""C09 Authorization by GroupId: whoever is of the driver's group may end the session, if his own token is accepted."""

from plugfest.lab.case import case
from plugfest.lab.expectations import has
from plugfest.lab.v201.bench import Bench
from plugfest.lab.v201.cases.c_authorization.id_tokens import (
    CACHE_IN_USE,
    nobody_asked,
    refused,
    someone_else_asks_to_stop,
)
from plugfest.lab.v201.cases.c_authorization.master_pass import master_pass_set
from plugfest.lab.v201.configuration import Need, needs
from plugfest.lab.v201.memory.id_token import id_token_cached
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
    await someone_else_asks_to_stop(bench.step(6), bench.tokens.invalid_in_group)
    bench.step("post scenario")
    await charging_continues(bench)


async def both_cached(bench: Bench) -> None:
    """Two accepted tokens of one group are in the cache, and the EV is connected."""
    await id_token_cached(bench, bench.tokens.valid)
    await id_token_cached(bench, bench.tokens.same_group)
    await ev_connected_pre_session(bench)


@case(
    "TC_C_41_CS", requirements=("C09.FR.02", "C09.FR.03", "C09.FR.07"), configuration=CACHE_IN_USE, before=both_cached
)
async def success_with_authorization_cache(bench: Bench) -> None:
    bench.step(1)
    await authorized(bench, how="local", token=bench.tokens.valid, expect_authorize=False)
    await nobody_asked(bench)
    bench.step(3)
    await energy_transfer_started(bench)
    bench.step(4, "C09.FR.07")
    await stop_authorized(bench, how="local", token=bench.tokens.same_group)
    await nobody_asked(bench)
    await _driver_leaves(bench.step(5))


async def one_cached_as_invalid(bench: Bench) -> None:
    """Of two tokens of one group the cache knows the one as accepted, the other as invalid; the EV is connected."""
    await id_token_cached(bench, bench.tokens.valid)
    await id_token_cached(bench, bench.tokens.invalid_in_group)
    await ev_connected_pre_session(bench)


@case(
    "TC_C_44_CS",
    requirements=("C09.FR.02", "C09.FR.03", "C09.FR.11", "C10.FR.03"),
    configuration={**CACHE_IN_USE, "AuthCacheCtrlr.DisablePostAuthorize": "false"},
    before=one_cached_as_invalid,
)
async def invalid_status_with_authorization_cache(bench: Bench) -> None:
    bench.step(1)
    await authorized(bench, how="local", token=bench.tokens.valid, expect_authorize=False)
    await nobody_asked(bench)
    bench.step(3)
    await energy_transfer_started(bench)
    await someone_else_asks_to_stop(bench.step(4), bench.tokens.invalid_in_group)
    bench.step(5)
    await charging_continues(bench)


BY_AUTHORIZATION = {"C-09.2": "Authorized", "C-09.4": "PowerPathClosed", "C-09.5": "EnergyTransfer"}
"""The start points that nothing but an authorization reaches, by the claim to support them."""


def starting_with_authorization(bench: Bench) -> tuple[Need, ...]:
    """A master pass is set, and a transaction starts by no cable and no bay but by authorization."""
    points = [point for claim, point in BY_AUTHORIZATION.items() if bench.product.supports(claim)]
    return (*needs({"TxCtrlr.TxStartPoint": points[0]} if points else {}), *master_pass_set(bench))


@case("TC_C_45_CS", requirements=("C16.FR.03",), configuration=starting_with_authorization)
async def master_pass_starts_nothing(bench: Bench) -> None:
    await refused(bench.step(1), bench.tokens.master_pass, how="local", quiet=bench.settings.time_tolerance)
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
