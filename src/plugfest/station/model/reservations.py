"""Reservations of EVSEs, and when they end (1.6, 5.13; H01 to H04)."""

from collections.abc import Callable, Iterator
from datetime import datetime
from functools import partial

import msgspec

from plugfest.station.model.authorization.tokens import Token, same_group
from plugfest.station.model.charging.charging_sessions import ChargingSession, ChargingSessions, Transaction
from plugfest.station.model.connectors.availability import Place
from plugfest.station.model.connectors.connector_status import ConnectorStatus
from plugfest.station.model.connectors.connectors import Connectors
from plugfest.station.model.timers import Timers
from plugfest.station.storage.store import Store

_OUT_OF_SERVICE = frozenset({ConnectorStatus.FAULTED, ConnectorStatus.UNAVAILABLE})


class Reservation(msgspec.Struct, frozen=True, kw_only=True):
    """A reservation of an EVSE; of any one EVSE if `evse_id` is None."""

    id: int
    token: Token
    expires_at: datetime
    group: str | None = None
    evse_id: int | None = None

    def is_for(self, token: Token, group: str | None) -> bool:
        """Whether it was made for this token, or for its group."""
        return self.token.same_as(token) or same_group(self.group, group)


class Reservations:
    """All reservations, kept in the store. `on_change` is called when one is added or ends."""

    def __init__(
        self,
        store: Store,
        sessions: ChargingSessions,
        connectors: Connectors,
        timers: Timers,
        now: Callable[[], datetime],
    ) -> None:
        self.on_change: list[Callable[[], None]] = []
        self._records = store.records("reservations", Reservation)
        self._all = {reservation.id: reservation for reservation in self._records.values()}
        self._sessions = sessions
        self._connectors = connectors
        self._timers = timers
        self._now = now
        connectors.reserved = lambda place: place.evse_id is not None and self.is_reserved(place.evse_id)
        connectors.on_change(self._end_out_of_service)

    def __iter__(self) -> Iterator[Reservation]:
        return iter(list(self._all.values()))

    def start(self) -> None:
        """Start the expiry timers. Reservations that expired during a power loss end at once."""
        for reservation in self:
            self._start_timer(reservation)

    def get(self, id: int) -> Reservation | None:
        return self._all.get(id)

    def put(self, reservation: Reservation) -> None:
        """Add a reservation; it replaces one with the same id."""
        self._all[reservation.id] = reservation
        self._records.put(str(reservation.id), reservation)
        self._start_timer(reservation)
        self._changed()

    def end(self, id: int) -> bool:
        """Returns whether there was such a reservation."""
        if self._all.pop(id, None) is None:
            return False
        self._records.delete(str(id))
        self._timers.cancel(_timer(id))
        self._changed()
        return True

    def end_used(self, session: ChargingSession, transaction: Transaction) -> None:
        """End the reservation of a transaction that has started."""
        id = None if session.owner is None else session.owner.reservation_id
        if id is not None:
            self.end(id)

    # Where a token may charge

    def is_reserved(self, evse_id: int) -> bool:
        """Whether an EVSE is reserved for a driver who has not arrived yet.

        Each reservation of any EVSE reserves one unused EVSE, if possible one without a cable.
        """
        unused = self._unused()
        if any(reservation.evse_id == evse_id for reservation in unused):
            return True
        any_evse = sum(reservation.evse_id is None for reservation in unused)
        if not any_evse or not self._could_charge(evse_id):
            return False
        counts = self._could_plug_in if self._could_plug_in(evse_id) else self._could_charge
        return (
            sum(counts(session.evse_id) for session in self._sessions.at_evses if session.evse_id is not None)
            <= any_evse
        )

    def allows(self, evse_id: int, token: Token, group: str | None) -> bool:
        """Whether a token of a group may charge at an EVSE."""
        return not self.is_reserved(evse_id) or self.reservation_for(evse_id, token, group) is not None

    def may_allow(self, evse_id: int, token: Token) -> bool:
        """Whether a token may charge at an EVSE, if its group turns out to be the right one."""
        if self.allows(evse_id, token, None):
            return True
        return any(reservation.group for reservation in self._unused() if reservation.evse_id in (None, evse_id))

    def reservation_for(self, evse_id: int, token: Token, group: str | None) -> int | None:
        """The id of the reservation that a token uses at an EVSE: one of this EVSE before one of any EVSE."""
        matching = [each for each in self._unused() if each.is_for(token, group) and each.evse_id in (None, evse_id)]
        return next((each.id for each in sorted(matching, key=lambda each: each.evse_id is None)), None)

    def _unused(self) -> list[Reservation]:
        claimed = {
            session.authorization.reservation_id for session in self._sessions if session.authorization is not None
        }
        return [reservation for reservation in self._all.values() if reservation.id not in claimed]

    def _could_charge(self, evse_id: int) -> bool:
        reserved = any(reservation.evse_id == evse_id for reservation in self._all.values())
        return not reserved and self._sessions.at(evse_id).unused and self._connectors.has_working_connector(evse_id)

    def _could_plug_in(self, evse_id: int) -> bool:
        return self._could_charge(evse_id) and self._connectors.has_free_connector(evse_id)

    # Reservations that end by themselves

    def clock_set(self) -> None:
        """Wait for the end of every reservation anew."""
        for reservation in list(self):
            self._start_timer(reservation)

    def _start_timer(self, reservation: Reservation) -> None:
        remaining = (reservation.expires_at - self._now()).total_seconds()
        self._timers.set(_timer(reservation.id), max(remaining, 0.0), partial(self._expire, reservation.id))

    def _expire(self, id: int) -> None:
        self.end(id)

    def _end_out_of_service(self, place: Place, status: ConnectorStatus) -> None:
        """End the reservations of an EVSE that is out of service. 1.6, 5.13 (3)"""
        if status not in _OUT_OF_SERVICE:
            return
        none_left = all(each in _OUT_OF_SERVICE for each in self._connectors.statuses.values())
        for reservation in self:
            if reservation.evse_id == place.evse_id or (reservation.evse_id is None and none_left):
                self.end(reservation.id)

    def _changed(self) -> None:
        for listener in self.on_change:
            listener()


def _timer(id: int) -> str:
    return f"reservation {id}"
