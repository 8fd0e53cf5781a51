"""StartTransaction, StopTransaction, and the MeterValues of a transaction in OCPP 1.6 (3.7, 4.7, 4.8, 4.10)."""

from functools import partial
from typing import Final, TypeVar

import msgspec

from plugfest.ocpp.message import UNSET, given
from plugfest.ocpp.v16 import messages as m
from plugfest.ocpp.v16.types import StopTransactionReason
from plugfest.station.blocks.conversion.v16 import meter_values, token_info_of, token_of
from plugfest.station.connection.outbox import Delivery
from plugfest.station.context import Context
from plugfest.station.model.authorization.authorizer import Authorizer
from plugfest.station.model.charging.charging import Charging
from plugfest.station.model.transactions.event_recorder import TransactionEventRecorder
from plugfest.station.model.transactions.events import EventType, StopReason, TransactionEvent
from plugfest.station.model.transactions.transaction_ids import NO_CSMS_ID, TransactionIds

W = TypeVar("W", m.MeterValuesRequest, m.StopTransactionRequest)

_REASONS: Final = {reason.value for reason in StopTransactionReason}


def register(context: Context) -> None:
    transaction_ids = TransactionIds(context.store)
    context.shared.add(transaction_ids)
    context.shared.get(TransactionEventRecorder).enqueue = partial(_send_event, context, transaction_ids)
    context.outbox.on_answer(m.StartTransactionRequest, partial(_started, context, transaction_ids))
    context.outbox.on_answer(m.StopTransactionRequest, partial(_stopped, context, transaction_ids))


def _send_event(context: Context, transaction_ids: TransactionIds, event: TransactionEvent) -> None:
    """1.6 has messages for the start and end of a transaction, and for the samples between them."""
    if event.event_type is EventType.STARTED:
        assert event.evse_id is not None
        transaction_ids.add(event.transaction_id, event.evse_id)
        context.outbox.send(_start(event), Delivery.TRANSACTION)
    elif event.event_type is EventType.ENDED:
        context.outbox.send(_stop(event, transaction_ids.stop(event.transaction_id)), Delivery.TRANSACTION)
    elif event.samples:
        transaction_id, connector_id = transaction_ids.id_and_connector(event.transaction_id)
        request = m.MeterValuesRequest(
            connector_id=connector_id, transaction_id=transaction_id, meter_value=meter_values(event.samples)
        )
        context.outbox.send(request, Delivery.TRANSACTION)


def _start(event: TransactionEvent) -> m.StartTransactionRequest:
    assert event.evse_id is not None
    assert event.token is not None
    return m.StartTransactionRequest(
        connector_id=event.evse_id,
        id_tag=event.token.id_token,
        meter_start=round(event.register or 0.0),
        timestamp=event.at,
        reservation_id=UNSET if event.reservation_id is None else event.reservation_id,
    )


def _stop(event: TransactionEvent, transaction_id: int) -> m.StopTransactionRequest:
    return m.StopTransactionRequest(
        transaction_id=transaction_id,
        id_tag=UNSET if event.token is None else event.token.id_token,
        meter_stop=round(event.register or 0.0),
        timestamp=event.at,
        reason=_reason(event.stop_reason),
        transaction_data=meter_values(event.samples) or UNSET,
    )


def _reason(reason: StopReason | None) -> StopTransactionReason:
    """7.36: Other for every reason that 1.6 does not have."""
    if reason is None or reason.value not in _REASONS:
        return StopTransactionReason.Other
    return StopTransactionReason(reason.value)


def _started(
    context: Context,
    transaction_ids: TransactionIds,
    request: m.StartTransactionRequest,
    response: m.StartTransactionResponse | None,
) -> None:
    transaction_id = NO_CSMS_ID if response is None else response.transaction_id  # erratum 3.18
    provisional_id, known = transaction_ids.assign(transaction_id)
    context.outbox.amend(m.MeterValuesRequest, lambda queued: _with_id(queued, provisional_id, transaction_id))
    context.outbox.amend(m.StopTransactionRequest, lambda queued: _with_id(queued, provisional_id, transaction_id))
    if response is not None:
        authorizer, token = context.shared.get(Authorizer), token_of(request.id_tag)
        info = authorizer.completed(token, token_info_of(response.id_tag_info))
        authorizer.update_cache(token, info)
        context.shared.get(Charging).apply_token_info(known.transaction_id, token, info)  # erratum 3.17


def _with_id(queued: W, provisional_id: int, transaction_id: int) -> W:
    """The queued message with the transaction id of the CSMS, if it belongs to this transaction."""
    if queued.transaction_id != provisional_id:
        return queued
    return msgspec.structs.replace(queued, transaction_id=transaction_id)


def _stopped(
    context: Context,
    transaction_ids: TransactionIds,
    request: m.StopTransactionRequest,
    response: m.StopTransactionResponse | None,
) -> None:
    transaction_ids.remove(request.transaction_id)
    id_tag, info = given(request.id_tag), None if response is None else given(response.id_tag_info)
    if id_tag is not None and info is not None:
        authorizer, token = context.shared.get(Authorizer), token_of(id_tag)
        authorizer.update_cache(token, authorizer.completed(token, token_info_of(info)))
