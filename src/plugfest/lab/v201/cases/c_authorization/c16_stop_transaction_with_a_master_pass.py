"""C16 Stop Transaction with a Master Pass: all transactions, or those selected on the station's display."""

from plugfest.lab.case import case
from plugfest.lab.expectations import optional
from plugfest.lab.v201.bench import Bench
from plugfest.lab.v201.cases.c_authorization.id_tokens import CACHE_ENABLED
from plugfest.lab.v201.configuration import Need, Variable, needs
from plugfest.lab.v201.states.authorized import authorization_ended, id_token
from plugfest.lab.v201.states.energy_transfer import (
    charging_continues,
    energy_transfer_on_all_evses,
    energy_transfer_started,
    evse_ids,
)
from plugfest.lab.v201.states.session_ended import ev_connected_post_session, ev_disconnected, parking_bay_unoccupied
from plugfest.lab.v201.states.transaction_event import transaction_under_test
from plugfest.ocpp.v201 import messages as m

MASTER_PASS_WITH_UI = "C-07"


def master_pass_set(bench: Bench) -> tuple[Need, ...]:
    """MasterPassGroupId is the group of the lab's master pass."""
    group = bench.tokens.master_pass.group or ""
    return (Need(Variable("AuthCtrlr", "MasterPassGroupId"), group, if_implemented=False),)


async def master_pass_presented(bench: Bench) -> None:
    """Present the master pass; the station sends an AuthorizeRequest for it."""
    await bench.wait(bench.settings.transaction_duration)
    await bench.operator.present_token(bench.tokens.master_pass, bench.settings.evse_id)
    await bench.expect(m.AuthorizeRequest, id_token=id_token(bench.tokens.master_pass))
    await bench.settle()  # the response opens the menu, if the station has one


async def transactions_selected(bench: Bench, evse_ids: list[int]) -> None:
    """No transaction stops before these EVSEs are selected on the station's display."""
    await bench.silence(m.TransactionEventRequest, seconds=0, trigger_reason="StopAuthorized")
    await bench.operator.choose_sessions(evse_ids)


async def stopped_by_master_pass(bench: Bench) -> None:
    """The station reports that the authorization has ended; it may omit the master pass."""
    named = optional(id_token(bench.tokens.master_pass))
    await authorization_ended(bench, "StopAuthorized", ("MasterPass",), token_check=named)


def check_ended_by_master_pass(bench: Bench) -> None:
    """Erratum 6.2.32: the last event of the transaction has eventType Ended and the stoppedReason."""
    last = bench.ledger.transactions[transaction_under_test(bench)].events[-1]
    actual = (last.message.event_type, last.message.transaction_info.stopped_reason)
    expected = "eventType Ended with stoppedReason MasterPass in the last event"
    bench.check(actual == ("Ended", "MasterPass"), expected, " ".join(map(str, actual)), frame=last.frame)


async def master_pass_cached(bench: Bench) -> None:
    """The master pass is cached: it was presented while there was no transaction that it could stop (C10.FR.01)."""
    await bench.operator.present_token(bench.tokens.master_pass, bench.settings.evse_id)
    await bench.expect(m.AuthorizeRequest, id_token=id_token(bench.tokens.master_pass))
    await bench.settle()


async def energy_transfer_at_two_evses(bench: Bench) -> None:
    """Energy transfer at the first two EVSEs, or at the only one, for different drivers."""
    await energy_transfer_on_all_evses(bench, evse_ids(bench)[:2])


@case("TC_C_47_CS", requirements=("C16.FR.01",), configuration=master_pass_set, before=energy_transfer_on_all_evses)
async def with_ui_all_transactions(bench: Bench) -> None:
    await master_pass_presented(bench.step(1))
    await transactions_selected(bench.step(3), evse_ids(bench))
    await _all_stopped(bench, evse_ids(bench))


@case("TC_C_48_CS", requirements=("C16.FR.01",), configuration=master_pass_set, before=energy_transfer_on_all_evses)
async def with_ui_specific_transactions(bench: Bench) -> None:
    chosen, *others = evse_ids(bench)
    await master_pass_presented(bench.step(1))
    await transactions_selected(bench.step(3), [chosen])
    await stopped_by_master_pass(bench.at(chosen))
    bench.step("post scenario")
    for evse_id in others:
        await charging_continues(bench.at(evse_id), seconds=bench.settings.transaction_duration)
    await _all_drivers_leave(bench, [chosen])


@case("TC_C_49_CS", requirements=("C16.FR.02",), configuration=master_pass_set, before=energy_transfer_at_two_evses)
async def without_ui(bench: Bench) -> None:
    await master_pass_presented(bench.step(1))
    bench.step(3)
    await _all_stopped(bench, evse_ids(bench)[:2])


def cache_and_master_pass(bench: Bench) -> tuple[Need, ...]:
    """The cache is enabled, and MasterPassGroupId is the group of the lab's master pass."""
    return (*needs(CACHE_ENABLED), *master_pass_set(bench))


@case(
    "TC_C_14_CS",
    requirements=("C12.FR.09", "C16.FR.03"),
    configuration=cache_and_master_pass,
    before=(master_pass_cached, energy_transfer_started),
)
async def cached_master_pass(bench: Bench) -> None:
    """The station may send an AuthorizeRequest although the token is cached (C16.FR.04)."""
    evse_id = bench.settings.evse_id
    await bench.wait(bench.settings.transaction_duration)
    await bench.operator.present_token(bench.tokens.master_pass, evse_id)
    await bench.settle()
    if bench.product.supports(MASTER_PASS_WITH_UI):
        await transactions_selected(bench.step(1), [evse_id])
    bench.step(1)
    await _all_stopped(bench, [evse_id])


async def _all_stopped(bench: Bench, ids: list[int]) -> None:
    for evse_id in ids:
        await stopped_by_master_pass(bench.at(evse_id))
    await _all_drivers_leave(bench, ids)


async def _all_drivers_leave(bench: Bench, ids: list[int]) -> None:
    for evse_id in ids:  # before a cable is unplugged: what was sent earlier does not follow from that
        await ev_connected_post_session(bench.step(5).at(evse_id))
    for evse_id in ids:
        await ev_disconnected(bench.step(6).at(evse_id))
    for evse_id in ids:
        await parking_bay_unoccupied(bench.step(7).at(evse_id))
    for evse_id in ids:
        check_ended_by_master_pass(bench.step("post scenario", "C16.FR.07").at(evse_id))
