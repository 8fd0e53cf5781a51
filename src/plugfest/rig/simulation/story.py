"""The story of a world in lines that a person reads."""

from collections.abc import Iterator
from typing import Final

from plugfest.rig.simulation.invariants.frames import Frame, Kind
from plugfest.rig.simulation.run import Outcome

LAST_FRAMES: Final = 8
WIDTH: Final = 150


def story(outcome: Outcome) -> Iterator[str]:
    """The settings that matter, the events with their times, the last frames and the rule that was broken."""
    world = outcome.world
    if world.settings:
        yield "settings: " + ", ".join(f"{name}={value}" for name, value in world.settings.items())
    for event in world.events:
        if outcome.violation is None or event.at <= outcome.violation.at:
            yield f"{clock_time(event.at)}  {event}"
    if outcome.violation is not None:
        violation = outcome.violation
        for frame in outcome.frames[-LAST_FRAMES:]:
            yield f"{clock_time(frame.at)}  {_frame(frame)}"
        yield f"{clock_time(violation.at)}  broken: {violation.rule} ({violation.requirement}): {violation.problem}"


def frame_lines(outcome: Outcome) -> Iterator[str]:
    """Every frame, complete."""
    for frame in outcome.frames:
        yield f"{clock_time(frame.at)}  {'station >' if frame.sent else 'CSMS    >'} {frame.text}"


def clock_time(seconds: float) -> str:
    """Hours, minutes and seconds since the start."""
    tenths = round(seconds * 10)
    minutes, rest = divmod(tenths, 600)
    return f"{minutes // 60:02}:{minutes % 60:02}:{rest / 10:04.1f}"


def _frame(frame: Frame) -> str:
    arrow = "station >" if frame.sent else "CSMS    >"
    text = frame.text
    if frame.kind is not Kind.INVALID:
        text = text.replace(f'"{frame.message_id}",', "", 1)  # an id is of no help to a reader
    return f"{arrow} {text if len(text) <= WIDTH else text[:WIDTH] + '…'}"
