"""Messages that the CSMS can ask for (F06): each block says which it can send."""

from collections.abc import Callable
from typing import TypeAlias

import msgspec

from plugfest.station.model.connectors.availability import Place

Send: TypeAlias = Callable[[Place], bool]
"""Sees to it that the message is sent once the answer is written. False: not now, or not for this place."""


class Triggered(msgspec.Struct, frozen=True):
    """A message and the PICS claim that the product offers it under; None: every product does."""

    send: Send
    claim: str | None


class Triggers:
    """The messages that can be asked for, by their name in TriggerMessageRequest."""

    def __init__(self) -> None:
        self._messages: dict[str, Triggered] = {}

    def add(self, message: str, send: Send, *, claim: str | None = None) -> None:
        self._messages[message] = Triggered(send, claim)

    def get(self, message: str) -> Triggered | None:
        return self._messages.get(message)
