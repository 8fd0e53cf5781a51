"""Invalid messages and the error codes of OCPP-J for them (2.0.1 Part 4, 4.3; 1.6J, 4.2.3)."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum, StrEnum, auto
from typing import Final


class ErrorCode(StrEnum):
    """The error codes of a CALLERROR. Values are the wire names of 2.0.1."""

    FormatViolation = "FormatViolation"
    GenericError = "GenericError"
    InternalError = "InternalError"
    MessageTypeNotSupported = "MessageTypeNotSupported"
    NotImplemented_ = "NotImplemented"
    NotSupported = "NotSupported"
    OccurrenceConstraintViolation = "OccurrenceConstraintViolation"
    PropertyConstraintViolation = "PropertyConstraintViolation"
    ProtocolError = "ProtocolError"
    RpcFrameworkError = "RpcFrameworkError"
    SecurityError = "SecurityError"
    TypeConstraintViolation = "TypeConstraintViolation"


class OcppError(Exception):
    """A message that violates OCPP."""


class LocalError(OcppError):
    """This end tried to send an invalid message, or to answer a CALL that is not open. Nothing was sent."""


class RemoteError(OcppError):
    """A payload from the peer is invalid: the error code, what is wrong, and the JSON path ("$.evse.id")."""

    def __init__(self, code: ErrorCode, description: str, path: str = "$") -> None:
        super().__init__(code, description, path)
        self.code = code
        self.description = description
        self.path = path

    def __str__(self) -> str:
        return f"{self.code}: {self.description} at {self.path}"


class Failure(Enum):
    """Why a message fails before its payload is decoded."""

    UNREADABLE = auto()  # not a JSON array that begins with a number, or a CALL without a readable message id
    UNKNOWN_MESSAGE_TYPE = auto()  # not CALL, CALLRESULT or CALLERROR
    MALFORMED_CALL = auto()  # a CALL without exactly four elements, or whose action is not a string
    UNPARSABLE_CALL = auto()  # a CALL that is invalid JSON or too large, but has a readable message id
    MALFORMED_ANSWER = auto()  # the same in a CALLRESULT or CALLERROR
    DUPLICATE_CALL = auto()  # a CALL with this message id is still being handled
    UNKNOWN_ACTION = auto()
    UNSUPPORTED_ACTION = auto()


# The error code for each failure in 2.0.1 and in 1.6; None: the message is ignored. 1.6 ignores unknown message types
# (1.6J, 4.1.3) and has no message id for the answer to an unreadable message; 2.0.1 has UNREADABLE_ID. Invalid answers
# are never answered.
_ANSWERS: Final[dict[Failure, tuple[ErrorCode | None, ErrorCode | None]]] = {
    Failure.UNREADABLE: (ErrorCode.RpcFrameworkError, None),
    Failure.UNKNOWN_MESSAGE_TYPE: (ErrorCode.MessageTypeNotSupported, None),
    Failure.MALFORMED_CALL: (ErrorCode.RpcFrameworkError, ErrorCode.FormatViolation),
    Failure.UNPARSABLE_CALL: (ErrorCode.FormatViolation, ErrorCode.FormatViolation),
    Failure.MALFORMED_ANSWER: (None, None),
    Failure.DUPLICATE_CALL: (ErrorCode.RpcFrameworkError, ErrorCode.GenericError),
    Failure.UNKNOWN_ACTION: (ErrorCode.NotImplemented_, ErrorCode.NotImplemented_),
    Failure.UNSUPPORTED_ACTION: (ErrorCode.NotSupported, ErrorCode.NotSupported),
}

# 1.6 misspells two codes (kept by 1.6J errata 5.1, 5.2) and lacks two; GenericError ("any other error") covers those.
_WIRE_NAMES_V16: Final = {
    ErrorCode.FormatViolation: "FormationViolation",
    ErrorCode.OccurrenceConstraintViolation: "OccurenceConstraintViolation",
    ErrorCode.MessageTypeNotSupported: "GenericError",
    ErrorCode.RpcFrameworkError: "GenericError",
}

UNREADABLE_ID: Final = "-1"
"""The message id of a CALLERROR for a message without a readable id (2.0.1 Part 4, 4.2.3)."""


@dataclass(frozen=True)
class ErrorCodes:
    """The error codes of one OCPP version: the code for each failure, and the codes whose wire name differs."""

    answers: Mapping[Failure, ErrorCode | None]
    wire_names: Mapping[ErrorCode, str]

    def to_wire(self, code: ErrorCode | str) -> str:
        """The name of the code on the wire. A code that this version does not have is its own name."""
        return self.wire_names.get(code, code.value) if isinstance(code, ErrorCode) else code

    def from_wire(self, name: str) -> ErrorCode | str:
        """The code with this name on the wire; the name itself if this version has no such code."""
        return next((code for code in ErrorCode if self.to_wire(code) == name), name)


V201_CODES: Final = ErrorCodes({failure: codes[0] for failure, codes in _ANSWERS.items()}, {})
V16_CODES: Final = ErrorCodes({failure: codes[1] for failure, codes in _ANSWERS.items()}, _WIRE_NAMES_V16)
