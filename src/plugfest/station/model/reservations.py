"""Reservations of EVSEs, and when they end (1.6, 5.13; H01 to H04)."""

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from enum import Enum
from functools import partial

import msgspec

from plugfest.station.model.authorization.tokens import Token, same_group
from plugfest.station.model.charging.charging_sessions import ChargingSession, ChargingSessions, Transaction
from plugfest.station.model.connectors.availability import Place
from plugfest.station.model.connectors.connector_status import OUT_OF_SERVICE, ConnectorStatus
from plugfest.station.model.connectors.connectors import Connectors
from plugfest.station.model.reservation_allocation import is_needed, served
from plugfest.station.model.timers import Timers
from plugfest.station.storage.store import Store


class Reservation(msgspec.Struct, frozen=True, kw_only=True):
    """A reservation of an EVSE. `evse_id` None: of any one EVSE; `connector_type` None: with any connector."""

    id: int
    token: Token
    expires_at: datetime
    group: str | None = None
    evse_id: int | None = None
    connector_type: str | None = None

    def is_for(self, token: Token, group: str | None) -> bool:
        """Whether it was made for this token, or for its group."""
        return self.token.same_as(token) or same_group(self.group, group)


class ReservationEnd(Enum):
    """Why a reservation has ended."""

    USED = "used"
    CANCELLED = "cancelled"
    EXPIRED = "expired"
    REMOVED = "removed"
    """Its EVSE is out of service."""


class Reservations:
    """All reservations, kept in the store.

    `on_change` is called when one is added or has ended, `on_expiry` before it when one has expired. `on_end` is called
    in the store transaction that deletes one.
    """

    def __init__(
        self,
        store: Store,
        sessions: ChargingSessions,
        connectors: Connectors,
        timers: Timers,
        now: Callable[[], datetime],
    ) -> None:
        self.on_change: list[Callable[[], None]] = []
        self.on_expiry: list[Callable[[], None]] = []
        self.on_end: list[Callable[[Reservation, ReservationEnd], None]] = []
        self._store = store
        self._records = store.records("reservations", Reservation)
        self._all = {reservation.id: reservation for reservation in self._records.values()}
        self._sessions = sessions
        self._connectors = connectors
        self._timers = timers
        self._now = now
        connectors.reserved = lambda place: place.evse_id is not None and self.is_reserved(place.evse_id)
        connectors.on_change(self._connector_changed)

    def __iter__(self) -> Iterator[Reservation]:
        return iter(list(self._all.values()))

    def start(self) -> None:
        """Start the expiry timers. Reservations that expired during a power loss end at once."""
        self.clock_set()
        self._end_out_of_service()

    def get(self, id: int) -> Reservation | None:
        return self._all.get(id)

    def put(self, reservation: Reservation) -> None:
        """Store a reservation; it replaces one with the same id (H01.FR.02). Call `publish` after the answer."""
        self._all.pop(reservation.id, None)
        self._all[reservation.id] = reservation
        self._records.put(str(reservation.id), reservation)
        self._start_timer(reservation)

    def cancel(self, id: int) -> bool:
        """Returns whether there was such a reservation. Call `publish` after the answer."""
        return self._delete(id, ReservationEnd.CANCELLED)

    def publish(self) -> None:
        """Call the listeners of `on_change`: the connector status follows the answer to the request."""
        for listener in self.on_change:
            listener()

    def end_used(self, session: ChargingSession, transaction: Transaction) -> None:
        """End the reservation of a transaction that has started."""
        id = None if session.owner is None else session.owner.reservation_id
        if id is not None:
            self.use(id)

    def use(self, id: int) -> None:
        """Its driver has come. H03.FR.09"""
        self._end(id, ReservationEnd.USED)

    # Where a token may charge

    def is_reserved(self, evse_id: int, *, without: int | None = None) -> bool:
        """Whether an EVSE is reserved for a driver who has not arrived yet.

        Each reservation of any EVSE reserves one unused EVSE, if possible one without a cable. `without`: the id of a
        reservation that does not count.
        """
        unused = [each for each in self._unused() if each.id != without]
        if any(reservation.evse_id == evse_id for reservation in unused):
            return True
        of_any_evse = [reservation for reservation in unused if reservation.evse_id is None]
        if not of_any_evse or not any(self._could_charge(evse_id, each) for each in of_any_evse):
            return False
        if self._connectors.closed(evse_id):
            return True  # B11.FR.05: no one else can use it until the reset
        fits = self._could_charge
        if any(self._could_plug_in(evse_id, each) for each in of_any_evse):
            fits = self._could_plug_in
        return is_needed(evse_id, self._needs(of_any_evse, fits))

    def allows(self, evse_id: int, token: Token, group: str | None) -> bool:
        """Whether a token of a group may charge at an EVSE."""
        return not self.is_reserved(evse_id) or self.reservation_for(evse_id, token, group) is not None

    def may_allow(self, evse_id: int, token: Token, group: str | None = None) -> bool:
        """Whether a token may charge at an EVSE. `group` None: it is unknown, and may turn out to be the right one."""
        if self.allows(evse_id, token, group):
            return True
        return group is None and any(each.group and self._covers(each, evse_id) for each in self._unused())

    def reservation_for(self, evse_id: int | None, token: Token, group: str | None) -> int | None:
        """The id of the reservation that a token uses at an EVSE, one of this EVSE before one of any EVSE.

        `evse_id` None: the driver has not chosen an EVSE yet.
        """
        matching = [each for each in self._unused() if each.is_for(token, group) and self._covers(each, evse_id)]
        return next((each.id for each in sorted(matching, key=lambda each: each.evse_id is None)), None)

    def evse_for(self, token: Token, group: str | None) -> int | None:
        """The EVSE that is reserved by its id for a token."""
        matching = (each.evse_id for each in self._unused() if each.evse_id is not None and each.is_for(token, group))
        return next(matching, None)

    def _covers(self, reservation: Reservation, evse_id: int | None) -> bool:
        """H03.FR.01 to FR.03"""
        if reservation.evse_id is not None:
            return reservation.evse_id == evse_id
        return evse_id is None or self._connectors.has_type(evse_id, reservation.connector_type)

    def _unused(self) -> list[Reservation]:
        claimed = {
            session.authorization.reservation_id for session in self._sessions if session.authorization is not None
        }
        return [reservation for reservation in self._all.values() if reservation.id not in claimed]

    def _needs(self, reservations: Iterable[Reservation], fits: Callable[[int, Reservation], bool]) -> list[list[int]]:
        evse_ids = [session.evse_id for session in self._sessions.at_evses if session.evse_id is not None]
        return [[evse_id for evse_id in evse_ids if fits(evse_id, each)] for each in reservations]

    def _could_charge(self, evse_id: int, reservation: Reservation) -> bool:
        """Whether the driver could charge at an EVSE; a cable that is plugged in there may be that of the driver."""
        by_id = any(each.evse_id == evse_id for each in self._all.values())
        return (
            not by_id
            and not self._sessions.at(evse_id).has_driver
            and self._connectors.has_working_connector(evse_id, reservation.connector_type)
        )

    def _could_plug_in(self, evse_id: int, reservation: Reservation) -> bool:
        free = self._connectors.has_free_connector(evse_id, reservation.connector_type)
        return free and self._could_charge(evse_id, reservation)

    # Reservations that end by themselves

    def clock_set(self) -> None:
        """Wait for the end of every reservation anew."""
        for reservation in self:
            self._start_timer(reservation)

    def _start_timer(self, reservation: Reservation) -> None:
        remaining = (reservation.expires_at - self._now()).total_seconds()
        self._timers.set(_timer(reservation.id), max(remaining, 0.0), partial(self._expire, reservation.id))

    def _expire(self, id: int) -> None:
        if self._delete(id, ReservationEnd.EXPIRED):
            for listener in self.on_expiry:
                listener()
            self.publish()

    def _connector_changed(self, place: Place, status: ConnectorStatus) -> None:
        if status in OUT_OF_SERVICE:
            self._end_out_of_service()

    def _end_out_of_service(self) -> None:
        """End the reservations that cannot be kept. 1.6, 5.13 (3); H01.FR.16, H01.FR.17"""
        of_any_evse = [reservation for reservation in self._unused() if reservation.evse_id is None]
        kept = served(self._needs(of_any_evse, self._could_charge))
        lost = {each.id for each, is_kept in zip(of_any_evse, kept, strict=True) if not is_kept}
        for reservation in self:
            evse_id = reservation.evse_id
            if reservation.id in lost or (evse_id is not None and self._out_of_service(evse_id, reservation)):
                self._end(reservation.id, ReservationEnd.REMOVED)

    def _out_of_service(self, evse_id: int, reservation: Reservation) -> bool:
        return not self._connectors.in_service(evse_id, reservation.connector_type)

    def _end(self, id: int, reason: ReservationEnd) -> None:
        if self._delete(id, reason):
            self.publish()

    def _delete(self, id: int, reason: ReservationEnd) -> bool:
        reservation = self._all.pop(id, None)
        if reservation is None:
            return False
        self._timers.cancel(_timer(id))
        with self._store.transaction():
            self._records.delete(str(id))
            for listener in self.on_end:
                listener(reservation, reason)
        return True


def _timer(id: int) -> str:
    return f"reservation {id}"
