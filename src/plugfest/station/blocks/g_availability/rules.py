"""What to answer when the CSMS switches something on or off: pure rules."""

from collections.abc import Iterable
from enum import StrEnum

from plugfest.station.model.connectors.availability import Place


class Change(StrEnum):
    """The answers to a change of availability, in OCPP's words."""

    ACCEPTED = "Accepted"
    REJECTED = "Rejected"
    SCHEDULED = "Scheduled"


def decide_change(connectors: Iterable[Place], place: Place, *, on: bool, in_transaction: bool) -> Change:
    """Whether a change is made now, later or not at all. `connectors` are all that the station has."""
    if not any(place in connector.with_parents() for connector in connectors):
        return Change.REJECTED
    if not on and in_transaction:
        return Change.SCHEDULED  # G03.FR.05, G04.FR.06
    return Change.ACCEPTED  # G03.FR.03 and G04.FR.04 too: what is so already is soon done
