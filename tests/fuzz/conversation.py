"""Real frames to spoil, and what must not happen whatever is done to them."""

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
"""Cases of each version that hold many kinds of messages."""

FAR_FROM_HARMLESS = ("Reset", "SetNetworkProfile", "UpdateFirmware")
"""Requests after which a station that does as it is told is gone, or somewhere else."""


def cases(product: str) -> list[str]:
    return [f"{case_id}_CS" for case_id in CASES[product]]


@cache
def real_frames(product: str, direction: Direction) -> tuple[str, ...]:
    """What one end says in those cases, each kind of message at most thrice."""
    chosen = [one for one in written_cases(product) if one.id in cases(product)]
    frames = campaign(product, chosen).frames
    asked = {frame.text.split(",")[1]: frame for frame in frames if frame.text.startswith("[2,")}
    counts: dict[str, int] = {}
    said = []
    for frame in frames:
        kind = _kind(frame, asked)
        counts[kind] = counts.get(kind, 0) + (frame.direction is direction)
        if frame.direction is direction and counts[kind] <= 3 and not any(one in kind for one in FAR_FROM_HARMLESS):
            said.append(frame.text)
    return tuple(said)


def _kind(frame: Frame, asked: dict[str, Frame]) -> str:
    """The action of a frame, and whether it is an answer."""
    is_call = frame.text.startswith("[2,")
    call = frame if is_call else asked.get(frame.text.split(",")[1], frame)
    return call.text.split(",")[2] + ("" if is_call else " answer")


class _Tracebacks(logging.Handler):
    """Exceptions that somebody logged: nobody had thought of them."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        if record.exc_info:
            self.seen.append(logging.Formatter().format(record))


@contextlib.contextmanager
def no_traceback() -> Iterator[None]:
    """Nothing in this block logs an exception."""
    handler = _Tracebacks()
    logging.getLogger().addHandler(handler)
    try:
        yield
    finally:
        logging.getLogger().removeHandler(handler)
    assert handler.seen == []
