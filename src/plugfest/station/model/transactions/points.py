"""When a transaction starts and when it ends: the values of TxStartPoint and TxStopPoint as conditions."""

from enum import StrEnum

import msgspec


class Point(StrEnum):
    """The values of TxStartPoint and TxStopPoint (Part 2 section 2.6.6)."""

    PARKING_BAY_OCCUPANCY = "ParkingBayOccupancy"
    EV_CONNECTED = "EVConnected"
    AUTHORIZED = "Authorized"
    DATA_SIGNED = "DataSigned"
    POWER_PATH_CLOSED = "PowerPathClosed"
    ENERGY_TRANSFER = "EnergyTransfer"


Points = frozenset[Point]


class SessionState(msgspec.Struct, frozen=True, kw_only=True):
    """The conditions of a charging session that start and stop points refer to."""

    bay_occupied: bool = False
    connected: bool = False
    authorized: bool = False
    signed: bool = False
    energy_flows: bool = False
    secured: bool = True
    """Whether the cable is locked, or needs no lock."""


_CONDITIONS: dict[Point, tuple[str, ...]] = {
    Point.PARKING_BAY_OCCUPANCY: ("bay_occupied",),
    Point.EV_CONNECTED: ("connected",),
    Point.AUTHORIZED: ("authorized",),
    Point.DATA_SIGNED: ("signed",),
    Point.POWER_PATH_CLOSED: ("connected", "authorized", "secured"),
    Point.ENERGY_TRANSFER: ("energy_flows",),
}

# Part 2 section 2.6.6.2: the stop point PowerPathClosed means EVConnected and Authorized; DataSigned stops nothing.
_STOP_POINTS: dict[Point, Points] = {
    Point.POWER_PATH_CLOSED: frozenset({Point.EV_CONNECTED, Point.AUTHORIZED}),
    Point.DATA_SIGNED: frozenset(),
}

# E05.FR.10, C15.FR.04, E15.FR.04: with these stop points an invalid token, or the EV, ends the transaction.
_ENDED_BY_DEAUTHORIZATION = frozenset({Point.AUTHORIZED, Point.POWER_PATH_CLOSED, Point.ENERGY_TRANSFER})


def points_of(state: SessionState) -> Points:
    """The points that hold in a state."""
    return frozenset(point for point, needed in _CONDITIONS.items() if all(getattr(state, name) for name in needed))


def starts(before: Points, now: Points, start: Points) -> bool:
    """Whether a transaction starts: a start point begins to hold (E01.FR.01 to FR.06).

    At a new authorization the start points that held before count too. At other steps they do not: otherwise a
    transaction that was ended with a token would start again at once because the cable is still plugged in.
    """
    began = now - before
    return bool(began & start) or (Point.AUTHORIZED in began and bool(now & start))


def ends(before: Points, now: Points, stop: Points) -> bool:
    """Whether a transaction ends: a stop point ceases to hold (E06.FR.01 to FR.07)."""
    return bool((before - now) & _stop_points(stop))


def is_abandoned(state: SessionState) -> bool:
    """Whether no stop point can cease to hold any more, so that the transaction would never end."""
    return not (state.bay_occupied or state.connected or state.authorized or state.energy_flows)


def ends_with_authorization(stop: Points) -> bool:
    """Whether the end of the authorization ends the transaction. E06.FR.03, E06.FR.06"""
    return Point.AUTHORIZED in _stop_points(stop)


def ends_by_deauthorization(stop: Points) -> bool:
    """Whether an invalid token, or the EV, ends the transaction. E05.FR.10, C15.FR.04, E15.FR.04"""
    return bool(stop & _ENDED_BY_DEAUTHORIZATION)


def ends_without_cable(stop: Points) -> bool:
    """Whether the transaction ends at EVConnectionTimeOut. E03.FR.05, E03.FR.15, F02.FR.07, F02.FR.08"""
    return ends_with_authorization(stop) or Point.PARKING_BAY_OCCUPANCY not in stop


def _stop_points(stop: Points) -> Points:
    return frozenset().union(*(_STOP_POINTS.get(point, frozenset({point})) for point in stop))
