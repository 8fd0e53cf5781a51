"""The status of a connector, from a table of conditions."""

from enum import StrEnum

import msgspec


class ConnectorStatus(StrEnum):
    """The values of ConnectorStatusEnumType."""

    AVAILABLE = "Available"
    OCCUPIED = "Occupied"
    RESERVED = "Reserved"
    UNAVAILABLE = "Unavailable"
    FAULTED = "Faulted"


OUT_OF_SERVICE = frozenset({ConnectorStatus.FAULTED, ConnectorStatus.UNAVAILABLE})


class ConnectorConditions(msgspec.Struct, frozen=True, kw_only=True):
    """The conditions of a connector. `reserved` ends when the token of the reservation is presented (G01.FR.06)."""

    faulted: bool = False
    operative: bool = True
    reserved: bool = False
    occupied: bool = False


# The first matching row counts. Plugging in does not change the status of a faulted, unavailable or reserved connector
# (G01 state transitions, G01.FR.09, G03.FR.09); an operative one has the status of the rows below (G03.FR.07).
_TABLE: tuple[tuple[str, bool, ConnectorStatus], ...] = (
    ("faulted", True, ConnectorStatus.FAULTED),
    ("operative", False, ConnectorStatus.UNAVAILABLE),
    ("reserved", True, ConnectorStatus.RESERVED),
    ("occupied", True, ConnectorStatus.OCCUPIED),
)

# The status of an EVSE is the first of these that one of its connectors has.
_SUMMARY_ORDER = (
    ConnectorStatus.OCCUPIED,
    ConnectorStatus.RESERVED,
    ConnectorStatus.AVAILABLE,
    ConnectorStatus.UNAVAILABLE,
    ConnectorStatus.FAULTED,
)


def status_of(conditions: ConnectorConditions) -> ConnectorStatus:
    """The status of a connector. G01.FR.01"""
    for condition, value, status in _TABLE:
        if getattr(conditions, condition) is value:
            return status
    return ConnectorStatus.AVAILABLE


def evse_summary(statuses: list[ConnectorStatus]) -> ConnectorStatus:
    """The status of an EVSE from those of its connectors."""
    return next(status for status in _SUMMARY_ORDER if status in statuses)


def station_summary(statuses: list[ConnectorStatus]) -> ConnectorStatus:
    """The status of a station from those of its EVSEs: Available while one of them is."""
    if ConnectorStatus.AVAILABLE in statuses:
        return ConnectorStatus.AVAILABLE
    return evse_summary(statuses)
