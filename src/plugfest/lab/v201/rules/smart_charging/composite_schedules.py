"""Composite schedules of OCPP 2.0.1 are never above the charging profiles that are known to be in force."""

from collections.abc import Iterator

from plugfest.lab.checks.smart_charging.limits import Purpose
from plugfest.lab.checks.smart_charging.schedule_check import steps_of
from plugfest.lab.recording.exchanges import Exchange
from plugfest.lab.rules.evidence import Evidence
from plugfest.lab.rules.rule import Rule, Violation
from plugfest.lab.rules.smart_charging.composite_limits import CompositeSchedule, KnownProfile, judge_schedule
from plugfest.lab.rules.smart_charging.installed import NEVER, ClearedPurposes, begin_of
from plugfest.lab.v201.rules.smart_charging.history import InstalledProfile, changes
from plugfest.lab.v201.rules.smart_charging.profile_limits import PURPOSES, limits_of
from plugfest.ocpp.message import UNSET, given
from plugfest.ocpp.v201 import messages as m
from plugfest.ocpp.v201 import types as t


def composite_limits() -> Rule:
    """The rule for one campaign: profiles are kept from one case to the next."""
    history = _History()

    def judge(evidence: Evidence) -> Iterator[Violation]:
        history.record(evidence)
        for exchange in evidence.lab_requests:
            schedule = _composite_schedule(exchange)
            if schedule is not None:
                yield from judge_schedule(evidence, schedule, history.known(exchange))

    return Rule("composite schedules within the limits of the profiles", "K08.FR.04, SC.01", judge)


class _History:
    """The profiles that the lab has installed in the campaign, and the transactions that are ongoing."""

    def __init__(self) -> None:
        self._profiles: list[InstalledProfile] = []
        self._cleared = ClearedPurposes()
        self._ongoing = set[str]()
        self._last = -1

    def record(self, evidence: Evidence) -> None:
        """The next case, as a whole: the station may report the end of a transaction late."""
        self._profiles = [each for each in self._profiles if each.cleared is NEVER]
        for exchange in evidence.exchanges:
            if evidence.commissioned(self._last, exchange):  # it may be another station, or one that was reset
                self._cleared.forget()
                self._doubt(exchange, self._profiles)
            self._last = exchange.frame
            added = changes(exchange, self._profiles)
            for profile in added:
                self._doubt(exchange, [each for each in self._profiles if _may_replace(profile, each)])
            self._profiles += [self._of_known_transaction(each) for each in added]
            self._follow(exchange)

    def known(self, exchange: Exchange) -> Iterator[KnownProfile]:
        """The profiles that are installed during an exchange, or may be."""
        for each in self._profiles:
            purpose, installed = PURPOSES[each.profile.charging_profile_purpose], each.known_in(exchange)
            # An external limit is not one of the CSMS (K01.FR.22).
            if installed is not False and purpose is not Purpose.EXTERNAL and self._cleared.known(purpose, exchange):
                yield _known(each, certain=installed is True)

    def _of_known_transaction(self, profile: InstalledProfile) -> InstalledProfile:
        """A profile for a transaction that the lab has not seen is not certain to have an effect."""
        if profile.profile.charging_profile_purpose == "TxProfile" and profile.transaction_id not in self._ongoing:
            profile.installed = NEVER
        return profile

    def _follow(self, exchange: Exchange) -> None:
        match exchange.request:
            case m.TransactionEventRequest(event_type=event_type, transaction_info=info):
                ended = event_type == t.TransactionEventEnumType.Ended
                (self._ongoing.discard if ended else self._ongoing.add)(info.transaction_id)
            case m.BootNotificationRequest():  # the station need not continue its transactions
                self._ongoing.clear()
                self._doubt(exchange, [each for each in self._profiles if each.transaction_id is not None])
            case m.ClearChargingProfileRequest() as request:
                self._cleared.record(exchange, _cleared_purposes(request))

    @staticmethod
    def _doubt(exchange: Exchange, profiles: list[InstalledProfile]) -> None:
        for each in profiles:
            each.doubt(begin_of(exchange))


def _may_replace(new: InstalledProfile, old: InstalledProfile) -> bool:
    """Whether both are for the same stack level and purpose, which the CSMS must not send (K01.FR.06, K01.FR.39)."""
    one, other = new.profile, old.profile
    return (
        one.stack_level == other.stack_level
        and one.charging_profile_purpose == other.charging_profile_purpose
        and (new.evse_id == old.evse_id or 0 in (new.evse_id, old.evse_id))
        and new.transaction_id == old.transaction_id
    )


def _known(installed: InstalledProfile, *, certain: bool) -> KnownProfile:
    profile = installed.profile
    recurrency, schedules = given(profile.recurrency_kind), profile.charging_schedule
    return KnownProfile(
        limits=limits_of(profile, installed.evse_id),
        kind=profile.charging_profile_kind.value,
        recurrency=None if recurrency is None else recurrency.value,
        unit=schedules[0].charging_rate_unit.value if len(schedules) == 1 else None,  # else the EV chooses (K15)
        certain=certain,
    )


def _cleared_purposes(request: m.ClearChargingProfileRequest) -> Iterator[Purpose]:
    """The purposes of which a request clears every profile."""
    criteria = given(request.charging_profile_criteria)
    if request.charging_profile_id is not UNSET:
        return
    if criteria is None:
        yield from Purpose
    elif criteria.evse_id is UNSET and criteria.stack_level is UNSET:
        purpose = given(criteria.charging_profile_purpose)
        yield from Purpose if purpose is None else (PURPOSES[purpose],)


def _composite_schedule(exchange: Exchange) -> CompositeSchedule | None:
    request, response = exchange.request, exchange.response
    if not isinstance(request, m.GetCompositeScheduleRequest) or not isinstance(
        response, m.GetCompositeScheduleResponse
    ):
        return None
    schedule = given(response.schedule)
    if schedule is None or response.status != "Accepted" or schedule.evse_id != request.evse_id:
        return None
    return CompositeSchedule(
        evse_id=request.evse_id,
        unit=schedule.charging_rate_unit.value,
        seconds=min(schedule.duration, request.duration),
        start=schedule.schedule_start,
        steps=steps_of(schedule.charging_schedule_period),
        exchange=exchange,
    )
