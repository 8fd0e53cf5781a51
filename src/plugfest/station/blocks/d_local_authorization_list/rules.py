"""Which updates of the Local Authorization List a station accepts. Pure functions."""

from collections.abc import Sequence
from enum import StrEnum
from typing import NamedTuple

from plugfest.station.model.authorization.tokens import Token, TokenInfo


class SendLocalListStatus(StrEnum):
    """The status of the answer to SendLocalList."""

    ACCEPTED = "Accepted"
    FAILED = "Failed"
    VERSION_MISMATCH = "VersionMismatch"


class ListUpdate(NamedTuple):
    """A full list, or changes to the stored list. An entry without TokenInfo deletes the token."""

    version: int
    full: bool
    entries: Sequence[tuple[Token, TokenInfo | None]]


class Limits(NamedTuple):
    """The maximum number of entries in a message, and in the list."""

    message: int
    list: int


def decide(update: ListUpdate, *, version: int, size_after: int, limits: Limits) -> SendLocalListStatus:
    """The status to answer. `version`: of the stored list. `size_after`: its number of entries after the update."""
    tokens = {token.key() for token, _ in update.entries}
    if update.version <= 0:  # 1.6 erratum 3.52; D01.FR.18
        return SendLocalListStatus.FAILED
    if not update.full and update.version <= version:
        return SendLocalListStatus.VERSION_MISMATCH  # 1.6 section 7.47; D01.FR.14
    if len(tokens) < len(update.entries):  # 1.6 section 6.41; D01.FR.09
        return SendLocalListStatus.FAILED
    if update.full and any(info is None for _, info in update.entries):  # 1.6 section 7.1; D01.FR.10
        return SendLocalListStatus.FAILED
    if len(update.entries) > limits.message or size_after > limits.list:
        return SendLocalListStatus.FAILED
    return SendLocalListStatus.ACCEPTED
