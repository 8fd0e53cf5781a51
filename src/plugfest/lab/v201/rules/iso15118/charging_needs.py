"""The charging needs and the plan of an EV fit one another and the time (K15 to K17)."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import pairwise

from plugfest.lab.rules.evidence import Evidence, SentRequest
from plugfest.lab.rules.rule import Rule, Violation
from plugfest.lab.v201.rules.transactions import transactions
from plugfest.ocpp.message import given
from plugfest.ocpp.v201 import messages as m

MAX_PHASES = 3


def _judge_needs(evidence: Evidence) -> Iterator[Violation]:
    for sent in evidence.sent(m.NotifyEVChargingNeedsRequest):
        needs = sent.message.charging_needs
        ac, dc = given(needs.ac_charging_parameters), given(needs.dc_charging_parameters)
        direct = needs.requested_energy_transfer == "DC"
        if (ac is None) is not direct or (dc is None) is direct:
            expected = f"parameters of {'direct' if direct else 'alternating'} current only, as requestedEnergyTransfer"
            yield Violation(expected, str(needs.requested_energy_transfer), sent.frame)
        if ac is not None and not 0 <= ac.ev_min_current <= ac.ev_max_current:
            yield Violation("evMinCurrent at most evMaxCurrent", f"{ac.ev_min_current} A", sent.frame)
        latest = given(needs.departure_time)
        event = _last_event_before(evidence, sent.frame)
        if latest is not None and event is not None and latest < event:
            yield Violation("a departureTime in the future", latest.isoformat(), sent.frame)


def _last_event_before(evidence: Evidence, frame: int) -> datetime | None:
    """The time of the last transaction event before a frame, by the clock of the station."""
    times = [each.message.timestamp for each in evidence.sent(m.TransactionEventRequest) if each.frame < frame]
    return max(times, default=None)


def _judge_plans(evidence: Evidence) -> Iterator[Violation]:
    for sent in evidence.sent(m.NotifyEVChargingScheduleRequest):
        periods = sent.message.charging_schedule.charging_schedule_period
        starts = [each.start_period for each in periods]
        if starts[0] != 0 or any(one >= other for one, other in pairwise(starts)):
            yield Violation("startPeriod 0 first, then later ones", ", ".join(map(str, starts)), sent.frame)
        phases = [given(each.number_phases) for each in periods]
        if any(each is not None and not 1 <= each <= MAX_PHASES for each in phases):
            yield Violation("numberPhases from 1 to 3", f"{phases[0]}", sent.frame)
        began = _start_of_transaction(evidence, sent)
        if began is not None and sent.message.time_base < began:
            expected = "a timeBase not before the transaction at the EVSE"
            yield Violation(expected, sent.message.time_base.isoformat(), sent.frame)


def _start_of_transaction(evidence: Evidence, sent: SentRequest[m.NotifyEVChargingScheduleRequest]) -> datetime | None:
    """The earliest time of the last transaction at the EVSE, less the tolerance; None if it began before the case."""
    tolerance = timedelta(seconds=evidence.settings.time_tolerance)
    starts = [
        each.events[0].message.timestamp
        for each in transactions(evidence)
        if each.evse_id == sent.message.evse_id and each.events and each.events[0].message.event_type == "Started"
    ]
    return min(starts) - tolerance if starts else None


def _judge_repeated_plans(evidence: Evidence) -> Iterator[Violation]:
    """Another choice of the EV has a timeBase of its own. Without an answer a plan may be sent again."""
    answered: list[m.NotifyEVChargingScheduleRequest] = []
    for sent in evidence.sent(m.NotifyEVChargingScheduleRequest):
        if sent.message in answered:
            yield Violation("each plan of an EV once", "sent again", sent.frame)
        if sent.exchange.response is not None:
            answered.append(sent.message)


def _judge_order(evidence: Evidence) -> Iterator[Violation]:
    """Needs before a plan, if the station was online all the time."""
    plans = [sent.frame for sent in evidence.sent(m.NotifyEVChargingScheduleRequest)]
    needs = [sent.frame for sent in evidence.sent(m.NotifyEVChargingNeedsRequest)]
    offline = any(given(each.message.offline) for each in evidence.sent(m.TransactionEventRequest))
    if plans and needs and not offline and evidence.began_idle and min(plans) < min(needs):
        yield Violation("NotifyEVChargingNeedsRequest before NotifyEVChargingScheduleRequest", "after it", min(plans))


CHARGING_NEEDS = (
    Rule("charging needs of an EV", "K15.FR.01, K15.FR.06, K17.FR.06", _judge_needs),
    Rule("plan of an EV", "K01.FR.31, K01.FR.35, K15.FR.10", _judge_plans),
    Rule("repeated plans of an EV", "K15.FR.10", _judge_repeated_plans),
    Rule("needs of an EV before its plan", "K15.FR.01, K15.FR.10", _judge_order),
)
