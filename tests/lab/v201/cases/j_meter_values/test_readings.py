"""Readings of one moment."""

from datetime import UTC, datetime

from plugfest.lab.v201.cases.j_meter_values.readings import Reading, at_one_moment
from plugfest.ocpp.v201 import types as t

PERIODIC, END = t.ReadingContextEnumType.Sample_Periodic, t.ReadingContextEnumType.Transaction_End


def sample(value: float, context: t.ReadingContextEnumType = PERIODIC) -> t.SampledValueType:
    return t.SampledValueType(value=value, context=context)


def reading(second: int, *samples: t.SampledValueType, evse_id: int = 1) -> Reading:
    return Reading(evse_id, datetime(2026, 1, 1, 0, 0, second, tzinfo=UTC), samples, frame=5)


def test_samples_of_one_moment_in_several_elements_are_one_reading() -> None:
    separate = [reading(1, sample(1)), reading(1, sample(2)), reading(9, sample(3))]
    assert at_one_moment(separate) == [reading(1, sample(1), sample(2)), reading(9, sample(3))]


def test_samples_of_another_context_or_evse_are_another_reading() -> None:
    separate = [reading(1, sample(1)), reading(1, sample(2, END)), reading(1, sample(3), evse_id=2)]
    assert at_one_moment(separate) == separate
