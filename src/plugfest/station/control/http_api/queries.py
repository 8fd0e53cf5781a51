"""The parameters of the GET requests, as structs."""

from typing import Annotated, Final, TypeVar

import msgspec
from msgspec import Meta
from starlette.datastructures import QueryParams

from plugfest.ocpp.message import JsonValue
from plugfest.station.control.conditions import Condition
from plugfest.station.control.frames import FrameKind, Wanted

Q = TypeVar("Q", bound=msgspec.Struct)

DEFAULT_WITHIN: Final = 30.0
MAX_WITHIN: Final = 3600.0
"""Seconds that a wait may take."""

DEFAULT_FRAMES: Final = 100
MAX_FRAMES: Final = 1000
"""How many frames one answer has."""

Within = Annotated[float, Meta(ge=0, le=MAX_WITHIN)]
FrameNumber = Annotated[int, Meta(ge=0)]

MESSAGE: Final = "message"
"""With this parameter, a wait is for a message instead of a state."""


class StateWait(Condition, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Wait for it `within` so many seconds."""

    within: Within = DEFAULT_WITHIN

    @property
    def condition(self) -> Condition:
        return Condition(**{name: getattr(self, name) for name in Condition.__struct_fields__})


class MessageWait(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A message of the action `message` to wait for, `within` so many seconds.

    `sent`: by the station (true), by the CSMS (false), by default by either. `contains`: a JSON object with fields of
    the payload. Messages since the last operation count, each once; with `after`, those with a higher number.
    """

    message: Annotated[str, Meta(min_length=1)]
    sent: bool | None = None
    kind: FrameKind = "call"
    contains: str = "{}"
    after: FrameNumber | None = None
    within: Within = DEFAULT_WITHIN

    @property
    def wanted(self) -> Wanted:
        """Raises MsgspecError if `contains` is no JSON object."""
        fields: dict[str, JsonValue] = msgspec.json.decode(self.contains, type=dict[str, JsonValue])
        return Wanted(action=self.message, sent=self.sent, kind=self.kind, contains=fields)


class FrameQuery(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which frames: the newest `limit`, or with `after` the first `limit` with a higher number.

    `action`, `sent` and `kind` select frames. An answer has the action of its request.
    """

    after: FrameNumber | None = None
    action: str | None = None
    sent: bool | None = None
    kind: FrameKind | None = None
    limit: Annotated[int, Meta(ge=1, le=MAX_FRAMES)] = DEFAULT_FRAMES

    @property
    def wanted(self) -> Wanted:
        return Wanted(action=self.action, sent=self.sent, kind=self.kind)


class EventQuery(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """From which frame on: the one behind `after`. The header Last-Event-ID has precedence. By default the next one."""

    after: FrameNumber | None = None


def parsed(query: QueryParams, kind: type[Q]) -> Q:
    """The parameters of a request. Raises ValidationError, which names what is wrong."""
    given: dict[str, str] = {}
    for name, value in query.multi_items():
        if name in given:
            raise msgspec.ValidationError(f"{name} is given more than once")
        given[name] = value
    unknown = next((name for name in given if name not in kind.__struct_fields__), None)
    if unknown is not None:
        raise msgspec.ValidationError(f"{unknown} is none of the parameters {', '.join(kind.__struct_fields__)}")
    found: Q = msgspec.convert(given, kind, strict=False)
    null = next((name for name in given if getattr(found, name) is None), None)
    if null is not None:
        raise msgspec.ValidationError(f"{null} is null, which is no value; leave it out")
    return found
