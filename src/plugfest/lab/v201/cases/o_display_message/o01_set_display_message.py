"""O01 Set DisplayMessage."""

from plugfest.lab.case import case
from plugfest.lab.expectations import one_of
from plugfest.lab.v201.answers import id_token_info
from plugfest.lab.v201.bench import Bench
from plugfest.lab.v201.states.authorized import authorized
from plugfest.lab.v201.states.booted import booted
from plugfest.lab.v201.states.connector_status import (
    all_connectors_report,
    change_availability_request,
    connectors,
    unavailable,
)
from plugfest.lab.v201.states.energy_transfer import energy_transfer_started
from plugfest.lab.v201.states.ev_connected import ev_connected_pre_session
from plugfest.lab.v201.states.session_ended import parking_bay_unoccupied
from plugfest.lab.v201.states.user_interface.display_message import (
    FIRST,
    FORMATS,
    PRIORITIES,
    SECOND,
    SHOWN,
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
    supported_formats,
    supported_priorities,
    until,
)
from plugfest.ocpp.v201 import messages as m
from plugfest.ocpp.v201 import types as t

_STATE = t.MessageStateEnumType
_PRIORITY = t.MessagePriorityEnumType


@case("TC_O_01_CS", requirements=("O01.FR.12",), before=no_display_message)
async def success(bench: Bench) -> None:
    """With each format of the PICS, in one message that is replaced, and then with each priority."""
    for text_format in supported_formats(bench)[1:]:
        await _success(bench, await message(bench, text_format=text_format, words=f"Text in {text_format}"))
    earlier: list[SetMessage] = []
    for id, priority in enumerate(supported_priorities(bench), start=FIRST):
        one = await message(bench, id, priority=priority)
        await _success(bench, one)
        await only_in_front(bench.step(2, "O01.FR.15"), one, earlier)
        earlier.append(one)


async def _success(bench: Bench, one: SetMessage) -> None:
    await send_message(bench.step(1), one)
    await shown(bench.step(2, SHOWN), one.words)
    await is_stored(bench.step(3, "O04.FR.01, O04.FR.03"), one)


@case("TC_O_13_CS", requirements=("O01.FR.06",), before=no_display_message)
async def start_time(bench: Bench) -> None:
    start = in_seconds(bench.settings.display_offset)
    one = await send_message(bench.step(1), await message(bench, starts=start))
    await is_stored(bench.step(3, "O04.FR.01, O04.FR.03"), one)
    await not_shown(bench.step(6, "O01.FR.06"), one.words, before=start)
    await until(start)
    await shown(bench.step(6, SHOWN), one.words)


@case("TC_O_14_CS", requirements=("O01.FR.07",), before=no_display_message)
async def end_time(bench: Bench) -> None:
    end = in_seconds(bench.settings.display_offset)
    one = await send_message(bench.step(1), await message(bench, ends=end))
    await is_stored(bench.step(3, "O04.FR.01, O04.FR.03"), one)
    await shown(bench.step(6, SHOWN), one.words, before=end)
    await until(end)
    await not_shown(bench.step(6, "O01.FR.07"), one.words)
    await is_unknown(bench.step(7, "O01.FR.07"), one)


@case("TC_O_17_CS", requirements=("O01.FR.01", "O02.FR.03"), before=no_display_message)
async def not_supported_priority(bench: Bench) -> None:
    unsupported = [priority for claim, priority in PRIORITIES.items() if not bench.product.supports(claim)]
    for priority in unsupported:
        one = await message(bench, priority=priority)
        await send_message(bench.step(1), one, status="NotSupportedPriority")


@case("TC_O_18_CS", requirements=("O01.FR.02", "O02.FR.04"), before=no_display_message)
async def not_supported_state(bench: Bench) -> None:
    """The PICS does not name the supported states, so every state is tried, and a station may support them all."""
    for state in _STATE:
        one = await message(bench, state=state)
        response = await bench.step(1).call(
            m.SetDisplayMessageRequest(message=one.info), status=one_of("Accepted", "NotSupportedState")
        )
        if response.status == "Accepted":
            await is_stored(bench.step("post scenario", "O01.FR.02"), one)
            await bench.call(m.ClearDisplayMessageRequest(id=one.info.id), status="Accepted")
        else:
            await is_unknown(bench.step("post scenario", "O01.FR.02"), one)


@case("TC_O_19_CS", requirements=("O01.FR.03", "O02.FR.05"), before=no_display_message)
async def not_supported_message_format(bench: Bench) -> None:
    unsupported = [text_format for claim, text_format in FORMATS.items() if not bench.product.supports(claim)]
    for text_format in unsupported:
        one = await message(bench, text_format=text_format)
        await send_message(bench.step(1), one, status="NotSupportedMessageFormat")


@case("TC_O_20_CS", requirements=("O01.FR.10",), before=no_display_message)
async def persistent_over_reboot(bench: Bench) -> None:
    one = await send_message(bench.step(1), await message(bench))
    await booted(bench.step(3))
    await is_stored(bench.step(4, "O01.FR.10"), one)


@case("TC_O_22_CS", requirements=("O01.FR.14",), before=no_display_message)
async def multiple_in_front(bench: Bench) -> None:
    first = await send_message(bench.step(1), await message(bench, priority=_PRIORITY.InFront))
    second = await send_message(bench.step(3), await message(bench, SECOND, priority=_PRIORITY.InFront))
    await is_stored(bench.step(5), first)
    await is_stored(bench.step(9), second)
    for one in (first, second):
        await shown(bench.step(12, "O01.FR.14"), one.words)


@case("TC_O_24_CS", requirements=("O01.FR.15", "O01.FR.16"), before=no_display_message)
async def second_always_front(bench: Bench) -> None:
    """Edition 4 (after Part 6 of OCPP 2.1 Edition 2) asks only for the second message.

    The second one replaces the first (O01.FR.16), so the first is unknown, as in TC_O_32.
    """
    first = await send_message(bench.step(1), await message(bench, priority=_PRIORITY.AlwaysFront))
    second = await send_message(
        bench.step(3, "O01.FR.16"), await message(bench, SECOND, priority=_PRIORITY.AlwaysFront)
    )
    await is_unknown(bench.step(5, "O01.FR.16"), first)
    await is_stored(bench.step(6), second)
    await not_shown(bench.step(8, "O01.FR.16"), first.words)
    await shown(bench.step(8, "O01.FR.15, O01.FR.16"), second.words)


# States. Part 2 gives them a meaning in MessageStateEnumType, which no requirement has.

STATE = "Part 2 section 3.53"


@case("TC_O_36_CS", requirements=(STATE,), before=no_display_message)
async def state_charging(bench: Bench) -> None:
    one = await send_message(bench.step(1), await message(bench, state=_STATE.Charging))
    await not_shown(bench.step(2, STATE), one.words)
    await energy_transfer_started(bench.step(6))
    await shown(bench.step(6, STATE), one.words)
    await parking_bay_unoccupied(bench.step(10))
    await not_shown(bench.step(10, STATE), one.words)
    await is_stored(bench.step(11), one)


@case("TC_O_37_CS", requirements=(STATE,), before=no_display_message)
async def state_idle(bench: Bench) -> None:
    one = await send_message(bench.step(1), await message(bench, state=_STATE.Idle))
    await shown(bench.step(2, STATE), one.words)
    await energy_transfer_started(bench.step(6))
    await not_shown(bench.step(6, STATE), one.words)
    await parking_bay_unoccupied(bench.step(10))
    await shown(bench.step(10, STATE), one.words)
    await is_stored(bench.step(11), one)


@case("TC_O_38_CS", requirements=(STATE,), before=no_display_message)
async def state_unavailable(bench: Bench) -> None:
    one = await send_message(bench.step(1), await message(bench, state=_STATE.Unavailable))
    await not_shown(bench.step(2, STATE), one.words)
    await unavailable(bench.step(3))
    await shown(bench.step(3, STATE), one.words)
    bench.csms.inbox.set_mark()
    await bench.step(4, "G04.FR.04").call(change_availability_request("Operative"), status="Accepted")
    await all_connectors_report(bench.step(6, "G04.FR.08"), "Available")
    await not_shown(bench.step(6, STATE), one.words)
    await is_stored(bench.step(8), one)


@case("TC_O_39_CS", requirements=(STATE,), before=no_display_message)
async def state_faulted(bench: Bench) -> None:
    """Every connector has a fault: then the station is Faulted, whatever it counts as one."""
    one = await send_message(bench.step(1), await message(bench, state=_STATE.Faulted))
    await not_shown(bench.step(2, STATE), one.words)
    for evse_id, connector_id in connectors(bench):
        await bench.operator.fault(evse_id, connector_id, present=True)
        await all_connectors_report(
            bench.step(3, "G01.FR.01"), one_of("Faulted", "Unavailable"), which=[(evse_id, connector_id)]
        )
    await shown(bench.step(4, STATE), one.words)
    for evse_id, connector_id in connectors(bench):
        await bench.operator.fault(evse_id, connector_id, present=False)
        await all_connectors_report(bench.step(5, "G01.FR.01"), "Available", which=[(evse_id, connector_id)])
    await not_shown(bench.step(6, STATE), one.words)
    await is_stored(bench.step(7), one)


LANGUAGE = "nl"


@case("TC_O_15_CS", requirements=("O01.FR.08",), before=(no_display_message, ev_connected_pre_session))
async def language_of_driver(bench: Bench) -> None:
    """A message has one language in OCPP 2.0.1, so the station can only show the one that the lab sends."""

    def answer(request: m.AuthorizeRequest) -> m.AuthorizeResponse:
        default = id_token_info("Accepted", bench.known_state.token)
        return m.AuthorizeResponse(
            id_token_info=t.IdTokenInfoType(
                status=default.status, group_id_token=default.group_id_token, language1=LANGUAGE
            )
        )

    bench.csms.answers.override(m.AuthorizeRequest, answer)
    await authorized(bench.step(1))
    await energy_transfer_started(bench.step(3))
    one = await message(bench, language=LANGUAGE)
    await send_message(bench.step(4), one)
    await shown(bench.step(5, "O01.FR.08"), one.words)
