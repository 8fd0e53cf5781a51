"""Functions that record transaction events in another way: two in one, one in two, one more."""

import asyncio
from collections.abc import Iterator
from typing import Any, Final, NamedTuple

import msgspec

from plugfest.rig.selftest.behaviours.behaviour import Function
from plugfest.station.model.transactions.events import (
    ChargingState,
    EventType,
    StopReason,
    TransactionEvent,
    TriggerReason,
)

_STATE_CHANGED: Final = TriggerReason.CHARGING_STATE_CHANGED
_DELIVERING: Final = frozenset({ChargingState.CHARGING, ChargingState.SUSPENDED_EV, ChargingState.SUSPENDED_EVSE})
_BEFORE_CHARGING: Final = frozenset({ChargingState.IDLE, ChargingState.EV_CONNECTED})
_JOINED: Final = frozenset({TriggerReason.CABLE_PLUGGED_IN, TriggerReason.AUTHORIZED, TriggerReason.REMOTE_START})

_WAIT: Final = 2.0
"""Seconds that an event waits for the charging state that follows it."""


def suspended_first(original: Function) -> Function:
    """Reports SuspendedEVSE before Charging, in an event of its own."""

    def record(self: Any, session: Any, path: Any, event_type: EventType, trigger: TriggerReason, *others: Any) -> None:
        transaction = session.transaction
        if (
            trigger is _STATE_CHANGED
            and event_type is EventType.UPDATED
            and transaction.reported_state in _BEFORE_CHARGING
            and self.charging_state(session, path) is ChargingState.CHARGING
        ):
            _record_state(self, transaction, ChargingState.SUSPENDED_EVSE)
        original(self, session, path, event_type, trigger, *others)

    return record


def _record_state(recorder: Any, transaction: Any, state: ChargingState) -> None:
    event = TransactionEvent(
        transaction_id=transaction.id,
        seq_no=transaction.next_seq_no,
        at=recorder._now(),
        event_type=EventType.UPDATED,
        trigger=_STATE_CHANGED,
        charging_state=state,
        offline=not recorder._online(),
    )
    transaction.next_seq_no += 1
    recorder.enqueue(event)


class _Waiting(NamedTuple):
    event_type: EventType
    trigger: TriggerReason
    timer: asyncio.TimerHandle


def with_state_that_follows(original: Function) -> Function:
    """Reports the beginning of the energy in the event of the act before it."""
    waiting: dict[str, _Waiting] = {}

    def send(self: Any, session: Any, path: Any) -> None:
        event = waiting.pop(session.transaction.id, None) if session.transaction is not None else None
        if event is not None:
            event.timer.cancel()
            original(self, session, path, event.event_type, event.trigger)

    def record(self: Any, session: Any, path: Any, event_type: EventType, trigger: TriggerReason, *others: Any) -> None:
        charges = self.charging_state(session, path) is ChargingState.CHARGING
        joined = event_type is EventType.UPDATED and trigger is _STATE_CHANGED and charges
        joined = joined and session.transaction.id in waiting
        send(self, session, path)
        if joined:
            return
        ready = session.state.connected and session.state.authorized and not charges
        if ready and trigger in _JOINED and event_type is not EventType.ENDED:
            timer = asyncio.get_running_loop().call_later(_WAIT, send, self, session, path)
            waiting[session.transaction.id] = _Waiting(event_type, trigger, timer)
            return
        original(self, session, path, event_type, trigger, *others)

    return record


def samples_in_two_events(original: Function) -> Function:
    """Reports the values of an interval in two events of the same time."""

    def record(
        self: Any, session: Any, path: Any, event_type: EventType, trigger: TriggerReason, samples: Any = ()
    ) -> None:
        periodic = trigger is TriggerReason.METER_VALUE_PERIODIC and event_type is EventType.UPDATED
        for part in _halves(samples) if periodic else (samples,):
            original(self, session, path, event_type, trigger, part)

    return record


def _halves(samples: Any) -> Iterator[Any]:
    """The first half of the values of each sample, then the second half, if there are two values."""
    for half in (slice(None, None, 2), slice(1, None, 2)):
        parts = [msgspec.structs.replace(sample, values=sample.values[half]) for sample in samples]
        found = tuple(part for part in parts if part.values)
        if found:
            yield found


def end_in_two_events(original: Function) -> Function:
    """Reports that the driver stops, and then that the transaction has ended because the energy has stopped.

    If the EV stops, one event reports both (E15.FR.04).
    """

    def record(self: Any, session: Any, path: Any, event_type: EventType, trigger: TriggerReason, *others: Any) -> None:
        transaction = session.transaction
        stops = event_type is EventType.ENDED and trigger is TriggerReason.STOP_AUTHORIZED
        by_ev = transaction.stop_reason is StopReason.STOPPED_BY_EV
        if stops and not by_ev and transaction.reported_state in _DELIVERING:
            transaction.reported_state = self.charging_state(session, path)  # the second event reports it
            original(self, session, path, EventType.UPDATED, trigger)
            transaction.stop_reason = transaction.stop_reason or StopReason.LOCAL
            trigger = _STATE_CHANGED
        original(self, session, path, event_type, trigger, *others)

    return record
