"""A mutant: one defect at one place of one case's conversation."""

import enum
from typing import Any

import msgspec


class Fault(enum.StrEnum):
    """What happens to the message."""

    CHANGED = "changed"
    LEFT_OUT = "left out"
    TWICE = "sent twice"
    UNANSWERED = "not answered"
    ANSWERED_TWICE = "answered twice"
    UNASKED = "sent unasked"


class Place(msgspec.Struct, frozen=True):
    """The n-th request of an action that the station sends in the scenario, or its n-th answer to one; from 0 on."""

    action: str
    is_answer: bool
    number: int

    @property
    def message(self) -> str:
        return f"{self.action}{'Response' if self.is_answer else 'Request'}"

    def __str__(self) -> str:
        return f"{self.message} #{self.number + 1}" if self.number else self.message


class Mutant(msgspec.Struct, frozen=True, kw_only=True):
    """A wrong station. `breaks` are the checks that the change breaks: what the lab should say."""

    case: str
    place: Place
    fault: Fault
    change: str = ""
    key: str = ""  # of the change, in whatever run
    breaks: tuple[str, ...] = ()
    step: str = ""
    probe: bool = False  # of a message without declared checks: to live is no shame, to be noticed is a kill
    payload: Any = None  # of a changed message as it was in the honest run, or of one that nobody asked for

    @property
    def checks(self) -> tuple[str, ...]:
        """What of its message it puts to the test."""
        if self.fault is not Fault.CHANGED:
            return (self.fault.value,)
        return self.breaks or (self.change.split()[0],)

    def __str__(self) -> str:
        what = self.change if self.fault is Fault.CHANGED else self.fault.value
        return f"{self.case} {self.step}: {self.place} {what}"
