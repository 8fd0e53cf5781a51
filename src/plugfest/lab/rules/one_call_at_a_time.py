"""A station waits for the answer to its request before it sends the next one (Part 4 section 4.1.1)."""

from collections.abc import Iterable, Iterator
from typing import Any

import msgspec

from plugfest.lab.record import Direction, Frame
from plugfest.lab.verdict import Finding

CALL, CALLRESULT, CALLERROR = 2, 3, 4

PATIENCE = 2.0
"""Seconds. After more than that the station may have given up on the answer, and may go on."""


def judge(frames: Iterable[Frame]) -> Iterator[Finding]:
    """A finding for each request that came while an earlier one was waiting for its answer, which it then got."""
    frames = list(frames)
    answered_at = _answers(frames)
    before: tuple[str, Frame] | None = None
    for frame in frames:
        parts = _parts(frame)
        if frame.direction is not Direction.FROM_STATION or parts[:1] != [CALL] or len(parts) != 4:
            continue
        if before is not None and _overtaken(before, frame, answered_at):
            yield Finding(
                requirement="Part 4 section 4.1.1",
                expected=f"{parts[2]}Request after the answer to the request before it",
                actual="before it",
                frame=frame.index,
            )
        before = (str(parts[1]), frame)


def _overtaken(before: tuple[str, Frame], frame: Frame, answered_at: dict[str, int]) -> bool:
    message_id, earlier = before
    return frame.at - earlier.at < PATIENCE and answered_at.get(message_id, -1) > frame.index


def _answers(frames: list[Frame]) -> dict[str, int]:
    """Index of the lab's answer by message id."""
    answers: dict[str, int] = {}
    for frame in frames:
        parts = _parts(frame)
        if frame.direction is Direction.FROM_LAB and parts[:1] and parts[0] in (CALLRESULT, CALLERROR):
            answers[str(parts[1])] = frame.index
    return answers


def _parts(frame: Frame) -> list[Any]:
    try:
        parts = msgspec.json.decode(frame.text)
    except msgspec.DecodeError:
        return []
    return parts if isinstance(parts, list) else []
