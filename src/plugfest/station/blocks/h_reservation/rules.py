"""Whether a connector can be reserved. Pure functions."""

from collections.abc import Sequence
from enum import StrEnum

from plugfest.station.model.connectors.connector_status import ConnectorStatus


class ReserveNowStatus(StrEnum):
    """The status of the answer to ReserveNow."""

    ACCEPTED = "Accepted"
    FAULTED = "Faulted"
    OCCUPIED = "Occupied"
    REJECTED = "Rejected"
    UNAVAILABLE = "Unavailable"


_REJECTIONS: dict[ConnectorStatus, ReserveNowStatus] = {
    ConnectorStatus.OCCUPIED: ReserveNowStatus.OCCUPIED,
    ConnectorStatus.RESERVED: ReserveNowStatus.OCCUPIED,
    ConnectorStatus.UNAVAILABLE: ReserveNowStatus.UNAVAILABLE,
    ConnectorStatus.FAULTED: ReserveNowStatus.FAULTED,
}


def decide(statuses: Sequence[ConnectorStatus]) -> ReserveNowStatus:
    """The status to answer. `statuses`: of the connectors that could be reserved."""
    if not statuses:
        return ReserveNowStatus.REJECTED  # no such connector
    if ConnectorStatus.AVAILABLE in statuses:
        return ReserveNowStatus.ACCEPTED
    # the rejection that is likely to end first
    return next(rejection for status, rejection in _REJECTIONS.items() if status in statuses)
