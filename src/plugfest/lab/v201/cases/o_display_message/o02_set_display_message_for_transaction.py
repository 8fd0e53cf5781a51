"""O02 Set DisplayMessage for Transaction."""

from plugfest.lab.case import case
from plugfest.lab.v201.bench import Bench
from plugfest.lab.v201.states.energy_transfer import energy_transfer_started
from plugfest.lab.v201.states.session_ended import parking_bay_unoccupied
from plugfest.lab.v201.states.transaction_event import transaction_under_test
from plugfest.lab.v201.states.user_interface.display_message import (
    FIRST,
    SECOND,
    SHOWN_IN_TRANSACTION,
    SetMessage,
    in_seconds,
    is_stored,
    is_unknown,
    message,
    no_display_message,
    not_shown,
    only_in_front,
    send_message,
    shown,
    supported_priorities,
    until,
)
from plugfest.ocpp.v201 import types as t

_PRIORITY = t.MessagePriorityEnumType

CHARGING = (no_display_message, energy_transfer_started)

UNKNOWN_TRANSACTION = "4a2b9f0e-unknown"


async def _session_ended(bench: Bench, *ones: SetMessage) -> None:
    """StopAuthorized, EVConnectedPostSession, EVDisconnected, ParkingBayUnoccupied: the messages are removed."""
    await parking_bay_unoccupied(bench)
    for one in ones:
        await not_shown(bench, one.words)


@case("TC_O_06_CS", requirements=("O02.FR.02", "O02.FR.14"), before=CHARGING)
async def success(bench: Bench) -> None:
    """With each priority of the PICS."""
    transaction_id = transaction_under_test(bench)
    ones: list[SetMessage] = []
    for id, priority in enumerate(supported_priorities(bench), start=FIRST):
        one = await message(bench, id, priority=priority, transaction_id=transaction_id)
        await send_message(bench.step(1), one)
        await shown(bench.step(2, SHOWN_IN_TRANSACTION), one.words)
        await only_in_front(bench.step(2, "O02.FR.17"), one, ones)
        ones.append(one)
    await _session_ended(bench.step(6, "O02.FR.02"), *ones)
    for one in ones:
        await is_unknown(bench.step(7, "O02.FR.02"), one)


@case("TC_O_10_CS", requirements=("O02.FR.01",), before=no_display_message)
async def unknown_transaction(bench: Bench) -> None:
    one = await message(bench, transaction_id=UNKNOWN_TRANSACTION)
    await send_message(bench.step(1), one, status="UnknownTransaction")


@case("TC_O_27_CS", requirements=("O02.FR.06",), before=CHARGING)
async def start_time(bench: Bench) -> None:
    """The message is one of the transaction, without which it would not be removed (step 8)."""
    start = in_seconds(bench.settings.display_offset)
    one = await message(bench, starts=start, transaction_id=transaction_under_test(bench))
    await send_message(bench.step(1), one)
    await not_shown(bench.step(2, "O02.FR.06"), one.words, before=start)
    await until(start)
    await shown(bench.step(2, SHOWN_IN_TRANSACTION), one.words)
    await _session_ended(bench.step(6, "O02.FR.02"), one)
    await is_unknown(bench.step(7, "O02.FR.02"), one)


@case("TC_O_28_CS", requirements=("O02.FR.07",), before=CHARGING)
async def end_time(bench: Bench) -> None:
    end = in_seconds(bench.settings.display_offset)
    one = await message(bench, ends=end, transaction_id=transaction_under_test(bench))
    await send_message(bench.step(1), one)
    await shown(bench.step(2, SHOWN_IN_TRANSACTION), one.words, before=end)
    await until(end)
    await not_shown(bench.step(2, "O02.FR.07"), one.words)
    await is_unknown(bench.step(3, "O02.FR.07"), one)


@case("TC_O_30_CS", requirements=("O02.FR.16",), before=CHARGING)
async def multiple_in_front(bench: Bench) -> None:
    transaction_id = transaction_under_test(bench)
    first = await message(bench, priority=_PRIORITY.InFront, transaction_id=transaction_id)
    second = await message(bench, SECOND, priority=_PRIORITY.InFront, transaction_id=transaction_id)
    await send_message(bench.step(1), first)
    await send_message(bench.step(3), second)
    for one in (first, second):
        await shown(bench.step(4, "O02.FR.16"), one.words)
    await is_stored(bench.step(5), first)
    await is_stored(bench.step(9), second)
    await _session_ended(bench.step(16, "O02.FR.02"), first, second)
    await is_unknown(bench.step(17, "O02.FR.02"), first)
    await is_unknown(bench.step(19, "O02.FR.02"), second)


@case("TC_O_32_CS", requirements=("O02.FR.17", "O02.FR.18"), before=CHARGING)
async def second_always_front(bench: Bench) -> None:
    transaction_id = transaction_under_test(bench)
    first = await message(bench, priority=_PRIORITY.AlwaysFront, transaction_id=transaction_id)
    second = await message(bench, SECOND, priority=_PRIORITY.AlwaysFront, transaction_id=transaction_id)
    await send_message(bench.step(1), first)
    await shown(bench.step(2, "O02.FR.17"), first.words)
    await send_message(bench.step(3, "O02.FR.18"), second)
    await not_shown(bench.step(4, "O02.FR.18"), first.words)
    await shown(bench.step(4, "O02.FR.17, O02.FR.18"), second.words)
    await is_unknown(bench.step(5, "O02.FR.18"), first)
    await is_stored(bench.step(7), second)
    await _session_ended(bench.step(14, "O02.FR.02"), first, second)
    await is_unknown(bench.step(15, "O02.FR.02"), second)
    await is_unknown(bench.step(15, "O02.FR.18"), first)
