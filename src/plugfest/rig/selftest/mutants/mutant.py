"""A mutant: a wrong station with one fault in one message of a case."""

import enum
from typing import Any

import msgspec

from plugfest.ocpp import frames
from plugfest.ocpp.frames import Call, CallResult
from plugfest.ocpp.rpc import DEFAULT_MAX_MESSAGE_SIZE


class Fault(enum.StrEnum):
    """The fault of the message."""

    CHANGED = "changed"
    OMITTED = "omitted"
    TWICE = "sent twice"
    UNANSWERED = "not answered"
    ANSWERED_TWICE = "answered twice"
    UNSOLICITED = "sent unsolicited"
    NOT_SENT = "not sent"  # and what follows is numbered as if it did not exist
    DELAYED = "delayed"
    AFTER_NEXT = "sent after the next message"
    CONTRADICTED = "contradicted"  # by another message after it


class Place(msgspec.Struct, frozen=True):
    """A message of the station in the scenario: the n-th request of an action or answer to one, counted from 0."""

    action: str
    is_answer: bool
    number: int

    @property
    def message(self) -> str:
        return f"{self.action}{'Response' if self.is_answer else 'Request'}"

    def __str__(self) -> str:
        return f"{self.message} #{self.number + 1}" if self.number else self.message


class Mutant(msgspec.Struct, frozen=True, kw_only=True):
    """A wrong station with one fault.

    `change` describes a changed message, `key` identifies the change in any run, `breaks` are the checks that it
    violates. A `probe` changes a message without declared checks: it counts only if it is detected. `payload` is the
    changed message in the run of the conforming station, or the unsolicited request.
    """

    case: str
    place: Place
    fault: Fault
    change: str = ""
    key: str = ""
    breaks: tuple[str, ...] = ()
    step: str = ""
    probe: bool = False
    payload: Any = None

    @property
    def checks(self) -> tuple[str, ...]:
        """The checks that the mutant tests: the violated ones, or its fault."""
        if self.fault is not Fault.CHANGED:
            return (self.fault.value,)
        return self.breaks or (self.change.split()[0],)

    def __str__(self) -> str:
        fault = " ".join((self.fault.value, self.change)) if self.fault is Fault.CONTRADICTED else self.fault.value
        fault = self.change if self.fault is Fault.CHANGED else fault
        return f"{f'{self.case} {self.step}'.strip()}: {self.place} {fault}"


def parsed_frame(text: str | bytes) -> Call | CallResult | None:
    """The CALL or CALLRESULT in a text; None for anything else."""
    try:
        frame = frames.parse(text, DEFAULT_MAX_MESSAGE_SIZE)
    except frames.FrameError:
        return None
    return frame if isinstance(frame, Call | CallResult) else None
