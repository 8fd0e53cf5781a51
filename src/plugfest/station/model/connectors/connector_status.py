"""The status of a connector: a table from what is true of it to what the CSMS is told."""

from enum import StrEnum

import msgspec


class ConnectorStatus(StrEnum):
    """In the words of OCPP 2.0.1."""

    AVAILABLE = "Available"
    OCCUPIED = "Occupied"
    RESERVED = "Reserved"
    UNAVAILABLE = "Unavailable"
    FAULTED = "Faulted"


class ConnectorConditions(msgspec.Struct, frozen=True, kw_only=True):
    """What is true of a connector. `reserved` no longer holds once the right token was presented (G01.FR.06)."""

    faulted: bool = False
    operative: bool = True
    reserved: bool = False
    occupied: bool = False


# The first fact that holds decides. A plug changes nothing about a connector that is faulted, unavailable or reserved
# (G01 state transitions, G01.FR.09, G03.FR.09), and setting it operative shows what lies below (G03.FR.07).
_TABLE: tuple[tuple[str, bool, ConnectorStatus], ...] = (
    ("faulted", True, ConnectorStatus.FAULTED),
    ("operative", False, ConnectorStatus.UNAVAILABLE),
    ("reserved", True, ConnectorStatus.RESERVED),
    ("occupied", True, ConnectorStatus.OCCUPIED),
)

# The status of an EVSE or a station is the first of these that one of its connectors has.
_SUMMARY_ORDER = (
    ConnectorStatus.OCCUPIED,
    ConnectorStatus.RESERVED,
    ConnectorStatus.AVAILABLE,
    ConnectorStatus.UNAVAILABLE,
    ConnectorStatus.FAULTED,
)


def status_of(facts: ConnectorConditions) -> ConnectorStatus:
    """The status of a connector. G01.FR.01"""
    for fact, value, status in _TABLE:
        if getattr(facts, fact) is value:
            return status
    return ConnectorStatus.AVAILABLE


def evse_summary(statuses: list[ConnectorStatus]) -> ConnectorStatus:
    """The status of an EVSE with connectors in these."""
    return next(status for status in _SUMMARY_ORDER if status in statuses)


def station_summary(statuses: list[ConnectorStatus]) -> ConnectorStatus:
    """The status of a station with EVSEs in these: available while one of them is."""
    if ConnectorStatus.AVAILABLE in statuses:
        return ConnectorStatus.AVAILABLE
    return evse_summary(statuses)
