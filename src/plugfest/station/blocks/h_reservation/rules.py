"""Whether a place can be kept for somebody: pure rules."""

from collections.abc import Sequence
from enum import StrEnum

from plugfest.station.model.connectors.connector_status import ConnectorStatus


class Answer(StrEnum):
    """The answers to a wish for a reservation, in OCPP's words."""

    ACCEPTED = "Accepted"
    FAULTED = "Faulted"
    OCCUPIED = "Occupied"
    REJECTED = "Rejected"
    UNAVAILABLE = "Unavailable"


_OBSTACLES: dict[ConnectorStatus, Answer] = {
    ConnectorStatus.OCCUPIED: Answer.OCCUPIED,
    ConnectorStatus.RESERVED: Answer.OCCUPIED,
    ConnectorStatus.UNAVAILABLE: Answer.UNAVAILABLE,
    ConnectorStatus.FAULTED: Answer.FAULTED,
}


def decide(statuses: Sequence[ConnectorStatus]) -> Answer:
    """What to answer. `statuses` are those of the places of which one is wanted; the nearest to free says why not."""
    if not statuses:
        return Answer.REJECTED  # there is no such place
    if ConnectorStatus.AVAILABLE in statuses:
        return Answer.ACCEPTED
    return next(answer for status, answer in _OBSTACLES.items() if status in statuses)
