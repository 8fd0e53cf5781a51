"""Messages that a station has kept while it could not send them: their timestamps are older than the others'."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from plugfest.ocpp.frames import Call
from plugfest.scenarios.logs.reading import LoggedFrame, timestamp_of

_LATE: Final = timedelta(seconds=30)
"""Beyond this a message has been kept."""
_SAME_OUTAGE: Final = timedelta(seconds=60)
"""Between the messages that are sent after one outage."""
_BEFORE: Final = timedelta(seconds=1)
"""From the begin of an outage to the first event in it."""

_EVENTS: Final = frozenset(
    {"MeterValues", "StatusNotification", "StartTransaction", "StopTransaction", "TransactionEvent"}
)
"""The messages about something that has just happened, unless they were kept."""


class Outage(NamedTuple):
    begin: datetime
    end: datetime

    def covers(self, boot: datetime) -> bool:
        """Whether the station was off at its end: it had just booted."""
        return self.begin <= boot <= self.end + _SAME_OUTAGE


class Delays:
    """When what a message is about happened. The clocks of station and log may differ by any time that stays.

    `delayed`: for each message that was kept, when its event happened, and when it was logged.
    """

    def __init__(self, frames: Iterable[LoggedFrame]) -> None:
        lags = {id(each): lag for each in frames if (lag := _lag(each)) is not None}
        least = min(lags.values(), default=timedelta(0))
        self._delays = {key: lag - least for key, lag in lags.items() if lag - least > _LATE}
        self.delayed = [(self.happened_at(each), each.at) for each in frames if id(each) in self._delays]

    def happened_at(self, logged: LoggedFrame) -> datetime:
        """In the time of the log."""
        return logged.at - self._delays.get(id(logged), timedelta(0))


def outages(delayed: Sequence[tuple[datetime, datetime]]) -> list[Outage]:
    """The times in which a station could not send."""
    found: list[Outage] = []
    for happened, sent in sorted(delayed, key=lambda each: each[1]):
        if found and sent - found[-1].end <= _SAME_OUTAGE:
            found[-1] = Outage(min(found[-1].begin, happened - _BEFORE), found[-1].end)
        else:
            found.append(Outage(happened - _BEFORE, sent))
    return found


def _lag(logged: LoggedFrame) -> timedelta | None:
    if not isinstance(logged.frame, Call) or logged.frame.action not in _EVENTS:
        return None
    payload = logged.payload
    values = payload.get("meterValue") if logged.frame.action == "MeterValues" else None
    first = values[0] if isinstance(values, list) and values else payload
    timestamp = timestamp_of(first) if isinstance(first, dict) else None
    return None if timestamp is None else logged.at - timestamp
