"""What the station has to say, in order, until it is said."""

from collections.abc import Callable
from enum import Enum
from typing import Any

from plugfest.ocpp.message import Request, Response


class Delivery(Enum):
    """How hard the station tries to deliver a message."""

    TRANSACTION = "transaction"
    """Transaction-related: durable, in order, retried as MessageAttempts[TransactionEvent] says."""
    DURABLE = "durable"
    """Kept across power cuts until it is delivered."""
    ORDINARY = "ordinary"
    """Waits while the station is offline only if OCPPCommCtrlr.QueueAllMessages says so; else it is dropped then."""


AnswerCallback = Callable[[Any, Response | None], None]
"""Is called with the request and its answer; None if the station gave the message up."""


class Outbox:
    """The queue of outgoing messages."""

    def send(self, request: Request[Any], delivery: Delivery = Delivery.ORDINARY) -> None:
        """Queue a message. TRANSACTION and DURABLE messages are on disk when this returns."""
        raise NotImplementedError

    def on_answer(self, request_type: type[Request[Any]], callback: AnswerCallback) -> None:
        """Call `callback` for each answer to requests of this type, also to those of an earlier power cycle."""
        raise NotImplementedError
