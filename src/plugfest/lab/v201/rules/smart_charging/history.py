"""The charging profiles that the lab has installed, over the time of a case."""

import math
import sys
from collections.abc import Callable, Iterator

import msgspec

from plugfest.lab.recording.exchanges import Exchange
from plugfest.lab.rules.evidence import Evidence, once
from plugfest.lab.rules.registration import Occurrence
from plugfest.ocpp.message import UNSET, given
from plugfest.ocpp.v201 import messages as m
from plugfest.ocpp.v201 import types as t

NEVER = Occurrence(math.inf, sys.maxsize)


class InstalledProfile(msgspec.Struct, kw_only=True):
    """A profile, and when it was installed and cleared.

    From `requested` to `installed` the station may have installed it at any moment, and from `clearing` to `cleared` it
    may have cleared it. `transaction_id` is None for every transaction, or for one that is not known yet.
    """

    evse_id: int
    profile: t.ChargingProfileType
    requested: Occurrence
    installed: Occurrence
    clearing: Occurrence = NEVER
    cleared: Occurrence = NEVER
    transaction_id: str | None = None
    remote_start_id: int | None = None

    def surely_installed(self, first: int, last: int) -> bool:
        """Whether it was installed from one frame to another."""
        return self.installed.frame < first and last < self.clearing.frame


@once
def installed_profiles(evidence: Evidence) -> list[InstalledProfile]:
    """Every profile that the station accepted in the case, in order."""
    found: list[InstalledProfile] = []
    for exchange in evidence.exchanges:
        found += list(_changes(exchange, found))
    return found


def _changes(exchange: Exchange, found: list[InstalledProfile]) -> Iterator[InstalledProfile]:
    begin, end = begin_of(exchange), end_of(exchange)
    match exchange.request:
        case m.SetChargingProfileRequest() as request:
            if _refused(exchange):
                return
            profile = request.charging_profile
            _clear(found, begin, end, lambda each: each.profile.id == profile.id)
            yield InstalledProfile(
                evse_id=request.evse_id,
                profile=profile,
                requested=begin,
                installed=end,
                transaction_id=given(profile.transaction_id),
            )
        case m.RequestStartTransactionRequest() as start:
            started = given(start.charging_profile)
            if started is not None and not _refused(exchange):
                yield InstalledProfile(
                    evse_id=given(start.evse_id) or 0,
                    profile=started,
                    requested=begin,
                    installed=NEVER,  # until its transaction is known
                    remote_start_id=start.remote_start_id,
                )
        case m.ClearChargingProfileRequest() as clear:
            _clear(found, begin, end, lambda each: is_cleared_by(clear, each))
        case m.TransactionEventRequest() as event:
            _follow(event, exchange, found)


def begin_of(exchange: Exchange) -> Occurrence:
    """When the request was sent."""
    return Occurrence(exchange.at, exchange.frame)


def end_of(exchange: Exchange) -> Occurrence:
    """When the answer came; without one, when the request was sent."""
    at = exchange.at if exchange.answered_at is None else exchange.answered_at
    return Occurrence(at, exchange.frame if exchange.answered_in is None else exchange.answered_in)


def _refused(exchange: Exchange) -> bool:
    """Whether the station has not accepted. Without an answer it may have."""
    return exchange.answered_in is not None and getattr(exchange.response, "status", None) != "Accepted"


def _follow(event: m.TransactionEventRequest, exchange: Exchange, found: list[InstalledProfile]) -> None:
    """The transaction of a remote start gets its profile; the profiles of an ended one are deleted (K02.FR.05)."""
    transaction_id = event.transaction_info.transaction_id
    remote_start_id = given(event.transaction_info.remote_start_id)
    for each in found:
        if remote_start_id is not None and each.remote_start_id == remote_start_id and each.transaction_id is None:
            each.transaction_id, each.installed = transaction_id, begin_of(exchange)
            evse = given(event.evse)
            each.evse_id = each.evse_id if evse is None else evse.id
    if event.event_type == "Ended":
        begin = Occurrence(min(exchange.at, exchange.loop_time(event.timestamp)), 0)  # it is reported later
        _clear(found, begin, begin_of(exchange), lambda each: each.transaction_id == transaction_id)


def is_cleared_by(request: m.ClearChargingProfileRequest, installed: InstalledProfile) -> bool:
    """K10.FR.03, K10.FR.04"""
    id, criteria = given(request.charging_profile_id), given(request.charging_profile_criteria)
    if id is not None:
        return installed.profile.id == id
    if criteria is None:
        return True
    purpose = criteria.charging_profile_purpose
    return (
        given(criteria.evse_id) in (None, installed.evse_id)
        and given(criteria.stack_level) in (None, installed.profile.stack_level)
        and purpose in (UNSET, installed.profile.charging_profile_purpose)
    )


def _clear(
    found: list[InstalledProfile], begin: Occurrence, end: Occurrence, matches: Callable[[InstalledProfile], bool]
) -> None:
    for each in found:
        if each.cleared is NEVER and matches(each):
            each.clearing, each.cleared = begin, end
