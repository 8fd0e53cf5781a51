"""Frames as mutants see them: requests and answers, nothing else."""

from plugfest.ocpp import frames
from plugfest.ocpp.frames import Call, CallResult
from plugfest.ocpp.rpc import DEFAULT_MAX_MESSAGE_SIZE


def parsed_frame(text: str | bytes) -> Call | CallResult | None:
    """The CALL or CALLRESULT in a text; None for anything else."""
    try:
        frame = frames.parse(text, DEFAULT_MAX_MESSAGE_SIZE)
    except frames.FrameError:
        return None
    return frame if isinstance(frame, Call | CallResult) else None
