"""Block J: meter values, their intervals, contexts and signatures."""

import itertools
from datetime import timedelta
from functools import partial
from typing import Any

import msgspec

from plugfest.lab.verdict import Level
from plugfest.rig.selftest.behaviours.behaviour import Behaviour, Function, Patch, wrong_v201
from plugfest.rig.selftest.behaviours.builders import always, changed, with_fields
from plugfest.station.blocks.j_meter_values import v201 as block
from plugfest.station.model import station_model
from plugfest.station.model.metering.measurands import ReadingContext, Sample
from plugfest.station.model.metering.sampler import Sampler
from plugfest.station.model.transactions.event_recorder import TransactionEventRecorder

REGISTER = "Energy.Active.Import.Register"


def _meter_settings(**fields: object) -> Patch:
    """Samples with other settings than those of the device model."""
    return Patch(station_model, "meter_settings", with_fields(**fields))


def _samples(change: Any) -> Patch:
    """Changes all samples of an EVSE."""
    return Patch(Sampler, "_take", changed(lambda samples: tuple(change(sample) for sample in samples)))


def _reported_as(sampling: ReadingContext, instead: ReadingContext) -> Patch:
    def another(sample: Sample) -> Sample:
        return msgspec.structs.replace(sample, context=instead) if sample.context is sampling else sample

    return _samples(another)


def _values(**fields: object) -> Patch:
    """Samples whose values have other fields."""

    def another(sample: Sample) -> Sample:
        values = tuple(msgspec.structs.replace(value, **fields) for value in sample.values)
        return msgspec.structs.replace(sample, values=values)

    return _samples(another)


def _ended_at(location: str) -> Any:
    """Another location, only at the end of a transaction."""

    def another(sample: Sample) -> Sample:
        if sample.context is not ReadingContext.END:
            return sample
        values = tuple(msgspec.structs.replace(value, location=location) for value in sample.values)
        return msgspec.structs.replace(sample, values=values)

    return another


def _register(change: Any) -> Patch:
    """Changes the values of the energy register."""

    def another(sample: Sample) -> Sample:
        values = tuple(
            msgspec.structs.replace(value, value=change(value.value)) if value.measurand == REGISTER else value
            for value in sample.values
        )
        return msgspec.structs.replace(sample, values=values)

    return _samples(another)


def _since_start(original: Function) -> Function:
    def take(self: Any, evse: Any, measurands: Any, sampling: Any, transaction: Any, *, signed: bool) -> Any:
        start = None if transaction is None else transaction.register_at_start
        return tuple(
            msgspec.structs.replace(
                sample,
                values=tuple(
                    msgspec.structs.replace(value, value=value.value - (start or 0.0))
                    if value.measurand == REGISTER
                    else value
                    for value in sample.values
                ),
            )
            for sample in original(self, evse, measurands, sampling, transaction, signed=signed)
        )

    return take


def _without_last(sample: Sample) -> Sample:
    return msgspec.structs.replace(sample, values=sample.values[:-1] or sample.values)


def _one_hour_late(sample: Sample) -> Sample:
    return msgspec.structs.replace(sample, at=sample.at + timedelta(hours=1))


def _updated_interval(deviation: int, settings: Any) -> int:
    """Another interval, which each two samples alone do not show."""
    return int(settings.updated_interval) + (deviation if settings.updated_interval else 0)


def _irregular(original: Function) -> Function:
    """Takes every second sample 7 s before its time."""
    early = itertools.cycle((0, 7))

    def take(*args: Any, **kwargs: Any) -> tuple[Sample, ...]:
        by = timedelta(seconds=next(early))
        return tuple(msgspec.structs.replace(each, at=each.at - by) for each in original(*args, **kwargs))

    return take


def _not_of_evse_2(original: Function) -> Function:
    return lambda context, evse_id, samples: None if evse_id == 2 else original(context, evse_id, samples)


def _as_evse_1(original: Function) -> Function:
    return lambda context, evse_id, samples: original(context, min(evse_id, 1), samples)


def _not_aligned(original: Function) -> Function:
    def send(context: Any, evse_id: int, samples: tuple[Sample, ...]) -> None:
        original(
            context,
            evse_id,
            tuple(msgspec.structs.replace(each, at=each.at + timedelta(seconds=7)) for each in samples),
        )

    return send


BEHAVIOURS: tuple[Behaviour, ...] = (
    wrong_v201("decreases the energy register", "J02.FR.16", "TC_J_09", _register(lambda value: 1e6 - value)),
    wrong_v201(
        "restarts the energy register with each transaction",
        "J02.FR.17",
        "TC_C_15",
        Patch(Sampler, "_take", _since_start),
        level=Level.SHOULD,
    ),
    wrong_v201("always reports 0 Wh", "J02.FR.11", "TC_C_15", _register(lambda value: 0.0)),
    wrong_v201(
        "omits meter values at the start of a transaction",
        "E01.FR.09",
        "TC_J_07",
        Patch(TransactionEventRecorder, "_begin_samples", always(())),
    ),
    wrong_v201(
        "omits meter values at the end of a transaction",
        "E06.FR.11",
        "TC_J_10",
        Patch(TransactionEventRecorder, "_end_samples", always(())),
    ),
    wrong_v201(
        "reports context Sample.Periodic instead of Transaction.Begin",
        "E01.FR.09",
        "TC_J_07 TC_J_08",
        _reported_as(ReadingContext.BEGIN, ReadingContext.PERIODIC),
    ),
    wrong_v201(
        "reports context Sample.Periodic instead of Transaction.End",
        "E06.FR.11",
        "TC_J_10 TC_J_11",
        _reported_as(ReadingContext.END, ReadingContext.PERIODIC),
    ),
    wrong_v201(
        "reports context Sample.Clock instead of Sample.Periodic",
        "J02.FR.11",
        "TC_J_09 TC_J_10",
        _reported_as(ReadingContext.PERIODIC, ReadingContext.CLOCK),
    ),
    wrong_v201(
        "reports context Sample.Periodic instead of Sample.Clock",
        "J01.FR.14",
        "TC_J_01 TC_J_02 TC_J_03",
        _reported_as(ReadingContext.CLOCK, ReadingContext.PERIODIC),
    ),
    wrong_v201("omits the last measurand", "J02.FR.11", "TC_J_09", _samples(_without_last), product="reference-ac"),
    wrong_v201(
        "reports meter values with a timestamp one hour late",
        "Part 6 section 2.1",
        "TC_J_02 TC_J_09",
        _samples(_one_hour_late),
    ),
    wrong_v201(
        "sends periodic meter values at twice the interval",
        "J02.FR.11",
        "TC_J_09",
        _meter_settings(updated_interval=lambda settings: settings.updated_interval * 2),
    ),
    wrong_v201(
        "sends periodic meter values at half the interval",
        "J02.FR.11",
        "TC_J_09",
        _meter_settings(updated_interval=lambda settings: settings.updated_interval // 2),
    ),
    *(
        wrong_v201(
            f"sends periodic meter values at the interval {deviation:+} s",
            "J02.FR.11",
            "TC_J_09",
            _meter_settings(updated_interval=partial(_updated_interval, deviation)),
        )
        for deviation in (-3, 3)
    ),
    wrong_v201("samples at irregular intervals", "J02.FR.11", "TC_J_09", Patch(Sampler, "_take", _irregular)),
    wrong_v201("sends no periodic meter values", "J02.FR.11", "TC_J_09", _meter_settings(updated_interval=0)),
    wrong_v201(
        "samples meter values for the end at twice the interval",
        "E06.FR.11",
        "TC_J_10 TC_J_11",
        _meter_settings(ended_interval=lambda settings: settings.ended_interval * 2),
    ),
    wrong_v201(
        "sends clock-aligned meter values at twice the interval",
        "J01.FR.14",
        "TC_J_01 TC_J_02",
        _meter_settings(aligned_interval=lambda settings: settings.aligned_interval * 2),
    ),
    wrong_v201(
        "sends no clock-aligned meter values", "J01.FR.14", "TC_J_01 TC_J_02", _meter_settings(aligned_interval=0)
    ),
    wrong_v201(
        "samples clock-aligned meter values for the end at twice the interval",
        "J01.FR.14",
        "TC_J_03 TC_J_04",
        _meter_settings(aligned_ended_interval=lambda settings: settings.aligned_ended_interval * 2),
    ),
    wrong_v201(
        "does not sign meter values for the end",
        "J02.FR.21",
        "TC_J_11",
        _meter_settings(sign_ended=False, sign_updated=False, sign_started=False),
    ),
    wrong_v201(
        "does not sign clock-aligned meter values for the end",
        "J01.FR.21",
        "TC_J_04",
        _meter_settings(sign_aligned=False, sign_aligned_ended=False),
    ),
    wrong_v201(
        "sends no clock-aligned meter values of EVSE 2",
        "J01.FR.14",
        "TC_J_01 TC_J_02",
        Patch(block, "_report", _not_of_evse_2),
    ),
    wrong_v201(
        "reports all meter values for EVSE 1", "J01.FR.14", "TC_J_01 TC_J_02", Patch(block, "_report", _as_evse_1)
    ),
    wrong_v201(
        "sends clock-aligned meter values at other times",
        "J01.FR.14",
        "TC_J_01 TC_J_02",
        Patch(block, "_report", _not_aligned),
    ),
    wrong_v201("reports energy in W", "UnitOfMeasureType", "TC_E_09 TC_J_09 TC_J_01", _values(unit="W")),
    wrong_v201(
        "omits the unit of a power",
        "Part 2 Appendix 2",
        "TC_J_09",
        _values(unit=None),
        product="reference-ac",
        level=Level.SHOULD,
    ),
    wrong_v201(
        "reports another location at the end of a transaction",
        "Part 2 J section 2.3",
        "TC_E_15 TC_J_10",
        _samples(_ended_at("Inlet")),
    ),
    wrong_v201(
        "reports a measurand that is not configured",
        "TransactionEventRequest.meterValue",
        "TC_E_09 TC_B_21",
        _values(measurand="Energy.Active.Export.Register"),
    ),
    wrong_v201(
        "reports context Trigger without a trigger",
        "ReadingContextEnumType",
        "TC_E_09 TC_J_09",
        _reported_as(ReadingContext.BEGIN, ReadingContext.TRIGGER),
        _reported_as(ReadingContext.PERIODIC, ReadingContext.TRIGGER),
    ),
)
