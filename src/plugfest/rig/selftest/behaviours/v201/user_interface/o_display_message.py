"""Block O: display messages."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import msgspec

from plugfest.ocpp.v201 import messages as m
from plugfest.ocpp.v201 import types as t
from plugfest.rig.selftest.behaviours.behaviour import Behaviour, Function, Patch, wrong_v201
from plugfest.rig.selftest.behaviours.builders import NOTHING, always, changed, except_when, with_arguments, with_fields
from plugfest.station.blocks.o_display_message import v201 as block
from plugfest.station.blocks.o_display_message.rules import Decision, SetStatus
from plugfest.station.model.display import message_screen, messages
from plugfest.station.model.display.message_screen import MessageScreen
from plugfest.station.model.display.messages import DisplayMessages
from plugfest.station.model.display.selection import DisplayMessage, DisplayState, MessagePriority

SHOWN = (
    "TC_O_01 TC_O_06 TC_O_12 TC_O_13 TC_O_14 TC_O_22 TC_O_24 TC_O_27 TC_O_28 TC_O_30 TC_O_32 TC_O_36 TC_O_37 TC_O_38"
)
"""The cases in which the display has to show a message."""

HANDLERS = block._DisplayMessageHandlers


def _due(holds: Callable[[DisplayMessage, Any, DisplayState], bool]) -> Patch:
    """Another condition for showing a message."""
    return Patch(DisplayMessage, "is_due", lambda original: holds)


def _due_if(holds: Callable[[DisplayMessage], bool]) -> Patch:
    """A further condition for showing a message."""
    return Patch(
        DisplayMessage,
        "is_due",
        lambda original: lambda self, now, state: holds(self) and original(self, now, state),
    )


def _instead(status: SetStatus, *, of: SetStatus) -> Patch:
    """Answers with another status."""
    other = Decision(status)
    return Patch(block, "decide", changed(lambda decision: other if decision.status is of else decision))


def _replacing(replaces: Callable[[DisplayMessage, DisplayMessage], bool]) -> Patch:
    """Replaces other messages than it has to."""

    def replaced_by(message: DisplayMessage, stored: Any) -> list[int]:
        return [each.id for each in stored if replaces(message, each)]

    return Patch(messages, "replaced_by", lambda original: replaced_by)


def _forgets(original: Function) -> Function:
    def start(self: DisplayMessages) -> None:
        for message in self:
            self.delete(message.id)
        original(self)

    return start


def _stays_stored(original: Function) -> Function:
    def update(self: DisplayMessages) -> None:
        for listener in self.on_change:
            listener()

    return update


def _refuses_second(original: Function) -> Function:
    def decide(message: DisplayMessage, limits: Any, **facts: Any) -> Any:
        decision = original(message, limits, **facts)
        replaces_another = message.priority is MessagePriority.ALWAYS_FRONT and message.id == 802
        return Decision(SetStatus.REJECTED) if replaces_another else decision

    return decide


def _keeps_earlier(original: Function) -> Function:
    def put(self: DisplayMessages, message: DisplayMessage) -> None:
        if all(each.id != message.id for each in self):
            original(self, message)

    return put


def _shows_earlier(original: Function) -> Function:
    """Shows the earlier content of a message that was replaced."""

    def show(self: Any, message: DisplayMessage | None, turn: Any) -> None:
        shown = self._shown
        original(self, shown if shown is not None and message is not None and shown.id == message.id else message, turn)

    return show


def _clears_all(original: Function) -> Function:
    def delete(self: DisplayMessages, id: int) -> bool:
        known = bool(original(self, id))
        for message in self:
            original(self, message.id)
        return known

    return delete


def _accepts_none(original: Function) -> Function:
    def get(self: Any, request: Any) -> m.GetDisplayMessagesResponse:
        original(self, request)
        return m.GetDisplayMessagesResponse(status=t.GetDisplayMessagesStatusEnumType.Accepted)

    return get


def _parts(more: Callable[[int, int], bool], size: int = 1) -> Patch:
    def parts(found: Sequence[Any]) -> Iterator[tuple[Sequence[Any], bool]]:
        for start in range(0, len(found), size):
            yield found[start : start + size], more(start + size, len(found))

    return Patch(block, "_parts", lambda original: parts)


def _without(**fields: object) -> Patch:
    """Stores a message without some of its fields."""
    return Patch(
        DisplayMessages, "put", with_arguments(lambda self, one: (self, msgspec.structs.replace(one, **fields)))
    )


BEHAVIOURS: tuple[Behaviour, ...] = (
    wrong_v201("does not show display messages", "O01.FR.12", SHOWN, Patch(MessageScreen, "_show", NOTHING)),
    wrong_v201(
        "leaves the last display message on the display",
        "O01.FR.07",
        "TC_O_06 TC_O_14 TC_O_27 TC_O_28 TC_O_30 TC_O_32 TC_O_36 TC_O_37 TC_O_38",
        Patch(MessageScreen, "_show", except_when(lambda self, message, turn: message is None)),
    ),
    wrong_v201(
        "shows a display message before its start",
        "O01.FR.06, O02.FR.06",
        "TC_O_13 TC_O_27",
        _due(lambda self, now, state: not self.has_ended(now) and self.state in (None, state)),
    ),
    wrong_v201(
        "does not show a display message with a start",
        "O01.FR.12",
        "TC_O_13 TC_O_27",
        _due_if(lambda self: self.starts_at is None),
    ),
    wrong_v201(
        "ignores the start of a display message",
        "O01.FR.06, O02.FR.06",
        "TC_O_13 TC_O_27",
        _without(starts_at=None),
    ),
    wrong_v201(
        "keeps a display message after its end",
        "O01.FR.07, O02.FR.07",
        "TC_O_14 TC_O_28",
        Patch(DisplayMessage, "has_ended", always(False)),
    ),
    wrong_v201(
        "does not show a display message after its end, but keeps it",
        "O01.FR.07, O02.FR.07",
        "TC_O_14 TC_O_28",
        Patch(DisplayMessages, "update", _stays_stored),
    ),
    wrong_v201(
        "does not show a display message with an end",
        "O01.FR.12",
        "TC_O_14 TC_O_28",
        _due_if(lambda self: self.ends_at is None),
    ),
    wrong_v201(
        "accepts every message priority",
        "O01.FR.01",
        "TC_O_17",
        Patch(block, "_limits", with_fields(priorities=tuple(MessagePriority))),
    ),
    wrong_v201(
        "rejects an unsupported message priority without the reason",
        "O01.FR.01",
        "TC_O_17",
        _instead(SetStatus.REJECTED, of=SetStatus.NOT_SUPPORTED_PRIORITY),
    ),
    wrong_v201(
        "accepts every message format",
        "O01.FR.03",
        "TC_O_19",
        _instead(SetStatus.ACCEPTED, of=SetStatus.NOT_SUPPORTED_FORMAT),
    ),
    wrong_v201(
        "rejects an unsupported message format without the reason",
        "O01.FR.03",
        "TC_O_19",
        _instead(SetStatus.REJECTED, of=SetStatus.NOT_SUPPORTED_FORMAT),
    ),
    wrong_v201(
        "loses its display messages at a reboot", "O01.FR.10", "TC_O_20", Patch(DisplayMessages, "start", _forgets)
    ),
    wrong_v201(
        "does not cycle messages with priority InFront",
        "O01.FR.14, O02.FR.16",
        "TC_O_22 TC_O_30",
        Patch(message_screen, "next_in_turn", lambda original: lambda turn, shown: turn[0] if turn else None),
    ),
    wrong_v201(
        "shows a message with priority AlwaysFront in turn with others",
        "O01.FR.15, O02.FR.17",
        "TC_O_01 TC_O_06",
        Patch(
            message_screen,
            "in_turn",
            lambda original: lambda stored, now, state: tuple(each for each in stored if each.is_due(now, state)),
        ),
        product="reference-dc",
    ),
    wrong_v201(
        "replaces a message with priority InFront by another one",
        "O01.FR.14, O02.FR.16",
        "TC_O_22 TC_O_30",
        _replacing(lambda message, stored: stored.priority is message.priority),
    ),
    wrong_v201(
        "keeps an earlier message with priority AlwaysFront",
        "O01.FR.16, O02.FR.18",
        "TC_O_24 TC_O_32",
        _replacing(lambda message, stored: stored.id == message.id),
    ),
    wrong_v201(
        "rejects a second message with priority AlwaysFront",
        "O01.FR.16, O02.FR.18",
        "TC_O_24 TC_O_32",
        Patch(block, "decide", _refuses_second),
    ),
    wrong_v201(
        "keeps the messages of a transaction that has ended",
        "O02.FR.02",
        "TC_O_06 TC_O_27 TC_O_30 TC_O_32",
        Patch(DisplayMessages, "end_transaction", NOTHING),
    ),
    wrong_v201(
        "stores a message of a transaction as a general one",
        "O02.FR.02",
        "TC_O_06 TC_O_27 TC_O_30 TC_O_32",
        _without(transaction_id=None),
    ),
    wrong_v201(
        "does not show the messages of a transaction",
        "O02.FR.14",
        "TC_O_06 TC_O_27 TC_O_28 TC_O_30 TC_O_32",
        _due_if(lambda self: self.transaction_id is None),
    ),
    wrong_v201(
        "accepts a message of an unknown transaction",
        "O02.FR.01",
        "TC_O_10",
        _instead(SetStatus.ACCEPTED, of=SetStatus.UNKNOWN_TRANSACTION),
    ),
    wrong_v201(
        "rejects a message of an unknown transaction without the reason",
        "O02.FR.01",
        "TC_O_10",
        _instead(SetStatus.REJECTED, of=SetStatus.UNKNOWN_TRANSACTION),
    ),
    wrong_v201(
        "shows a message in every state of the station",
        "Part 2 section 3.53",
        "TC_O_36 TC_O_37 TC_O_38",
        _due(lambda self, now, state: True),
    ),
    wrong_v201(
        "does not show messages with a state",
        "Part 2 section 3.53",
        "TC_O_36 TC_O_37 TC_O_38",
        _due_if(lambda self: self.state is None),
    ),
    wrong_v201(
        "counts as Idle while it charges",
        "Part 2 section 3.53",
        "TC_O_36 TC_O_37",
        Patch(block, "display_state", always(DisplayState.IDLE)),
    ),
    wrong_v201(
        "counts as Idle while it is Unavailable",
        "Part 2 section 3.53",
        "TC_O_38",
        Patch(
            block,
            "display_state",
            changed(lambda state: DisplayState.IDLE if state is DisplayState.UNAVAILABLE else state),
        ),
    ),
    wrong_v201(
        "stores a message without its state", "O01.FR.10", "TC_O_09 TC_O_36 TC_O_37 TC_O_38", _without(state=None)
    ),
    wrong_v201(
        "reports all display messages, whatever was requested",
        "O04.FR.02",
        "TC_O_07 TC_O_08 TC_O_09 TC_O_11 TC_O_34 TC_O_35",
        Patch(block, "requested", lambda original: lambda messages, *criteria: list(messages)),
    ),
    wrong_v201(
        "ignores the ids in GetDisplayMessages",
        "O04.FR.02",
        "TC_O_07 TC_O_11",
        Patch(
            block, "requested", with_arguments(lambda messages, ids, priority, state: (messages, None, priority, state))
        ),
    ),
    wrong_v201(
        "ignores the priority in GetDisplayMessages",
        "O04.FR.02",
        "TC_O_08 TC_O_35",
        Patch(block, "requested", with_arguments(lambda messages, ids, priority, state: (messages, ids, None, state))),
    ),
    wrong_v201(
        "ignores the state in GetDisplayMessages",
        "O04.FR.02",
        "TC_O_09 TC_O_34",
        Patch(
            block, "requested", with_arguments(lambda messages, ids, priority, state: (messages, ids, priority, None))
        ),
    ),
    wrong_v201(
        "accepts GetDisplayMessages without any display message",
        "O03.FR.06, O04.FR.07",
        "TC_O_03 TC_O_33 TC_O_11 TC_O_04",
        Patch(HANDLERS, "get", _accepts_none),
    ),
    wrong_v201(
        "does not send NotifyDisplayMessages",
        "O03.FR.02, O04.FR.03",
        "TC_O_01 TC_O_02 TC_O_07 TC_O_08 TC_O_09 TC_O_12 TC_O_20",
        Patch(HANDLERS, "_start_notifying", NOTHING),
    ),
    wrong_v201(
        "sends only the first of several display messages",
        "O03.FR.02",
        "TC_O_02",
        Patch(HANDLERS, "_notify", with_arguments(lambda self, request_id, found: (self, request_id, found[:1]))),
    ),
    wrong_v201(
        "sends NotifyDisplayMessages with another requestId",
        "O03.FR.05, O04.FR.06",
        "TC_O_02 TC_O_07 TC_O_08 TC_O_09",
        Patch(HANDLERS, "_notify", with_arguments(lambda self, request_id, found: (self, request_id + 1, found))),
    ),
    wrong_v201("sends tbc true in the last part, too", "O03.FR.04", "TC_O_02 TC_O_07", _parts(lambda end, size: True)),
    wrong_v201("sends several parts without tbc", "O03.FR.04", "TC_O_02", _parts(lambda end, size: False)),
    wrong_v201(
        "does not remove a display message that is cleared",
        "O05.FR.01",
        "TC_O_04",
        Patch(DisplayMessages, "delete", always(True)),
    ),
    wrong_v201(
        "removes every display message when one is cleared",
        "O05.FR.01",
        "TC_O_04",
        Patch(DisplayMessages, "delete", _clears_all),
    ),
    wrong_v201(
        "accepts to clear a display message that it does not have",
        "O05.FR.02",
        "TC_O_05",
        Patch(DisplayMessages, "delete", changed(lambda known: True)),
    ),
    wrong_v201(
        "answers Unknown when it clears a display message",
        "O05.FR.01",
        "TC_O_04",
        Patch(DisplayMessages, "delete", changed(lambda known: False)),
    ),
    wrong_v201(
        "keeps a display message instead of the one that replaces it",
        "O06.FR.01",
        "TC_O_01 TC_O_12",
        Patch(DisplayMessages, "put", _keeps_earlier),
    ),
    wrong_v201(
        "shows the earlier content of a display message that was replaced",
        "O06.FR.01",
        "TC_O_01 TC_O_12",
        Patch(MessageScreen, "_show", _shows_earlier),
    ),
)
