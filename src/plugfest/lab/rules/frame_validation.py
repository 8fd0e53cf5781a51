"""Every frame of the station is valid OCPP-J and valid against the official JSON schema of its message.

The structs of `plugfest.ocpp` are generated and validate each frame when it arrives. The schema files validate it a
second time, with a validator that shares no code with them.
"""

import json
from collections.abc import Container, Iterable, Iterator
from functools import cache
from typing import Any, Final

import jsonschema_rs

from plugfest.lab.csms.csms import InvalidFrame
from plugfest.lab.ports import Clauses, DataTypeJudge
from plugfest.lab.recording.record import Direction, Frame, Record
from plugfest.lab.rules.schema_files import load_schema
from plugfest.lab.verdict import Finding
from plugfest.ocpp.events import CallRefused, ResultInvalid
from plugfest.ocpp.frames import CALL, CALLRESULT

MAX_FINDINGS = 20
"""Findings of one case: more invalid frames show nothing new."""

SCHEMA_FOLDERS = {"1.6": "v16", "2.0.1": "v201"}
"""The folder of the schema files of an OCPP version."""


MAX_OPEN_REQUESTS: Final = 100
"""Requests of the lab from before that an answer may still belong to."""


class FrameValidator:
    """Validates each frame of a campaign once: those of a case, and those since the previous case."""

    def __init__(self, record: Record, ocpp_version: str, clauses: Clauses, data_types: DataTypeJudge) -> None:
        self._record = record
        self._clauses = clauses
        self._schemas = SchemaValidator(ocpp_version, clauses, data_types)
        self._invalid: dict[int, Finding] = {}  # by frame: what the CSMS could not decode
        self._validated = 0

    def add_invalid(self, invalid: InvalidFrame, frame: int) -> None:
        """Note a frame that the CSMS of the lab could not decode."""
        self._invalid[frame] = invalid_frame_finding(invalid, frame, self._clauses)

    def findings(self) -> list[Finding]:
        """A finding for each violation in the frames since the last call."""
        findings = list(self._invalid.values())
        findings += self._schemas.findings(self._record.since(self._validated), skip=self._invalid)
        self._invalid, self._validated = {}, len(self._record)
        return findings[:MAX_FINDINGS]


class SchemaValidator:
    """Validates the frames of a campaign in their order. It keeps which requests of the lab have no answer yet."""

    def __init__(self, ocpp_version: str, clauses: Clauses, data_types: DataTypeJudge) -> None:
        self._clauses = clauses
        self._data_types = data_types
        self._folder = SCHEMA_FOLDERS[ocpp_version]
        self._actions: dict[str, str] = {}  # of the lab's requests, by message id

    def findings(self, frames: Iterable[Frame], skip: Container[int] = ()) -> Iterator[Finding]:
        """A finding for each violation of a schema by the station, without the frames whose index is in `skip`."""
        self._actions = dict(list(self._actions.items())[-MAX_OPEN_REQUESTS:])
        for frame in frames:
            message = self._station_message(frame)
            if message is not None and frame.index not in skip:
                yield from self._violations(*message, frame.index)

    def _violations(self, message: str, payload: object, frame: int) -> Iterator[Finding]:
        validator = _validator(self._folder, message)
        if validator is None:
            return  # not a message of this version: the CSMS has refused it
        for error in _errors(validator, payload):
            rule = "/".join(str(part) for part in error.schema_path)
            yield Finding(
                requirement=self._clauses.schema,
                expected=f"{message} at {_json_path(error.instance_path)} conforms to {rule} of its JSON schema",
                actual=error.message,
                frame=frame,
            )
        for violation in self._data_types(message, payload):
            yield Finding(
                requirement=violation.requirement,
                expected=f"{message} at {violation.path}: {violation.expected}",
                actual=violation.actual,
                frame=frame,
                level=violation.level,
            )

    def _station_message(self, frame: Frame) -> tuple[str, Any] | None:
        """Name and payload of a message of the station; None if the lab sent the frame or it is not a message."""
        match _parsed(frame):
            case [int(kind), str(message_id), str(action), _] if kind == CALL and frame.direction is Direction.FROM_LAB:
                self._actions[message_id] = action
            case [int(kind), str(), str(action), payload] if kind == CALL:
                return f"{action}Request", payload
            case [int(kind), str(message_id), payload] if kind == CALLRESULT and message_id in self._actions:
                return f"{self._actions.pop(message_id)}Response", payload
        return None


def _parsed(frame: Frame) -> object:
    try:
        return json.loads(frame.text)
    except (ValueError, RecursionError):
        return None  # not JSON: the CSMS has refused it


def _errors(validator: jsonschema_rs.Validator, payload: object) -> list[jsonschema_rs.ValidationError]:
    try:
        return [] if validator.is_valid(payload) else list(validator.iter_errors(payload))
    except ValueError:
        return []  # nested too deep for the validator, which customData may be


def _json_path(parts: Iterable[str | int]) -> str:
    return "$" + "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in parts)


@cache
def _validator(folder: str, message: str) -> jsonschema_rs.Validator | None:
    schema = load_schema(folder, message)
    return None if schema is None else jsonschema_rs.validator_for(schema, validate_formats=True)


def invalid_frame_finding(invalid: InvalidFrame, frame: int, clauses: Clauses) -> Finding:
    """The finding for a frame that the CSMS of the lab could not decode."""
    match invalid:
        case CallRefused():
            clause, expected = clauses.call, f"a valid {invalid.action}Request" if invalid.action else "a valid CALL"
            actual = f"{invalid.code}: {invalid.description}"
        case ResultInvalid():
            clause, expected, actual = clauses.result, f"a valid {invalid.request.action}Response", str(invalid.error)
        case _:
            clause, expected, actual = clauses.frame, "a valid OCPP-J frame", invalid.reason
    return Finding(
        requirement=clause, expected=expected, actual=actual, step="every case: valid frames only", frame=frame
    )
