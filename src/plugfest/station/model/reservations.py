"""Who has a place kept for him, and until when (1.6, 5.13; H01 to H04)."""

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
    """A place kept for somebody. Without `evse_id` it is any: one remains free for him."""

    id: int
    token: Token
    expires_at: datetime
    group: str | None = None
    evse_id: int | None = None

    def is_for(self, token: Token, group: str | None) -> bool:
        """Whether it was made for this token, or for its group."""
        return self.token.same_as(token) or same_group(self.group, group)


class Reservations:
    """All reservations, durable. `on_change` hears when there is one more or less."""

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
        """Begin to look at the time: some may have expired while the power was gone."""
        for reservation in self:
            self._start_timer(reservation)

    def get(self, id: int) -> Reservation | None:
        return self._all.get(id)

    def put(self, reservation: Reservation) -> None:
        """Keep a place; an earlier reservation of the same id is replaced."""
        self._all[reservation.id] = reservation
        self._records.put(str(reservation.id), reservation)
        self._start_timer(reservation)
        self._changed()

    def end(self, id: int) -> bool:
        """Whether there was such a reservation."""
        if self._all.pop(id, None) is None:
            return False
        self._records.delete(str(id))
        self._timers.cancel(_timer(id))
        self._changed()
        return True

    def end_used(self, session: ChargingSession, transaction: Transaction) -> None:
        """A transaction has begun: it was for this that a place was kept."""
        id = None if session.owner is None else session.owner.reservation_id
        if id is not None:
            self.end(id)

    # Who may charge where

    def is_reserved(self, evse_id: int) -> bool:
        """Whether an EVSE is kept for somebody who has not come yet.

        Of those where nobody charges, as many as are wanted: rather free ones than ones with a cable in them.
        """
        open_ones = self._unused()
        if any(reservation.evse_id == evse_id for reservation in open_ones):
            return True
        anywhere = sum(reservation.evse_id is None for reservation in open_ones)
        if not anywhere or not self._could_charge(evse_id):
            return False
        counts = self._could_plug_in if self._could_plug_in(evse_id) else self._could_charge
        return (
            sum(counts(session.evse_id) for session in self._sessions.at_evses if session.evse_id is not None)
            <= anywhere
        )

    def allows(self, evse_id: int, token: Token, group: str | None) -> bool:
        """Whether whoever has this token, of this group, may charge at an EVSE."""
        return not self.is_reserved(evse_id) or self.reservation_for(evse_id, token, group) is not None

    def may_allow(self, evse_id: int, token: Token) -> bool:
        """The same while nobody has been asked about the group of the token."""
        if self.allows(evse_id, token, None):
            return True
        return any(reservation.group for reservation in self._unused() if reservation.evse_id in (None, evse_id))

    def reservation_for(self, evse_id: int, token: Token, group: str | None) -> int | None:
        """The reservation with which this token is used at an EVSE: rather one for it than one for any."""
        mine = [each for each in self._unused() if each.is_for(token, group) and each.evse_id in (None, evse_id)]
        return next((each.id for each in sorted(mine, key=lambda each: each.evse_id is None)), None)

    def _unused(self) -> list[Reservation]:
        claimed = {
            session.authorization.reservation_id for session in self._sessions if session.authorization is not None
        }
        return [reservation for reservation in self._all.values() if reservation.id not in claimed]

    def _could_charge(self, evse_id: int) -> bool:
        kept = any(reservation.evse_id == evse_id for reservation in self._all.values())
        return not kept and self._sessions.at(evse_id).unused and self._connectors.has_working_connector(evse_id)

    def _could_plug_in(self, evse_id: int) -> bool:
        return self._could_charge(evse_id) and self._connectors.has_free_connector(evse_id)

    # How a reservation ends by itself

    def _start_timer(self, reservation: Reservation) -> None:
        left = (reservation.expires_at - self._now()).total_seconds()
        self._timers.set(_timer(reservation.id), max(left, 0.0), partial(self._expire, reservation.id))

    def _expire(self, id: int) -> None:
        self.end(id)

    def _end_out_of_service(self, place: Place, status: ConnectorStatus) -> None:
        """5.13 (3): nobody can charge where nothing works."""
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
