"""MeterValues of OCPP 1.6 outside of a transaction, and on request (4.7, 5.17)."""

from functools import partial

from plugfest.ocpp.message import UNSET
from plugfest.ocpp.v16.messages import MeterValuesRequest
from plugfest.station.blocks.conversion.v16 import meter_values
from plugfest.station.connection.outbox import Delivery
from plugfest.station.context import Context
from plugfest.station.model.charging.charging_sessions import ChargingSessions
from plugfest.station.model.connectors.availability import Place
from plugfest.station.model.metering.measurands import ReadingContext, Sample
from plugfest.station.model.metering.sampler import Sampler
from plugfest.station.model.metering.schedule import SamplingSchedule
from plugfest.station.model.transactions.transaction_ids import TransactionIds
from plugfest.station.model.triggerable_messages import TriggerableMessages


def register(context: Context) -> None:
    context.shared.get(SamplingSchedule).report = partial(_report, context)
    context.shared.get(TriggerableMessages).add("MeterValues", partial(_triggered, context))


def _report(context: Context, evse_id: int, samples: tuple[Sample, ...]) -> None:
    """Clock-aligned values are transaction-related, with or without a transaction (3.7)."""
    request = MeterValuesRequest(connector_id=evse_id, meter_value=meter_values(samples))
    context.outbox.send(request, Delivery.TRANSACTION)


def _triggered(context: Context, place: Place) -> bool:
    """5.17: without a connector, of all."""
    evses = context.hardware.evses
    if place.evse_id not in (None, 0, *evses):
        return False
    chosen = [place.evse_id] if place.evse_id else list(evses)
    grid = None if place.evse_id else _grid_now(context)
    sampled = [grid, *(_sampled_now(context, evse_id) for evse_id in chosen)]
    requests = [request for request in sampled if request is not None]
    for request in requests:
        context.handlers.after_response(partial(context.send_solicited, request))
    return bool(requests)


def _grid_now(context: Context) -> MeterValuesRequest | None:
    meter, sampler = context.hardware.grid_meter, context.shared.get(Sampler)
    if meter is None:
        return None
    samples = sampler.grid(meter, sampler.settings().updated, ReadingContext.TRIGGER, context.now())
    return MeterValuesRequest(connector_id=0, meter_value=meter_values(samples)) if samples else None


def _sampled_now(context: Context, evse_id: int) -> MeterValuesRequest | None:
    transaction = context.shared.get(ChargingSessions).at(evse_id).transaction
    samples = context.shared.get(Sampler).triggered(context.hardware.evses[evse_id], transaction)  # erratum 3.46
    if not samples:
        return None
    transaction_id = None if transaction is None else context.shared.get(TransactionIds).csms_id(transaction.id)
    return MeterValuesRequest(
        connector_id=evse_id,
        transaction_id=UNSET if transaction_id is None else transaction_id,
        meter_value=meter_values(samples),
    )
