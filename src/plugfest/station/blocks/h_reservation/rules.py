"""Whether a ReserveNow is accepted, the same in every OCPP version. Pure functions."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from plugfest.station.model.connectors.connector_status import ConnectorStatus


class ReserveNowStatus(StrEnum):
    """The status of the answer to ReserveNow."""

    ACCEPTED = "Accepted"
    FAULTED = "Faulted"
    OCCUPIED = "Occupied"
    REJECTED = "Rejected"
    UNAVAILABLE = "Unavailable"


# In this order: the rejection that is likely to end first.
_REJECTIONS: dict[ConnectorStatus, ReserveNowStatus] = {
    ConnectorStatus.OCCUPIED: ReserveNowStatus.OCCUPIED,  # H01.FR.11
    ConnectorStatus.RESERVED: ReserveNowStatus.OCCUPIED,  # H01.FR.11
    ConnectorStatus.UNAVAILABLE: ReserveNowStatus.UNAVAILABLE,  # H01.FR.14
    ConnectorStatus.FAULTED: ReserveNowStatus.FAULTED,  # H01.FR.12
}


class Support(NamedTuple):
    """Which reservations the station accepts."""

    enabled: bool
    any_evse: bool
    connector_type: bool


class Target(NamedTuple):
    """What is to be reserved: an EVSE, or any one (None); a connector of a type, or any one (None)."""

    evse_id: int | None
    connector_type: str | None
    expires_at: datetime


class Decision(NamedTuple):
    """The status to answer, and the reason code of Part 2 appendix 5 for Rejected."""

    status: ReserveNowStatus
    reason: str | None = None


def decide(
    target: Target, support: Support, now: datetime, types: Mapping[int, frozenset[str]]
) -> Decision | frozenset[int]:
    """Why nothing can be reserved, or the EVSEs that are targeted. `types`: of the connectors of each EVSE."""
    if not support.enabled:
        return _rejected("NotEnabled")  # H01.FR.01
    if target.evse_id is None and not support.any_evse:
        return _rejected("MissingParam")  # H01.FR.19; also with a connector type (H01.FR.06)
    if target.connector_type is not None and not support.connector_type:
        return _rejected("UnsupportedParam")
    if target.expires_at <= now:
        return _rejected("InvalidValue")
    evse_ids = {each for each in types if target.evse_id in (None, each)}
    if not evse_ids:
        return _rejected("UnknownEvse")
    if target.connector_type is not None:
        evse_ids = {each for each in evse_ids if target.connector_type in types[each]}
    return frozenset(evse_ids) or _rejected("UnknownConnectorType")


def decide_by_status(statuses: Mapping[int, ConnectorStatus]) -> Decision:
    """The decision by the status of the targeted EVSEs."""
    if ConnectorStatus.AVAILABLE in statuses.values():
        return Decision(ReserveNowStatus.ACCEPTED)  # H01.FR.03, H01.FR.04, H01.FR.06, H01.FR.23
    return Decision(next(answer for status, answer in _REJECTIONS.items() if status in statuses.values()))


def _rejected(reason: str) -> Decision:
    return Decision(ReserveNowStatus.REJECTED, reason)
