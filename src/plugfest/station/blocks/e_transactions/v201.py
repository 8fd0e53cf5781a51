"""TransactionEventRequest and GetTransactionStatusRequest of OCPP 2.0.1 (E01 to E15)."""

from functools import partial

import msgspec

from plugfest.hardware.communication import SessionStopped
from plugfest.ocpp.message import UNSET, given
from plugfest.ocpp.v201 import types as t
from plugfest.ocpp.v201.messages import (
    GetTransactionStatusRequest,
    GetTransactionStatusResponse,
    TransactionEventRequest,
    TransactionEventResponse,
)
from plugfest.station.blocks.conversion.v201 import id_token_type, meter_values, token_info_of, token_of
from plugfest.station.connection.outbox import Delivery
from plugfest.station.context import Context
from plugfest.station.model.authorization.authorizer import Authorizer
from plugfest.station.model.charging.charging import Charging
from plugfest.station.model.charging.charging_sessions import ChargingSession, ChargingSessions
from plugfest.station.model.connectors.availability import Place
from plugfest.station.model.ev_communication import EvCommunications
from plugfest.station.model.metering.measurands import Sample
from plugfest.station.model.metering.sampler import Sampler
from plugfest.station.model.transactions.event_recorder import TransactionEventRecorder
from plugfest.station.model.transactions.events import StopReason, TransactionEvent, TriggerReason
from plugfest.station.model.transactions.transactions import Transactions
from plugfest.station.model.triggerable_messages import TriggerableMessages


def register(context: Context) -> None:
    context.shared.get(TransactionEventRecorder).enqueue = lambda event: context.outbox.send(
        request_for(event), Delivery.TRANSACTION
    )
    context.outbox.on_answer(TransactionEventRequest, partial(_answered, context))
    context.lifecycle.disconnected.add(partial(_mark_offline, context))
    context.handlers.add(GetTransactionStatusRequest, partial(_get_status, context))
    context.shared.get(EvCommunications).session_stopped.add(partial(_stopped_by_ev, context))
    context.shared.get(TriggerableMessages).add("TransactionEvent", partial(_triggered, context), claim="C-29.2")


def request_for(event: TransactionEvent) -> TransactionEventRequest:
    """The message that reports this event."""
    return TransactionEventRequest(
        event_type=t.TransactionEventEnumType(event.event_type.value),
        timestamp=event.at,
        trigger_reason=t.TriggerReasonEnumType(event.trigger.value),
        seq_no=event.seq_no,
        transaction_info=_transaction_info(event),
        meter_value=meter_values(event.samples) or UNSET,
        offline=True if event.offline else UNSET,
        number_of_phases_used=UNSET if event.phases_used is None else event.phases_used,
        reservation_id=UNSET if event.reservation_id is None else event.reservation_id,
        evse=UNSET if event.evse_id is None else _evse(event.evse_id, event.connector_id),
        id_token=UNSET if event.token is None else id_token_type(event.token),
    )


def _transaction_info(event: TransactionEvent) -> t.TransactionType:
    return t.TransactionType(
        transaction_id=event.transaction_id,
        charging_state=UNSET if event.charging_state is None else t.ChargingStateEnumType(event.charging_state.value),
        stopped_reason=UNSET if event.stop_reason is None else t.ReasonEnumType(event.stop_reason.value),
        remote_start_id=UNSET if event.remote_start_id is None else event.remote_start_id,
    )


def _evse(evse_id: int, connector_id: int | None) -> t.EVSEType:
    return t.EVSEType(id=evse_id, connector_id=UNSET if connector_id is None else connector_id)


def _answered(context: Context, request: TransactionEventRequest, response: TransactionEventResponse | None) -> None:
    if response is None:
        return
    id_token, info = given(request.id_token), given(response.id_token_info)
    if id_token is None or info is None:
        return
    authorizer, token = context.shared.get(Authorizer), token_of(id_token)
    token_info = authorizer.completed(token, token_info_of(info))
    authorizer.cache.update(token, token_info)  # C10.FR.05, C12.FR.06
    context.shared.get(Charging).apply_token_info(request.transaction_info.transaction_id, token, token_info)


def _stopped_by_ev(context: Context, request: SessionStopped) -> None:
    """E15.FR.04, E15.FR.05; not after the authorization has ended."""
    session = context.shared.get(ChargingSessions).at(request.evse_id)
    if session.authorization is not None:
        charging = context.shared.get(Charging)
        charging.end_authorization(session, TriggerReason.STOP_AUTHORIZED, StopReason.STOPPED_BY_EV)


def _mark_offline(context: Context) -> None:
    """E11.FR.07: messages that are unsent when the connection is lost are marked as offline."""
    context.outbox.amend(TransactionEventRequest, lambda request: msgspec.structs.replace(request, offline=True))


def _get_status(context: Context, request: GetTransactionStatusRequest) -> GetTransactionStatusResponse:
    queued = context.outbox.unanswered(TransactionEventRequest)
    transaction_id = given(request.transaction_id)
    if transaction_id is None:
        return GetTransactionStatusResponse(messages_in_queue=bool(queued))  # E14.FR.06 to FR.08
    matching = (each for each in queued if each.transaction_info.transaction_id == transaction_id)
    return GetTransactionStatusResponse(  # E14.FR.01 to FR.05
        ongoing_indicator=context.shared.get(ChargingSessions).with_transaction(transaction_id) is not None,
        messages_in_queue=any(matching),
    )


def _triggered(context: Context, place: Place) -> bool:
    """F06.FR.07"""
    sessions = list(context.shared.get(Transactions).ongoing(place.evse_id))
    for session in sessions:
        context.handlers.after_response(partial(_send_triggered_event, context, session))
    return bool(sessions)


def _send_triggered_event(context: Context, session: ChargingSession) -> None:
    if session.transaction is None:
        return
    samples: tuple[Sample, ...] = ()
    if session.evse_id is not None:
        samples = context.shared.get(Sampler).triggered(context.hardware.evses[session.evse_id], session.transaction)
    context.shared.get(Transactions).step(session, TriggerReason.TRIGGER, samples=samples)
