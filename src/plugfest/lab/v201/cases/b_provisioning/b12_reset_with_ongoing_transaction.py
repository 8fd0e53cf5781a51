"""B12 Reset - With Ongoing Transaction."""

from plugfest.lab.case import case
from plugfest.lab.expectations import absent, has
from plugfest.lab.v201.bench import Bench
from plugfest.lab.v201.cases.b_provisioning.b11_reset_without_ongoing_transaction import no_boot, reset
from plugfest.lab.v201.states.booted import boot_reported
from plugfest.lab.v201.states.connector_status import connectors
from plugfest.lab.v201.states.energy_transfer import energy_transfer_started
from plugfest.lab.v201.states.session_ended import session_ended
from plugfest.lab.v201.states.transaction_event import transaction_event

BY_RESET = has(charging_state="EVConnected", stopped_reason="ImmediateReset")


def _occupied(*benches: Bench) -> set[int]:
    """The EVSEs, one for each bench, that still have an EV connected."""
    return {bench.settings.evse_id for bench in benches if bench.known_state.conditions.ev_connected}


def _statuses(bench: Bench, occupied: set[int]) -> dict[tuple[int, int], str]:
    connector_id = bench.settings.connector_id
    return {
        (evse, connector): "Occupied" if evse in occupied and connector == connector_id else "Available"
        for evse, connector in connectors(bench)
    }


@case("TC_B_21_CS", requirements=("B12.FR.01", "B12.FR.03"), before=energy_transfer_started)
async def on_idle(bench: Bench) -> None:
    await bench.step(2).call(reset("OnIdle"), status="Scheduled")
    bench.step(3)
    await session_ended(bench)
    bench.step(7, "B12.FR.03")
    await boot_reported(bench, reason="ScheduledReset", statuses=_statuses(bench, _occupied(bench)))


@case(
    "TC_B_22_CS",
    requirements=("B12.FR.02", "B12.FR.04", "E07.FR.03", "B01.FR.03"),
    before=energy_transfer_started,
)
async def immediate(bench: Bench) -> None:
    bench.csms.inbox.set_mark()
    await bench.step(2).call(reset("Immediate"), status="Accepted")
    bench.step(3, "B12.FR.04")
    await transaction_event(bench, "Ended", trigger_reason="ResetCommand", transaction_info=BY_RESET, id_token=absent)
    bench.step(5)
    await boot_reported(
        bench, reason="RemoteReset", statuses=_statuses(bench, {bench.settings.evse_id}), security=False
    )


@case("TC_B_26_CS", requirements=("B12.FR.01", "B12.FR.07"), before=energy_transfer_started)
async def of_an_evse_on_idle(bench: Bench) -> None:
    bench.csms.inbox.set_mark()
    await bench.step(2).call(reset("OnIdle", bench.settings.evse_id), status="Scheduled")
    bench.step(3)
    await session_ended(bench)
    await no_boot(bench)


@case("TC_B_27_CS", requirements=("B12.FR.02", "B12.FR.08", "E07.FR.03"), before=energy_transfer_started)
async def of_an_evse_immediate(bench: Bench) -> None:
    bench.csms.inbox.set_mark()
    await bench.step(2).call(reset("Immediate", bench.settings.evse_id), status="Accepted")
    bench.step(3, "B12.FR.08")
    await transaction_event(bench, "Ended", trigger_reason="ResetCommand", transaction_info=BY_RESET)
    await no_boot(bench)


@case("TC_B_29_CS", requirements=("B12.FR.01", "B12.FR.09"), before=energy_transfer_started)
async def of_an_evse_not_supported(bench: Bench) -> None:
    await bench.step(2).call(reset("OnIdle", bench.settings.evse_id), status="Rejected")


async def _energy_transfer_at_two_evses(bench: Bench) -> None:
    for evse_id in (1, 2):
        await energy_transfer_started(bench.at(evse_id))


@case("TC_B_41_CS", requirements=("B12.FR.01", "B12.FR.03", "E07.FR.03"), before=_energy_transfer_at_two_evses)
async def with_several_transactions_on_idle(bench: Bench) -> None:
    await bench.step(2).call(reset("OnIdle"), status="Scheduled")
    bench.step(3)
    await session_ended(bench.at(1))
    bench.step(7)
    await session_ended(bench.at(2))
    bench.step(11, "B12.FR.03")
    occupied = _occupied(bench.at(1), bench.at(2))
    await boot_reported(bench, reason="ScheduledReset", statuses=_statuses(bench, occupied))
