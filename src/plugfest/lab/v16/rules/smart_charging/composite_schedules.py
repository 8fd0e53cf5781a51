"""Composite schedules of OCPP 1.6 are never above the charging profiles that are known to be in force."""

from collections.abc import Iterator

from plugfest.lab.checks.smart_charging.schedule_check import steps_of
from plugfest.lab.recording.exchanges import Exchange
from plugfest.lab.rules.evidence import Evidence
from plugfest.lab.rules.rule import Rule, Violation
from plugfest.lab.rules.smart_charging.composite_limits import CompositeSchedule, judge_schedule
from plugfest.lab.v16.rules.smart_charging.history import ProfileHistory
from plugfest.ocpp.message import given
from plugfest.ocpp.v16 import messages as m


def composite_limits() -> Rule:
    """The rule for one campaign: profiles are kept from one case to the next."""
    history = ProfileHistory()

    def judge(evidence: Evidence) -> Iterator[Violation]:
        history.record(evidence)
        for exchange in evidence.lab_requests:
            schedule = _composite_schedule(exchange)
            if schedule is not None:
                yield from judge_schedule(evidence, schedule, history.known(exchange, schedule.evse_id))

    return Rule("composite schedules within the limits of the profiles", "section 3.13.3", judge)


def _composite_schedule(exchange: Exchange) -> CompositeSchedule | None:
    request, response = exchange.request, exchange.response
    if not isinstance(request, m.GetCompositeScheduleRequest) or not isinstance(
        response, m.GetCompositeScheduleResponse
    ):
        return None
    schedule = given(response.charging_schedule)
    other = given(response.connector_id) not in (None, request.connector_id)
    if schedule is None or response.status != "Accepted" or other:
        return None
    duration = given(schedule.duration)
    return CompositeSchedule(
        evse_id=request.connector_id,
        unit=schedule.charging_rate_unit.value,
        seconds=request.duration if duration is None else min(duration, request.duration),
        start=given(response.schedule_start),
        steps=steps_of(schedule.charging_schedule_period),
        exchange=exchange,
    )
