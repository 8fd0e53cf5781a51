"""Transaction events without a cause, and reasons of the end that do not fit."""

from typing import Any

import msgspec

from plugfest.lab.verdict import Level
from plugfest.ocpp.message import UNSET
from plugfest.ocpp.v201 import messages as m
from plugfest.ocpp.v201 import types as t
from plugfest.rig.selftest.behaviours.behaviour import Behaviour, Function, Patch, wrong_v201
from plugfest.rig.selftest.behaviours.builders import with_fields
from plugfest.station.blocks.e_transactions import v201 as block
from plugfest.station.model.transactions.event_recorder import TransactionEventRecorder
from plugfest.station.model.transactions.events import EventType, TriggerReason
from plugfest.station.model.transactions.transactions import Transactions

_REASONS_WITHOUT_CAUSE = (
    (TriggerReason.AUTHORIZED, "E02.FR.15"),
    (TriggerReason.CABLE_PLUGGED_IN, "E02.FR.17"),
    (TriggerReason.CHARGING_STATE_CHANGED, "E02.FR.13"),
    (TriggerReason.DEAUTHORIZED, "E02.FR.17"),
    (TriggerReason.EV_COMMUNICATION_LOST, "E02.FR.17"),
    (TriggerReason.EV_CONNECT_TIMEOUT, "E03.FR.05"),
    (TriggerReason.EV_DEPARTED, "E02.FR.17"),
    (TriggerReason.REMOTE_START, "F01.FR.19"),
    (TriggerReason.REMOTE_STOP, "E02.FR.17"),
    (TriggerReason.RESET_COMMAND, "E02.FR.17"),
    (TriggerReason.STOP_AUTHORIZED, "E07.FR.02"),
    (TriggerReason.TRIGGER, "E02.FR.17"),
)


def _extra_event(trigger: TriggerReason) -> Patch:
    """Sends one event more, with this trigger reason, after each change of the charging state."""

    def make(original: Function) -> Function:
        def step(self: Any, session: Any, reason: TriggerReason, **options: Any) -> Any:
            event_type = original(self, session, reason, **options)
            if event_type is EventType.UPDATED and reason is TriggerReason.CHARGING_STATE_CHANGED:
                self._event_recorder.record(session, self._path(session), EventType.UPDATED, trigger)
            return event_type

        return step

    return Patch(Transactions, "step", make)


def _extra_event_of(trigger: str) -> tuple[Patch, Patch]:
    """As `_extra_event`, with a trigger reason that the station never has."""
    extra = TriggerReason.SIGNED_DATA_RECEIVED

    def renamed(event: m.TransactionEventRequest) -> t.TriggerReasonEnumType:
        return t.TriggerReasonEnumType(trigger) if event.trigger_reason == extra.value else event.trigger_reason

    return _extra_event(extra), Patch(block, "request_for", with_fields(trigger_reason=renamed))


def _periodic_twice(original: Function) -> Function:
    def record(self: Any, session: Any, path: Any, event_type: Any, trigger: TriggerReason, *others: Any) -> None:
        for _ in range(2 if trigger is TriggerReason.METER_VALUE_PERIODIC else 1):
            original(self, session, path, event_type, trigger, *others)

    return record


def _ended_with(reason: str) -> Patch:
    """Sends this reason whenever a transaction ends."""

    def info(event: m.TransactionEventRequest) -> t.TransactionType:
        ends = event.event_type == "Ended"
        stopped = t.ReasonEnumType(reason) if ends else event.transaction_info.stopped_reason
        return msgspec.structs.replace(event.transaction_info, stopped_reason=stopped)

    return Patch(block, "request_for", with_fields(transaction_info=info))


def _stopped_reason(reason: str, *triggers: str) -> Patch:
    """Sends this reason of the end in the events with these trigger reasons."""

    def info(event: m.TransactionEventRequest) -> t.TransactionType:
        changed = event.trigger_reason in triggers
        stopped = t.ReasonEnumType(reason) if changed else event.transaction_info.stopped_reason
        return msgspec.structs.replace(event.transaction_info, stopped_reason=stopped)

    return Patch(block, "request_for", with_fields(transaction_info=info))


def _without_state(event: m.TransactionEventRequest) -> t.TransactionType:
    changed = event.trigger_reason == "ChargingStateChanged" and event.event_type == "Updated"
    state = UNSET if changed else event.transaction_info.charging_state
    return msgspec.structs.replace(event.transaction_info, charging_state=state)


_REMOTE_STOP_ENDS = "TC_E_09 TC_F_01"
"""Cases whose transaction the lab stops when it restores the station, without looking at the event."""

_FAULTS = ("EmergencyStop", "GroundFault", "OvercurrentFault", "PowerQuality")
_OTHERS = ("EnergyLimitReached", "LocalOutOfCredit", "Other", "Reboot", "SOCLimitReached", "TimeLimitReached")
_STOPS_WITHOUT_CAUSE = (
    *((reason, "TC_E_03 TC_E_25", Level.SHALL) for reason in (*_FAULTS, "MasterPass")),
    ("Timeout", "TC_E_25", Level.SHALL),
    ("StoppedByEV", "TC_E_03", Level.SHALL),
    *((reason, "TC_E_03", Level.SHALL) for reason in _OTHERS),  # after StopAuthorized
)
"""Reasons of the end that nothing has caused."""

BEHAVIOURS: tuple[Behaviour, ...] = (
    *(
        wrong_v201(
            f"sends a transaction event with triggerReason {reason} for no cause",
            requirement,
            "TC_E_03 TC_E_09",
            _extra_event(reason),
        )
        for reason, requirement in _REASONS_WITHOUT_CAUSE
    ),
    *(
        wrong_v201(
            f"sends a transaction event with triggerReason {reason} for no cause",
            "E02.FR.17",
            "TC_E_03 TC_E_15",
            *_extra_event_of(reason),
            level=Level.SHOULD,
        )
        for reason in ("AbnormalCondition", "EnergyLimitReached", "TimeLimitReached")
    ),
    wrong_v201(
        "sends a transaction event with triggerReason SignedDataReceived for no cause",
        "E02.FR.17",
        "TC_E_03 TC_E_15",
        _extra_event(TriggerReason.SIGNED_DATA_RECEIVED),
        product="chargepoint-ct4000",
        level=Level.SHOULD,
    ),
    wrong_v201(
        "sends a transaction event with triggerReason EVDetected when energy flows",
        "E03.FR.12",
        "TC_E_03 TC_E_09",
        _extra_event(TriggerReason.EV_DETECTED),
        level=Level.SHOULD,
    ),
    wrong_v201(
        "sends each periodic event twice",
        "J02.FR.11",
        "TC_J_09",
        Patch(TransactionEventRecorder, "record", _periodic_twice),
    ),
    *(
        wrong_v201(
            f"ends with stoppedReason {reason} for no cause", "E06.FR.08", cases, _ended_with(reason), level=level
        )
        for reason, cases, level in _STOPS_WITHOUT_CAUSE
    ),
    *(
        wrong_v201(
            f"ends with stoppedReason {reason} when the cable is unplugged",
            "E07.FR.06",
            "TC_E_25",
            _stopped_reason(reason, "EVCommunicationLost"),
            level=Level.SHOULD,
        )
        for reason in _OTHERS
    ),
    wrong_v201(
        "omits the charging state from ChargingStateChanged",
        "E02.FR.13",
        "TC_E_03 TC_E_04",
        Patch(block, "request_for", with_fields(transaction_info=_without_state)),
    ),
    *(
        wrong_v201(
            f"reports stoppedReason {reason} when the CSMS stops the transaction",
            "E06.FR.08",
            _REMOTE_STOP_ENDS,
            _stopped_reason(reason, "RemoteStop"),
        )
        for reason in ("Local", "EVDisconnected", "Timeout", "ImmediateReset", "DeAuthorized", "PowerLoss")
    ),
    wrong_v201(
        "sends a stoppedReason while it charges",
        "E06.FR.08",
        "TC_E_03 TC_E_09",
        _stopped_reason("Other", "ChargingStateChanged"),
    ),
    wrong_v201(
        "sends a stoppedReason when the transaction starts",
        "E06.FR.08",
        "TC_E_04 TC_E_09",
        _stopped_reason("Local", "CablePluggedIn", "Authorized"),
    ),
)
