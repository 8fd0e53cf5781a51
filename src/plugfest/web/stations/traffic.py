"""The newest frames of a station for its page: a bounded number, without passwords."""

import re
from collections import OrderedDict, deque
from collections.abc import Iterator
from datetime import datetime
from typing import Final

import msgspec

from plugfest.clock import utc_now
from plugfest.link.peer import Direction
from plugfest.ocpp.frames import Call, CallError, CallResult, Frame, FrameError, parse
from plugfest.ocpp.secrets.screen import without_passwords

MAX_FRAMES: Final = 500
MAX_CHARACTERS: Final = 2_000_000
"""Of all frames together that are kept."""

MAX_SHOWN: Final = 100_000
"""Characters of one frame that are kept."""

_TIME: Final = re.compile(r"\d{4}-\d\d-\d\dT")
_MAX_PENDING: Final = 100
_MAX_FACTS: Final = 4
_MAX_FACT_LENGTH: Final = 40
_MAX_ERROR_LENGTH: Final = 160


class KeptFrame(msgspec.Struct, frozen=True, kw_only=True):
    """A frame. `facts` are some short values of its payload; `kind` is call, result, error or other."""

    number: int
    at: datetime
    sent: bool
    kind: str
    title: str
    facts: str
    text: str


class Traffic:
    """The newest frames, numbered from 1. When there are too many, the oldest are dropped."""

    def __init__(self) -> None:
        self._frames: deque[KeptFrame] = deque()
        self._characters = 0
        self._actions: OrderedDict[tuple[bool, str], str] = OrderedDict()
        """The actions of requests that have no answer yet, by sender and message id."""
        self.newest = 0
        """The number of the newest frame."""

    def add(self, direction: Direction, text: str) -> None:
        """Keep a frame of the station."""
        self.newest += 1
        kept = self._described(direction is Direction.SENT, text)
        self._frames.append(kept)
        self._characters += len(kept.text)
        while len(self._frames) > MAX_FRAMES or self._characters > MAX_CHARACTERS:
            self._characters -= len(self._frames.popleft().text)

    def after(self, number: int) -> list[KeptFrame]:
        """The frames that are newer, oldest first."""
        return [each for each in self._frames if each.number > number]

    def get(self, number: int) -> KeptFrame | None:
        """A frame; None if it is no longer kept."""
        return next((each for each in self._frames if each.number == number), None)

    def _described(self, sent: bool, text: str) -> KeptFrame:
        try:
            frame: Frame | None = parse(text, len(text) * 4 + 1)
        except FrameError:
            frame = None
        kind, title, facts = self._summary(frame, sent)
        return KeptFrame(
            number=self.newest,
            at=utc_now(),
            sent=sent,
            kind=kind,
            title=title,
            facts=facts,
            text=without_passwords(text)[:MAX_SHOWN],
        )

    def _summary(self, frame: Frame | None, sent: bool) -> tuple[str, str, str]:
        match frame:
            case Call():
                self._actions[sent, frame.message_id] = frame.action
                if len(self._actions) > _MAX_PENDING:
                    self._actions.popitem(last=False)
                return "call", frame.action, _facts(frame.payload)
            case CallResult():
                return "result", self._action(frame, sent), _facts(frame.payload)
            case CallError():
                return "error", self._action(frame, sent), f"{frame.code}: {frame.description}"[:_MAX_ERROR_LENGTH]
        return "other", "not a frame of OCPP-J", ""

    def _action(self, answer: CallResult | CallError, sent: bool) -> str:
        return self._actions.pop((not sent, answer.message_id), "answer to an unknown request")


def formatted(frame: KeptFrame) -> str:
    """The JSON of a frame on several lines; the text itself if it is no JSON."""
    try:
        return msgspec.json.format(frame.text, indent=2)
    except (msgspec.DecodeError, UnicodeEncodeError, RecursionError):
        return frame.text


def _facts(payload: msgspec.Raw) -> str:
    """Some short values of a payload: its enumeration values and numbers."""
    try:
        fields = msgspec.json.decode(without_passwords(bytes(payload).decode()))
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return ""
    if not isinstance(fields, dict):
        return ""
    short = [f"{name}: {value}" for name, value in _flat(fields) if _is_short(value)]
    return ", ".join(short[:_MAX_FACTS])


def _flat(fields: dict[str, object]) -> Iterator[tuple[str, object]]:
    """The fields, and the status in each object among them: the answer to a token is idTokenInfo.status."""
    for name, value in fields.items():
        if isinstance(value, dict):
            yield "status", value.get("status")
        else:
            yield name, value


def _is_short(value: object) -> bool:
    """Whether a value is worth a place: no times, which the frame has itself, and no long texts."""
    return isinstance(value, str | int | float) and len(str(value)) <= _MAX_FACT_LENGTH and not _TIME.match(str(value))
