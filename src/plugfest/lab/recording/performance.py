"""Key performance indicators of a station, measured in the record of a campaign.

The test laboratories report minimum, maximum and average of each beside the vendor's limits. An indicator without a
measurement is "not measurable".
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice, takewhile
from statistics import fmean
from typing import Any, Generic, NamedTuple, TypeVar

import msgspec

from plugfest.lab.recording.exchanges import Exchange
from plugfest.lab.recording.record import Direction
from plugfest.ocpp.message import Request

Indicator = Callable[[Sequence[Exchange]], Iterator[float]]
"""All measurements of one indicator in a record, in seconds."""

RequestPredicate = Callable[[Request[Any]], bool]
"""Whether a request of the station is the expected one."""


class Measurement(msgspec.Struct, frozen=True):
    """Times in seconds, and how many were measured."""

    minimum: float
    maximum: float
    average: float
    count: int


class Indicators(NamedTuple):
    """How an OCPP version measures the indicators.

    `triggered_message`: from a request of the lab to the message that it triggers, None if it triggers none.
    """

    triggered_message: Callable[[Request[Any]], RequestPredicate | None]
    remote_start: Indicator
    remote_stop: Indicator

    def measure(self, record: Sequence[Exchange]) -> dict[str, Measurement]:
        """The measurements by the indicators' keys in the feature catalog. Those without a measurement are left out."""
        times = {
            "response": response_times(record),
            "triggered_function": triggered_times(record, self.triggered_message),
            "remote_start": self.remote_start(record),
            "remote_stop": self.remote_stop(record),
        }
        summaries = ((key, _summary(each)) for key, each in times.items())
        return {key: summary for key, summary in summaries if summary is not None}


def _summary(times: Iterable[float]) -> Measurement | None:
    of = [round(one, 3) for one in times]
    return Measurement(min(of), max(of), round(fmean(of), 3), len(of)) if of else None


def response_times(record: Sequence[Exchange]) -> Iterator[float]:
    """From a request of the lab to the station's CALLRESULT or CALLERROR."""
    for one in record:
        if one.by is Direction.FROM_LAB and one.answered_at is not None:
            yield one.answered_at - one.at


def triggered_times(
    record: Sequence[Exchange], triggered_message: Callable[[Request[Any]], RequestPredicate | None]
) -> Iterator[float]:
    """From an accepted request of the lab to the first message that it triggers."""
    for request, later in accepted_requests(record, Request):
        matches = triggered_message(request.message)
        if matches is not None:
            triggered = (one.at for one in station_requests(_until_repeated(request, later)) if matches(one.message))
            yield from (at - request.at for at in islice(triggered, 1))


def _until_repeated(request: "TimedRequest[Any]", later: Iterable[Exchange]) -> Iterator[Exchange]:
    """What follows, up to the next request of the same type: after it, a message may be triggered by either."""
    kind = type(request.message)
    return takewhile(lambda one: one.by is Direction.FROM_STATION or not isinstance(one.request, kind), later)


# Searching a record

Q = TypeVar("Q", bound=Request[Any])


class TimedRequest(NamedTuple, Generic[Q]):
    """A valid request and its loop time in seconds."""

    at: float
    message: Q


def station_requests(record: Iterable[Exchange]) -> Iterator[TimedRequest[Request[Any]]]:
    """The valid requests of the station."""
    requests = (one for one in record if one.by is Direction.FROM_STATION)
    return (TimedRequest(one.at, one.request) for one in requests if one.request is not None)


def accepted_requests(
    record: Sequence[Exchange], kind: type[Q]
) -> Iterator[tuple[TimedRequest[Q], Iterable[Exchange]]]:
    """Each request of this type from the lab that the station accepted, with the exchanges after it."""
    for number, one in enumerate(record):
        if one.by is Direction.FROM_LAB and isinstance(one.request, kind) and _status(one) in ACCEPTED:
            yield TimedRequest(one.at, one.request), islice(record, number + 1, None)


ACCEPTED = ("Accepted", "AcceptedCanceled")


def _status(one: Exchange) -> object:
    return getattr(one.response, "status", None)
