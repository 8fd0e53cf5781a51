"""Charging sessions: from the arrival of a driver to the departure of the EV. Kept in the store."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import datetime

import msgspec

from plugfest.hardware.ports import FormattedText
from plugfest.station.model.authorization.tokens import Token, same_group
from plugfest.station.model.metering.measurands import Sample
from plugfest.station.model.transactions.events import ChargingState, StopReason
from plugfest.station.model.transactions.points import Points, SessionState
from plugfest.station.storage.store import Store


class Authorization(msgspec.Struct, frozen=True):
    """Permission to charge, given for a token."""

    token: Token
    group: str | None = None
    remote_start_id: int | None = None
    evse_ids: tuple[int, ...] = ()
    reservation_id: int | None = None
    """The reservation that the driver uses."""
    charging_priority: int | None = None
    """That of the token; None: not known."""

    def is_for(self, token: Token) -> bool:
        """Whether it was given for this token. C01.FR.03 (a)"""
        return self.token.same_as(token)

    def in_group(self, group: str | None) -> bool:
        """Whether the tokens of a group may end it. C01.FR.03 (b), C09.FR.03"""
        return same_group(self.group, group)

    def may_be_ended_by(self, token: Token, group: str | None) -> bool:
        """Whether a token of a group may end it."""
        return self.is_for(token) or self.in_group(group)

    def allows(self, evse_id: int) -> bool:
        """Whether the driver may charge at an EVSE. C01.FR.21"""
        return not self.evse_ids or evse_id in self.evse_ids


class Transaction(msgspec.Struct, kw_only=True):
    """A transaction and what has been reported of it."""

    id: str
    started_at: datetime
    next_seq_no: int = 0
    reported_state: ChargingState | None = None
    reported_phases: int | None = None
    stop_reason: StopReason | None = None
    """Why it will end; set when its authorization ends."""
    evse_unreported: bool = msgspec.field(default=True, name="evse_due")
    """The next event with an EV connected reports EVSE and connector. E01.FR.16"""
    start_values_unreported: bool = msgspec.field(default=True, name="begin_due")
    """The meter values of its start are not reported yet. E01.FR.09, E01.FR.17"""
    unreported_token: Token | None = msgspec.field(default=None, name="token_due")
    """The next event reports this token. E03.FR.01"""
    unreported_remote_start_id: int | None = msgspec.field(default=None, name="remote_start_due")
    """The next event reports this remoteStartId. F01.FR.19, F01.FR.25, F02.FR.21"""
    unreported_reservation_id: int | None = None
    """The next event reports the reservation that the transaction has used. E01.FR.13, E02.FR.03, E03.FR.03"""
    register_at_start: float | None = None
    """Wh."""
    register_at_last_sample: float | None = None
    """Wh."""
    state_of_charge: float | None = None
    """The last value from the EV, in percent."""
    public_key_reported: bool = msgspec.field(default=False, name="key_told")
    """The meter's public key has been sent in this transaction."""
    end_samples: list[Sample] = []
    """Samples for its last event. E06.FR.11"""
    charging_priority: int | None = None
    """What the CSMS has set for this transaction only; None: that of the token holds. K03.FR.05"""


class ChargingSession(msgspec.Struct, kw_only=True):
    """One charging session. `evse_id` is None while an authorized driver has not chosen an EVSE."""

    key: str
    evse_id: int | None = None
    connector_id: int | None = None
    state: SessionState = msgspec.field(default=SessionState(), name="facts")
    points: Points = frozenset()
    """The start and stop points that held after the last step."""
    authorization: Authorization | None = None
    owner: Authorization | None = None
    """The first authorization of the transaction; no other driver can take the transaction over. C01.FR.23"""
    unlock_authorization: Authorization | None = msgspec.field(default=None, name="keyholder")
    """The authorization whose token unlocks a cable that stayed locked. E05.FR.11, E09.FR.03"""
    transaction: Transaction | None = None
    energy_denied: bool = msgspec.field(default=False, name="withheld")
    """No energy although the session is authorized. E05.FR.02"""
    energy_limit: float | None = None
    """The register value, in Wh, at which energy is denied. E05.FR.03"""
    tariff: FormattedText | None = None
    """Shown to its driver."""
    cost: FormattedText | None = None
    """Shown to its driver: the cost of its transaction, or of the one that has ended."""

    @property
    def unused(self) -> bool:
        """Whether the EVSE is free for another driver: no authorization, transaction or locked cable."""
        return self.authorization is None and self.transaction is None and self.unlock_authorization is None

    @property
    def charging_priority(self) -> int:
        """The priority of its transaction among those of all EVSEs. K03.FR.05, K03.FR.06"""
        driver = self.authorization or self.owner
        of_token = None if driver is None else driver.charging_priority
        of_transaction = None if self.transaction is None else self.transaction.charging_priority
        return of_transaction if of_transaction is not None else of_token or 0

    @property
    def is_starting(self) -> bool:
        """Whether a driver is authorized or an EV connected, and there is no transaction of an authorized driver."""
        begun = self.authorization is not None or self.state.connected
        return begun and (self.transaction is None or self.owner is None)

    @property
    def has_driver(self) -> bool:
        """Whether a driver has been authorized, or has to unlock a cable. A transaction may start without one."""
        return any(each is not None for each in (self.authorization, self.owner, self.unlock_authorization))


class ChargingSessions:
    """One session for each EVSE, used or not, and one for each authorized driver without an EVSE."""

    def __init__(self, store: Store, evse_ids: list[int], new_id: Callable[[], str]) -> None:
        self._store = store
        self._new_id = new_id
        self._records = store.records("visits", ChargingSession)
        stored = self._records.values()
        self._at = {evse_id: ChargingSession(key=f"evse {evse_id}", evse_id=evse_id) for evse_id in evse_ids}
        self._at.update({session.evse_id: session for session in stored if session.evse_id in self._at})
        self._waiting = {session.key: session for session in stored if session.evse_id is None}

    def __iter__(self) -> Iterator[ChargingSession]:
        yield from self._at.values()
        yield from self._waiting.values()

    def at(self, evse_id: int) -> ChargingSession:
        return self._at[evse_id]

    @property
    def at_evses(self) -> list[ChargingSession]:
        return list(self._at.values())

    @property
    def waiting(self) -> list[ChargingSession]:
        """Sessions without an EVSE, oldest first."""
        return list(self._waiting.values())

    def with_transaction(self, transaction_id: str) -> ChargingSession | None:
        return next(
            (each for each in self if each.transaction is not None and each.transaction.id == transaction_id), None
        )

    def add_waiting(self) -> ChargingSession:
        """A new session without an EVSE."""
        session = ChargingSession(key=f"waiting {self._new_id()}")
        self._waiting[session.key] = session
        return session

    def assign_evse(self, session: ChargingSession, evse_id: int) -> None:
        """Move a waiting session to an EVSE whose own session is unused."""
        unused = self._at[evse_id]
        with self.atomic():
            self._delete(session)
            session.key, session.evse_id = unused.key, evse_id
            self._at[evse_id] = session
            self.save(session)

    def atomic(self) -> AbstractContextManager[None]:
        """A store transaction: everything that is saved inside is stored together or not at all."""
        return self._store.transaction()

    def save(self, session: ChargingSession) -> None:
        """Store a session. A waiting session that is unused is deleted."""
        if session.evse_id is None and session.unused:
            self._delete(session)
        else:
            self._records.put(session.key, session)

    def _delete(self, session: ChargingSession) -> None:
        self._waiting.pop(session.key, None)
        self._records.delete(session.key)
