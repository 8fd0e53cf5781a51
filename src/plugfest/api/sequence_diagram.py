"""The frames of a station as a sequence diagram in text."""

from collections.abc import Iterable, Iterator
from typing import Final

from plugfest.reports.evidence.message_summary import request_words, response_words
from plugfest.station.control.frames import RecordedFrame

WIDTH: Final = 84
"""Characters between the two lifelines."""

_PAUSE: Final = 5.0
"""Seconds without a frame that are marked."""

_TIME_WIDTH: Final = 12


def sequence_diagram(frames: Iterable[RecordedFrame], station: str = "station") -> str:
    """The frames as arrows between the station and the CSMS, with the seconds since the first one.

    Passwords are left out.
    """
    shown = list(frames)
    if not shown:
        return f"{station} sent and received nothing"
    return "\n".join((_heading(station), *_rows(shown)))


def _heading(station: str) -> str:
    return f"{' ' * _TIME_WIDTH}{station.ljust(WIDTH - 2)}CSMS"


def _rows(frames: list[RecordedFrame]) -> Iterator[str]:
    first = before = frames[0].at
    for frame in frames:
        pause = (frame.at - before).total_seconds()
        if pause >= _PAUSE:
            yield f"{' ' * _TIME_WIDTH}│{f' {pause:.0f} s '.center(WIDTH)}│"
        before = frame.at
        yield f"{(frame.at - first).total_seconds():8.3f} s  {_arrow(frame)}"


def _arrow(frame: RecordedFrame) -> str:
    label = _label(frame)
    if len(label) > WIDTH - 8:
        label = f"{label[: WIDTH - 9]}…"
    if frame.sent:
        return f"├─ {label} {'─' * (WIDTH - len(label) - 5)}►│"
    return f"│◄{'─' * (WIDTH - len(label) - 5)} {label} ─┤"


def _label(frame: RecordedFrame) -> str:
    """The action and the main values; the beginning of the text if it is no frame."""
    redacted = frame.without_passwords()
    match frame.kind:
        case "call":
            return _joined(frame.action, request_words(frame.action, redacted.payload))
        case "result":
            return _joined(f"{frame.action} answer", response_words(frame.action, redacted.payload))
        case "error":
            return f"{frame.action} refused: {redacted.error}"
    return f"no frame: {redacted.text}"


def _joined(name: str, words: tuple[str, ...]) -> str:
    return f"{name}: {', '.join(words)}" if words else name
