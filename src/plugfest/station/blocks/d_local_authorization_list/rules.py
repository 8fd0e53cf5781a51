"""Which updates of the Local Authorization List a station takes: pure rules."""

from collections.abc import Sequence
from enum import StrEnum
from typing import NamedTuple

from plugfest.station.model.authorization.tokens import Token, TokenInfo


class Answer(StrEnum):
    """The answers to an update, in OCPP's words."""

    ACCEPTED = "Accepted"
    FAILED = "Failed"
    VERSION_MISMATCH = "VersionMismatch"


class Update(NamedTuple):
    """What the CSMS sends: a whole list, or changes to the one that is there."""

    version: int
    full: bool
    entries: Sequence[tuple[Token, TokenInfo | None]]


class Limits(NamedTuple):
    """How many entries fit into a message, and into the list."""

    message: int
    list: int


def decide(update: Update, *, version: int, size_after: int, limits: Limits) -> Answer:
    """What to answer. `version` is that of the list now, `size_after` its length with the update."""
    tokens = {token.key() for token, _ in update.entries}
    if update.version <= 0:  # 1.6 erratum 3.52; D01.FR.18
        return Answer.FAILED
    if not update.full and update.version <= version:
        return Answer.VERSION_MISMATCH  # 1.6 section 7.47; D01.FR.14
    if len(tokens) < len(update.entries):  # 1.6 section 6.41; D01.FR.09
        return Answer.FAILED
    if update.full and any(info is None for _, info in update.entries):  # 1.6 section 7.1; D01.FR.10
        return Answer.FAILED
    if len(update.entries) > limits.message or size_after > limits.list:
        return Answer.FAILED
    return Answer.ACCEPTED
