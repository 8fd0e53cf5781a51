"""Messages that the CSMS can request with TriggerMessage (F06). Each block adds its own."""

from collections.abc import Callable
from typing import TypeAlias

import msgspec

from plugfest.station.model.connectors.availability import Place

Send: TypeAlias = Callable[[Place], bool]
"""Sends the message after the response. False: not possible now, or not for this place."""


class TriggerableMessage(msgspec.Struct, frozen=True):
    """A message and the PICS claim it depends on; None: every product can send it."""

    send: Send
    claim: str | None


class TriggerableMessages:
    """By their names in TriggerMessageRequest."""

    def __init__(self) -> None:
        self._messages: dict[str, TriggerableMessage] = {}

    def add(self, message: str, send: Send, *, claim: str | None = None) -> None:
        self._messages[message] = TriggerableMessage(send, claim)

    def get(self, message: str) -> TriggerableMessage | None:
        return self._messages.get(message)
