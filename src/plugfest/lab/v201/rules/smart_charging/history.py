"""The charging profiles that the lab has installed, over time."""

from collections.abc import Iterator, Sequence

from plugfest.lab.recording.exchanges import Exchange
from plugfest.lab.rules.evidence import Evidence, once
from plugfest.lab.rules.registration import Occurrence
from plugfest.lab.rules.smart_charging.installed import (
    NEVER,
    Installation,
    begin_of,
    end_of,
    note_cleared,
    refused,
)
from plugfest.ocpp.message import UNSET, given
from plugfest.ocpp.v201 import messages as m
from plugfest.ocpp.v201 import types as t

InstalledProfile = Installation[t.ChargingProfileType, str]


@once
def installed_profiles(evidence: Evidence) -> list[InstalledProfile]:
    """Every profile that the station accepted in the case, in order."""
    found: list[InstalledProfile] = []
    for exchange in evidence.exchanges:
        found += changes(exchange, found)
    return found


def changes(exchange: Exchange, found: Sequence[InstalledProfile]) -> list[InstalledProfile]:
    """Note in `found` what an exchange clears and starts, and return the profiles that it installs."""
    return list(_changes(exchange, found))


def _changes(exchange: Exchange, found: Sequence[InstalledProfile]) -> Iterator[InstalledProfile]:
    begin, end = begin_of(exchange), end_of(exchange)
    match exchange.request:
        case m.SetChargingProfileRequest() as request:
            if refused(exchange):
                return
            profile = request.charging_profile
            note_cleared(found, begin, end, lambda each: each.profile.id == profile.id)
            yield InstalledProfile(
                evse_id=request.evse_id,
                profile=profile,
                requested=begin,
                installed=end,
                transaction_id=given(profile.transaction_id),
            )
        case m.RequestStartTransactionRequest() as start:
            started = given(start.charging_profile)
            if started is not None and not refused(exchange):
                yield InstalledProfile(
                    evse_id=given(start.evse_id) or 0,
                    profile=started,
                    requested=begin,
                    installed=NEVER,  # until its transaction is known
                    remote_start_id=start.remote_start_id,
                )
        case m.ClearChargingProfileRequest() as clear:
            note_cleared(found, begin, end, lambda each: is_cleared_by(clear, each))
        case m.TransactionEventRequest() as event:
            _follow(event, exchange, found)


def _follow(event: m.TransactionEventRequest, exchange: Exchange, found: Sequence[InstalledProfile]) -> None:
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
        note_cleared(found, begin, begin_of(exchange), lambda each: each.transaction_id == transaction_id)


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
