"""Every frame of the station keeps to OCPP-J and to the official JSON Schema of its message."""

import json
from collections.abc import Container, Iterable, Iterator
from functools import cache
from typing import Any

import jsonschema_rs

from plugfest.lab.csms.csms import InvalidFrame
from plugfest.lab.ports import Clauses
from plugfest.lab.recording.record import Direction, Frame, Record
from plugfest.lab.rules.schema_files import load_schema
from plugfest.lab.rules.unsolicited_requests import STEP
from plugfest.lab.verdict import Finding
from plugfest.ocpp.events import CallRefused, ResultInvalid
from plugfest.ocpp.frames import CALL, CALLRESULT

MOST_FINDINGS = 20
"""Findings of one case: a station that sends more invalid frames repeats itself."""


class FrameJudge:
    """Judges each frame of a campaign once: those of a case, and those that came since the case before it."""

    def __init__(self, record: Record, ocpp_version: str, clauses: Clauses) -> None:
        self._record = record
        self._clauses = clauses
        self._schema_judge = SchemaJudge(ocpp_version, clauses.schema)
        self._refused: dict[int, Finding] = {}  # by frame: what our structs refused
        self._judged = 0

    def refuse(self, bad: InvalidFrame, frame: int) -> None:
        """Note a frame that the CSMS of the lab could not read."""
        self._refused[frame] = judge_frame(bad, frame, self._clauses)

    def judge(self) -> list[Finding]:
        """A finding for each breach in the frames that were not judged yet."""
        findings = list(self._refused.values())
        findings += self._schema_judge.judge(self._record.since(self._judged), but=self._refused)
        self._refused, self._judged = {}, len(self._record)
        return findings[:MOST_FINDINGS]


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


def judge_frame(bad: InvalidFrame, frame: int, clauses: Clauses) -> Finding:
    """A frame that OCPP-J or its schema refuses."""
    clause, expected, actual = _wrong(bad, clauses)
    return Finding(requirement=clause, expected=expected, actual=actual, step=STEP, frame=frame)


def _wrong(bad: InvalidFrame, clauses: Clauses) -> tuple[str, str, str]:
    """The clause that a frame breaks, what it should have been, and what it is."""
    if isinstance(bad, CallRefused):
        return clauses.call, f"a valid {bad.action or 'CALL'}", f"{bad.code}: {bad.description}"
    if isinstance(bad, ResultInvalid):
        return clauses.result, f"a valid answer to {bad.request.action}", str(bad.error)
    return clauses.frame, "an OCPP-J message", bad.reason
