"""A change: a wrong station whose fault does not depend on the checks of a case."""

import enum
import re

import msgspec

from plugfest.rig.selftest.mutants.mutant import Fault, Mutant
from plugfest.rig.selftest.mutants.variations import Json, Variation


class ChangeKind(enum.StrEnum):
    """What is done to a field of a message, or to a message."""

    OTHER_VALUE = "other value"
    OMITTED = "omitted"
    ADDED = "added"
    NOT_SENT = "not sent"
    TWICE = "sent twice"
    DELAYED = "delayed"
    AFTER_NEXT = "sent after the next message"
    CONTRADICTED = "contradicted"


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """A change of one message of a scenario.

    `field` is its path without indexes of lists, empty if the change is to the message as a whole. `old` and `value`
    are its value before and after, empty if it is absent. `value` of a message that is sent after the
    next one is the name of that message.
    """

    mutant: Mutant
    kind: ChangeKind
    field: str = ""
    old: str = ""
    value: str = ""

    @property
    def target(self) -> str:
        """The changed field, with its message: `StatusNotificationRequest.evseId`."""
        message = self.mutant.place.message
        return f"{message}.{self.field}" if self.field else message


KINDS_OF_MESSAGE = {
    Fault.NOT_SENT: ChangeKind.NOT_SENT,
    Fault.UNANSWERED: ChangeKind.NOT_SENT,
    Fault.TWICE: ChangeKind.TWICE,
    Fault.ANSWERED_TWICE: ChangeKind.TWICE,
    Fault.DELAYED: ChangeKind.DELAYED,
    Fault.AFTER_NEXT: ChangeKind.AFTER_NEXT,
}
"""The kinds of change of a whole message, by the fault that makes them."""

_INDEX = re.compile(r"\[[^\]]*\]")
_STEP = re.compile(r"(\w+)(?:\[(\d+|\*)\])?")
_ADDED = "added as "


def field_of(variation: Variation) -> str:
    """The path of the changed field, without indexes."""
    return _INDEX.sub("[]", variation.key.partition(" ")[0])


def kind_of(variation: Variation) -> ChangeKind:
    """What the variation does to its field."""
    rest = variation.key.partition(" ")[2]
    if rest.startswith(_ADDED):
        return ChangeKind.ADDED
    return ChangeKind.OMITTED if rest in ("omitted", "empty", "without its last item") else ChangeKind.OTHER_VALUE


def old_value_of(variation: Variation, payload: Json) -> str:
    """The value of the field in the original payload, a structure as JSON; empty if it has none."""
    for name, number in _STEP.findall(variation.key.partition(" ")[0]):
        payload = payload.get(name) if isinstance(payload, dict) else None
        if number and isinstance(payload, list):
            payload = payload[0 if number == "*" else int(number)]
    if payload is None:
        return ""
    return payload if isinstance(payload, str) else msgspec.json.encode(payload).decode()


def value_of(variation: Variation) -> str:
    """The new value of the field, shortened; empty if it is omitted."""
    match kind_of(variation):
        case ChangeKind.ADDED:
            return variation.key.partition(_ADDED)[2]
        case ChangeKind.OTHER_VALUE:
            return variation.change.rpartition(" -> ")[2]
    return ""
