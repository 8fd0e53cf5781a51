"""Wrong in block F: what the CSMS wants from afar."""

import asyncio
from typing import Any

import msgspec

from plugfest.ocpp.message import UNSET
from plugfest.ocpp.v201 import messages as m
from plugfest.ocpp.v201 import types as t
from plugfest.rig.selftest.behaviours.behaviour import Behaviour, wrong
from plugfest.rig.selftest.behaviours.builders import (
    NOTHING,
    always,
    later,
    later_with_fields,
    with_arguments,
    with_fields,
)
from plugfest.rig.selftest.behaviours.patch import Function, Patch
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


def _stops(reason: StopReason) -> Any:
    def make(right: Function) -> Function:
        def stop_now(context: Any, transaction_id: str) -> None:
            session = context.shared.get(ChargingSessions).with_transaction(transaction_id)
            context.shared.get(Charging).end_authorization(session, TriggerReason.REMOTE_STOP, reason)

        return stop_now

    return make


def _before_the_answer(right: Function) -> Function:
    """What is to come after the answer comes before it."""

    async def answer(self: Any, request: Any) -> Any:
        if not isinstance(request, m.TriggerMessageRequest):
            return await right(self, request)
        self.after_response, usual = lambda action: action(), self.after_response
        try:
            response = await right(self, request)
            await asyncio.sleep(0.5)
        finally:
            self.after_response = usual
        return response

    return answer


def _sends_nothing(right: Function) -> Function:
    async def trigger(context: Any, request: Any) -> Any:
        context.handlers.after_response, usual = lambda action: None, context.handlers.after_response
        try:
            return await right(context, request)
        finally:
            context.handlers.after_response = usual

    return trigger


def _sends_twice(right: Function) -> Function:
    async def trigger(context: Any, request: Any) -> Any:
        usual = context.handlers.after_response

        def after_response(action: Any) -> None:
            usual(action)
            usual(action)

        context.handlers.after_response = after_response
        try:
            return await right(context, request)
        finally:
            context.handlers.after_response = usual

    return trigger


def _first_evse_only(right: Function) -> Function:
    return lambda context, place: right(context, Place(1) if place.evse_id is None else place)


def _other_context(values: list[t.MeterValueType]) -> list[t.MeterValueType]:
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


def _answer(status: TriggerStatus) -> Any:
    return with_arguments(lambda _: (status,))


_START = t.RequestStartStopStatusEnumType


BEHAVIOURS: tuple[Behaviour, ...] = (
    wrong(
        "a remote start is accepted and not done",
        "F01.FR.02",
        "TC_F_01 TC_F_02",
        Patch(block, "_authorize_after_response", NOTHING),
    ),
    wrong(
        "a remote start does not say which transaction it is for",
        "F01.FR.13",
        "TC_F_01",
        Patch(block, "_start", later_with_fields(transaction_id=UNSET)),
        product=REFERENCE,
    ),
    wrong(
        "a remote start is said to be rejected and done",
        "F01.FR.02",
        "TC_F_01 TC_F_02",
        Patch(block, "_start", later_with_fields(status=_START.Rejected)),
    ),
    wrong(
        "a remote start is checked though it need not be",
        "F01.FR.02",
        "TC_F_03",
        Patch(block, "must_be_checked", always(True)),
        product=REFERENCE,
    ),
    wrong(
        "a remote start is not checked though it must be",
        "F01.FR.01",
        "TC_F_02",
        Patch(block, "must_be_checked", always(False)),
        product=REFERENCE,
    ),
    wrong(
        "a remote start waits for a cable for ever",
        "F02.FR.07",
        "TC_F_04",
        Patch(ConnectionTimeout, "start", NOTHING),
        product=REFERENCE,
    ),
    wrong(
        "a transaction that there is not is stopped",
        "F03.FR.08",
        "TC_F_09",
        Patch(block, "_stop", later(m.RequestStopTransactionResponse(status=_START.Accepted))),
    ),
    wrong(
        "a remote stop is rejected",
        "F03.FR.07",
        "TC_F_08",
        Patch(block, "_stop", later(m.RequestStopTransactionResponse(status=_START.Rejected))),
    ),
    wrong(
        "a remote stop is accepted and not done",
        "F03.FR.03",
        "TC_F_08",
        Patch(block, "_stop_now", NOTHING),
    ),
    wrong(
        "a remote stop ends the transaction for another reason",
        "F03.FR.03",
        "TC_F_08",
        Patch(block, "_stop_now", _stops(StopReason.LOCAL)),
    ),
    wrong(
        "a connector is unlocked in a transaction",
        "F05.FR.02",
        "TC_F_05",
        Patch(block, "forbids_unlocking", always(False)),
        product=REFERENCE,
    ),
    wrong(
        "a lock that unlocks is said not to",
        "F05.FR.04",
        "TC_F_06 TC_F_07",
        Patch(block, "_try_to_unlock", always(UnlockStatus.UNLOCK_FAILED)),
        product=REFERENCE,
    ),
    wrong(
        "a connector that there is not is unlocked",
        "F05.FR.03",
        "TC_F_10",
        Patch(block, "_try_to_unlock", always(UnlockStatus.UNLOCKED)),
        product=REFERENCE,
    ),
    wrong(
        "what is triggered comes before the answer",
        "F06.FR.04",
        "TC_F_11 TC_F_12 TC_F_20 TC_F_23",
        Patch(Handlers, "answer", _before_the_answer),
        product=REFERENCE,
    ),
    wrong(
        "what is triggered never comes",
        "F06.FR.05",
        "TC_F_11 TC_F_12 TC_F_20 TC_F_23",
        Patch(block, "_trigger", _sends_nothing),
        product=REFERENCE,
    ),
    wrong(
        "everything that is triggered is promised",
        "F06.FR.05",
        "TC_F_26 TC_F_27",
        Patch(block, "_trigger_answer", _answer(TriggerStatus.ACCEPTED)),
        product=REFERENCE,
    ),
    wrong(
        "everything that is triggered is rejected",
        "F06.FR.08",
        "TC_F_27 TC_F_20 TC_F_11",
        Patch(block, "_trigger_answer", _answer(TriggerStatus.REJECTED)),
        product=REFERENCE,
    ),
    wrong(
        "meter values are triggered of the first EVSE only",
        "F06.FR.11",
        "TC_F_12",
        Patch(meter_values_block, "_triggered", _first_evse_only),
        product=REFERENCE,
    ),
    wrong(
        "triggered meter values say that they are clock-aligned",
        "F06.FR.06",
        "TC_F_11 TC_F_12",
        Patch(meter_values_block, "meter_values", lambda right: lambda samples: _other_context(right(samples))),
        product=REFERENCE,
    ),
    wrong(
        "triggered meter values lack measurands",
        "F06.FR.06",
        "TC_F_11 TC_F_12",
        Patch(Sampler, "on_request", lambda right: lambda self, evse: _first_value(right(self, evse))),
        product=REFERENCE,
    ),
    wrong(
        "a triggered event has no meter values",
        "F06.FR.07",
        "TC_F_13 TC_F_14",
        Patch(Sampler, "triggered", always(())),
        product=REFERENCE,
    ),
    wrong(
        "a triggered event is told as another one",
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
