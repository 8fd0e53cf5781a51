"""Display messages: set, requested, reported and shown; with the memory state SetDisplayMessage.

What Part 6 notes about the display is asked of the operator, and judged by the requirement that it comes from.
"""

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from plugfest import clock
from plugfest.lab.expectations import anything, every_item, has, present
from plugfest.lab.v201.bench import Bench
from plugfest.lab.v201.report_parts import MAX_PARTS
from plugfest.lab.verdict import NotEquipped, OperatorTooSlow
from plugfest.ocpp.message import UNSET, UnsetType, given
from plugfest.ocpp.v201 import messages as m
from plugfest.ocpp.v201 import types as t

PRIORITIES = {
    "UI-1.3": t.MessagePriorityEnumType.NormalCycle,
    "UI-1.2": t.MessagePriorityEnumType.InFront,
    "UI-1.1": t.MessagePriorityEnumType.AlwaysFront,
}
"""By claim of the PICS. The first that the product supports is the <Configured priority>."""

FORMATS = {
    "UI-2.4": t.MessageFormatEnumType.UTF8,
    "UI-2.1": t.MessageFormatEnumType.ASCII,
    "UI-2.2": t.MessageFormatEnumType.HTML,
    "UI-2.3": t.MessageFormatEnumType.URI,
}
"""By claim of the PICS. The first that the product supports is the <Configured message format>."""

SHOWN = "O01.FR.12, O01.FR.13, O01.FR.15"
"""A message is shown at the configured moment, whatever its priority."""

SHOWN_IN_TRANSACTION = "O02.FR.14, O02.FR.15, O02.FR.17"

FIRST, SECOND = 801, 802
"""The ids of the messages: <Generated displayMessageId> and <Configured displayMessage2Id>."""


class Text(NamedTuple):
    """The content of a message, and the words that the display then shows."""

    content: t.MessageContentType
    words: str


def supported_priorities(bench: Bench) -> list[t.MessagePriorityEnumType]:
    """The priorities in the PICS, the configured one first."""
    return [priority for claim, priority in PRIORITIES.items() if bench.product.supports(claim)]


def supported_formats(bench: Bench) -> list[t.MessageFormatEnumType]:
    """The formats in the PICS, the configured one first."""
    return [text_format for claim, text_format in FORMATS.items() if bench.product.supports(claim)]


async def text_for_display(
    bench: Bench, words: str, text_format: t.MessageFormatEnumType | None = None, language: str = "en"
) -> Text:
    """These words in a format, the configured one if None."""
    chosen = text_format or supported_formats(bench)[0]
    content = words
    if chosen == "HTML":
        content = f"<p>{words}</p>"
    elif chosen == "URI":
        path = f"/pages/{words.replace(' ', '-')}.html"
        bench.files.documents.put(path, f"<html><body><p>{words}</p></body></html>".encode())
        content = await bench.files.url(path, _web_protocol(bench))
    return Text(t.MessageContentType(format=chosen, content=content, language=language), words)


def _web_protocol(bench: Bench) -> str:
    """HTTP or HTTPS. Raises NotEquipped."""
    found = next((each for each in bench.files.protocols if each in ("HTTP", "HTTPS")), None)
    if found is None:
        raise NotEquipped("a message in the format URI requires a station that supports HTTP or HTTPS")
    return found


def configured_display(bench: Bench) -> t.ComponentType | UnsetType:
    """The <Configured display component variable>; omitted if the setting is empty (erratum 6.2.111)."""
    name, _, instance = bench.settings.display.rstrip("]").partition("[")
    return t.ComponentType(name=name, instance=instance or UNSET) if name else UNSET


class SetMessage(NamedTuple):
    """A message that the lab has set, and the words that the display then shows."""

    info: t.MessageInfoType
    words: str


async def message(
    bench: Bench,
    id: int = FIRST,
    *,
    priority: t.MessagePriorityEnumType | None = None,
    text_format: t.MessageFormatEnumType | None = None,
    words: str | None = None,
    state: t.MessageStateEnumType | UnsetType = UNSET,
    starts: datetime | UnsetType = UNSET,
    ends: datetime | UnsetType = UNSET,
    transaction_id: str | UnsetType = UNSET,
    language: str = "en",
) -> SetMessage:
    """A message with the configured priority and format, and words that no other message has."""
    text = await text_for_display(bench, words or f"Message {id} of Plugfest", text_format, language)
    info = t.MessageInfoType(
        id=id,
        priority=priority or supported_priorities(bench)[0],
        message=text.content,
        state=state,
        start_date_time=starts,
        end_date_time=ends,
        transaction_id=transaction_id,
        display=configured_display(bench),
    )
    return SetMessage(info, text.words)


async def send_message(bench: Bench, one: SetMessage, *, status: str = "Accepted") -> SetMessage:
    """Send SetDisplayMessage."""
    await bench.call(m.SetDisplayMessageRequest(message=one.info), status=status)
    return one


def in_seconds(seconds: float) -> datetime:
    """The time that is so many seconds from now, in whole seconds."""
    return (clock.utc_now() + timedelta(seconds=seconds)).replace(microsecond=0)


# Memory states


async def no_display_message(bench: Bench) -> None:
    """The station has no display message: those that it reports are cleared. The cases judge how it reports them."""
    request_id = bench.configuration.next_id()
    response = await bench.ask(m.GetDisplayMessagesRequest(request_id=request_id))
    more: object = response.status == "Accepted"
    while more:
        part = await bench.expect_optional(
            m.NotifyDisplayMessagesRequest, within=bench.settings.function_timeout, request_id=request_id
        )
        for info in (part and given(part.message.message_info)) or ():
            await bench.call(m.ClearDisplayMessageRequest(id=info.id), status="Accepted")
        more = part is not None and given(part.message.tbc)


async def two_messages(bench: Bench, state: t.MessageStateEnumType | UnsetType = UNSET) -> list[SetMessage]:
    """A message with this state and the configured priority, and one without a state and with another priority.

    Only the first if the product supports only AlwaysFront: a second message would replace it (O01.FR.16).
    """
    priorities = supported_priorities(bench)
    first = await message(bench, state=state)
    if priorities == [t.MessagePriorityEnumType.AlwaysFront]:
        return [first]
    return [first, await message(bench, SECOND, priority=priorities[-1])]


async def display_message_set(bench: Bench) -> None:
    """SetDisplayMessage: the station has one message."""
    await no_display_message(bench)
    await send_message(bench, await message(bench))


async def display_messages_set(bench: Bench, state: t.MessageStateEnumType | UnsetType = UNSET) -> None:
    """SetDisplayMessage: the station has the messages of `two_messages` and no other."""
    await no_display_message(bench)
    for one in await two_messages(bench, state):
        await send_message(bench, one)


# Requesting and reporting


async def request_messages(
    bench: Bench,
    *,
    status: str = "Accepted",
    ids: Sequence[int] | None = None,
    priority: t.MessagePriorityEnumType | UnsetType = UNSET,
    state: t.MessageStateEnumType | UnsetType = UNSET,
) -> int:
    """Send GetDisplayMessages. Returns the requestId."""
    bench.csms.inbox.set_mark()
    request_id = bench.configuration.next_id()
    await bench.call(
        m.GetDisplayMessagesRequest(
            request_id=request_id, id=UNSET if ids is None else list(ids), priority=priority, state=state
        ),
        status=status,
    )
    return request_id


async def reported(bench: Bench, request_id: int, check: object = present) -> list[t.MessageInfoType]:
    """The messages in all parts of the answer; `check`: of messageInfo in each part."""
    found: list[t.MessageInfoType] = []
    for number in range(MAX_PARTS):
        part = await bench.expect(
            m.NotifyDisplayMessagesRequest, request_id=request_id, message_info=check if number == 0 else present
        )
        found += given(part.message.message_info) or ()
        if not given(part.message.tbc):
            return found
    bench.judge.fail_missing("a last part, without tbc", "", f"{MAX_PARTS} parts with tbc true")
    raise AssertionError("unreachable")


def is_message(one: SetMessage) -> has:
    """The check that a reported message is this one, with all of its parameters."""
    info = one.info
    return has(
        id=info.id,
        priority=info.priority,
        state=info.state,
        start_date_time=info.start_date_time,
        end_date_time=info.end_date_time,
        transaction_id=info.transaction_id,
        display=anything if info.display is UNSET else has(name=info.display.name, instance=info.display.instance),
        message=has(format=info.message.format, content=info.message.content, language=info.message.language),
    )


async def message_reported(bench: Bench, request_id: int, one: SetMessage) -> None:
    """The answer contains this message and no other."""
    found = await reported(bench, request_id, every_item(is_message(one)))
    bench.check([each.id for each in found] == [one.info.id], f"one message, {one.info.id}", _ids(found))


async def is_stored(bench: Bench, one: SetMessage) -> None:
    """The station reports the message when it is asked for its id."""
    await message_reported(bench, await request_messages(bench, ids=[one.info.id]), one)


async def is_unknown(bench: Bench, one: SetMessage) -> None:
    """The station has no message with this id."""
    await request_messages(bench, ids=[one.info.id], status="Unknown")


async def all_reported(bench: Bench, request_id: int, *ones: SetMessage) -> None:
    """The answer contains each of these messages once and no other ("All messages have been received")."""
    found = await reported(bench, request_id)
    expected = sorted(one.info.id for one in ones)
    bench.check(sorted(each.id for each in found) == expected, f"the messages {expected}", _ids(found))


def _ids(found: Sequence[t.MessageInfoType]) -> str:
    return ", ".join(str(each.id) for each in found) or "none"


# The display


async def shown(bench: Bench, words: str, *, before: datetime | None = None) -> None:
    """The display shows these words. `before`: until when it has to; a later look proves nothing."""
    seen = await bench.operator.display_shows(words, bench.settings.display_watch)
    if not seen and before is not None and clock.utc_now() >= before:
        raise OperatorTooSlow("the display was read after the end of the message")
    bench.check(seen, f'the display shows "{words}"', "not shown")


async def not_shown(bench: Bench, words: str, *, before: datetime | None = None) -> None:
    """The display does not show these words any more, after the tolerance.

    `before`: until when it must not; a later look proves nothing.
    """
    await bench.wait(bench.settings.time_tolerance)
    seen = await bench.operator.display_shows(words, bench.settings.display_watch)
    if seen and before is not None and clock.utc_now() >= before:
        raise OperatorTooSlow("the display was read after the start of the message")
    bench.check(not seen, f'the display does not show "{words}"', "shown")


async def only_in_front(bench: Bench, one: SetMessage, others: Sequence[SetMessage]) -> None:
    """If the message is always in front, the display does not show the others (O01.FR.15, O02.FR.17)."""
    if one.info.priority == t.MessagePriorityEnumType.AlwaysFront:
        for other in others:
            await not_shown(bench, other.words)


async def until(time: datetime) -> None:
    """Wait until this time."""
    await asyncio.sleep(max(0.0, (time - clock.utc_now()).total_seconds()))
