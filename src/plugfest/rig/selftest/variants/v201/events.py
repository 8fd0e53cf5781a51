"""Transaction events with repeated fields, other numbers, other triggers; two events in one, one event in two."""

from collections.abc import Callable, Iterable

import msgspec

from plugfest.ocpp.message import UNSET
from plugfest.ocpp.v201 import messages as m
from plugfest.ocpp.v201 import types as t
from plugfest.rig.selftest.behaviours.behaviour import Function, Patch
from plugfest.rig.selftest.variants.changes import changing, splitting, unless
from plugfest.rig.selftest.variants.message_filter import Message, MessageFilter
from plugfest.rig.selftest.variants.v201 import recorded_events
from plugfest.rig.selftest.variants.v201.stations import with_points
from plugfest.rig.selftest.variants.variant import Variant, permitted_v201
from plugfest.station.model.transactions.event_recorder import TransactionEventRecorder

_replace = msgspec.structs.replace
_Event = m.TransactionEventRequest
_Trigger = t.TriggerReasonEnumType


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


def _numbered_from(first: int) -> MessageFilter:
    return changing(_Event, lambda event: _replace(event, seq_no=event.seq_no + first))


class _PluggedIn:
    """Reports a cable that is plugged in before the authorization as a change of the charging state."""

    def __init__(self) -> None:
        self._authorized: set[str] = set()  # transactions

    def __call__(self, message: Message) -> Iterable[Message]:
        if not isinstance(message, _Event):
            return [message]
        info = message.transaction_info
        if message.id_token is not UNSET:
            self._authorized.add(info.transaction_id)
        first = message.trigger_reason == "CablePluggedIn" and info.charging_state is not UNSET
        if not first or info.transaction_id in self._authorized:
            return [message]
        return [_replace(message, trigger_reason=_Trigger.ChargingStateChanged)]


def _power_path_closed(event: _Event) -> _Event:
    if event.event_type != "Started" or event.trigger_reason not in ("Authorized", "CablePluggedIn"):
        return event
    return _replace(event, trigger_reason=_Trigger.ChargingStateChanged)


def _without_local(event: _Event) -> _Event:
    info = event.transaction_info
    reason = unless(info.stopped_reason, t.ReasonEnumType.Local)
    return _replace(event, transaction_info=_replace(info, stopped_reason=reason))


def _recording(make: Callable[[Function], Function]) -> Patch:
    return Patch(TransactionEventRecorder, "record", make)


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
        _recording(recorded_events.suspended_first),
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
        filter=MessageFilter(change=_PluggedIn),
        not_run={"TC_E_39_CS": "its step 5 takes CablePluggedIn only"},
    ),
    permitted_v201(
        "ChargingStateChanged when the power path closes",
        "Part 6 EnergyTransferStarted",
        "the trigger of step 7",
        product=with_points("C-09.4", "C-10.3"),
        filter=changing(_Event, _power_path_closed),
    ),
    permitted_v201(
        "Charging in the event of the act before it",
        "Part 2 section E.1.5",
        "a state that changes together with another event may be reported in its message",
        _recording(recorded_events.with_state_that_follows),
        not_run={
            f"TC_C_{number}_CS": "its step 3 requires an event with ChargingStateChanged" for number in (15, 16, 17, 18)
        },
    ),
    permitted_v201(
        "samples of an interval in two events",
        "J02.FR.14",
        "several events with the same timestamp are permitted",
        _recording(recorded_events.samples_in_two_events),
    ),
    permitted_v201(
        "StopAuthorized and the end in two events",
        "E07, alternative scenario",
        "the transaction may end when the energy has stopped",
        _recording(recorded_events.end_in_two_events),
    ),
    permitted_v201(
        "the end without the stoppedReason Local",
        "Part 2 section E.1.5",
        "Local may be omitted",
        filter=changing(_Event, _without_local),
    ),
    permitted_v201(
        "DownloadPaused during each download, then Downloading again",
        "L01.FR.01, L01.FR.14",
        "a station may have other tasks",
        filter=splitting(m.FirmwareStatusNotificationRequest, _paused),
    ),
)
