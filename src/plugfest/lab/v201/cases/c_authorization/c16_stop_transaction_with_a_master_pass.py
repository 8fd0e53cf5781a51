"""C16 Stop Transaction with a Master Pass: all sessions, or those that are chosen on the station's screen."""

from plugfest.lab.case import case
from plugfest.lab.v201.bench import Bench
from plugfest.lab.v201.cases.c_authorization.master_pass import (
    choice_offered,
    ended_by_master_pass,
    master_pass_presented,
    master_pass_set,
    stopped_by_master_pass,
)
from plugfest.lab.v201.states.energy_transfer import charging_continues, energy_transfer_on_all_evses, evse_ids
from plugfest.lab.v201.states.session_ended import ev_connected_post_session, ev_disconnected, parking_bay_unoccupied


async def two_charging(bench: Bench) -> None:
    """Energy flows at the first two EVSEs, or at the only one, for different drivers."""
    await energy_transfer_on_all_evses(bench, evse_ids(bench)[:2])


@case("TC_C_47_CS", requirements=("C16.FR.01",), configuration=master_pass_set, before=energy_transfer_on_all_evses)
async def with_ui_all_transactions(bench: Bench) -> None:
    await master_pass_presented(bench.step(1))
    await choice_offered(bench.step(3), evse_ids(bench))
    await _all_end(bench, evse_ids(bench))


@case("TC_C_48_CS", requirements=("C16.FR.01",), configuration=master_pass_set, before=energy_transfer_on_all_evses)
async def with_ui_specific_transactions(bench: Bench) -> None:
    chosen, *others = evse_ids(bench)
    await master_pass_presented(bench.step(1))
    await choice_offered(bench.step(3), [chosen])
    await stopped_by_master_pass(bench.at(chosen))
    bench.step("post scenario")
    for evse_id in others:
        await charging_continues(bench.at(evse_id), seconds=bench.settings.transaction_duration)
    await _all_leave(bench, [chosen])


@case("TC_C_49_CS", requirements=("C16.FR.02",), configuration=master_pass_set, before=two_charging)
async def without_ui(bench: Bench) -> None:
    await master_pass_presented(bench.step(1))
    bench.step(3)
    await _all_end(bench, evse_ids(bench)[:2])


async def _all_end(bench: Bench, ids: list[int]) -> None:
    for evse_id in ids:
        await stopped_by_master_pass(bench.at(evse_id))
    await _all_leave(bench, ids)


async def _all_leave(bench: Bench, ids: list[int]) -> None:
    for evse_id in ids:
        await ev_connected_post_session(bench.step(5).at(evse_id))
        await ev_disconnected(bench.step(6).at(evse_id))
        await parking_bay_unoccupied(bench.step(7).at(evse_id))
        ended_by_master_pass(bench.step("post scenario", "C16.FR.07").at(evse_id))
