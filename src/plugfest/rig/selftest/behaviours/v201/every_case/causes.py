"""Transaction events without a cause, and reasons of the end that do not fit."""

from typing import Any

import msgspec

from plugfest.ocpp.message import UNSET
from plugfest.ocpp.v201 import messages as m
from plugfest.ocpp.v201 import types as t
from plugfest.rig.selftest.behaviours.behaviour import Behaviour, Function, Patch, wrong_v201
from plugfest.rig.selftest.behaviours.builders import with_fields
from plugfest.station.blocks.e_transactions import v201 as block
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
