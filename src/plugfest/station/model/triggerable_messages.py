"""Messages that the CSMS can ask for (F06): each block says which it can send."""

from collections.abc import Callable
from typing import TypeAlias

import msgspec

from plugfest.station.model.connectors.availability import Place

Send: TypeAlias = Callable[[Place], bool]
"""Sees to it that the message is sent once the answer is written. False: not now, or not for this place."""


class TriggerableMessage(msgspec.Struct, frozen=True):
    """A message and the PICS claim that the product offers it under; None: every product does."""

    send: Send
    claim: str | None


class TriggerableMessages:
    """The messages that can be asked for, by their name in TriggerMessageRequest."""

    def __init__(self) -> None:
        self._messages: dict[str, TriggerableMessage] = {}

    def add(self, message: str, send: Send, *, claim: str | None = None) -> None:
        self._messages[message] = TriggerableMessage(send, claim)

    def get(self, message: str) -> TriggerableMessage | None:
        return self._messages.get(message)
