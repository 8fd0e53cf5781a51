"""The charging profiles that a station has accepted from the lab, over time."""

import math
import sys
from collections.abc import Callable, Hashable, Iterable
from typing import Any, Generic, TypeVar

import msgspec

from plugfest.lab.checks.smart_charging.limits import Purpose
from plugfest.lab.recording.exchanges import Exchange
from plugfest.lab.rules.registration import Occurrence

P = TypeVar("P")
"""A charging profile of an OCPP version."""

I = TypeVar("I", bound=Hashable)  # noqa: E741
"""A transaction id."""

NEVER = Occurrence(math.inf, sys.maxsize)


class Installation(msgspec.Struct, Generic[P, I], kw_only=True):
    """A profile, and when it was installed and cleared.

    From `requested` to `installed` the station may have installed it at any moment, and from `clearing` to `cleared` it
    may have cleared it. `transaction_id` is None for every transaction, or for one that is not known yet.
    """

    evse_id: int
    profile: P
    requested: Occurrence
    installed: Occurrence
    clearing: Occurrence = NEVER
    cleared: Occurrence = NEVER
    transaction_id: I | None = None
    remote_start_id: int | None = None

    def surely_installed(self, first: int, last: int) -> bool:
        """Whether it was installed from one frame to another."""
        return self.installed.frame < first and last < self.clearing.frame

    def known_in(self, exchange: Exchange) -> bool | None:
        """Whether it was installed during an exchange; None if it may have been."""
        begin, end = begin_of(exchange), end_of(exchange)
        if end < self.requested or self.cleared < begin:
            return False
        return True if self.installed < begin and end < self.clearing else None

    def doubt(self, since: Occurrence) -> None:
        """It may have been cleared at any moment from now on."""
        self.clearing = min(self.clearing, since)


def begin_of(exchange: Exchange) -> Occurrence:
    """When the request was sent."""
    return Occurrence(exchange.at, exchange.frame)


def end_of(exchange: Exchange) -> Occurrence:
    """When the answer came. Without one it is not known whether the request had an effect."""
    if exchange.answered_at is None or exchange.answered_in is None:
        return NEVER
    return Occurrence(exchange.answered_at, exchange.answered_in)


def refused(exchange: Exchange) -> bool:
    """Whether the station has not accepted. Without an answer it may have."""
    return exchange.answered_in is not None and getattr(exchange.response, "status", None) != "Accepted"


def note_cleared(
    found: Iterable[Installation[Any, Any]],
    begin: Occurrence,
    end: Occurrence,
    matches: Callable[[Installation[Any, Any]], bool],
) -> None:
    """The matching profiles are cleared between two moments."""
    for each in found:
        if each.cleared is NEVER and matches(each):
            each.clearing, each.cleared = min(each.clearing, begin), end


class ClearedPurposes:
    """The purposes of which the lab knows every profile: once it has cleared them all, only its own can be installed.

    Those for one transaction are always its own.
    """

    def __init__(self) -> None:
        self._since: dict[Purpose, Occurrence] = {}

    def record(self, exchange: Exchange, purposes: Iterable[Purpose]) -> None:
        """The lab has asked to clear all profiles of these purposes."""
        if getattr(exchange.response, "status", None) in ("Accepted", "Unknown"):
            for purpose in purposes:
                self._since.setdefault(purpose, end_of(exchange))

    def forget(self) -> None:
        """Others may have configured the station."""
        self._since.clear()

    def known(self, purpose: Purpose, exchange: Exchange) -> bool:
        """Whether every profile of the purpose was known before the exchange."""
        return purpose is Purpose.TRANSACTION or self._since.get(purpose, NEVER) < begin_of(exchange)
