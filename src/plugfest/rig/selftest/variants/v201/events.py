"""Transaction events with repeated fields, other numbers, other triggers, and one more event than necessary."""

from collections.abc import Iterable
from typing import Any

import msgspec

from plugfest.ocpp.message import UNSET
from plugfest.ocpp.v201 import messages as m
from plugfest.ocpp.v201 import types as t
from plugfest.rig.selftest.behaviours.behaviour import Function, Patch
from plugfest.rig.selftest.variants.changes import changing, splitting
from plugfest.rig.selftest.variants.message_filter import Message, MessageFilter
from plugfest.rig.selftest.variants.variant import Variant, permitted_v201
from plugfest.station.model.transactions.event_recorder import TransactionEventRecorder
from plugfest.station.model.transactions.events import ChargingState, EventType, TransactionEvent, TriggerReason

_replace = msgspec.structs.replace
_Event = m.TransactionEventRequest


class _Repeated:
    """Repeats the charging state of the last event of a transaction in those that omit it."""

    def __init__(self) -> None:
        self._states: dict[str, t.ChargingStateEnumType] = {}

    def __call__(self, message: Message) -> Iterable[Message]:
        if not isinstance(message, _Event):
            return [message]
        info = message.transaction_info
        if info.charging_state is not UNSET:
            self._states[info.transaction_id] = info.charging_state
        state = self._states.get(info.transaction_id, info.charging_state)
        return [_replace(message, transaction_info=_replace(info, charging_state=state))]


def _suspended_first(original: Function) -> Function:
    """Reports SuspendedEVSE before Charging, in an event of its own."""

    def record(self: Any, session: Any, path: Any, event_type: EventType, trigger: TriggerReason, *others: Any) -> None:
        transaction = session.transaction
        if (
            event_type is EventType.UPDATED
            and trigger is TriggerReason.CHARGING_STATE_CHANGED
            and transaction.reported_state in (ChargingState.IDLE, ChargingState.EV_CONNECTED)
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
        trigger=TriggerReason.CHARGING_STATE_CHANGED,
        charging_state=state,
        offline=not recorder._online(),
    )
    transaction.next_seq_no += 1
    recorder.enqueue(event)


def _numbered_from(first: int) -> MessageFilter:
    return changing(_Event, lambda event: _replace(event, seq_no=event.seq_no + first))


def _plugged_in(event: _Event) -> _Event:
    if event.trigger_reason != "CablePluggedIn" or event.transaction_info.charging_state is UNSET:
        return event
    return _replace(event, trigger_reason=t.TriggerReasonEnumType.ChargingStateChanged)


def _paused(status: m.FirmwareStatusNotificationRequest) -> Iterable[m.FirmwareStatusNotificationRequest]:
    yield status
    if status.status == "Downloading":
        yield _replace(status, status=t.FirmwareStatusEnumType.DownloadPaused)
        yield _replace(status)


VARIANTS: tuple[Variant, ...] = (
    permitted_v201(
        "the charging state in every event",
        "Part 2 TransactionType",
        "a field may be repeated though it has not changed",
        filter=MessageFilter(change=_Repeated),
    ),
    permitted_v201(
        "SuspendedEVSE before Charging",
        "Part 6 EnergyTransferStarted",
        "a station may report that the EVSE is not ready yet",
        Patch(TransactionEventRecorder, "record", _suspended_first),
    ),
    permitted_v201(
        "events numbered from 7",
        "Part 2 section E 1.3.2.1",
        "the first number is only recommended",
        filter=_numbered_from(7),
    ),
    permitted_v201(
        "ChargingStateChanged when the cable is plugged in",
        "Part 6 EVConnectedPreSession",
        "both triggers are permitted",
        filter=changing(_Event, _plugged_in),
    ),
    permitted_v201(
        "DownloadPaused during each download, then Downloading again",
        "L01.FR.01, L01.FR.14",
        "a station may have other tasks",
        filter=splitting(m.FirmwareStatusNotificationRequest, _paused),
    ),
)
