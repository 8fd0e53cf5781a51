"""What the lab knows about the EVSE under test: the conditions that start and end a transaction, as in E.1.1."""

from collections.abc import Collection

import msgspec

from plugfest.lab.checks.smart_charging.limits import LimitProfile, Step
from plugfest.lab.settings import Token


class Conditions(msgspec.Struct, frozen=True):
    """The conditions of TxStartPoint and TxStopPoint at one moment."""

    bay_occupied: bool = False
    ev_connected: bool = False
    authorized: bool = False
    energy_transfer: bool = False

    def holds(self, point: str) -> bool:
        """Whether the condition of a TxStartPoint or TxStopPoint value holds."""
        return {
            "ParkingBayOccupancy": self.bay_occupied,
            "EVConnected": self.ev_connected,
            "Authorized": self.authorized,
            "PowerPathClosed": self.ev_connected and self.authorized,
            "EnergyTransfer": self.energy_transfer,
            "DataSigned": self.energy_transfer,
        }.get(point, False)  # a value of the vendor is no condition that the lab can bring about


def starts(start_points: Collection[str], before: Conditions, after: Conditions) -> bool:
    """Whether a change of the conditions starts a transaction, if none is ongoing (E01.FR.01 to FR.06).

    It does if a point begins to hold. If bay or cable are still in use after a transaction, an authorization also does.
    """
    newly_authorized = after.authorized and not before.authorized
    return any(after.holds(point) and (newly_authorized or not before.holds(point)) for point in start_points)


def stops(stop_points: Collection[str], before: Conditions, after: Conditions) -> bool:
    """Whether a change of the conditions ends the transaction (E06: a configured point no longer holds)."""
    return any(before.holds(point) and not after.holds(point) for point in stop_points)


def is_idle(conditions: Conditions) -> bool:
    """Whether no condition holds. A station may then end a transaction that no TxStopPoint can end any more."""
    return conditions == Conditions()


class PendingReservation(msgspec.Struct, frozen=True):
    """A reservation that the station has accepted and no driver has used."""

    id: int
    token: Token
    group: str | None = None
    evse_id: int | None = None

    def is_of(self, token: Token) -> bool:
        """Whether it was made for this idToken."""
        return (self.token.id_token.lower(), self.token.type) == (token.id_token.lower(), token.type)

    def is_for(self, token: Token) -> bool:
        """Whether this idToken uses it, by itself or by its group (H03.FR.09)."""
        return self.is_of(token) or (self.group is not None and self.group == token.group)


class KnownState:
    """The state of the EVSE under test during a case, as the lab knows it."""

    def __init__(self) -> None:
        self.profiles: dict[int, LimitProfile] = {}  # by id; charging profiles are kept across a reboot
        self.unlimited: dict[int, list[Step]] = {}  # by EVSE: the limits without charging profiles, as reported
        self.reset()

    def reset(self) -> None:
        """The EVSE is idle: no EV, no authorization, no transaction."""
        self.conditions = Conditions()
        self.ongoing = False  # a transaction has started and not ended, according to the conditions
        self.transaction_id: str | None = None
        self.remote_start_id: int | None = None  # of a RequestStartTransaction, until its first event has come
        self.token: Token | None = None  # the token that authorized, which also stops
        self.unreported_token: Token | None = None  # the token that authorized, until an event has reported it
        self.reservation: PendingReservation | None = None
        self.unreported_reservation_id: int | None = None  # of the reservation that the authorization has used
        self.stopped_reasons: tuple[object, ...] = ()  # how authorization ended, for an event that ends the transaction

    def update(self, **conditions: bool) -> None:
        """Set conditions that the lab or the station has just changed."""
        if conditions.get("authorized") is False:
            self.unreported_token = self.unreported_reservation_id = None
        self.conditions = msgspec.structs.replace(self.conditions, **conditions)
