"""A second opinion on composite schedules: every second for itself, every occurrence of a schedule one by one."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from plugfest.station.model.smart_charging.composite import Question
from plugfest.station.model.smart_charging.profile import Kind, Profile, Purpose, Recurrency, Unit


def limit_at(profiles: Sequence[Profile], question: Question, second: int) -> float:
    """The limit in one second of a composite schedule."""
    moment = question.start + timedelta(seconds=second)
    limits = [_hardware(question)]
    station = _winner([each for each in profiles if each.purpose is Purpose.STATION], question, moment)
    if station is not None:
        limits.append(station if question.unit is Unit.WATT else station / _volts(question, None))
    own = [each for each in profiles if each.purpose is Purpose.TX and each.evse_id == question.evse_id]
    default = [each for each in profiles if each.purpose is Purpose.TX_DEFAULT]
    for candidates in (own, default):
        watts = _winner(candidates, question, moment)
        if watts is not None:
            limits.append(watts if question.unit is Unit.WATT else watts / _volts(question, None))
            break
    return min(limits)


def _winner(profiles: list[Profile], question: Question, moment: datetime) -> float | None:
    """In W. The tests keep to W, so that nothing is lost in conversions that are not looked at here."""
    best: tuple[int, float] | None = None
    for profile in profiles:
        if profile.evse_id not in (0, question.evse_id):
            continue
        specific = any(
            each.evse_id == question.evse_id and each.stack_level == profile.stack_level
            for each in profiles
            if each.evse_id != 0
        )
        if profile.evse_id == 0 and specific:
            continue
        limit = _says(profile, question, moment)
        if limit is not None and (best is None or profile.stack_level > best[0]):
            best = profile.stack_level, limit
    return None if best is None else best[1]


def _says(profile: Profile, question: Question, moment: datetime) -> float | None:
    if profile.valid_from is not None and moment < profile.valid_from:
        return None
    if profile.valid_to is not None and not moment < profile.valid_to:
        return None
    said = None
    for begin, end in _occurrences(profile, question, moment):
        if begin <= moment < end:
            said = None
            for period in profile.schedule.periods:
                if begin + timedelta(seconds=period.start) <= moment:
                    said = period.limit
    return said


def _occurrences(profile: Profile, question: Question, until: datetime) -> Iterator[tuple[datetime, datetime]]:
    duration = profile.schedule.duration
    ever = timedelta(days=10_000)
    lasts = ever if duration is None else timedelta(seconds=duration)
    start = profile.schedule.start
    if start is None or profile.kind is Kind.RELATIVE:
        start = question.transaction_start or question.start
    if profile.kind is not Kind.RECURRING:
        yield start, start + lasts
        return
    step = timedelta(days=1 if profile.recurrency is Recurrency.DAILY else 7)
    while start <= until:
        yield start, start + min(lasts, step)
        start += step


def _volts(question: Question, phases: int | None) -> float:
    return 400.0 if question.supply.phases == 0 else 230.0 * min(phases or 3, question.supply.phases)


def _hardware(question: Question) -> float:
    watts = question.supply.power
    return watts if question.unit is Unit.WATT else watts / _volts(question, None)
