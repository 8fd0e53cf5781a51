"""The answers of the control API."""

import asyncio
from collections.abc import Mapping
from datetime import datetime
from http import HTTPStatus
from typing import Final

import msgspec
from starlette.responses import Response

from plugfest.ocpp.message import JsonValue
from plugfest.station.control.commands import ControlError, LockedError, TokenFormatError
from plugfest.station.control.frames import FrameKind, RecordedFrame

JSON: Final = "application/json"
MAX_ERROR_LENGTH: Final = 300
"""In characters: an error may quote what was sent."""

ERRORS: Final = (ControlError, msgspec.MsgspecError, UnicodeDecodeError, RecursionError, asyncio.CancelledError)
"""What `refusal` answers."""


class Problem(msgspec.Struct, frozen=True):
    """Why the operation failed, in one line."""

    error: str


class Frame(msgspec.Struct, frozen=True, kw_only=True):
    """A frame that the station sent or received. Frames are numbered from 1 since the start of the process.

    `action`: of the request, also for its answer; empty if it is not known. `kind` is "invalid" for what is no frame of
    OCPP-J, of which only `text` is known. `payload`: of a CALL or CALLRESULT; the details of a CALLERROR, of which
    `error` has the code and the description.
    """

    number: int
    at: datetime
    sent: bool
    kind: FrameKind
    action: str
    message_id: str
    payload: dict[str, JsonValue]
    error: str
    text: str

    @classmethod
    def of(cls, frame: RecordedFrame) -> "Frame":
        """A recorded frame with what its text contains, without passwords."""
        frame = frame.without_passwords()
        return cls(
            number=frame.number,
            at=frame.at,
            sent=frame.sent,
            kind=frame.kind,
            action=frame.action,
            message_id=frame.message_id,
            payload=frame.payload,
            error=frame.error,
            text=frame.text,
        )


class FrameList(msgspec.Struct, frozen=True, kw_only=True):
    """Frames, oldest first. `newest`: the number of the newest frame of the station, whether or not it is in the list.

    `oldest`: that of the oldest frame that is kept, 0 if none is.
    """

    oldest: int
    newest: int
    frames: list[Frame]


class DroppedFrames(msgspec.Struct, frozen=True, kw_only=True):
    """The frames from `first` to `last` are no longer kept."""

    first: int
    last: int


def json_response(
    content: object, status: HTTPStatus = HTTPStatus.OK, headers: Mapping[str, str] | None = None
) -> Response:
    """The content as JSON."""
    return Response(msgspec.json.encode(content), status_code=status.value, headers=headers, media_type=JSON)


def problem_response(
    problem: str, status: HTTPStatus = HTTPStatus.BAD_REQUEST, headers: Mapping[str, str] | None = None
) -> Response:
    """The answer to what is not done, or has not come."""
    return json_response(Problem(" ".join(problem.split())[:MAX_ERROR_LENGTH]), status, headers)


def refusal(error: BaseException) -> Response:
    """The answer to one of ERRORS. A cancellation from outside is raised again."""
    match error:
        case LockedError():
            return problem_response(str(error), HTTPStatus.LOCKED)
        case ControlError() if not isinstance(error, TokenFormatError):
            return problem_response(str(error), HTTPStatus.CONFLICT)
        case asyncio.CancelledError():
            if _is_cancelled():
                raise error
            return problem_response(str(error), HTTPStatus.SERVICE_UNAVAILABLE)  # the store fails: the station stops
    return problem_response(str(error))


def _is_cancelled() -> bool:
    """Whether the running task is cancelled from outside."""
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0
