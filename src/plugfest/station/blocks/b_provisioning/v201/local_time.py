"""The local time that the driver sees: its offset, and the next change of the offset.

Part 2 sections 2.1.27 to 2.1.31. It does not affect the times in messages, which are UTC.
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
    offset = partial(_check_format, _OFFSET, "an offset such as +01:00")
    model.guard("ClockCtrlr", "TimeOffset", offset)
    model.guard("ClockCtrlr", "TimeOffset", offset, instance="NextTransition")
    model.guard("ClockCtrlr", "TimeZone", partial(_check_format, _ZONE, "a time zone such as Europe/Oslo"))
    if model.has("ClockCtrlr", "NextTimeOffsetTransitionDateTime"):
        TimeOffsetTransition(context).start()


def _check_format(pattern: re.Pattern[str], expected: str, value: str) -> SetResult | None:
    return None if pattern.fullmatch(value) else SetResult(SetStatus.REJECTED, "InvalidValue", f"not {expected}")


class TimeOffsetTransition:
    """Changes TimeOffset at NextTimeOffsetTransitionDateTime, once per value, or later at the start."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._completed = context.store.records("time_offset_transition", str)
        self._timers = Timers(context.spawn)

    def start(self) -> None:
        self._context.device_model.watch("ClockCtrlr", "NextTimeOffsetTransitionDateTime", lambda *_: self._changed())
        self._context.lifecycle.clock_set.add(lambda _: self._wait())
        self._wait()

    def _changed(self) -> None:
        if self._seconds_left() <= 0:
            self._completed.put("last", self._due())  # a transition in the past has no effect
        self._wait()

    def _wait(self) -> None:
        seconds = self._seconds_left()
        if seconds > 0:
            self._timers.set(_TIMER, seconds, self._wait)
        elif self._completed.get("last") != self._due():
            model = self._context.device_model
            with self._context.store.transaction():
                self._completed.put("last", self._due())
                model.put("ClockCtrlr", "TimeOffset", model.text("ClockCtrlr", "TimeOffset", instance="NextTransition"))

    def _due(self) -> str:
        return self._context.device_model.text("ClockCtrlr", "NextTimeOffsetTransitionDateTime")

    def _seconds_left(self) -> float:
        return (msgspec.convert(self._due(), datetime) - self._context.now()).total_seconds()
