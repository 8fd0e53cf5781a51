"""How fast a station is, by the record of a campaign: what the key performance indicators of all OCPP versions share.

A laboratory prints them beside the limits that the vendor names: least, most and average of each. What a run gives
nothing for is "not measurable".
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import islice, takewhile
from statistics import fmean
from typing import Any, Generic, NamedTuple, TypeVar

import msgspec

from plugfest.lab.recording.exchanges import Exchange
from plugfest.lab.recording.record import Direction
from plugfest.ocpp.message import Request

Indicator = Callable[[Sequence[Exchange]], Iterator[float]]
"""Every measurement of one indicator that a record holds, in seconds."""

RequestPredicate = Callable[[Request[Any]], bool]
"""Tells a message that is waited for from others."""


class Measurement(msgspec.Struct, frozen=True):
    """Times in seconds, and of how many."""

    minimum: float
    maximum: float
    average: float
    count: int


def measure(record: Sequence[Exchange], indicators: Mapping[str, Indicator]) -> dict[str, Measurement]:
    """Each indicator that the record gives a measurement of, by its key in the feature catalogue."""
    summaries = ((key, _summary(times(record))) for key, times in indicators.items())
    return {key: summary for key, summary in summaries if summary is not None}


def _summary(times: Iterable[float]) -> Measurement | None:
    of = [round(one, 3) for one in times]
    return Measurement(min(of), max(of), round(fmean(of), 3), len(of)) if of else None


def response_times(record: Sequence[Exchange]) -> Iterator[float]:
    """From a request of the lab to the station's answer, whatever the answer is."""
    for one in record:
        if one.by is Direction.FROM_LAB and one.answered_at is not None:
            yield one.answered_at - one.at


def triggered_times(
    record: Sequence[Exchange], what_follows: Callable[[Request[Any]], RequestPredicate | None]
) -> Iterator[float]:
    """From a request that was accepted to the first message that it set off, by `what_follows` from the request."""
    for asked, later in accepted_requests(record, Request):
        fits = what_follows(asked.message)
        if fits is not None:
            answers = (one.at for one in station_requests(_until_asked_again(asked, later)) if fits(one.message))
            yield from (at - asked.at for at in islice(answers, 1))


def _until_asked_again(asked: "TimedRequest[Any]", later: Iterable[Exchange]) -> Iterator[Exchange]:
    """What comes after the same question once more may be the answer to that one."""
    kind = type(asked.message)
    return takewhile(lambda one: one.by is Direction.FROM_STATION or not isinstance(one.request, kind), later)


# Looking through a record

Q = TypeVar("Q", bound=Request[Any])


class TimedRequest(NamedTuple, Generic[Q]):
    """A valid request, and when it was made."""

    at: float
    message: Q


def station_requests(record: Iterable[Exchange]) -> Iterator[TimedRequest[Request[Any]]]:
    """The requests of the station."""
    return (
        TimedRequest(one.at, one.request)
        for one in record
        if one.by is Direction.FROM_STATION and one.request is not None
    )


def accepted_requests(
    record: Sequence[Exchange], kind: type[Q]
) -> Iterator[tuple[TimedRequest[Q], Iterable[Exchange]]]:
    """Each request of this kind from the lab that the station accepted, with all that came later."""
    for number, one in enumerate(record):
        if one.by is Direction.FROM_LAB and isinstance(one.request, kind) and _status(one) in ACCEPTED:
            yield TimedRequest(one.at, one.request), islice(record, number + 1, None)


ACCEPTED = ("Accepted", "AcceptedCanceled")


def _status(one: Exchange) -> object:
    return getattr(one.response, "status", None)
