"""What the lab did to the EVSE under test, in the words of E.1.1: the conditions that start and end a transaction."""

from collections.abc import Collection

import msgspec

from plugfest.lab.settings import Token


class Conditions(msgspec.Struct, frozen=True):
    """The conditions behind TxStartPoint and TxStopPoint at one moment."""

    bay_occupied: bool = False
    ev_connected: bool = False
    authorized: bool = False
    energy_transfer: bool = False

    def holds(self, point: str) -> bool:
        """Whether the condition that a TxStartPoint or TxStopPoint value names is fulfilled."""
        return {
            "ParkingBayOccupancy": self.bay_occupied,
            "EVConnected": self.ev_connected,
            "Authorized": self.authorized,
            "PowerPathClosed": self.ev_connected and self.authorized,
            "EnergyTransfer": self.energy_transfer,
            "DataSigned": self.energy_transfer,
        }[point]


def starts(start_points: Collection[str], before: Conditions, after: Conditions) -> bool:
    """Whether going from one moment to the next starts a transaction where none is (E01.FR.01 to FR.06).

    A point that begins to hold does. After a transaction whose bay or cable is still in use, an authorization does too.
    """
    newly_authorized = after.authorized and not before.authorized
    return any(after.holds(point) and (newly_authorized or not before.holds(point)) for point in start_points)


def stops(stop_points: Collection[str], before: Conditions, after: Conditions) -> bool:
    """Whether going from one moment to the next ends the transaction (E06: any configured point that is left)."""
    return any(before.holds(point) and not after.holds(point) for point in stop_points)


def is_idle(conditions: Conditions) -> bool:
    """Whether no fact holds: a station may then end a transaction that no TxStopPoint can end any more."""
    return conditions == Conditions()


class KnownState:
    """The lab's own view of the EVSE under test during a case."""

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        """Back to an idle EVSE with nobody at it."""
        self.conditions = Conditions()
        self.ongoing = False  # a transaction has been started and not ended, as far as the rules say
        self.transaction_id: str | None = None
        self.remote_start_id: int | None = None  # set by a RequestStartTransaction until its first event is seen
        self.token: Token | None = None  # what authorized, and so what stops
        self.unreported_token: Token | None = None  # what authorized, until an event of the transaction has named it
        self.stopped_reasons: tuple[object, ...] = ()  # how authorization ended, for an event that ends the transaction

    def update(self, **conditions: bool) -> None:
        """Note what the lab or the station just did."""
        if conditions.get("authorized") is False:
            self.unreported_token = None
        self.conditions = msgspec.structs.replace(self.conditions, **conditions)
