"""MeterValuesRequest of OCPP 2.0.1 (J01). The meter values of a transaction are in its events (J02)."""

from functools import partial

from plugfest.ocpp.v201.messages import MeterValuesRequest
from plugfest.station.blocks.conversion.v201 import meter_values
from plugfest.station.context import Context
from plugfest.station.device_model.measured import measured_by
from plugfest.station.model.connectors.availability import Place
from plugfest.station.model.metering.measurands import ReadingContext, Sample
from plugfest.station.model.metering.sampler import Sampler
from plugfest.station.model.metering.schedule import SamplingSchedule
from plugfest.station.model.triggerable_messages import TriggerableMessages


def register(context: Context) -> None:
    context.shared.get(SamplingSchedule).report = partial(_report, context)
    context.shared.get(TriggerableMessages).add("MeterValues", partial(_triggered, context), claim="C-29.1")
    for evse_id, evse in context.hardware.evses.items():
        for each in measured_by(evse, monitoring=context.product.has_monitoring):
            context.device_model.provide(each.component, each.name, partial(each.text, evse), evse_id=evse_id)


def _report(context: Context, evse_id: int, samples: tuple[Sample, ...]) -> None:
    """J01.FR.02, J01.FR.03; not before the CSMS has accepted the station (B02.FR.02)"""
    context.outbox.send(MeterValuesRequest(evse_id=evse_id, meter_value=meter_values(samples)))


def _send_triggered(context: Context, evse_id: int, samples: tuple[Sample, ...]) -> None:
    context.send_solicited(MeterValuesRequest(evse_id=evse_id, meter_value=meter_values(samples)))


def _triggered(context: Context, place: Place) -> bool:
    """F06.FR.06; F06.FR.11: without an EVSE, of all."""
    sampler = context.shared.get(Sampler)
    evses = context.hardware.evses
    if place.evse_id not in (None, 0, *evses):
        return False
    chosen = evses if not place.evse_id else {place.evse_id: evses[place.evse_id]}
    samples = {evse_id: sampler.on_request(evse) for evse_id, evse in chosen.items()}
    if place.evse_id is None or place.evse_id == 0:
        samples |= _grid_samples(context, sampler)
    if not any(samples.values()):
        return False
    for evse_id, each in samples.items():
        if each:
            context.handlers.after_response(partial(_send_triggered, context, evse_id, each))
    return True


def _grid_samples(context: Context, sampler: Sampler) -> dict[int, tuple[Sample, ...]]:
    meter = context.hardware.grid_meter
    if meter is None:
        return {}
    return {0: sampler.grid(meter, sampler.settings().aligned, ReadingContext.TRIGGER, context.now())}
