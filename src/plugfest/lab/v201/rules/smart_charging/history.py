"""The charging profiles that the lab has installed, over the time of a case."""

from collections.abc import Callable, Iterator

import msgspec

from plugfest.lab.recording.exchanges import Exchange
from plugfest.lab.rules.evidence import Evidence, once
from plugfest.ocpp.message import UNSET, given
from plugfest.ocpp.v201 import messages as m
from plugfest.ocpp.v201 import types as t


class InstalledProfile(msgspec.Struct, kw_only=True):
    """A profile, and when it was installed and cleared.

    From `requested` to `answered` the station may have installed it at any moment, and from `clearing` to `cleared` it
    may have cleared it. `transaction_id` is None for every transaction, or for one that is not known yet.
    """

    evse_id: int
    profile: t.ChargingProfileType
    requested: float
    answered: float
    frame: int
    transaction_id: str | None = None
    remote_start_id: int | None = None
    clearing: float | None = None
    cleared: float | None = None

    def surely_installed(self, begin: float, end: float) -> bool:
        """Whether it was installed during the whole time."""
        return self.answered <= begin and (self.clearing is None or end <= self.clearing)

    def maybe_installed(self, at: float) -> bool:
        """Whether it may have been installed at a moment."""
        return self.requested <= at and (self.cleared is None or at <= self.cleared)


@once
def installed_profiles(evidence: Evidence) -> list[InstalledProfile]:
    """Every profile that the station accepted in the case, in order."""
    found: list[InstalledProfile] = []
    for exchange in evidence.exchanges:
        found += list(_changes(exchange, found))
    return found


def _changes(exchange: Exchange, found: list[InstalledProfile]) -> Iterator[InstalledProfile]:
    answered = exchange.at if exchange.answered_at is None else exchange.answered_at
    match exchange.request:
        case m.SetChargingProfileRequest() as request:
            if _refused(exchange):
                return
            profile = request.charging_profile
            _clear(found, exchange.at, answered, lambda each: each.profile.id == profile.id)
            yield InstalledProfile(
                evse_id=request.evse_id,
                profile=profile,
                requested=exchange.at,
                answered=answered,
                frame=exchange.frame,
                transaction_id=given(profile.transaction_id),
            )
        case m.RequestStartTransactionRequest() as start:
            started = given(start.charging_profile)
            if started is not None and not _refused(exchange):
                yield InstalledProfile(
                    evse_id=given(start.evse_id) or 0,
                    profile=started,
                    requested=exchange.at,
                    answered=float("inf"),  # until its transaction is known
                    frame=exchange.frame,
                    remote_start_id=start.remote_start_id,
                )
        case m.ClearChargingProfileRequest() as clear:
            _clear(found, exchange.at, answered, lambda each: is_cleared_by(clear, each))
        case m.TransactionEventRequest() as event:
            _follow(event, exchange, found)


def _refused(exchange: Exchange) -> bool:
    """Whether the station has not accepted. Without an answer it may have."""
    return exchange.answered_in is not None and getattr(exchange.response, "status", None) != "Accepted"


def _follow(event: m.TransactionEventRequest, exchange: Exchange, found: list[InstalledProfile]) -> None:
    """The transaction of a remote start gets its profile; the profiles of an ended one are deleted (K02.FR.05)."""
    transaction_id = event.transaction_info.transaction_id
    remote_start_id = given(event.transaction_info.remote_start_id)
    for each in found:
        if remote_start_id is not None and each.remote_start_id == remote_start_id and each.transaction_id is None:
            each.transaction_id, each.answered = transaction_id, exchange.at
            evse = given(event.evse)
            each.evse_id = each.evse_id if evse is None else evse.id
    if event.event_type == "Ended":
        _clear(
            found,
            min(exchange.at, exchange.loop_time(event.timestamp)),
            exchange.at,
            lambda each: each.transaction_id == transaction_id,
        )


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
    found: list[InstalledProfile], begin: float, end: float, matches: Callable[[InstalledProfile], bool]
) -> None:
    for each in found:
        if each.cleared is None and matches(each):
            each.clearing, each.cleared = begin, end
