"""The periods of a charging schedule begin at 0 and go on in the order of time."""

from collections.abc import Iterator
from itertools import pairwise

import msgspec

from plugfest.lab.recording.record import Direction
from plugfest.lab.rules.evidence import Evidence
from plugfest.lab.rules.rule import Breach, Rule
from plugfest.ocpp.v16 import types as v16
from plugfest.ocpp.v201 import types as v201

SCHEDULES = v16.ChargingSchedule | v201.ChargingScheduleType | v201.CompositeScheduleType


def schedule_periods(clause: str) -> Rule:
    """The order of what a station makes or reports of schedules."""
    return Rule("order of the periods of a charging schedule", clause, _judge)


def _judge(evidence: Evidence) -> Iterator[Breach]:
    for one in evidence.exchanges:
        by_station = one.request if one.by is Direction.FROM_STATION else one.response
        frame = one.frame if one.by is Direction.FROM_STATION else one.answered_in
        for starts in _starts(by_station):
            if starts[:1] != [0] or any(later <= earlier for earlier, later in pairwise(starts)):
                listed = ", ".join(str(start) for start in starts)
                yield Breach("chargingSchedulePeriod.startPeriod 0 first, then increasing", listed or "none", frame)


def _starts(value: object) -> Iterator[list[int]]:
    """The beginnings of the periods of every schedule in a message, however deep."""
    if isinstance(value, SCHEDULES):
        yield [period.start_period for period in value.charging_schedule_period]
    elif isinstance(value, list):
        for item in value:
            yield from _starts(item)
    elif isinstance(value, msgspec.Struct):
        for name in value.__struct_fields__:
            yield from _starts(getattr(value, name))
