"""What can go wrong with a message, and the error code that OCPP-J has for it (2.0.1 Part 4, 4.3; 1.6J, 4.2.3)."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum, StrEnum, auto
from typing import Final


class ErrorCode(StrEnum):
    """The error codes of a CALLERROR, spelled as in 2.0.1."""

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
    """A message breaks the rules of OCPP."""


class LocalError(OcppError):
    """We were about to send something that is not valid, or to answer what nobody asked."""


class RemoteError(OcppError):
    """The peer's payload is not valid: the code to answer with, what is wrong, and where ("$.evse.id")."""

    def __init__(self, code: ErrorCode, description: str, path: str = "$") -> None:
        super().__init__(code, description, path)
        self.code = code
        self.description = description
        self.path = path

    def __str__(self) -> str:
        return f"{self.code}: {self.description} at {self.path}"


class Failure(Enum):
    """How a message can fail before anybody looks at its payload."""

    UNREADABLE = auto()  # no JSON array that begins with a number, or a CALL without a message id that we can read
    UNKNOWN_MESSAGE_TYPE = auto()  # neither CALL nor CALLRESULT nor CALLERROR
    MALFORMED_CALL = auto()  # a CALL that does not have four elements, or whose action is no text
    BROKEN_CALL = auto()  # a CALL that is no JSON or too large, but begins with an id that we can read
    MALFORMED_ANSWER = auto()  # the same faults in a CALLRESULT or CALLERROR
    DUPLICATE_CALL = auto()  # a CALL with this message id is still being handled
    UNKNOWN_ACTION = auto()
    UNSUPPORTED_ACTION = auto()


# The answer to each failure: 2.0.1, 1.6. None: it is ignored. 1.6 tells to ignore unknown message types (1.6J, 4.1.3)
# and knows no id to answer an unreadable message under; 2.0.1 does, see UNREADABLE_ID. A bad answer is never answered.
_ANSWERS: Final[dict[Failure, tuple[ErrorCode | None, ErrorCode | None]]] = {
    Failure.UNREADABLE: (ErrorCode.RpcFrameworkError, None),
    Failure.UNKNOWN_MESSAGE_TYPE: (ErrorCode.MessageTypeNotSupported, None),
    Failure.MALFORMED_CALL: (ErrorCode.RpcFrameworkError, ErrorCode.FormatViolation),
    Failure.BROKEN_CALL: (ErrorCode.FormatViolation, ErrorCode.FormatViolation),
    Failure.MALFORMED_ANSWER: (None, None),
    Failure.DUPLICATE_CALL: (ErrorCode.RpcFrameworkError, ErrorCode.GenericError),
    Failure.UNKNOWN_ACTION: (ErrorCode.NotImplemented_, ErrorCode.NotImplemented_),
    Failure.UNSUPPORTED_ACTION: (ErrorCode.NotSupported, ErrorCode.NotSupported),
}

# 1.6 misspells two codes for good (1.6J errata 5.1, 5.2) and lacks two, which "any other error" covers.
_SPELLING_V16: Final = {
    ErrorCode.FormatViolation: "FormationViolation",
    ErrorCode.OccurrenceConstraintViolation: "OccurenceConstraintViolation",
    ErrorCode.MessageTypeNotSupported: "GenericError",
    ErrorCode.RpcFrameworkError: "GenericError",
}

UNREADABLE_ID: Final = "-1"
"""The message id of a CALLERROR to a message whose own id cannot be read (2.0.1 Part 4, 4.2.3)."""


@dataclass(frozen=True)
class ErrorCodes:
    """The error codes of one version: which failure gets which, and how each is spelled on the wire."""

    answers: Mapping[Failure, ErrorCode | None]
    spelling: Mapping[ErrorCode, str]

    def spell(self, code: ErrorCode) -> str:
        """The code as this version writes it."""
        return self.spelling.get(code, code.value)

    def read(self, spelled: str) -> ErrorCode | str:
        """The code that a peer wrote; its own text where this version has no such code."""
        return next((code for code in ErrorCode if self.spell(code) == spelled), spelled)


V201_CODES: Final = ErrorCodes({failure: codes[0] for failure, codes in _ANSWERS.items()}, {})
V16_CODES: Final = ErrorCodes({failure: codes[1] for failure, codes in _ANSWERS.items()}, _SPELLING_V16)
