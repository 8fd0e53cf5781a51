"""Block F: remote start and stop, unlocking and triggered messages."""

import asyncio
from typing import Any

import msgspec

from plugfest.ocpp.message import UNSET
from plugfest.ocpp.v201 import messages as m
from plugfest.ocpp.v201 import types as t
from plugfest.rig.selftest.behaviours.behaviour import Behaviour, Function, Patch, wrong_v201
from plugfest.rig.selftest.behaviours.builders import (
    NOTHING,
    always,
    awaited,
    with_arguments,
    with_fields,
)
from plugfest.station.blocks.e_transactions import v201 as transactions_block
from plugfest.station.blocks.f_remote_control import v201 as block
from plugfest.station.blocks.f_remote_control.rules import TriggerStatus, UnlockStatus
from plugfest.station.blocks.j_meter_values import v201 as meter_values_block
from plugfest.station.connection.handlers import Handlers
from plugfest.station.model.charging.charging import Charging
from plugfest.station.model.charging.charging_sessions import ChargingSessions
from plugfest.station.model.charging.connection_timeout import ConnectionTimeout
from plugfest.station.model.connectors.availability import Place
from plugfest.station.model.metering.sampler import Sampler
from plugfest.station.model.transactions.events import StopReason, TriggerReason

REFERENCE = "reference-ac"


def _stops_with(reason: StopReason) -> Any:
    def make(original: Function) -> Function:
        def stop_now(context: Any, transaction_id: str) -> None:
            session = context.shared.get(ChargingSessions).with_transaction(transaction_id)
            context.shared.get(Charging).end_authorization(session, TriggerReason.REMOTE_STOP, reason)

        return stop_now

    return make


def _also_authorized_later(original: Function) -> Function:
    """Sends an AuthorizeRequest for the token when the transaction has started."""

    def authorize(context: Any, token_handler: Any, evse_id: int, request: Any) -> None:
        async def later_request() -> None:
            await asyncio.sleep(2)
            await context.csms.call(m.AuthorizeRequest(id_token=request.id_token))

        original(context, token_handler, evse_id, request)
        context.handlers.after_response(lambda: context.spawn(later_request(), "late AuthorizeRequest"))

    return authorize


def _triggered_before_answer(original: Function) -> Function:
    """Sends the triggered message before the answer."""

    async def answer(self: Any, request: Any) -> Any:
        if not isinstance(request, m.TriggerMessageRequest):
            return await awaited(original(self, request))
        original_after_response = self.after_response
        self.after_response = lambda action: action()
        try:
            response = await awaited(original(self, request))
            await asyncio.sleep(0.5)
        finally:
            self.after_response = original_after_response
        return response

    return answer


def _sends_nothing(original: Function) -> Function:
    def trigger(context: Any, request: Any) -> Any:
        original_after_response = context.handlers.after_response
        context.handlers.after_response = lambda action: None
        try:
            return original(context, request)
        finally:
            context.handlers.after_response = original_after_response

    return trigger


def _first_evse_only(original: Function) -> Function:
    return lambda context, place: original(context, Place(1) if place.evse_id is None else place)


def _with_clock_context(values: list[t.MeterValueType]) -> list[t.MeterValueType]:
    return [
        msgspec.structs.replace(
            value,
            sampled_value=[
                msgspec.structs.replace(sample, context=t.ReadingContextEnumType.Sample_Clock)
                for sample in value.sampled_value
            ],
        )
        for value in values
    ]


def _trigger_answer(status: TriggerStatus) -> Any:
    return with_arguments(lambda *_: (status,))


_START = t.RequestStartStopStatusEnumType


BEHAVIOURS: tuple[Behaviour, ...] = (
    wrong_v201(
        "accepts a remote start and does not perform it",
        "F01.FR.02",
        "TC_F_01 TC_F_02",
        Patch(block, "_authorize_after_response", NOTHING),
    ),
    wrong_v201(
        "omits the transactionId of an ongoing transaction from RequestStartTransactionResponse",
        "F01.FR.13",
        "TC_F_01",
        Patch(block, "_start", with_fields(transaction_id=UNSET)),
        product=REFERENCE,
    ),
    wrong_v201(
        "answers Rejected to a remote start and performs it",
        "F01.FR.02",
        "TC_F_01 TC_F_02",
        Patch(block, "_start", with_fields(status=_START.Rejected)),
    ),
    wrong_v201(
        "authorizes a remote start although AuthorizeRemoteStart is off",
        "F01.FR.02",
        "TC_F_03",
        Patch(block, "must_be_checked", always(True)),
        product=REFERENCE,
    ),
    wrong_v201(
        "starts a transaction and then authorizes it although AuthorizeRemoteStart is off",
        "F01.FR.02",
        "TC_F_03",
        Patch(block, "_authorize_after_response", _also_authorized_later),
        product=REFERENCE,
    ),
    wrong_v201(
        "does not authorize a remote start although AuthorizeRemoteStart is on",
        "F01.FR.01",
        "TC_F_02",
        Patch(block, "must_be_checked", always(False)),
        product=REFERENCE,
    ),
    wrong_v201(
        "waits forever for the cable after a remote start",
        "F02.FR.07",
        "TC_F_04",
        Patch(ConnectionTimeout, "start", NOTHING),
        product=REFERENCE,
    ),
    wrong_v201(
        "accepts a remote stop of an unknown transaction",
        "F03.FR.08",
        "TC_F_09",
        Patch(block, "_stop", always(m.RequestStopTransactionResponse(status=_START.Accepted))),
    ),
    wrong_v201(
        "rejects a remote stop",
        "F03.FR.07",
        "TC_F_08",
        Patch(block, "_stop", always(m.RequestStopTransactionResponse(status=_START.Rejected))),
    ),
    wrong_v201(
        "accepts a remote stop and does not perform it",
        "F03.FR.03",
        "TC_F_08",
        Patch(block, "_stop_now", NOTHING),
    ),
    wrong_v201(
        "ends a transaction with stoppedReason Local on a remote stop",
        "F03.FR.03",
        "TC_F_08",
        Patch(block, "_stop_now", _stops_with(StopReason.LOCAL)),
    ),
    wrong_v201(
        "unlocks a connector during a transaction",
        "F05.FR.02",
        "TC_F_05",
        Patch(block, "forbids_unlocking", always(False)),
        product=REFERENCE,
    ),
    wrong_v201(
        "answers UnlockFailed for a lock that unlocks",
        "F05.FR.04",
        "TC_F_06 TC_F_07",
        Patch(block, "_try_to_unlock", always(UnlockStatus.UNLOCK_FAILED)),
        product=REFERENCE,
    ),
    wrong_v201(
        "answers Unlocked for an unknown connector",
        "F05.FR.03",
        "TC_F_10",
        Patch(block, "_try_to_unlock", always(UnlockStatus.UNLOCKED)),
        product=REFERENCE,
    ),
    wrong_v201(
        "sends the triggered message before the TriggerMessageResponse",
        "F06.FR.04",
        "TC_F_11 TC_F_12 TC_F_20 TC_F_23",
        Patch(Handlers, "answer", _triggered_before_answer),
        product=REFERENCE,
    ),
    wrong_v201(
        "does not send the triggered message",
        "F06.FR.05",
        "TC_F_11 TC_F_12 TC_F_20 TC_F_23",
        Patch(block, "_trigger", _sends_nothing),
        product=REFERENCE,
    ),
    wrong_v201(
        "accepts every TriggerMessageRequest",
        "F06.FR.05",
        "TC_F_26 TC_F_27",
        Patch(block, "_trigger_answer", _trigger_answer(TriggerStatus.ACCEPTED)),
        product=REFERENCE,
    ),
    wrong_v201(
        "rejects every TriggerMessageRequest",
        "F06.FR.08",
        "TC_F_27 TC_F_20 TC_F_11",
        Patch(block, "_trigger_answer", _trigger_answer(TriggerStatus.REJECTED)),
        product=REFERENCE,
    ),
    wrong_v201(
        "sends triggered meter values of the first EVSE only",
        "F06.FR.11",
        "TC_F_12",
        Patch(meter_values_block, "_triggered", _first_evse_only),
        product=REFERENCE,
    ),
    wrong_v201(
        "sends triggered meter values with context Sample.Clock",
        "F06.FR.06",
        "TC_F_11 TC_F_12",
        Patch(
            meter_values_block, "meter_values", lambda original: lambda samples: _with_clock_context(original(samples))
        ),
        product=REFERENCE,
    ),
    wrong_v201(
        "omits measurands from triggered meter values",
        "F06.FR.06",
        "TC_F_11 TC_F_12",
        Patch(Sampler, "on_request", lambda original: lambda self, evse: _first_value(original(self, evse))),
        product=REFERENCE,
    ),
    wrong_v201(
        "omits meter values from a triggered transaction event",
        "F06.FR.07",
        "TC_F_13 TC_F_14",
        Patch(Sampler, "triggered", always(())),
        product=REFERENCE,
    ),
    wrong_v201(
        "reports trigger MeterValuePeriodic instead of Trigger",
        "F06.FR.07",
        "TC_F_13 TC_F_14",
        Patch(
            transactions_block,
            "request_for",
            with_fields(
                trigger_reason=lambda event: (
                    t.TriggerReasonEnumType.MeterValuePeriodic
                    if event.trigger_reason == "Trigger"
                    else event.trigger_reason
                )
            ),
        ),
        product=REFERENCE,
    ),
)


def _first_value(samples: tuple[Any, ...]) -> tuple[Any, ...]:
    return tuple(msgspec.structs.replace(sample, values=sample.values[:1]) for sample in samples)
