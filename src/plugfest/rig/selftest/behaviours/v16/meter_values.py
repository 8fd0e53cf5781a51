"""OCPP 1.6: meter values with another unit, location or context."""

from collections.abc import Callable

import msgspec

from plugfest.lab.verdict import Level
from plugfest.rig.selftest.behaviours.behaviour import Patch, wrong_v16
from plugfest.rig.selftest.behaviours.builders import changed
from plugfest.station.model.metering.measurands import ReadingContext, Sample
from plugfest.station.model.metering.sampler import Sampler


def _samples(change: Callable[[Sample], Sample]) -> Patch:
    """Changes all samples of a connector."""
    return Patch(Sampler, "_take", changed(lambda samples: tuple(change(sample) for sample in samples)))


def _with_values(sample: Sample, **fields: object) -> Sample:
    return msgspec.structs.replace(
        sample, values=tuple(msgspec.structs.replace(value, **fields) for value in sample.values)
    )


def _inlet_at_end(sample: Sample) -> Sample:
    return _with_values(sample, location="Inlet") if sample.context is ReadingContext.END else sample


BEHAVIOURS = (
    wrong_v16("reports energy in W", "7.45", "TC_070 TC_012", _samples(lambda sample: _with_values(sample, unit="W"))),
    wrong_v16(
        "omits the unit of a current",
        "7.45",
        "TC_070",
        _samples(lambda sample: _with_values(sample, measurand="Current.Import", unit=None)),
        level=Level.SHOULD,
    ),
    wrong_v16("reports another location at the end of a transaction", "3.16.3", "TC_012", _samples(_inlet_at_end)),
    wrong_v16(
        "reports context Trigger without a trigger",
        "7.35",
        "TC_070",
        _samples(lambda sample: msgspec.structs.replace(sample, context=ReadingContext.TRIGGER)),
    ),
)
