"""Wrong in block J: what is measured, when, and how it is told."""

from datetime import timedelta
from typing import Any

import msgspec

from plugfest.lab.verdict import Level
from plugfest.rig.selftest.behaviours.behaviour import Behaviour, wrong
from plugfest.rig.selftest.behaviours.builders import always, changed, with_fields
from plugfest.rig.selftest.behaviours.patch import Function, Patch
from plugfest.station.blocks.j_meter_values import v201 as block
from plugfest.station.model import station_model
from plugfest.station.model.metering.measurands import ReadingContext, Sample
from plugfest.station.model.metering.sampler import Sampler
from plugfest.station.model.transactions.event_recorder import TransactionEventRecorder

REGISTER = "Energy.Active.Import.Register"


def _settings(**fields: object) -> Patch:
    """Measuring by other settings than those of the device model."""
    return Patch(station_model, "meter_settings", with_fields(**fields))


def _samples(change: Any) -> Patch:
    """All samples of an EVSE, changed."""
    return Patch(Sampler, "_take", changed(lambda samples: tuple(change(sample) for sample in samples)))


def _told_as(sampling: ReadingContext, instead: ReadingContext) -> Patch:
    def another(sample: Sample) -> Sample:
        return msgspec.structs.replace(sample, context=instead) if sample.context is sampling else sample

    return _samples(another)


def _register(change: Any) -> Patch:
    """Other values of the energy register."""

    def another(sample: Sample) -> Sample:
        values = tuple(
            msgspec.structs.replace(value, value=change(value.value)) if value.measurand == REGISTER else value
            for value in sample.values
        )
        return msgspec.structs.replace(sample, values=values)

    return _samples(another)


def _from_the_start(right: Function) -> Function:
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
            for sample in right(self, evse, measurands, sampling, transaction, signed=signed)
        )

    return take


def _without_last(sample: Sample) -> Sample:
    return msgspec.structs.replace(sample, values=sample.values[:-1] or sample.values)


def _an_hour_late(sample: Sample) -> Sample:
    return msgspec.structs.replace(sample, at=sample.at + timedelta(hours=1))


def _not_of_evse_2(right: Function) -> Function:
    return lambda context, evse_id, samples: None if evse_id == 2 else right(context, evse_id, samples)


def _of_evse_1(right: Function) -> Function:
    return lambda context, evse_id, samples: right(context, min(evse_id, 1), samples)


def _off_the_clock(right: Function) -> Function:
    def send(context: Any, evse_id: int, samples: tuple[Sample, ...]) -> None:
        right(
            context,
            evse_id,
            tuple(msgspec.structs.replace(each, at=each.at + timedelta(seconds=7)) for each in samples),
        )

    return send


BEHAVIOURS: tuple[Behaviour, ...] = (
    wrong("the energy register runs backwards", "J02.FR.16", "TC_J_09", _register(lambda value: 1e6 - value)),
    wrong(
        "the energy register begins anew with each transaction",
        "J02.FR.17",
        "TC_C_15",
        Patch(Sampler, "_take", _from_the_start),
        level=Level.SHOULD,
    ),
    wrong("the energy register is never read", "J02.FR.11", "TC_C_15", _register(lambda value: 0.0)),
    wrong(
        "a transaction begins without values",
        "E01.FR.09",
        "TC_J_07",
        Patch(TransactionEventRecorder, "_begin_samples", always(())),
    ),
    wrong(
        "a transaction ends without values",
        "E06.FR.11",
        "TC_J_10",
        Patch(TransactionEventRecorder, "_end_samples", always(())),
    ),
    wrong(
        "the first values are told as periodic ones",
        "E01.FR.09",
        "TC_J_07 TC_J_08",
        _told_as(ReadingContext.BEGIN, ReadingContext.PERIODIC),
    ),
    wrong(
        "the last values are told as periodic ones",
        "E06.FR.11",
        "TC_J_10 TC_J_11",
        _told_as(ReadingContext.END, ReadingContext.PERIODIC),
    ),
    wrong(
        "periodic values are told as clock-aligned ones",
        "J02.FR.11",
        "TC_J_09 TC_J_10",
        _told_as(ReadingContext.PERIODIC, ReadingContext.CLOCK),
    ),
    wrong(
        "clock-aligned values are told as periodic ones",
        "J01.FR.14",
        "TC_J_01 TC_J_02 TC_J_03",
        _told_as(ReadingContext.CLOCK, ReadingContext.PERIODIC),
    ),
    wrong("the last measurand is missing", "J02.FR.11", "TC_J_09", _samples(_without_last), product="reference-ac"),
    wrong("values are an hour late", "Part 6 section 2.1", "TC_J_02 TC_J_09", _samples(_an_hour_late)),
    wrong(
        "periodic values come half as often",
        "J02.FR.11",
        "TC_J_09",
        _settings(updated_interval=lambda settings: settings.updated_interval * 2),
    ),
    wrong(
        "periodic values come twice as often",
        "J02.FR.11",
        "TC_J_09",
        _settings(updated_interval=lambda settings: settings.updated_interval // 2),
    ),
    wrong("periodic values never come", "J02.FR.11", "TC_J_09", _settings(updated_interval=0)),
    wrong(
        "values for the end are taken half as often",
        "E06.FR.11",
        "TC_J_10 TC_J_11",
        _settings(ended_interval=lambda settings: settings.ended_interval * 2),
    ),
    wrong(
        "clock-aligned values come half as often",
        "J01.FR.14",
        "TC_J_01 TC_J_02",
        _settings(aligned_interval=lambda settings: settings.aligned_interval * 2),
    ),
    wrong("clock-aligned values never come", "J01.FR.14", "TC_J_01 TC_J_02", _settings(aligned_interval=0)),
    wrong(
        "clock-aligned values for the end are taken half as often",
        "J01.FR.14",
        "TC_J_03 TC_J_04",
        _settings(aligned_ended_interval=lambda settings: settings.aligned_ended_interval * 2),
    ),
    wrong(
        "values for the end are not signed",
        "J02.FR.21",
        "TC_J_11",
        _settings(sign_ended=False, sign_updated=False, sign_started=False),
    ),
    wrong(
        "clock-aligned values for the end are not signed",
        "J01.FR.21",
        "TC_J_04",
        _settings(sign_aligned=False, sign_aligned_ended=False),
    ),
    wrong(
        "clock-aligned values of EVSE 2 never come",
        "J01.FR.14",
        "TC_J_01 TC_J_02",
        Patch(block, "_send", _not_of_evse_2),
    ),
    wrong("all values are said to be of EVSE 1", "J01.FR.14", "TC_J_01 TC_J_02", Patch(block, "_send", _of_evse_1)),
    wrong(
        "clock-aligned values are not aligned", "J01.FR.14", "TC_J_01 TC_J_02", Patch(block, "_send", _off_the_clock)
    ),
)
