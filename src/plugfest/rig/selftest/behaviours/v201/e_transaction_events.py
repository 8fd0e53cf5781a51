"""Block E: the contents and the delivery of transaction events."""

import asyncio
from datetime import timedelta
from typing import Any

import msgspec

from plugfest.ocpp.message import UNSET, given
from plugfest.ocpp.v201 import messages as m
from plugfest.ocpp.v201 import types as t
from plugfest.rig.selftest.behaviours.behaviour import Behaviour, Function, Patch, wrong_v201
from plugfest.rig.selftest.behaviours.builders import NOTHING, except_when, with_fields
from plugfest.station.blocks.e_transactions import v201 as block
from plugfest.station.connection.outbox import Outbox
from plugfest.station.model.transactions.events import StopReason

_TRIGGER = t.TriggerReasonEnumType
_STATE = t.ChargingStateEnumType
_KIND = t.TransactionEventEnumType

# Contents of transaction events


def _event(**fields: object) -> Patch:
    """Sends every transaction event with other fields."""
    return Patch(block, "request_for", with_fields(**fields))


def _info(**fields: object) -> Patch:
    """Sends every transactionInfo with other fields."""
    return Patch(block, "_transaction_info", with_fields(**fields))


def _trigger(original: str, reported: str) -> Patch:
    """Reports a trigger reason as another one."""
    return _event(
        trigger_reason=lambda event: _TRIGGER(reported) if event.trigger_reason == original else event.trigger_reason
    )


def _state(original: str, reported: str) -> Patch:
    return _info(
        charging_state=lambda info: _STATE(reported) if info.charging_state == original else info.charging_state
    )


def _event_type(original: str, reported: str) -> Patch:
    return _event(event_type=lambda event: _KIND(reported) if event.event_type == original else event.event_type)


def _not_sent(condition: Any) -> Patch:
    """Omits the transaction events for which the condition is true."""

    def is_omitted(self: Any, request: Any, *rest: Any) -> bool:
        return isinstance(request, m.TransactionEventRequest) and bool(condition(request))

    return Patch(Outbox, "send", except_when(is_omitted))


def _other_type(event: m.TransactionEventRequest) -> Any:
    token = given(event.id_token)
    if token is None:
        return UNSET
    return msgspec.structs.replace(token, type=t.IdTokenEnumType.Local)


def _first_token(original: Function) -> Function:
    """Reports the first idToken in every event."""
    tokens: list[t.IdTokenType] = []

    def request_for(event: Any) -> m.TransactionEventRequest:
        request: m.TransactionEventRequest = original(event)
        token = given(request.id_token)
        if token is None:
            return request
        tokens.append(token)
        return msgspec.structs.replace(request, id_token=tokens[0])

    return request_for


def _evse_only(event: m.TransactionEventRequest) -> Any:
    evse = given(event.evse)
    return UNSET if evse is None else t.EVSEType(id=evse.id)


def _later_by(seconds: float) -> Any:
    return lambda event: event.timestamp + timedelta(seconds=seconds)


def _stopped_reason(original: StopReason, reported: StopReason) -> Patch:
    def another(info: t.TransactionType) -> Any:
        return t.ReasonEnumType(reported.value) if info.stopped_reason == original.value else info.stopped_reason

    return _info(stopped_reason=another)


# Delivery


def _last_after(attempts: int) -> Patch:
    return Patch(Outbox, "_is_last", lambda original: lambda self, queue, failures, error: failures >= attempts)


def _retry_after(wait: Any) -> Patch:
    def make(original: Function) -> Function:
        def failed(self: Any, queue: Any, key: str, request: Any, error: Any) -> None:
            original(self, queue, key, request, error)
            if queue is not None and key in queue.messages:
                setting = self._device_model.integer
                interval = setting("OCPPCommCtrlr", "MessageAttemptInterval", instance="TransactionEvent")
                queue.retry_at = asyncio.get_running_loop().time() + wait(interval, queue.messages[key].failures)

        return failed

    return Patch(Outbox, "_failed", make)


def _one_second_later(original: Function) -> Function:
    """Repeats a transaction event with a timestamp that is one second later."""

    def failed(self: Any, queue: Any, key: str, request: Any, error: Any) -> None:
        original(self, queue, key, request, error)
        later = _later_by(1)
        self.amend(m.TransactionEventRequest, lambda event: msgspec.structs.replace(event, timestamp=later(event)))

    return failed


def _status(**fields: object) -> Patch:
    return Patch(block, "_get_status", with_fields(**fields))


BEHAVIOURS: tuple[Behaviour, ...] = (
    wrong_v201(
        "omits idToken from all transaction events",
        "E03.FR.01",
        "TC_E_03 TC_E_04 TC_E_10 TC_E_13",
        _event(id_token=UNSET),
    ),
    wrong_v201(
        "reports the first idToken in all transaction events",
        "E03.FR.01",
        "TC_C_39",
        Patch(block, "request_for", _first_token),
    ),
    wrong_v201(
        "reports idTokens with another type", "E03.FR.01", "TC_E_03 TC_E_04 TC_E_10", _event(id_token=_other_type)
    ),
    wrong_v201(
        "omits the EVSE from all transaction events", "E01.FR.16", "TC_E_04 TC_E_09 TC_E_01", _event(evse=UNSET)
    ),
    wrong_v201(
        "omits the connectorId from all transaction events",
        "E01.FR.16",
        "TC_E_04 TC_E_09 TC_E_01",
        _event(evse=_evse_only),
    ),
    wrong_v201(
        "never sets offline in transaction events",
        "E04.FR.03",
        "TC_E_16 TC_E_40 TC_E_43 TC_E_44",
        _event(offline=UNSET),
        Patch(block, "_mark_offline", NOTHING),
    ),
    wrong_v201("always sets offline in transaction events", "E04.FR.03", "TC_E_15", _event(offline=True)),
    wrong_v201("leaves gaps in seqNo", "E01.FR.07", "TC_E_09 TC_E_15", _event(seq_no=lambda e: e.seq_no * 2)),
    wrong_v201("sends all transaction events with the same seqNo", "E01.FR.07", "TC_E_09 TC_E_15", _event(seq_no=0)),
    wrong_v201(
        "leaves a gap in seqNo when the CSMS stops a transaction",  # the lab does so when it restores the station
        "E01.FR.07",
        "TC_E_09 TC_F_01",
        _event(seq_no=lambda event: event.seq_no + (5 if event.trigger_reason == "RemoteStop" else 0)),
    ),
    wrong_v201("decreases seqNo", "E01.FR.07", "TC_E_09 TC_E_15", _event(seq_no=lambda e: 99 - e.seq_no)),
    wrong_v201(
        "uses the same transactionId for all transactions",
        "E01.FR.08",
        "TC_C_08 TC_C_13",
        _info(transaction_id="the same"),
    ),
    wrong_v201(
        "reports transaction events with a timestamp one hour late",
        "Part 6 section 2.1",
        "TC_E_09 TC_E_15",
        _event(timestamp=_later_by(3600)),
    ),
    wrong_v201(
        "reports transaction events with a timestamp one minute early",
        "Part 6 section 2.1",
        "TC_E_09 TC_E_15",
        _event(timestamp=_later_by(-60)),
    ),
    wrong_v201("omits remoteStartId", "F01.FR.25", "TC_E_13 TC_F_01 TC_F_02", _info(remote_start_id=UNSET)),
    wrong_v201(
        "reports trigger Authorized instead of RemoteStart",
        "F01.FR.19",
        "TC_E_13 TC_F_01",
        _trigger("RemoteStart", "Authorized"),
    ),
    wrong_v201(
        "reports trigger CablePluggedIn instead of Authorized",
        "E02.FR.01",
        "TC_E_03 TC_E_04 TC_E_10",
        _trigger("Authorized", "CablePluggedIn"),
    ),
    wrong_v201(
        "reports trigger Authorized instead of CablePluggedIn",
        "E02.FR.17",
        "TC_E_04 TC_E_05 TC_E_09",
        _trigger("CablePluggedIn", "Authorized"),
    ),
    wrong_v201(
        "reports trigger ChargingStateChanged instead of StopAuthorized",
        "E07.FR.02",
        "TC_E_06 TC_E_15 TC_E_07",
        _trigger("StopAuthorized", "ChargingStateChanged"),
    ),
    wrong_v201(
        "reports trigger Deauthorized instead of EVConnectTimeout",
        "E03.FR.05",
        "TC_E_05 TC_E_39",
        _trigger("EVConnectTimeout", "Deauthorized"),
    ),
    wrong_v201(
        "reports trigger ChargingStateChanged instead of EVCommunicationLost",
        "E02.FR.17",
        "TC_E_20 TC_E_17 TC_E_25",
        _trigger("EVCommunicationLost", "ChargingStateChanged"),
    ),
    wrong_v201(
        "reports trigger StopAuthorized instead of Deauthorized",
        "E05.FR.10",
        "TC_E_16 TC_C_16",
        _trigger("Deauthorized", "StopAuthorized"),
    ),
    wrong_v201(
        "reports trigger MeterValueClock instead of MeterValuePeriodic",
        "J02.FR.11",
        "TC_J_09",
        _trigger("MeterValuePeriodic", "MeterValueClock"),
    ),
    wrong_v201("omits stoppedReason", "E06.FR.08", "TC_E_05 TC_E_20 TC_E_17 TC_E_16", _info(stopped_reason=UNSET)),
    wrong_v201(
        "reports stoppedReason Local instead of Timeout",
        "E03.FR.05",
        "TC_E_05 TC_E_39",
        _stopped_reason(StopReason.TIMEOUT, StopReason.LOCAL),
    ),
    wrong_v201(
        "reports stoppedReason Local instead of EVDisconnected",
        "E06.FR.08",
        "TC_E_20",
        _stopped_reason(StopReason.EV_DISCONNECTED, StopReason.LOCAL),
    ),
    wrong_v201(
        "reports stoppedReason Other instead of Local",
        "E07.FR.05",
        "TC_E_14 TC_E_15 TC_E_44",
        _stopped_reason(StopReason.LOCAL, StopReason.OTHER),
    ),
    wrong_v201(
        "reports stoppedReason Local instead of Remote",
        "F03.FR.03",
        "TC_F_08 TC_E_21",
        _stopped_reason(StopReason.REMOTE, StopReason.LOCAL),
    ),
    wrong_v201(
        "reports stoppedReason Remote instead of DeAuthorized",
        "E05.FR.10",
        "TC_E_16 TC_C_16",
        _stopped_reason(StopReason.DEAUTHORIZED, StopReason.REMOTE),
    ),
    wrong_v201(
        "reports stoppedReason Local instead of ImmediateReset",
        "B12.FR.04",
        "TC_B_22",
        _stopped_reason(StopReason.IMMEDIATE_RESET, StopReason.LOCAL),
    ),
    wrong_v201("omits chargingState", "E02.FR.13", "TC_E_04 TC_E_09 TC_E_01", _info(charging_state=UNSET)),
    wrong_v201(
        "reports chargingState EVConnected instead of Idle",
        "E01.FR.18",
        "TC_E_20 TC_E_17",
        _state("Idle", "EVConnected"),
    ),
    wrong_v201(
        "reports chargingState EVConnected instead of Charging",
        "E02.FR.13",
        "TC_E_01 TC_E_04",
        _state("Charging", "EVConnected"),
    ),
    wrong_v201(
        "does not send changes of the charging state",
        "E02.FR.13",
        "TC_E_03 TC_E_04 TC_E_09",
        _not_sent(lambda event: event.trigger_reason == "ChargingStateChanged" and event.event_type == "Updated"),
    ),
    wrong_v201(
        "reports trigger ChargingStateChanged instead of CablePluggedIn",
        "E02.FR.17",
        "TC_E_04 TC_E_05",
        _trigger("CablePluggedIn", "ChargingStateChanged"),
    ),
    wrong_v201(
        "does not send CablePluggedIn updates",
        "E02.FR.05",
        "TC_E_04 TC_E_05",
        _not_sent(lambda event: event.trigger_reason == "CablePluggedIn" and event.event_type == "Updated"),
    ),
    wrong_v201(
        "does not send the end of a transaction",
        "E06.FR.03",
        "TC_E_15 TC_E_06 TC_E_20",
        _not_sent(lambda e: e.event_type == "Ended"),
    ),
    wrong_v201(
        "does not send the start of a transaction offline",
        "E12.FR.01",
        "TC_E_16 TC_E_43",
        _not_sent(lambda event: event.event_type == "Started" and event.offline is True),
    ),
    wrong_v201(
        "does not send updates of a transaction from the time offline",
        "E11.FR.01",
        "TC_E_40 TC_E_43",
        _not_sent(lambda event: event.event_type == "Updated" and event.offline is True),
    ),
    wrong_v201(
        "sends eventType Updated instead of Started",
        "Part 6 section 2.1",
        "TC_E_09 TC_E_04",
        _event_type("Started", "Updated"),
    ),
    wrong_v201(
        "sends eventType Updated instead of Ended", "E06.FR.03", "TC_E_15 TC_E_20", _event_type("Ended", "Updated")
    ),
    wrong_v201(
        "does not repeat a transaction event after an error",
        "E13.FR.02",
        "TC_E_41 TC_E_42 TC_E_50 TC_E_51",
        _last_after(1),
    ),
    wrong_v201("repeats a transaction event once too often", "E13.FR.04", "TC_E_41 TC_E_50", _last_after(4)),
    wrong_v201("repeats a transaction event forever", "E13.FR.04", "TC_E_41 TC_E_50", _last_after(10**6)),
    wrong_v201(
        "does not increase the wait before it repeats a transaction event",
        "E13.FR.03",
        "TC_E_41 TC_E_50",
        _retry_after(lambda interval, failures: interval),
    ),
    wrong_v201(
        "repeats a transaction event with another timestamp",
        "E13.FR.02",
        "TC_E_41 TC_E_42 TC_E_50",
        Patch(Outbox, "_failed", _one_second_later),
    ),
    wrong_v201(
        "repeats a transaction event at once",
        "E13.FR.03",
        "TC_E_41 TC_E_42 TC_E_50 TC_E_51",
        _retry_after(lambda interval, failures: 0.0),
    ),
    wrong_v201(
        "repeats a transaction event 3 s too early",
        "E13.FR.03",
        "TC_E_50 TC_E_51",
        _retry_after(lambda interval, failures: interval * failures - 3),
    ),
    wrong_v201(
        "repeats a transaction event too late",
        "E13.FR.03",
        "TC_E_41 TC_E_50",
        _retry_after(lambda interval, failures: 3 * interval * failures),
    ),
    wrong_v201(
        "reports messagesInQueue false with queued messages",
        "E14.FR.04",
        "TC_E_29 TC_E_31 TC_E_33",
        _status(messages_in_queue=False),
    ),
    wrong_v201(
        "reports messagesInQueue true without queued messages",
        "E14.FR.05",
        "TC_E_28 TC_E_30",
        _status(messages_in_queue=True),
    ),
    wrong_v201("always reports ongoingIndicator true", "E14.FR.01", "TC_E_28 TC_E_31", _status(ongoing_indicator=True)),
    wrong_v201(
        "always reports ongoingIndicator false", "E14.FR.02", "TC_E_29 TC_E_30", _status(ongoing_indicator=False)
    ),
    wrong_v201(
        "sends ongoingIndicator without a transactionId in the request",
        "E14.FR.06",
        "TC_E_33 TC_E_34",
        _status(ongoing_indicator=False),
    ),
    wrong_v201("omits ongoingIndicator", "E14.FR.02", "TC_E_28 TC_E_29 TC_E_30", _status(ongoing_indicator=UNSET)),
)
