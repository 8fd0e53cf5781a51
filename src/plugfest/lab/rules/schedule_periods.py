"""The periods of a charging schedule start at 0 and are in chronological order."""

from collections.abc import Iterator
from functools import cache
from itertools import pairwise
from typing import get_args

import msgspec

from plugfest.lab.recording.record import Direction
from plugfest.lab.rules.evidence import Evidence
from plugfest.lab.rules.rule import Rule, Violation
from plugfest.ocpp.v16 import types as v16
from plugfest.ocpp.v201 import types as v201

SCHEDULES = v16.ChargingSchedule | v201.ChargingScheduleType | v201.CompositeScheduleType


def schedule_periods(clause: str) -> Rule:
    """The order of the periods in every schedule that the station sends."""
    return Rule("order of the periods of a charging schedule", clause, _judge)


def _judge(evidence: Evidence) -> Iterator[Violation]:
    for exchange in evidence.exchanges:
        from_station = exchange.by is Direction.FROM_STATION
        message = exchange.request if from_station else exchange.response
        frame = exchange.frame if from_station else exchange.answered_in
        for starts in _start_periods(message):
            if starts[:1] != [0] or any(later <= earlier for earlier, later in pairwise(starts)):
                yield Violation(
                    "chargingSchedulePeriod.startPeriod 0 first, then increasing",
                    f"startPeriod {', '.join(map(str, starts))}" if starts else "no chargingSchedulePeriod",
                    frame,
                )


def _start_periods(value: object) -> Iterator[list[int]]:
    """The startPeriods of each schedule in a message, at any depth."""
    if isinstance(value, SCHEDULES):
        yield [period.start_period for period in value.charging_schedule_period]
    elif isinstance(value, list):
        for item in value:
            yield from _start_periods(item)
    elif isinstance(value, msgspec.Struct):
        for name in _fields_with_schedules(type(value)):
            yield from _start_periods(getattr(value, name))


@cache
def _fields_with_schedules(kind: type[msgspec.Struct]) -> tuple[str, ...]:
    """The fields of a message in which there may be a schedule, at any depth."""
    return tuple(field.name for field in msgspec.structs.fields(kind) if _may_have_schedules(field.type))


def _may_have_schedules(kind: object) -> bool:
    if isinstance(kind, type) and issubclass(kind, msgspec.Struct):
        return issubclass(kind, SCHEDULES) or bool(_fields_with_schedules(kind))
    return any(_may_have_schedules(each) for each in get_args(kind))
