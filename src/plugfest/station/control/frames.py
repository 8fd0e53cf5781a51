"""The newest frames of a station, as objects: to look at, to search and to wait for."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from functools import lru_cache
from typing import Final, Literal, NamedTuple, TypeAlias

import msgspec

from plugfest.clock import utc_now
from plugfest.link.peer import Direction
from plugfest.ocpp.frames import Call, CallError, CallResult, Frame, FrameError, parse
from plugfest.ocpp.message import JsonValue
from plugfest.ocpp.secrets.screen import without_passwords

MAX_FRAMES: Final = 1000
MAX_CHARACTERS: Final = 4_000_000
"""Of all frames together that are kept."""

_MAX_UNANSWERED: Final = 100

FrameKind: TypeAlias = Literal["call", "result", "error", "invalid"]


class RecordedFrame(msgspec.Struct, frozen=True, kw_only=True):
    """A frame that the station sent or received. Frames are numbered from 1.

    `action`: of the request, also for its answer; empty if it is not known. `kind` is "invalid" for what is no frame of
    OCPP-J.
    """

    number: int
    at: datetime
    sent: bool
    kind: FrameKind
    action: str
    text: str

    @property
    def payload(self) -> dict[str, JsonValue]:
        """The payload of a CALL or CALLRESULT, the details of a CALLERROR; empty if there is none."""
        match _parsed(self.text):
            case Call(payload=payload) | CallResult(payload=payload):
                return _object(payload)
            case CallError(details=details):
                return details
        return {}

    @property
    def message_id(self) -> str:
        """The id of the message; empty if it is no frame."""
        frame = _parsed(self.text)
        return "" if frame is None else frame.message_id

    @property
    def error(self) -> str:
        """The code and the description of a CALLERROR; empty for another frame."""
        match _parsed(self.text):
            case CallError(code=code, description=description):
                return f"{code}: {description}" if description else code
        return ""

    def without_passwords(self) -> "RecordedFrame":
        """The frame as it may leave the process: passwords, logins and private keys are replaced (A01.FR.12)."""
        shown = _without_passwords(self.text)
        return self if shown == self.text else msgspec.structs.replace(self, text=shown)

    def __str__(self) -> str:
        return f"{'->' if self.sent else '<-'} {self.text}"


class _NewFrame(NamedTuple):
    """A frame that was not examined yet."""

    number: int
    at: datetime
    sent: bool
    text: str


class Frames:
    """The newest frames of a station, oldest first. When there are too many, the oldest are dropped.

    `keep`: how many at most; 0 keeps none.
    """

    def __init__(self, keep: int = MAX_FRAMES) -> None:
        self._frames: list[RecordedFrame] = []
        self._new: list[_NewFrame] = []
        self._keep = keep
        self._characters = 0
        self._unanswered: dict[tuple[bool, str], str] = {}
        """The actions of requests that have no answer yet, by sender and message id."""
        self.newest = 0
        """The number of the newest frame."""

    def __iter__(self) -> Iterator[RecordedFrame]:
        return iter(tuple(self._read()))

    def __len__(self) -> int:
        return len(self._read())

    def __getitem__(self, index: int) -> RecordedFrame:
        return self._read()[index]

    def add(self, direction: Direction, text: str) -> None:
        """Keep a frame."""
        self.newest += 1
        if not self._keep:
            return
        self._new.append(_NewFrame(self.newest, utc_now(), direction is Direction.SENT, text))
        self._characters += len(text)
        if len(self._new) > self._keep + 2 * _MAX_UNANSWERED:
            self._drop_unread()
        elif self._characters > MAX_CHARACTERS:
            self._read()

    def after(self, number: int) -> list[RecordedFrame]:
        """The frames that are newer than this one."""
        newer: list[RecordedFrame] = []
        for frame in reversed(self._read()):
            if frame.number <= number:
                break
            newer.append(frame)
        return newer[::-1]

    def get(self, number: int) -> RecordedFrame | None:
        """A frame by its number; None if it is not kept."""
        return next((each for each in self._read() if each.number == number), None)

    def of(
        self, action: str, *, sent: bool | None = None, kind: FrameKind | None = "call", **fields: JsonValue
    ) -> list[RecordedFrame]:
        """The frames of an action, by default its requests in both directions, with these fields in the payload."""
        wanted = Wanted(action=action, sent=sent, kind=kind, contains=fields)
        return [each for each in self if wanted.fits(each)]

    def _read(self) -> list[RecordedFrame]:
        """All frames. Those that have come since the last time are examined now: most are never looked at."""
        new, self._new = self._new, []
        self._frames += map(self._recorded, new)
        dropped = max(0, len(self._frames) - self._keep)
        left = self._characters - _characters(self._frames[:dropped])
        while left > MAX_CHARACTERS:
            left -= len(self._frames[dropped].text)
            dropped += 1
        del self._frames[:dropped]
        self._characters = left
        return self._frames

    def _drop_unread(self) -> None:
        """Drop the oldest frames. Left are those to keep, and requests before them that they may answer."""
        dropped, self._new = self._new[:_MAX_UNANSWERED], self._new[_MAX_UNANSWERED:]
        self._characters -= _characters(self._frames) + _characters(dropped)
        self._frames.clear()

    def _recorded(self, new: "_NewFrame") -> RecordedFrame:
        kind, action = self._kind_and_action(_parsed(new.text), new.sent)
        return RecordedFrame(number=new.number, at=new.at, sent=new.sent, kind=kind, action=action, text=new.text)

    def _kind_and_action(self, frame: Frame | None, sent: bool) -> tuple[FrameKind, str]:
        match frame:
            case Call(message_id=message_id, action=action):
                self._unanswered[sent, message_id] = action
                if len(self._unanswered) > _MAX_UNANSWERED:
                    del self._unanswered[next(iter(self._unanswered))]
                return "call", action
            case CallResult(message_id=message_id):
                return "result", self._unanswered.pop((not sent, message_id), "")
            case CallError(message_id=message_id):
                return "error", self._unanswered.pop((not sent, message_id), "")
        return "invalid", ""


def _characters(frames: Iterable[RecordedFrame | _NewFrame]) -> int:
    return sum(len(each.text) for each in frames)


class Wanted(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A kind of frames: None fits all. `contains`: fields of the payload, in objects as deep as they are given."""

    action: str | None = None
    sent: bool | None = None
    kind: FrameKind | None = "call"
    contains: Mapping[str, JsonValue] = {}

    def fits(self, frame: RecordedFrame) -> bool:
        """Whether a frame is one of these."""
        return (
            self.action in (None, frame.action)
            and self.sent in (None, frame.sent)
            and self.kind in (None, frame.kind)
            and (not self.contains or is_contained(dict(self.contains), frame.payload))
        )

    def __str__(self) -> str:
        way = {True: " from the station", False: " from the CSMS", None: ""}[self.sent]
        kind = "message" if self.kind is None else self.kind
        fields = f" with {msgspec.json.encode(self.contains).decode()}" if self.contains else ""
        return f"{'' if self.action is None else f'{self.action} '}{kind}{way}{fields}"


def is_contained(part: JsonValue, whole: JsonValue) -> bool:
    """Whether the fields of objects are in the whole, with the same values; arrays have the parts in this order."""
    match part, whole:
        case dict(), dict():
            return all(name in whole and is_contained(value, whole[name]) for name, value in part.items())
        case list(), list():
            left = iter(whole)
            return all(any(is_contained(one, other) for other in left) for one in part)
    return part == whole and isinstance(part, bool) is isinstance(whole, bool)


def _parsed(text: str) -> Frame | None:
    try:
        return parse(text, len(text) * 4 + 1)
    except FrameError:
        return None


@lru_cache(maxsize=16)
def _without_passwords(text: str) -> str:
    """Of the newest frames: each stream of events asks for them."""
    return without_passwords(text)


def _object(payload: msgspec.Raw) -> dict[str, JsonValue]:
    try:
        return msgspec.json.decode(payload, type=dict[str, JsonValue])
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return {}
