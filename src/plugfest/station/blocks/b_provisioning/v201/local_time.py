"""The offset of the clock that the driver sees: what it may be set to, and its next change by itself.

Part 2 sections 2.1.27 to 2.1.31. All times in messages are UTC and have nothing to do with it.
"""

import re
from datetime import datetime
from functools import partial

import msgspec

from plugfest.station.context import Context
from plugfest.station.device_model.model import SetResult, SetStatus
from plugfest.station.model.timers import Timers

_OFFSET = re.compile(r"[+-](0[0-9]|1[0-4]):[0-5][0-9]")
_ZONE = re.compile(r"[A-Za-z]+(/[A-Za-z0-9_+-]+){0,2}")
_TIMER = "next time offset"


def register(context: Context) -> None:
    model = context.device_model
    offset = partial(_must_be, _OFFSET, "an offset such as +01:00")
    model.guard("ClockCtrlr", "TimeOffset", offset)
    model.guard("ClockCtrlr", "TimeOffset", offset, instance="NextTransition")
    model.guard("ClockCtrlr", "TimeZone", partial(_must_be, _ZONE, "a time zone such as Europe/Oslo"))
    if model.has("ClockCtrlr", "NextTimeOffsetTransitionDateTime"):
        Transition(context).follow()


def _must_be(pattern: re.Pattern[str], what: str, value: str) -> SetResult | None:
    return None if pattern.fullmatch(value) else SetResult(SetStatus.REJECTED, "InvalidValue", f"not {what}")


class Transition:
    """Changes TimeOffset when NextTimeOffsetTransitionDateTime comes, once for each; also if the power was off then."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._past = context.store.records("time_offset_transition", str)
        self._timers = Timers(context.spawn)

    def follow(self) -> None:
        self._context.device_model.watch("ClockCtrlr", "NextTimeOffsetTransitionDateTime", lambda *_: self._planned())
        self._context.lifecycle.clock_set.add(self._wait)
        self._wait()

    def _planned(self) -> None:
        if self._seconds_left() <= 0:
            self._past.put("last", self._due())  # nothing changes in the past
        self._wait()

    def _wait(self) -> None:
        seconds = self._seconds_left()
        if seconds > 0:
            self._timers.set(_TIMER, seconds, self._wait)
        elif self._past.get("last") != self._due():
            model = self._context.device_model
            with self._context.store.transaction():
                self._past.put("last", self._due())
                model.put("ClockCtrlr", "TimeOffset", model.text("ClockCtrlr", "TimeOffset", instance="NextTransition"))

    def _due(self) -> str:
        return self._context.device_model.text("ClockCtrlr", "NextTimeOffsetTransitionDateTime")

    def _seconds_left(self) -> float:
        return (msgspec.convert(self._due(), datetime) - self._context.now()).total_seconds()
