"""Which display messages a station accepts, and which it reports (O01 to O04). Pure functions."""

from collections.abc import Collection, Iterable
from datetime import datetime
from enum import StrEnum

import msgspec

from plugfest.hardware.ports import TextFormat
from plugfest.station.device_model.variables import Component
from plugfest.station.model.display.selection import DisplayMessage, DisplayState, MessagePriority


class SetStatus(StrEnum):
    """The status of the answer to SetDisplayMessage."""

    ACCEPTED = "Accepted"
    NOT_SUPPORTED_FORMAT = "NotSupportedMessageFormat"
    NOT_SUPPORTED_PRIORITY = "NotSupportedPriority"
    NOT_SUPPORTED_STATE = "NotSupportedState"
    REJECTED = "Rejected"
    UNKNOWN_TRANSACTION = "UnknownTransaction"


class Limits(msgspec.Struct, frozen=True, kw_only=True):
    """What a station supports. `messages`: how many it can store."""

    priorities: Collection[str]
    formats: Collection[str]
    displays: Collection[Component]
    messages: int
    states: Collection[str] = tuple(DisplayState)


class Decision(msgspec.Struct, frozen=True):
    """The status to answer, and the reason code if it is not Accepted."""

    status: SetStatus
    reason: str | None = None


def decide(
    message: DisplayMessage,
    limits: Limits,
    *,
    enabled: bool,
    known_transactions: Collection[str],
    size_with: int,
    now: datetime,
) -> Decision:
    """The answer to SetDisplayMessage. `size_with`: the number of messages if it is accepted."""
    if not enabled:
        return Decision(SetStatus.REJECTED, "NotEnabled")
    if message.priority not in limits.priorities:  # O01.FR.01, O02.FR.03
        return Decision(SetStatus.NOT_SUPPORTED_PRIORITY, "UnsupportedParam")
    if message.state is not None and message.state not in limits.states:  # O01.FR.02, O02.FR.04
        return Decision(SetStatus.NOT_SUPPORTED_STATE, "UnsupportedParam")
    if message.content.format not in limits.formats:  # O01.FR.03, O02.FR.05
        return Decision(SetStatus.NOT_SUPPORTED_FORMAT, "UnsupportedParam")
    if message.transaction_id is not None and message.transaction_id not in known_transactions:  # O02.FR.01
        return Decision(SetStatus.UNKNOWN_TRANSACTION, "TxNotFound")
    if message.display is not None and message.display.key() not in limits.displays:  # O01.FR.22
        return Decision(SetStatus.REJECTED, "InvalidValue")
    if size_with > limits.messages:  # O01.FR.11, O02.FR.11
        return Decision(SetStatus.REJECTED, "TooManyElements")
    if message.has_ended(now) or message.is_never_due or not _is_printable(message):
        return Decision(SetStatus.REJECTED, "InvalidValue")
    return Decision(SetStatus.ACCEPTED)


def _is_printable(message: DisplayMessage) -> bool:
    """ASCII: only printable characters (Part 2 section 3.51)."""
    text = message.content.text
    return message.content.format is not TextFormat.ASCII or (text.isascii() and text.isprintable())


def requested(
    messages: Iterable[DisplayMessage],
    ids: Collection[int] | None,
    priority: MessagePriority | None,
    state: DisplayState | None,
) -> list[DisplayMessage]:
    """The messages that a request asks for; what it omits is not restricted. O03.FR.01, O04.FR.01"""
    return [
        message
        for message in messages
        if (ids is None or message.id in ids)
        and priority in (None, message.priority)
        and state in (None, message.state)
    ]
