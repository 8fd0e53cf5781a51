"""The answer to ChangeAvailability, the same in every OCPP version. Pure functions."""

from collections.abc import Iterable
from enum import StrEnum

from plugfest.station.model.connectors.availability import Place


class ChangeAvailabilityStatus(StrEnum):
    """The status of the answer to ChangeAvailability."""

    ACCEPTED = "Accepted"
    REJECTED = "Rejected"
    SCHEDULED = "Scheduled"


def decide_change(
    connectors: Iterable[Place], place: Place, *, operative: bool, in_transaction: bool
) -> ChangeAvailabilityStatus:
    """Whether the change is made now, later or not at all. `connectors`: all connectors of the station."""
    if not any(place in connector.with_parents() for connector in connectors):
        return ChangeAvailabilityStatus.REJECTED
    if not operative and in_transaction:
        return ChangeAvailabilityStatus.SCHEDULED  # G03.FR.05, G04.FR.06
    return ChangeAvailabilityStatus.ACCEPTED  # G03.FR.03, G04.FR.04: also if nothing changes
