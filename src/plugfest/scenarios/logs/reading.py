"""Reads frames from logs: of our runs, of `plugfest station --frames`, and of other programs.

A line of a log is JSON or text. In JSON the frame is an array or a text with one, wherever it is; in text it is where
the array begins. The time is beside it, or the `timestamp` in its payload.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final, TypeAlias

import msgspec

from plugfest.ocpp.frames import Call, CallError, CallResult, Frame, FrameError, parse
from plugfest.ocpp.message import JsonValue

_FRAME_BEGIN: Final = re.compile(r'\[\s*[234]\s*,\s*\\?"')
_DATE_TIME: Final = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d{1,9})?(?:Z|[+-]\d\d:?\d\d)?")
_CLOCK_TIME: Final = re.compile(r"\b(\d\d):(\d\d):(\d\d(?:\.\d+)?)\b")
_SECONDS: Final = range(1_000_000_000, 10_000_000_000)
_MILLISECONDS: Final = 1000.0

_SITTING: Final = "sitting-*.jsonl"

_DAY: Final = timedelta(days=1)


class LogError(Exception):
    """A log that cannot be used. The text is one line that names what to do."""


class LoggedFrame(msgspec.Struct, frozen=True):
    """A frame and when it was logged. Only differences of times count: a log may have no dates."""

    at: datetime
    frame: Frame

    @property
    def payload(self) -> dict[str, JsonValue]:
        """The payload of a request or an answer, empty if it is no object."""
        match self.frame:
            case Call(payload=raw) | CallResult(payload=raw):
                try:
                    return msgspec.json.decode(raw, type=dict[str, JsonValue])
                except msgspec.DecodeError:
                    return {}
        return {}


def read_log(path: Path) -> list[LoggedFrame]:
    """The frames of a file, or of the folder of a run. Raises LogError."""
    try:
        files = _files(path)
        found = [
            frame for file in files for frame in frames_of_text(file.read_text(encoding="utf-8", errors="replace"))
        ]
    except OSError as error:
        raise LogError(f"{path} cannot be read: {error.strerror or error}") from None
    if not found:
        raise LogError(f'{path} has no OCPP frame with a time: a line needs a time and an array such as [2,"1",...]')
    return found


def _files(path: Path) -> list[Path]:
    if not path.is_dir():
        return [path]
    found = sorted(path.glob(_SITTING), key=lambda file: (len(file.name), file.name))
    if found:
        return found
    products = sorted(file.parent for file in path.glob(f"*/{_SITTING}"))
    if len(set(products)) > 1:
        raise LogError(f"{path} is a run of several products: name the folder of one, such as {products[0]}")
    if not products:
        raise LogError(f"{path} is not the folder of a run: it has no {_SITTING}")
    return _files(products[0])


def frames_of_text(text: str) -> Iterator[LoggedFrame]:
    """The frames in the lines of a log; lines without one, or without a time, are left out."""
    clock = _Clock()
    for line in text.splitlines():
        for time, frame in _frames_in_line(line):
            at = clock.moment(time, frame)
            if at is not None:
                yield LoggedFrame(at, frame)


_Time: TypeAlias = "datetime | timedelta | None"
"""A date and time, or a time of day of an unknown day."""


class _Clock:
    """Times of day as moments: the day ends when they go back."""

    def __init__(self) -> None:
        self._day = datetime(2000, 1, 1, tzinfo=UTC)
        self._last: timedelta | None = None

    def moment(self, time: _Time, frame: Frame) -> datetime | None:
        if isinstance(time, timedelta):
            if self._last is not None and time < self._last - timedelta(hours=1):
                self._day += _DAY
            self._last = time
            return self._day + time
        return time if time is not None else timestamp_of(LoggedFrame(self._day, frame).payload)


def timestamp_of(payload: dict[str, JsonValue]) -> datetime | None:
    """The `timestamp` of a message."""
    value = payload.get("timestamp")
    return _date_time(value) if isinstance(value, str) else None


def _frames_in_line(line: str) -> Iterator[tuple[_Time, Frame]]:
    try:
        value: JsonValue = json.loads(line)
    except (ValueError, RecursionError):
        yield from _frames_in_text(line, None)
    else:
        yield from _frames_in_value(value, None)


def _frames_in_value(value: JsonValue, time: _Time) -> Iterator[tuple[_Time, Frame]]:
    """The frames in a value of JSON. `time`: what stands beside it."""
    if isinstance(value, str):
        yield from _frames_in_text(value, time)
        return
    if not isinstance(value, dict | list):
        return
    frame = _frame(json.dumps(value)) if isinstance(value, list) else None
    if frame is not None:
        yield time, frame
        return
    children = list(value.values()) if isinstance(value, dict) else value
    beside = next((found for each in children if (found := _time_of(each)) is not None), time)
    for child in children:
        yield from _frames_in_value(child, beside)


def _frames_in_text(text: str, time: _Time) -> Iterator[tuple[_Time, Frame]]:
    """The frame in a text, if there is one."""
    begin = _FRAME_BEGIN.search(text)
    if begin is None:
        return
    array = text[begin.start() :]
    for candidate in (array, array.replace('\\"', '"').replace("\\\\", "\\")):
        try:
            value, _ = json.JSONDecoder().raw_decode(candidate)
        except (ValueError, RecursionError):
            continue
        frame = _frame(json.dumps(value))
        if frame is not None:
            yield _time_in(text[: begin.start()]) or time, frame
            return


def _frame(text: str) -> Frame | None:
    if not _FRAME_BEGIN.match(text):
        return None
    try:
        found = parse(text, len(text) * 4 + 1)
    except FrameError:
        return None
    return found if isinstance(found, Call | CallResult | CallError) else None


def _time_of(value: JsonValue) -> _Time:
    if isinstance(value, str) and not _FRAME_BEGIN.search(value):
        return _time_in(value)
    if isinstance(value, int | float) and not isinstance(value, bool):
        for seconds in (value, value / _MILLISECONDS):
            if int(seconds) in _SECONDS:
                return datetime.fromtimestamp(seconds, UTC)
    return None


def _time_in(text: str) -> _Time:
    found = _date_time(text)
    if found is not None:
        return found
    clock = _CLOCK_TIME.search(text)
    return None if clock is None else timedelta(hours=int(clock[1]), minutes=int(clock[2]), seconds=float(clock[3]))


def _date_time(text: str) -> datetime | None:
    found = _DATE_TIME.search(text)
    if found is None:
        return None
    try:
        time = datetime.fromisoformat(found[0].replace(",", "."))
    except ValueError:
        return None
    return time.replace(tzinfo=UTC) if time.tzinfo is None else time
