"""The periods of a charging schedule begin at 0 and go on in the order of time."""

from collections.abc import Iterator
from itertools import pairwise

import msgspec

from plugfest.lab.record import Direction
from plugfest.lab.rules.evidence import Evidence
from plugfest.lab.rules.rule import Breach, Rule
from plugfest.ocpp.v201.types import ChargingSchedulePeriodType, ChargingScheduleType, CompositeScheduleType


def _judge(evidence: Evidence) -> Iterator[Breach]:
    for one in evidence.exchanges:
        by_station = one.request if one.by is Direction.FROM_STATION else one.response
        frame = one.frame if one.by is Direction.FROM_STATION else one.answered_in
        for periods in _schedules(by_station):
            starts = [period.start_period for period in periods]
            if starts[0] != 0 or any(later <= earlier for earlier, later in pairwise(starts)):
                yield Breach("chargingSchedulePeriod.startPeriod 0 first, then increasing", _listed(starts), frame)


def _schedules(value: object) -> Iterator[list[ChargingSchedulePeriodType]]:
    """Every list of periods in a message, however deep."""
    if isinstance(value, ChargingScheduleType | CompositeScheduleType):
        yield value.charging_schedule_period
    elif isinstance(value, list):
        for item in value:
            yield from _schedules(item)
    elif isinstance(value, msgspec.Struct):
        for name in value.__struct_fields__:
            yield from _schedules(getattr(value, name))


def _listed(starts: list[int]) -> str:
    return ", ".join(str(start) for start in starts)


SCHEDULE_PERIODS = Rule("order of the periods of a charging schedule", "K01.FR.31, K01.FR.35", _judge)
