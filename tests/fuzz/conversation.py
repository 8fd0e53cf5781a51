"""Real frames to mutate, and a check that no exception is logged."""

import contextlib
import logging
from collections.abc import Iterator
from functools import cache

from tests.rig.campaigns import campaign, written_cases

from plugfest.lab.recording.record import Direction, Frame

CASES = {
    "alpitronic-hyc-200-eu": ("TC_B_06", "TC_B_09", "TC_B_12", "TC_E_09", "TC_F_20", "TC_G_03", "TC_N_25", "TC_P_01"),
    "reference-16-ac": ("TC_003", "TC_010", "TC_019", "TC_021", "TC_045_1", "TC_054", "TC_064"),
}
"""Cases of each OCPP version with many kinds of messages."""

DISRUPTIVE = ("Reset", "SetNetworkProfile", "UpdateFirmware")
"""Requests after which a conforming station restarts or connects elsewhere."""


def cases(product: str) -> list[str]:
    return [f"{case_id}_CS" for case_id in CASES[product]]


@cache
def real_frames(product: str, direction: Direction) -> tuple[str, ...]:
    """The frames of one end in these cases, at most three of each kind of message."""
    chosen = [one for one in written_cases(product) if one.id in cases(product)]
    frames = campaign(product, chosen).frames
    calls = {frame.text.split(",")[1]: frame for frame in frames if frame.text.startswith("[2,")}
    counts: dict[str, int] = {}
    selected = []
    for frame in frames:
        kind = _kind(frame, calls)
        counts[kind] = counts.get(kind, 0) + (frame.direction is direction)
        if frame.direction is direction and counts[kind] <= 3 and not any(one in kind for one in DISRUPTIVE):
            selected.append(frame.text)
    return tuple(selected)


def _kind(frame: Frame, calls: dict[str, Frame]) -> str:
    """The action of a frame, and whether it is an answer."""
    is_call = frame.text.startswith("[2,")
    call = frame if is_call else calls.get(frame.text.split(",")[1], frame)
    return call.text.split(",")[2] + ("" if is_call else " answer")


class _Tracebacks(logging.Handler):
    """Collects logged exceptions: errors that the code does not handle."""

    def __init__(self) -> None:
        super().__init__()
        self.tracebacks: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        if record.exc_info:
            self.tracebacks.append(logging.Formatter().format(record))


@contextlib.contextmanager
def no_traceback() -> Iterator[None]:
    """Check that no exception is logged in this block."""
    handler = _Tracebacks()
    logging.getLogger().addHandler(handler)
    try:
        yield
    finally:
        logging.getLogger().removeHandler(handler)
    assert handler.tracebacks == []
