"""B12 Reset - With Ongoing Transaction.

After the boot of TC_B_21, TC_B_22 and TC_B_41 the other connectors of an EVSE with an EV may report Unavailable instead
of Available, as in Edition 4 (after Part 6 of OCPP 2.1 Edition 2).
"""

from plugfest.lab.case import case
from plugfest.lab.checks.cable import cable_released
from plugfest.lab.csms.inbox import ReceivedRequest
from plugfest.lab.expectations import absent, has, one_of
from plugfest.lab.v201.bench import Bench
from plugfest.lab.v201.cases.b_provisioning.b11_reset_without_ongoing_transaction import (
    CountsBeforeReset,
    no_boot,
    reset,
)
from plugfest.lab.v201.cases.g_availability.availability import connector_under_test
from plugfest.lab.v201.states.booted import AFTER_RESET, boot_reported
from plugfest.lab.v201.states.connector_status import connectors, free_connector
from plugfest.lab.v201.states.energy_transfer import energy_transfer_started
from plugfest.lab.v201.states.session_ended import (
    disconnection_reported,
    ev_connected_post_session,
    ev_disconnected,
    parking_bay_unoccupied,
    session_ended,
)
from plugfest.lab.v201.states.transaction_event import track_transaction, transaction_event
from plugfest.lab.v201.states.transaction_points import start_points
from plugfest.ocpp.v201 import messages as m

BY_RESET = has(charging_state="EVConnected", stopped_reason="ImmediateReset")

UNPLUGGED = one_of("Available", "Unavailable")
"""The check of the status after an unplug while a reset is scheduled: free EVSEs become Unavailable (B12)."""

STILL_REACHED = frozenset({"EVConnected", "ParkingBayOccupancy"})
"""The start points that the EV has reached as long as it is there."""


def _occupied(*benches: Bench) -> set[int]:
    """The EVSEs, one for each bench, that still have an EV connected."""
    return {bench.settings.evse_id for bench in benches if bench.known_state.conditions.ev_connected}


def _statuses(bench: Bench, occupied: set[int]) -> dict[tuple[int, int], object]:
    connector_id = bench.settings.connector_id
    return {
        (evse, connector): "Occupied"
        if evse in occupied and connector == connector_id
        else free_connector(evse, occupied)
        for evse, connector in connectors(bench)
    }


def _check_ended_first(
    bench: Bench, boot: ReceivedRequest[m.BootNotificationRequest], since: CountsBeforeReset
) -> None:
    """Every transaction that ended after the reset request had ended before the boot."""
    ended = [
        event
        for event in bench.csms.inbox.of_type(m.TransactionEventRequest)
        if event.number >= since.requests and event.message.event_type == "Ended"
    ]
    late = [event for event in ended if event.number > boot.number]
    bench.check(
        not late,
        "TransactionEventRequest with eventType Ended before the station reboots",
        "after the BootNotificationRequest",
        frame=late[0].frame.index if late else None,
    )


async def _departed(bench: Bench) -> None:
    """StopAuthorized to ParkingBayUnoccupied, whether or not the transaction has ended before."""
    await ev_connected_post_session(bench)
    await bench.settle()
    if bench.ledger.connectors.get(connector_under_test(bench)) == "Unavailable":  # the unplug does not change it
        await cable_released(bench, bench.operator.unplug(*connector_under_test(bench)))
        await disconnection_reported(bench)
    else:
        await ev_disconnected(bench, status=UNPLUGGED)
    await parking_bay_unoccupied(bench)


@case("TC_B_21_CS", requirements=("B12.FR.01", "B12.FR.03"), before=energy_transfer_started)
async def on_idle(bench: Bench) -> None:
    before = CountsBeforeReset.now(bench)
    await bench.step(2).call(reset("OnIdle"), status="Scheduled")
    bench.step(3)
    await session_ended(bench, status=UNPLUGGED)
    bench.step(7, "B12.FR.03")
    boot = await boot_reported(bench, reason="ScheduledReset", statuses=_statuses(bench, _occupied(bench)))
    _check_ended_first(bench, boot, before)


@case(
    "TC_B_22_CS",
    requirements=("B12.FR.02", "B12.FR.04", "E07.FR.03", "B01.FR.03"),
    before=energy_transfer_started,
)
async def immediate(bench: Bench) -> None:
    before = CountsBeforeReset.now(bench)
    await bench.step(2).call(reset("Immediate"), status="Accepted")
    bench.step(3, "B12.FR.04")
    await transaction_event(bench, "Ended", trigger_reason="ResetCommand", transaction_info=BY_RESET, id_token=absent)
    bench.step(5, "B12.FR.04")
    boot = await boot_reported(
        bench, reason=AFTER_RESET, statuses=_statuses(bench, {bench.settings.evse_id}), security=False
    )
    _check_ended_first(bench, boot, before)
    await _next_transaction(bench)


async def _next_transaction(bench: Bench) -> None:
    """The EV is still there, so that the next transaction may start (E01.FR.01, E01.FR.02)."""
    if start_points(bench) & STILL_REACHED:
        tolerance = bench.settings.time_tolerance
        event = await bench.expect_optional(m.TransactionEventRequest, within=tolerance, event_type="Started")
        if event is not None:
            track_transaction(bench, event)


@case("TC_B_26_CS", requirements=("B12.FR.01", "B12.FR.07"), before=energy_transfer_started)
async def of_an_evse_on_idle(bench: Bench) -> None:
    before = CountsBeforeReset.now(bench)
    await bench.step(2).call(reset("OnIdle", bench.settings.evse_id), status="Scheduled")
    bench.step(3)
    await _departed(bench)
    await no_boot(bench, since=before)


@case("TC_B_27_CS", requirements=("B12.FR.02", "B12.FR.08", "E07.FR.03"), before=energy_transfer_started)
async def of_an_evse_immediate(bench: Bench) -> None:
    before = CountsBeforeReset.now(bench)
    await bench.step(2).call(reset("Immediate", bench.settings.evse_id), status="Accepted")
    bench.step(3, "B12.FR.08")
    await transaction_event(bench, "Ended", trigger_reason="ResetCommand", transaction_info=BY_RESET)
    await _next_transaction(bench)
    await no_boot(bench, since=before)


@case("TC_B_29_CS", requirements=("B12.FR.01", "B12.FR.09"), before=energy_transfer_started)
async def of_an_evse_not_supported(bench: Bench) -> None:
    await bench.step(2).call(reset("OnIdle", bench.settings.evse_id), status="Rejected")


async def _energy_transfer_at_two_evses(bench: Bench) -> None:
    for evse_id in (1, 2):
        await energy_transfer_started(bench.at(evse_id))


@case("TC_B_41_CS", requirements=("B12.FR.01", "B12.FR.03", "E07.FR.03"), before=_energy_transfer_at_two_evses)
async def with_several_transactions_on_idle(bench: Bench) -> None:
    before = CountsBeforeReset.now(bench)
    await bench.step(2).call(reset("OnIdle"), status="Scheduled")
    bench.step(3)
    await _departed(bench.at(1))
    bench.step(7)
    await session_ended(bench.at(2), status=UNPLUGGED)
    bench.step(11, "B12.FR.03")
    occupied = _occupied(bench.at(1), bench.at(2))
    boot = await boot_reported(bench, reason="ScheduledReset", statuses=_statuses(bench, occupied))
    _check_ended_first(bench, boot, before)
