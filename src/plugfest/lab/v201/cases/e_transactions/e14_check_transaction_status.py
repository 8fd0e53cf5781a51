"""E14 Check transaction status."""

from plugfest.lab.case import case
from plugfest.lab.checks.outage import offline
from plugfest.lab.csms.deferred_answers import deferred_answers
from plugfest.lab.expectations import absent
from plugfest.lab.v201.bench import Bench
from plugfest.lab.v201.cases.e_transactions.configurations import (
    reconnect_settings,
    sampled_while_offline,
    time_offline,
)
from plugfest.lab.v201.cases.e_transactions.e11_connection_loss_during_transaction import (
    offline_period,
    queued_meter_values,
)
from plugfest.lab.v201.configuration import Need, needs
from plugfest.lab.v201.metering import sampled_updates, short_sampled_interval
from plugfest.lab.v201.states.authorized import stop_method, stop_reported
from plugfest.lab.v201.states.energy_transfer import energy_transfer_started, suspension_reported
from plugfest.lab.v201.states.offline import back_online, judge_offline_flags, present_and_settle, unplug_and_leave
from plugfest.lab.v201.states.session_ended import (
    departure_reported,
    disconnection_reported,
    end_of_energy_reported,
    parking_bay_unoccupied,
)
from plugfest.lab.v201.states.transaction_event import transaction_event, transaction_under_test
from plugfest.ocpp.message import UNSET
from plugfest.ocpp.uuids import new_uuid
from plugfest.ocpp.v201 import messages as m


async def _status(bench: Bench, transaction_id: str | None, *, ongoing: object, queued: bool) -> None:
    await bench.call(
        m.GetTransactionStatusRequest(transaction_id=UNSET if transaction_id is None else transaction_id),
        ongoing_indicator=ongoing,
        messages_in_queue=queued,
    )


@case("TC_E_28_CS", requirements=("E14.FR.01",))
async def unknown(bench: Bench) -> None:
    bench.step(2)
    await _status(bench, new_uuid(), ongoing=False, queued=False)


@case(
    "TC_E_29_CS",
    requirements=("E14.FR.02", "E14.FR.04"),
    configuration=sampled_while_offline,
    before=energy_transfer_started,
)
async def ongoing_with_queue(bench: Bench) -> None:
    async with deferred_answers(bench.csms, m.TransactionEventRequest):  # the queue is not empty before step 5
        outage = await offline_period(bench)
        bench.step(4)
        await _status(bench, transaction_under_test(bench), ongoing=True, queued=True)
    bench.step(5, "E11.FR.02")
    await queued_meter_values(bench, outage)


@case("TC_E_30_CS", requirements=("E14.FR.02", "E14.FR.05"), before=energy_transfer_started)
async def ongoing_without_queue(bench: Bench) -> None:
    await bench.settle()
    bench.step(2)
    await _status(bench, transaction_under_test(bench), ongoing=True, queued=False)


def _ended_while_offline(bench: Bench) -> tuple[Need, ...]:
    updates = sampled_updates(bench, short_sampled_interval(bench))
    return needs({**updates, **reconnect_settings(bench), "OCPPCommCtrlr.UnlockOnEVSideDisconnect": "true"})


@case(
    "TC_E_31_CS",
    requirements=("E14.FR.03", "E14.FR.04"),
    configuration=_ended_while_offline,
    before=energy_transfer_started,
)
async def ended_with_queue(bench: Bench) -> None:
    method = stop_method(bench)
    await offline(bench)
    if method == "local":
        await present_and_settle(bench, bench.known_state.token or bench.tokens.valid)
    else:
        await bench.operator.ev_suspend(bench.settings.evse_id)  # erratum 6.2.53
        await bench.settle()
    await unplug_and_leave(bench)
    await bench.wait(time_offline(bench))
    async with deferred_answers(bench.csms, m.TransactionEventRequest):
        outage = await back_online(bench)
        bench.step(2)
        await _status(bench, transaction_under_test(bench), ongoing=False, queued=True)
    bench.step(3)
    await _reported_until_departure(bench, method)
    judge_offline_flags(bench, outage)


async def _reported_until_departure(bench: Bench, method: str) -> None:
    """The events that the reusable states from the stop to the empty parking bay expect of a station online."""
    if method == "local":
        await stop_reported(bench, method)
        if bench.known_state.ongoing:
            await end_of_energy_reported(bench)
    else:
        await suspension_reported(bench)  # the EV is unplugged while it is authorized: no state EVConnected between
    if bench.known_state.ongoing:
        await disconnection_reported(bench)
    if bench.known_state.ongoing:
        await departure_reported(bench, how=method)
    if bench.known_state.ongoing and bench.known_state.conditions.authorized:
        await transaction_event(bench, "Ended", trigger_reason="EVConnectTimeout")  # E03.FR.05
    bench.check(not bench.known_state.ongoing, "eventType Ended in one of the events", "none")


@case(
    "TC_E_32_CS",
    requirements=("E14.FR.03", "E14.FR.05"),
    before=(energy_transfer_started, parking_bay_unoccupied),
)
async def ended_without_queue(bench: Bench) -> None:
    await bench.settle()
    bench.step(2)
    await _status(bench, transaction_under_test(bench), ongoing=False, queued=False)


@case(
    "TC_E_33_CS",
    requirements=("E14.FR.06", "E14.FR.07"),
    configuration=sampled_while_offline,
    before=energy_transfer_started,
)
async def any_with_queue(bench: Bench) -> None:
    async with deferred_answers(bench.csms, m.TransactionEventRequest):
        outage = await offline_period(bench)
        bench.step(4)
        await _status(bench, None, ongoing=absent, queued=True)
    bench.step(5, "E11.FR.02")
    await queued_meter_values(bench, outage)


@case("TC_E_34_CS", requirements=("E14.FR.06", "E14.FR.08"))
async def any_without_queue(bench: Bench) -> None:
    bench.step(2)
    await _status(bench, None, ongoing=absent, queued=False)
