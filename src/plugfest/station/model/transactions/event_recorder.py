"""Creates the events of transactions: numbered, each reported once, stored before they are sent."""

from collections.abc import Callable
from datetime import datetime
from typing import TypeAlias

from plugfest.station.model.charging.charging_sessions import ChargingSession, ChargingSessions, Transaction
from plugfest.station.model.charging.power_path import PowerPath
from plugfest.station.model.metering.measurands import Sample
from plugfest.station.model.metering.sampler import Sampler
from plugfest.station.model.transactions.events import (
    ChargingState,
    EventType,
    TransactionEvent,
    TriggerReason,
    includes_charging_state,
    reason_for,
)
from plugfest.station.storage.store import Store

Enqueue: TypeAlias = Callable[[TransactionEvent], None]
"""Puts an event into the queue; it is in the store when this returns."""


class TransactionEventRecorder:
    """Creates events and puts them into the queue. The block of the OCPP version in use sets `enqueue`."""

    def __init__(
        self,
        store: Store,
        sessions: ChargingSessions,
        sampler: Sampler,
        now: Callable[[], datetime],
        online: Callable[[], bool],
        new_id: Callable[[], str],
    ) -> None:
        self.enqueue: Enqueue | None = None
        self._store = store
        self._sessions = sessions
        self._sampler = sampler
        self._now = now
        self._online = online
        self._new_id = new_id

    def begin(self, session: ChargingSession) -> Transaction:
        """Start a transaction, with an id that was never used before (E01.FR.08)."""
        transaction = Transaction(id=self._new_id(), started_at=self._now())
        session.transaction = transaction
        if session.authorization is not None:
            session.owner = session.authorization
            transaction.unreported_token = session.authorization.token
            transaction.unreported_remote_start_id = session.authorization.remote_start_id
            transaction.unreported_reservation_id = session.authorization.reservation_id
        return transaction

    def record(
        self,
        session: ChargingSession,
        path: PowerPath | None,
        event_type: EventType,
        trigger: TriggerReason,
        samples: tuple[Sample, ...] = (),
    ) -> None:
        """Create and queue an event. Session and event are stored together or not at all."""
        assert session.transaction is not None
        assert self.enqueue is not None
        event = self._event(session, session.transaction, path, event_type, trigger, samples)
        session.transaction.next_seq_no += 1  # Part 2 E 1.3.2.1
        with self._store.transaction():
            self._sessions.save(session)
            self.enqueue(event)

    def charging_state(self, session: ChargingSession, path: PowerPath | None) -> ChargingState:
        if path is None:
            return ChargingState.IDLE
        return path.charging_state(connected=session.state.connected, energy_denied=session.energy_denied)

    def _event(
        self,
        session: ChargingSession,
        transaction: Transaction,
        path: PowerPath | None,
        event_type: EventType,
        trigger: TriggerReason,
        samples: tuple[Sample, ...],
    ) -> TransactionEvent:
        reports_evse = transaction.evse_unreported and session.state.connected
        transaction.evse_unreported = transaction.evse_unreported and not reports_evse  # E01.FR.16: once
        remote_start_id, transaction.unreported_remote_start_id = transaction.unreported_remote_start_id, None
        reservation_id, transaction.unreported_reservation_id = transaction.unreported_reservation_id, None
        token, transaction.unreported_token = transaction.unreported_token, None
        reason = transaction.stop_reason or reason_for(trigger) if event_type is EventType.ENDED else None
        return TransactionEvent(
            transaction_id=transaction.id,
            seq_no=transaction.next_seq_no,
            at=self._now(),
            event_type=event_type,
            # F01.FR.19, F02.FR.21: a remote start has priority over other triggers.
            trigger=trigger if remote_start_id is None else TriggerReason.REMOTE_START,
            charging_state=self._new_state(session, transaction, path, event_type, trigger),
            evse_id=session.evse_id if reports_evse else None,
            connector_id=session.connector_id if reports_evse else None,
            token=token,
            remote_start_id=remote_start_id,
            reservation_id=reservation_id,
            stop_reason=reason,
            phases_used=self._new_phases(transaction, path),
            samples=(
                *self._begin_samples(session, transaction, path),
                *samples,
                *self._end_samples(session, path, event_type),
            ),
            register=None if path is None else _register(path, transaction),
            offline=not self._online(),  # E04.FR.03
        )

    def _new_state(
        self,
        session: ChargingSession,
        transaction: Transaction,
        path: PowerPath | None,
        event_type: EventType,
        trigger: TriggerReason,
    ) -> ChargingState | None:
        state = self.charging_state(session, path)
        if not includes_charging_state(event_type, trigger, changed=state != transaction.reported_state):
            return None
        transaction.reported_state = state
        return state

    def _begin_samples(
        self, session: ChargingSession, transaction: Transaction, path: PowerPath | None
    ) -> tuple[Sample, ...]:
        """E01.FR.09, E01.FR.17: in the first event with an EV connected."""
        if path is None or not session.state.connected or not transaction.start_values_unreported:
            return ()
        transaction.start_values_unreported = False
        return self._sampler.begin(path.evse, transaction)

    def _end_samples(
        self, session: ChargingSession, path: PowerPath | None, event_type: EventType
    ) -> tuple[Sample, ...]:
        transaction = session.transaction
        if (
            path is None
            or transaction is None
            or event_type is not EventType.ENDED
            or transaction.start_values_unreported
        ):
            return ()
        return self._sampler.end(path.evse, transaction, _register(path, transaction))

    @staticmethod
    def _new_phases(transaction: Transaction, path: PowerPath | None) -> int | None:
        """The number of phases in use, if it has changed. E02.FR.18, E02.FR.19"""
        phases = None if path is None or not path.energy_flows else path.phases_used
        if phases is None or phases == transaction.reported_phases:
            return None
        transaction.reported_phases = phases
        return phases


def _register(path: PowerPath, transaction: Transaction) -> float | None:
    """The register of the meter. If it has failed: what it has shown last, also before a restart."""
    known = (path.register, transaction.register_at_last_sample, transaction.register_at_start)
    return next((register for register in known if register is not None), None)
