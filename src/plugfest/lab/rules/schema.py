"""Every message of the station keeps to the official JSON Schema, in the opinion of a validator that is not ours.

Our own structs judge each frame too, when it arrives. They were generated, and somebody wrote the generator; here the
files themselves have the last word.
"""

import json
from collections.abc import Container, Iterable, Iterator
from functools import cache
from typing import Any

import jsonschema_rs

from plugfest.lab.recording.record import Direction, Frame
from plugfest.lab.rules.schema_files import load_schema
from plugfest.lab.verdict import Finding
from plugfest.ocpp.frames import CALL, CALLRESULT

FOLDERS = {"1.6": "v16", "2.0.1": "v201"}
"""Where the schemas of an OCPP version are."""


class SchemaJudge:
    """Judges the frames of a campaign in their order. It keeps which answer belongs to which request of the lab."""

    def __init__(self, ocpp_version: str, clause: str) -> None:
        self._clause = clause
        self._folder = FOLDERS[ocpp_version]
        self._asked: dict[str, str] = {}  # the action of a request of the lab, by message id

    def judge(self, frames: Iterable[Frame], but: Container[int] = ()) -> Iterator[Finding]:
        """A finding for each rule of a schema that the station breaks; the frames with the indexes `but` are known."""
        for frame in frames:
            message = self._message(frame)
            if message is not None and frame.index not in but:
                yield from self._breaches(*message, frame.index)

    def _breaches(self, message: str, payload: object, frame: int) -> Iterator[Finding]:
        validator = _validator(self._folder, message)
        if validator is None:
            return  # no message of this version: whoever took the frame has refused it
        for error in _errors(validator, payload):
            rule = "/".join(str(part) for part in error.schema_path)
            yield Finding(
                requirement=self._clause,
                expected=f"{message} at {_path(error.instance_path)} keeps to {rule} of its JSON Schema",
                actual=error.message,
                frame=frame,
            )

    def _message(self, frame: Frame) -> tuple[str, Any] | None:
        """The name and the payload of what the station said; None where the lab spoke, or where it is no message."""
        match _parts(frame):
            case [int(kind), str(message_id), str(action), _] if kind == CALL and frame.direction is Direction.FROM_LAB:
                self._asked[message_id] = action
            case [int(kind), str(), str(action), payload] if kind == CALL:
                return f"{action}Request", payload
            case [int(kind), str(message_id), payload] if kind == CALLRESULT and message_id in self._asked:
                return f"{self._asked[message_id]}Response", payload
        return None


def _parts(frame: Frame) -> object:
    try:
        return json.loads(frame.text)
    except (ValueError, RecursionError):
        return None  # no JSON: whoever took the frame has refused it


def _errors(validator: jsonschema_rs.Validator, payload: object) -> list[jsonschema_rs.ValidationError]:
    try:
        return list(validator.iter_errors(payload))
    except ValueError:
        return []  # nested too deep for the validator; customData may be, so that nobody is accused of it


def _path(parts: Iterable[str | int]) -> str:
    return "$" + "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in parts)


@cache
def _validator(folder: str, message: str) -> jsonschema_rs.Validator | None:
    schema = load_schema(folder, message)
    return None if schema is None else jsonschema_rs.validator_for(schema, validate_formats=True)
