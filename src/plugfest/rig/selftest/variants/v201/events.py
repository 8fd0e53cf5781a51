"""Transaction events with repeated fields, other numbers, other triggers, and one more event than necessary."""

from collections.abc import Iterable

import msgspec

from plugfest.ocpp.message import UNSET
from plugfest.ocpp.v201 import messages as m
from plugfest.ocpp.v201 import types as t
from plugfest.rig.selftest.variants.changes import changing, splitting
from plugfest.rig.selftest.variants.message_filter import Change, Message, MessageFilter
from plugfest.rig.selftest.variants.variant import Variant, permitted_v201

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


class _Suspended:
    """Sends an event with SuspendedEVSE before the first one with Charging, and renumbers the later ones."""

    def __init__(self) -> None:
        self._first: dict[str, int] = {}  # the seqNo of the first event with Charging, by transaction

    def __call__(self, message: Message) -> Iterable[Message]:
        if not isinstance(message, _Event):
            return [message]
        info, seq_no = message.transaction_info, message.seq_no
        charges = info.charging_state is t.ChargingStateEnumType.Charging and message.event_type == "Updated"
        is_first = (
            charges and message.trigger_reason == "ChargingStateChanged" and info.transaction_id not in self._first
        )
        if is_first:
            self._first[info.transaction_id] = seq_no
        later = seq_no >= self._first.get(info.transaction_id, seq_no + 1)
        own = _replace(message, seq_no=seq_no + 1) if later else message
        if not is_first:
            return [own]
        suspended = _replace(info, charging_state=t.ChargingStateEnumType.SuspendedEVSE)
        added = _replace(message, transaction_info=suspended, meter_value=UNSET, number_of_phases_used=UNSET)
        return [added, own]


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


def _new(change: type[_Repeated] | type[_Suspended]) -> MessageFilter:
    def start() -> Change:
        return change()

    return MessageFilter(change=start)


VARIANTS: tuple[Variant, ...] = (
    permitted_v201(
        "the charging state in every event",
        "Part 2 TransactionType",
        "a field may be repeated though it has not changed",
        filter=_new(_Repeated),
    ),
    permitted_v201(
        "SuspendedEVSE before Charging",
        "Part 6 EnergyTransferStarted",
        "a station may report that the EVSE is not ready yet",
        filter=_new(_Suspended),
        not_run={
            f"TC_E_{number}_CS": "the added event is not sent again when the CSMS refuses it"
            for number in (41, 42, 50, 51)
        },
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
        "DownloadPaused during each download",
        "L01.FR.14",
        "a station may have other tasks",
        filter=splitting(m.FirmwareStatusNotificationRequest, _paused),
    ),
)
