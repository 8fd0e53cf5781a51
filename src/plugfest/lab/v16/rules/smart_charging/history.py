"""The charging profiles that the lab has installed in a campaign of OCPP 1.6."""

from collections.abc import Iterator, Sequence

import msgspec

from plugfest.lab.checks.smart_charging.limits import STATION, Purpose
from plugfest.lab.recording.exchanges import Exchange
from plugfest.lab.rules.evidence import Evidence
from plugfest.lab.rules.registration import Occurrence
from plugfest.lab.rules.smart_charging.composite_limits import KnownProfile
from plugfest.lab.rules.smart_charging.installed import (
    NEVER,
    ClearedPurposes,
    Installation,
    begin_of,
    end_of,
    note_cleared,
    refused,
)
from plugfest.lab.v16.composite_schedule import PURPOSES, limits_of
from plugfest.ocpp.message import UNSET, given
from plugfest.ocpp.v16 import messages as m
from plugfest.ocpp.v16 import types as t

InstalledProfile = Installation[t.ChargingProfile, int]


class ProfileHistory:
    """The profiles that the lab has installed, and the connectors of the ongoing transactions."""

    def __init__(self) -> None:
        self._profiles: list[InstalledProfile] = []
        self._cleared = ClearedPurposes()
        self._connectors: dict[int, int] = {}
        self._last = -1

    def record(self, evidence: Evidence) -> None:
        """The next case, as a whole: the station may report the end of a transaction late."""
        self._profiles = [each for each in self._profiles if each.cleared is NEVER]
        for exchange in evidence.exchanges:
            if evidence.commissioned(self._last, exchange):  # it may be another station, or one that was reset
                self._cleared.forget()
                _doubt(exchange, self._profiles)
            self._last = exchange.frame
            self._follow(exchange)

    def known(self, exchange: Exchange, connector_id: int) -> Iterator[KnownProfile]:
        """The profiles that are installed during an exchange, or may be."""
        defaults: dict[int, KnownProfile] = {}
        for each in self._profiles:
            purpose, installed = PURPOSES[each.profile.charging_profile_purpose], each.known_in(exchange)
            if installed is False or not self._cleared.known(purpose, exchange):
                continue
            known = _known(each, certain=installed is True)
            if purpose is Purpose.DEFAULT:
                defaults[each.evse_id] = known
            yield known
        if {STATION, connector_id} <= defaults.keys():  # 3.13.1: one replaces the other, on which stack levels?
            highest = max(defaults.values(), key=lambda known: known.limits.stack_level)
            yield msgspec.structs.replace(highest, certain=False)

    def _follow(self, exchange: Exchange) -> None:
        begin, end = begin_of(exchange), end_of(exchange)
        match exchange.request, exchange.response:
            case (m.SetChargingProfileRequest() as request, _) if not refused(exchange):
                profile = request.cs_charging_profiles
                note_cleared(self._profiles, begin, end, lambda each: _id(each) == profile.charging_profile_id)
                self._install(exchange, request.connector_id, profile, end)
            case (m.RemoteStartTransactionRequest() as start, _) if not refused(exchange):
                started = given(start.charging_profile)
                if started is not None:  # it is not certain which transaction has it
                    self._install(exchange, given(start.connector_id) or STATION, started, NEVER)
            case m.ClearChargingProfileRequest() as clear, _:
                note_cleared(self._profiles, begin, end, lambda each: _is_cleared_by(clear, each))
                self._cleared.record(exchange, _cleared_purposes(clear))
            case m.StartTransactionRequest() as begun, m.StartTransactionResponse() as answer:
                self._connectors[answer.transaction_id] = begun.connector_id
            case m.StopTransactionRequest() as stop, _:
                self._stop(exchange, stop)
            case m.BootNotificationRequest(), _:  # the station need not continue its transactions
                self._connectors.clear()
                _doubt(exchange, [each for each in self._profiles if _of_transaction(each)])

    def _install(self, exchange: Exchange, connector_id: int, profile: t.ChargingProfile, end: Occurrence) -> None:
        """A profile for a transaction that the lab has not seen on the connector is not certain to have an effect."""
        added = InstalledProfile(
            evse_id=connector_id,
            profile=profile,
            requested=begin_of(exchange),
            installed=end,
            transaction_id=given(profile.transaction_id),
        )
        if _of_transaction(added) and self._connectors.get(added.transaction_id or 0) != connector_id:
            added.installed = NEVER
        _doubt(exchange, [each for each in self._profiles if _may_replace(added, each)])
        self._profiles.append(added)

    def _stop(self, exchange: Exchange, stop: m.StopTransactionRequest) -> None:
        """The profiles of a transaction end with it (3.13.1)."""
        connector_id = self._connectors.pop(stop.transaction_id, None)
        begin = Occurrence(min(exchange.at, exchange.loop_time(stop.timestamp)), 0)  # it is reported later

        def of_the_transaction(each: InstalledProfile) -> bool:
            if each.transaction_id is None:
                return _of_transaction(each) and each.evse_id in (STATION, connector_id)
            return each.transaction_id == stop.transaction_id

        note_cleared(self._profiles, begin, begin_of(exchange), of_the_transaction)


def _doubt(exchange: Exchange, profiles: Sequence[InstalledProfile]) -> None:
    for each in profiles:
        each.doubt(begin_of(exchange))


def _id(installed: InstalledProfile) -> int:
    return installed.profile.charging_profile_id


def _of_transaction(installed: InstalledProfile) -> bool:
    return installed.profile.charging_profile_purpose == t.ChargingProfilePurposeType.TxProfile


def _may_replace(new: InstalledProfile, old: InstalledProfile) -> bool:
    """Whether both are for the same stack level and purpose (3.13.2)."""
    one, other = new.profile, old.profile
    return (
        one.stack_level == other.stack_level
        and one.charging_profile_purpose == other.charging_profile_purpose
        and (new.evse_id == old.evse_id or STATION in (new.evse_id, old.evse_id))
    )


def _known(installed: InstalledProfile, *, certain: bool) -> KnownProfile:
    profile = installed.profile
    recurrency = given(profile.recurrency_kind)
    return KnownProfile(
        limits=limits_of(profile, installed.evse_id),
        kind=profile.charging_profile_kind.value,
        recurrency=None if recurrency is None else recurrency.value,
        unit=profile.charging_schedule.charging_rate_unit.value,
        certain=certain,
    )


def _is_cleared_by(request: m.ClearChargingProfileRequest, installed: InstalledProfile) -> bool:
    """5.5, 6.13"""
    if request.id is not UNSET:
        return request.id == _id(installed)
    return (
        given(request.connector_id) in (None, installed.evse_id)
        and given(request.stack_level) in (None, installed.profile.stack_level)
        and request.charging_profile_purpose in (UNSET, installed.profile.charging_profile_purpose)
    )


def _cleared_purposes(request: m.ClearChargingProfileRequest) -> Iterator[Purpose]:
    """The purposes of which a request clears every profile."""
    if request.id is UNSET and request.connector_id is UNSET and request.stack_level is UNSET:
        purpose = given(request.charging_profile_purpose)
        yield from Purpose if purpose is None else (PURPOSES[purpose],)
