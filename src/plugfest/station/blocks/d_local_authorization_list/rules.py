"""Which updates of the Local Authorization List a station accepts. Pure functions."""

from collections.abc import Iterator, Sequence
from enum import StrEnum
from typing import NamedTuple

from plugfest.station.model.authorization.local_list import Usage
from plugfest.station.model.authorization.tokens import Token, TokenInfo


class SendLocalListStatus(StrEnum):
    """The status of the answer to SendLocalList."""

    ACCEPTED = "Accepted"
    FAILED = "Failed"
    VERSION_MISMATCH = "VersionMismatch"


class ListUpdate(NamedTuple):
    """A full list, or changes to the stored list. An entry without TokenInfo deletes the token.

    `bytes`: the size of the message.
    """

    version: int
    full: bool
    entries: Sequence[tuple[Token, TokenInfo | None]]
    bytes: int


class Limits(NamedTuple):
    """The maximum size of a message, and of the list."""

    message: Usage
    list: Usage


class Decision(NamedTuple):
    """The status to answer. `reason` is a reason code of OCPP 2.0.1, `detail` a text."""

    status: SendLocalListStatus
    reason: str = ""
    detail: str = ""


def decide(update: ListUpdate, *, version: int, after: Usage, limits: Limits) -> Decision:
    """Whether to accept an update. `version`: of the stored list. `after`: the size of the list after the update."""
    if update.version <= 0:  # 1.6 erratum 3.52; D01.FR.18
        return _failed("ValuePositiveOnly", "the version is not greater than 0")
    if not update.full and update.version <= version:  # 1.6 section 7.47; D01.FR.19
        detail = f"the list has version {version}"
        return Decision(SendLocalListStatus.VERSION_MISMATCH, "ValueTooLow", detail)
    return next(_failures(update, after, limits), Decision(SendLocalListStatus.ACCEPTED))


def _failures(update: ListUpdate, after: Usage, limits: Limits) -> Iterator[Decision]:
    if len({token.key() for token, _ in update.entries}) < len(update.entries):  # 1.6 section 6.41; D01.FR.06
        yield _failed("InvalidValue", "a token is in the list twice")
    if update.full and any(info is None for _, info in update.entries):  # 1.6 section 7.1; 2.0.1 AuthorizationData
        yield _failed("MissingParam", "a full list has an entry without authorization data")
    if len(update.entries) > limits.message.entries:  # D01.FR.11
        yield _failed("TooManyElements", f"at most {limits.message.entries} entries in a message")
    if update.bytes > limits.message.bytes:  # D01.FR.11
        yield _failed("TooLargeElement", f"at most {limits.message.bytes} bytes in a message")
    if after.entries > limits.list.entries:  # D01.FR.12
        yield _failed("OutOfStorage", f"at most {limits.list.entries} entries in the list")
    if after.bytes > limits.list.bytes:
        yield _failed("OutOfStorage", f"at most {limits.list.bytes} bytes in the list")


def _failed(reason: str, detail: str) -> Decision:
    return Decision(SendLocalListStatus.FAILED, reason, detail)
