"""Values of a scenario as texts: durations, times of day and numbers, fixed or with a distribution."""

import re
from collections.abc import Callable
from random import Random
from typing import Final

import msgspec

_UNITS: Final = {"d": 86400.0, "h": 3600.0, "min": 60.0, "s": 1.0}
_PART: Final = re.compile(r"(\d+(?:\.\d+)?) *(d|h|min|s)\b *")
_TIME: Final = re.compile(r"([01]\d|2[0-3]):([0-5]\d)")
_NUMBER: Final = re.compile(r"-?\d+(?:\.\d+)?")

_CUT: Final = 2.0
"""Standard deviations from the mean beyond which a normal distribution is cut off."""

Read = Callable[[str], float]


class Fixed(msgspec.Struct, frozen=True):
    """Always the same value."""

    value: float

    def draw(self, _: Random) -> float:
        return self.value


class Uniform(msgspec.Struct, frozen=True):
    """Any value between two, each as likely."""

    low: float
    high: float

    def draw(self, random: Random) -> float:
        return random.uniform(self.low, self.high)


class Exponential(msgspec.Struct, frozen=True):
    """The intervals of arrivals that do not depend on each other."""

    mean: float

    def draw(self, random: Random) -> float:
        return random.expovariate(1.0 / self.mean)


class Normal(msgspec.Struct, frozen=True):
    """Cut off at two standard deviations from the mean, and at 0."""

    mean: float
    deviation: float

    def draw(self, random: Random) -> float:
        low, high = max(0.0, self.mean - _CUT * self.deviation), self.mean + _CUT * self.deviation
        return min(max(random.gauss(self.mean, self.deviation), low), high)


class OneOfValues(msgspec.Struct, frozen=True):
    """One value of a list, each as likely."""

    values: tuple[float, ...]

    def draw(self, random: Random) -> float:
        return random.choice(self.values)


Distribution = Fixed | Uniform | Exponential | Normal | OneOfValues
"""`draw` gives a value, in seconds for durations and for times of day (since midnight)."""


def duration(text: str) -> Distribution:
    """A duration such as "8 h 30 min", or a distribution of durations. Raises ValueError with what is right."""
    return _distribution(text, _duration, 'a duration: "90 s", "8 h 30 min"')


def time_of_day(text: str) -> Distribution:
    """A time of day such as "07:30", or a distribution. Raises ValueError with what is right."""
    return _distribution(text, _time, 'a time of day: "07:30", "07:00 to 09:00", "normal 07:30, 20 min"')


def number(text: str) -> Distribution:
    """A number, or a distribution of numbers. Raises ValueError with what is right."""
    return _distribution(text, _number, 'a number: 20, "20 to 80"')


def _distribution(text: str, read: Read, right: str) -> Distribution:
    forms = f'{right}; also "A to B", "normal MEAN, DEVIATION", "exponential MEAN", "one of A, B, C"'
    kind, _, rest = text.strip().partition(" ")
    try:
        if kind == "exponential":
            return _exponential(read(rest))
        if kind == "normal":
            mean, deviation = rest.split(",")
            return Normal(read(mean), _deviation(deviation, read))
        if text.startswith("one of "):
            return OneOfValues(tuple(map(read, text.removeprefix("one of ").split(","))))
        low, to, high = text.partition(" to ")
        return _uniform(read(low), read(high)) if to else Fixed(read(text))
    except ValueError:
        raise ValueError(forms) from None


def _deviation(text: str, read: Read) -> float:
    """A time of day deviates by a duration."""
    return _duration(text) if read is _time else read(text)


def _exponential(mean: float) -> Exponential:
    if mean <= 0:
        raise ValueError("the mean is 0")
    return Exponential(mean)


def _uniform(low: float, high: float) -> Uniform:
    if low > high:
        raise ValueError("the range is empty")
    return Uniform(low, high)


def _duration(text: str) -> float:
    text = text.strip()
    parts = _PART.findall(text)
    if not parts or _PART.sub("", text):
        raise ValueError(text)
    return sum(float(value) * _UNITS[unit] for value, unit in parts)


def _time(text: str) -> float:
    found = _TIME.fullmatch(text.strip())
    if found is None:
        raise ValueError(text)
    return int(found[1]) * _UNITS["h"] + int(found[2]) * _UNITS["min"]


def _number(text: str) -> float:
    if not _NUMBER.fullmatch(text.strip()):
        raise ValueError(text)
    return float(text)


def duration_text(seconds: float) -> str:
    """A duration as `duration` reads it, to tenths of a second below an hour."""
    if seconds < 60:
        return f"{round(seconds, 1):g} s"
    if seconds < 3600:
        minutes, rest = divmod(round(seconds, 1), 60)
        return f"{minutes:g} min" + (f" {round(rest, 1):g} s" if rest else "")
    hours, rest = divmod(round(seconds), 3600)
    return f"{hours:g} h" + (f" {duration_text(rest)}" if rest else "")
