"""The JSON array around a payload: CALL, CALLRESULT and CALLERROR (2.0.1 Part 4, 4.2; 1.6J, 4.2)."""

import re
from collections.abc import Callable, Mapping
from typing import Annotated, Final, TypeAlias

import msgspec

from plugfest.ocpp.errors import Failure
from plugfest.ocpp.message import JsonValue

CALL: Final = 2
CALLRESULT: Final = 3
CALLERROR: Final = 4

MAX_ID_LENGTH: Final = 36
_MAX_DESCRIPTION_LENGTH: Final = 255
_LONGEST_CHARACTER: Final = 4  # bytes of UTF-8


MessageId: TypeAlias = Annotated[str, msgspec.Meta(max_length=MAX_ID_LENGTH)]


class Call(msgspec.Struct, frozen=True, array_like=True, tag=CALL, forbid_unknown_fields=True, gc=False):
    """A request. The payload is still JSON: its type depends on the action."""

    message_id: MessageId
    action: str
    payload: msgspec.Raw


class CallResult(msgspec.Struct, frozen=True, array_like=True, tag=CALLRESULT, forbid_unknown_fields=True, gc=False):
    """The answer to a CALL that succeeded."""

    message_id: MessageId
    payload: msgspec.Raw


class CallError(msgspec.Struct, frozen=True, array_like=True, tag=CALLERROR, forbid_unknown_fields=True, gc=False):
    """The answer to a CALL that failed. `code` is the name on the wire."""

    message_id: MessageId
    code: str
    description: str
    details: dict[str, JsonValue]


Frame: TypeAlias = Call | CallResult | CallError


class FrameError(Exception):
    """A message that is not a valid frame, or a CALL that is not accepted. Fields that cannot be read are None.

    `answer`: what an answer means although it is not valid; None if that is not clear. `defect`: what is wrong with it.
    """

    def __init__(
        self,
        failure: Failure,
        message_id: str | None,
        description: str,
        action: str | None = None,
        *,
        answer: CallResult | CallError | None = None,
        defect: str = "",
    ) -> None:
        super().__init__(failure, message_id, description, action)
        self.failure = failure
        self.message_id = message_id
        self.description = description
        self.action = action
        self.answer = answer
        self.defect = defect


_Elements: TypeAlias = list[msgspec.Raw]

_FRAME: Final[msgspec.json.Decoder[Frame]] = msgspec.json.Decoder(Frame)
_ARRAY: Final = msgspec.json.Decoder(_Elements)
_INTEGER: Final = msgspec.json.Decoder(int)
_TEXT: Final = msgspec.json.Decoder(str)
_OBJECT: Final = msgspec.json.Decoder(dict[str, JsonValue])
_NOT_JSON: Final = (msgspec.DecodeError, UnicodeError, RecursionError)

# The start of a frame, for messages that cannot be parsed as a whole.
_START: Final = re.compile(r'\s*\[\s*(?P<type>[234])\s*,\s*"(?P<id>[^"\\\x00-\x1f]{0,36})"\s*,')


def parse(text: str | bytes, max_size: int) -> Frame:
    """The frame in a message of at most `max_size` bytes of UTF-8. Raises FrameError."""
    if len(text) * _LONGEST_CHARACTER > max_size:
        return _parse_strictly(text, max_size)
    try:
        return _FRAME.decode(text)  # fast path: almost all frames are valid
    except _NOT_JSON:
        return _parse_strictly(text, max_size)


def _parse_strictly(text: str | bytes, max_size: int) -> Frame:
    """Parse step by step, to describe exactly what is wrong with an invalid frame."""
    raw = _utf8(text)
    if len(raw) > max_size:
        raise _unparsable(raw, f"message of {len(raw)} bytes is larger than {max_size} bytes")
    try:
        elements = _ARRAY.decode(raw)
    except _NOT_JSON as error:
        raise _unparsable(raw, f"message is not a JSON array: {error}") from None
    message_type = _decoded(_INTEGER, elements, 0)
    if message_type is None:
        raise FrameError(Failure.UNREADABLE, None, "message does not begin with a message type number")
    if message_type not in _PARSERS:
        raise FrameError(Failure.UNKNOWN_MESSAGE_TYPE, _message_id(elements), f"message type {message_type} is unknown")
    return _PARSERS[message_type](elements)


def _utf8(text: str | bytes) -> bytes:
    try:
        return text.encode() if isinstance(text, str) else text.decode().encode()
    except UnicodeError:
        raise FrameError(Failure.UNREADABLE, None, "message is not UTF-8") from None


def _unparsable(raw: bytes, description: str) -> FrameError:
    """The error for a message that is not JSON. Its id counts as unreadable only if its start has none (4.2.3)."""
    start = _START.match(raw[:256].decode(errors="replace"))
    if not start:
        return FrameError(Failure.UNREADABLE, None, description)
    failure = Failure.UNPARSABLE_CALL if start["type"] == str(CALL) else Failure.MALFORMED_ANSWER
    return FrameError(failure, start["id"], description)


def _decoded(decoder: msgspec.json.Decoder[JsonValue], elements: _Elements, index: int) -> JsonValue:
    """The element at an index; None if it is missing or of another type."""
    try:
        return decoder.decode(elements[index])
    except (IndexError, *_NOT_JSON):
        return None


def _message_id(elements: _Elements) -> str | None:
    message_id = _decoded(_TEXT, elements, 1)
    return message_id if message_id is not None and len(message_id) <= MAX_ID_LENGTH else None


def _parse_call(elements: _Elements) -> Call:
    message_id = _message_id(elements)
    if message_id is None:
        raise FrameError(Failure.UNREADABLE, None, f"CALL has no message id of at most {MAX_ID_LENGTH} characters")
    if len(elements) != 4:
        raise FrameError(Failure.MALFORMED_CALL, message_id, f"CALL has {len(elements)} elements instead of 4")
    action = _decoded(_TEXT, elements, 2)
    if action is None:
        raise FrameError(Failure.MALFORMED_CALL, message_id, "action of CALL is not a string")
    return Call(message_id, action, elements[3])


def _parse_call_result(elements: _Elements) -> CallResult:
    message_id, length = _message_id(elements), 3
    if message_id is not None and len(elements) == length:
        return CallResult(message_id, elements[2])
    answer = None if message_id is None or len(elements) < length else CallResult(message_id, elements[2])
    raise _malformed_answer("CALLRESULT", message_id, elements, length, answer)


def _parse_call_error(elements: _Elements) -> CallError:
    message_id, length = _message_id(elements), 5
    code, description = _decoded(_TEXT, elements, 2), _decoded(_TEXT, elements, 3)
    details = _decoded(_OBJECT, elements, 4)
    answer = (
        None if message_id is None or code is None else CallError(message_id, code, description or "", details or {})
    )
    if message_id is None or len(elements) != length:
        raise _malformed_answer("CALLERROR", message_id, elements, length, answer)
    if answer is None or description is None or details is None:
        problem = "CALLERROR does not consist of two strings and an object"
        defect = "no two strings and an object"
        raise FrameError(Failure.MALFORMED_ANSWER, message_id, problem, answer=answer, defect=defect)
    return answer


def _malformed_answer(
    name: str, message_id: str | None, elements: _Elements, length: int, answer: CallResult | CallError | None
) -> FrameError:
    description = f"{name} has no message id or does not have {length} elements"
    defect = f"{len(elements)} elements instead of {length}"
    return FrameError(Failure.MALFORMED_ANSWER, message_id, description, answer=answer, defect=defect)


_PARSERS: Final[dict[int, Callable[[_Elements], Frame]]] = {
    CALL: _parse_call,
    CALLRESULT: _parse_call_result,
    CALLERROR: _parse_call_error,
}


def call(message_id: str, action: str, payload: bytes) -> str:
    """The text of a CALL."""
    return _text(Call(message_id, action, msgspec.Raw(payload)))


def call_result(message_id: str, payload: bytes) -> str:
    """The text of a CALLRESULT."""
    return _text(CallResult(message_id, msgspec.Raw(payload)))


def call_error(message_id: str, code: str, description: str, details: Mapping[str, JsonValue] | None = None) -> str:
    """The text of a CALLERROR. The description is cut to 255 characters, the maximum."""
    return _text(CallError(message_id, code, description[:_MAX_DESCRIPTION_LENGTH], dict(details or {})))


def _text(frame: Frame) -> str:
    return msgspec.json.encode(frame).decode()
