"""The invariants of a station, as tables of pure rules. Each names the requirement that it follows from.

A rule returns what is wrong, None if nothing is. The rules for frames compare a frame with what came before it; the
rules for moments hold whenever nothing is in progress. Those for the end are in `end_rules`.
"""

from collections.abc import Callable, Iterator
from itertools import pairwise
from typing import Final, Generic, TypeVar

import msgspec

from plugfest.hardware.ports import Pilot
from plugfest.rig.simulation.invariants import limits
from plugfest.rig.simulation.invariants.frames import Frame, Kind, Report, Step, events_of, queued_at, report_of
from plugfest.rig.simulation.invariants.history import MESSAGE_TIMEOUT, History
from plugfest.rig.simulation.invariants.observation import EvseView, Observation

S = TypeVar("S")

TOLERANCE: Final = 1.0
"""W and Wh: energy is reported in whole Wh in OCPP 1.6."""

GRACE: Final = 0.5
"""Seconds around the beginning of a limit in which the limit before counts too."""

MAX_QUEUED: Final = 1000
MAX_TASKS: Final = 100
MAX_TIMERS: Final = 300

_READY: Final = frozenset({Pilot.EV_READY, Pilot.EV_READY_VENTILATED})
_ROUNDING: Final = 1.01


class Rule(msgspec.Struct, Generic[S], frozen=True):
    """An invariant. `check` gets what has been observed before, and what is observed now."""

    requirement: str
    name: str
    check: Callable[[History, S], str | None]


# Frames


def _one_call(history: History, frame: Frame) -> str | None:
    call = history.open_call
    if not _is_call(frame) or call is None or history.times_out(frame.at):
        return None
    return f"{frame.action} is sent while {call.frame.action} waits for its answer"


def _answers_a_call(history: History, frame: Frame) -> str | None:
    if not frame.sent or frame.kind not in (Kind.CALLRESULT, Kind.CALLERROR) or frame.message_id == "-1":
        return None
    return None if frame.message_id in history.open_requests else f"no CALL {frame.message_id} waits for an answer"


def _not_before_acceptance(history: History, frame: Frame) -> str | None:
    if not _is_call(frame) or history.status == "Accepted" or frame.action == "BootNotification":
        return None
    if history.status == "Pending" and frame.action in history.triggered:
        return None
    return f"{frame.action} is sent while the registration status is {history.status}"


def _on_reports(check: Callable[[History, Report], str | None]) -> Callable[[History, Frame], str | None]:
    """A rule for messages about transactions."""

    def checked(history: History, frame: Frame) -> str | None:
        report = report_of(frame) if frame.sent else None
        return None if report is None else check(history, report)

    return checked


def _repeats(history: History, report: Report) -> bool:
    return history.head is not None and history.head.report.content == report.content


def _seq_no_without_gap(history: History, report: Report) -> str | None:
    if report.seq_no is None or _repeats(history, report):
        return None
    transaction = history.transaction_of(report)
    expected = 0 if transaction is None else transaction.next_seq_no
    return None if report.seq_no == expected else f"seqNo {report.seq_no} follows, not {expected}"


def _starts_first(history: History, report: Report) -> str | None:
    transaction = history.transaction_of(report)
    if _repeats(history, report) or report.transaction == "-1":  # -1: StartTransaction was given up
        return None
    if transaction is None:
        return None if report.step is Step.STARTED else f"{report.step} before the transaction has started"
    if report.step is Step.STARTED:
        return "the transaction starts a second time"
    return "the transaction has ended already" if transaction.ended else None


def _in_order(history: History, report: Report) -> str | None:
    head = history.head
    if head is None or _repeats(history, report) or head.acknowledged_at is not None:
        return None
    if head.attempts >= history.attempts:
        return None
    return f"the message before was sent {head.attempts} times without an answer, not {history.attempts} times"


def _not_after_acknowledgement(history: History, report: Report) -> str | None:
    return "the CSMS has acknowledged it already" if report.content in history.acknowledged else None


def _register_never_falls(history: History, report: Report) -> str | None:
    if _repeats(history, report) or report.transaction == "-1":
        return None
    transaction = history.transaction_of(report)
    before = None if transaction is None else transaction.last_register
    # The last message repeats samples from the beginning on.
    after = report.registers[-1:] if report.step is Step.ENDED else report.registers
    values = [*(() if before is None else (before,)), *after]
    for earlier, later in pairwise(values):
        if later < earlier - _ROUNDING:
            return f"the register falls from {earlier:g} to {later:g} Wh"
    return None


def _one_transaction_per_evse(history: History, report: Report) -> str | None:
    if report.evse is None or _repeats(history, report):
        return None
    own = history.transaction_of(report)
    for other in history.all_transactions():
        if other is not own and other.evse == report.evse and other.started and not other.ended:
            return f"a second transaction at EVSE {report.evse}"
    return None


def _queue_keeps_order(history: History, frame: Frame) -> str | None:
    moment = queued_at(frame) if frame.sent else None
    if moment is None or history.newest_queued is None or history.status != "Accepted":
        return None
    if moment >= history.newest_queued - history.clock_spread.total:
        return None
    return f"the status of {moment:%H:%M:%S} is sent after that of {history.newest_queued:%H:%M:%S}"


def _event_ids_are_unique(history: History, frame: Frame) -> str | None:
    if not _is_call(frame) or frame.action != "NotifyEvent":
        return None
    for id, data in events_of(frame).items():
        if history.events.get(id, data) != data:
            return f"two different events have the eventId {id}"
    return None


FRAME_RULES: Final[tuple[Rule[Frame], ...]] = (
    Rule("2.0.1 Part 4, 4.1.1; 1.6J, 4.1.1", "one CALL at a time", _one_call),
    Rule("2.0.1 Part 4, 4.2; 1.6J, 4.2", "an answer belongs to a CALL", _answers_a_call),
    Rule("B01.FR.08, B02.FR.02; 1.6, 4.2", "nothing before the station is accepted", _not_before_acceptance),
    Rule("2.0.1, E 1.3.2.1", "seqNo has no gap", _on_reports(_seq_no_without_gap)),
    Rule("E01.FR.07, E06.FR.08; 1.6, 4.8", "a transaction starts first and ends last", _on_reports(_starts_first)),
    Rule("E04.FR.01, E13.FR.02; 1.6, 4.1", "messages about transactions are in order", _on_reports(_in_order)),
    Rule("E13.FR.02; 1.6, 3.7.1", "nothing is sent again after its answer", _on_reports(_not_after_acknowledgement)),
    Rule("J02; 1.6, 4.10", "the register never falls", _on_reports(_register_never_falls)),
    Rule("2.0.1, QueueAllMessages", "queued messages are sent oldest first", _queue_keeps_order),
    Rule("2.0.1, EventDataType", "an eventId is that of one event", _event_ids_are_unique),
    Rule("E01.FR.01; 1.6, 4.8", "one transaction at an EVSE", _on_reports(_one_transaction_per_evse)),
)


def _is_call(frame: Frame) -> bool:
    return frame.sent and frame.kind is Kind.CALL


# Moments


def _each_evse(
    check: Callable[[History, Observation, EvseView], str | None],
) -> Callable[[History, Observation], str | None]:
    def checked(history: History, now: Observation) -> str | None:
        problems = (check(history, now, evse) for evse in now.evses)
        return next((problem for problem in problems if problem is not None), None)

    return checked


def _only_authorized(history: History, now: Observation, evse: EvseView) -> str | None:
    return f"a contactor of EVSE {evse.id} is closed without an authorization" if evse.token is None else None


def _only_accepted_tokens(history: History, now: Observation, evse: EvseView) -> str | None:
    if not evse.token or evse.token in history.accepted_tokens or history.starts_unknown:
        return None
    return f"EVSE {evse.id} delivers energy for token {evse.token}, which the CSMS has never accepted"


def _only_connected(history: History, now: Observation, evse: EvseView) -> str | None:
    for each in evse.connectors:
        if each.closed and (each.pilot not in _READY or each.faulted):
            return f"the contactor of connector {each.id} of EVSE {evse.id} is closed in state {each.pilot}"
    return None


def _only_locked(history: History, now: Observation, evse: EvseView) -> str | None:
    for each in evse.connectors:
        if each.closed and each.locked is False:
            return f"the contactor of connector {each.id} of EVSE {evse.id} is closed and its cable not locked"
    return None


def _only_with_power(history: History, now: Observation, evse: EvseView) -> str | None:
    return None if history.powered else f"a contactor of EVSE {evse.id} is closed without power"


def _only_in_service(history: History, now: Observation, evse: EvseView) -> str | None:
    if history.was_accepted:
        return None
    return f"EVSE {evse.id} delivers energy and the CSMS has never accepted the station"


def _only_in_a_transaction(history: History, now: Observation, evse: EvseView) -> str | None:
    if not evse.measured or evse.transaction_start is not None or not history.powered:
        return None
    return f"EVSE {evse.id} measures {evse.measured:.0f} W without a transaction"


def _only_with_a_meter(history: History, now: Observation, evse: EvseView) -> str | None:
    return f"a contactor of EVSE {evse.id} is closed and its meter has failed" if evse.meter_failed else None


def _evse_limit(history: History, now: Observation, evse: EvseView) -> str | None:
    if now.now is None or not evse.power or not history.profiles_known:
        return None
    present = (None, evse.transaction_start)
    profiles = tuple(each for each in history.profiles.values() if each.transaction_start in present)
    allowed = max(
        limits.evse_limit(
            profiles,
            evse.id,
            moment,
            evse.transaction_start or moment,
            phases=evse.phases,
            per_named_phase=history.version == "2.0.1",
        )
        for moment in (now.now, limits.before(now.now, GRACE))
    )
    if evse.power <= allowed + TOLERANCE:
        return None
    return f"EVSE {evse.id} draws {evse.power:.0f} W on {evse.phases} phases, and its limit is {allowed:.0f} W"


def _station_limit(history: History, now: Observation) -> str | None:
    if now.now is None or not history.profiles_known or not history.profiles:
        return None
    profiles = tuple(history.profiles.values())
    both = [limits.station_limit(profiles, moment) for moment in (now.now, limits.before(now.now, GRACE))]
    per_phase, watts = max(each[0] for each in both), max(each[1] for each in both)
    drawn = sum(evse.power for evse in now.evses)
    if drawn > watts + TOLERANCE:
        return f"the station draws {drawn:.0f} W, and its limit is {watts:.0f} W"
    for phase in range(limits.ALL_PHASES):
        current = sum(evse.currents[phase] for evse in now.evses if phase < len(evse.currents))
        if current > per_phase * 1.001:
            return f"the station draws {current:.1f} A on phase {phase + 1}, and its limit is {per_phase:.1f} A"
    return None


def _external_limit(history: History, now: Observation) -> str | None:
    drawn = sum(evse.power for evse in now.evses)
    if history.external_limit is None or drawn <= history.external_limit + TOLERANCE or not history.powered:
        return None
    return f"the station draws {drawn:.0f} W, and the external limit is {history.external_limit:.0f} W"


def _every_request_answered(history: History, now: Observation) -> str | None:
    for frame in history.open_requests.values():
        if now.at - frame.at > MESSAGE_TIMEOUT and frame.message_id not in history.may_ignore:
            return f"{frame.action} of the CSMS has waited {now.at - frame.at:.0f} s for its answer"
    return None


def _only_current_messages(history: History, now: Observation) -> str | None:
    if not now.shown or now.shown in history.messages:
        return None
    return f'the display shows "{now.shown}", which the CSMS has cleared'


def _no_errors(history: History, now: Observation) -> str | None:
    return now.problems[0] if now.problems else None


def _bounded(history: History, now: Observation) -> str | None:
    for name, number, most in (
        ("queued messages", now.resources.queued, MAX_QUEUED),
        ("tasks", now.resources.tasks, MAX_TASKS),
        ("timers", now.resources.timers, MAX_TIMERS),
    ):
        if number > most:
            return f"there are {number} {name}, more than {most}"
    return None


MOMENT_RULES: Final[tuple[Rule[Observation], ...]] = (
    Rule("C01.FR.01; IEC 61851-1", "energy only with an authorization", _each_evse(_only_authorized)),
    Rule("C01.FR.02; 1.6, 4.1", "energy only for an accepted token", _each_evse(_only_accepted_tokens)),
    Rule("IEC 61851-1, 6.3", "energy only for a connected EV that is ready", _each_evse(_only_connected)),
    Rule("G05.FR.01", "energy only with a locked cable", _each_evse(_only_locked)),
    Rule("IEC 61851-1", "no energy without power", _each_evse(_only_with_power)),
    Rule("B02.FR.03, B03.FR.01; 1.6, 4.2", "energy only after the CSMS has accepted", _each_evse(_only_in_service)),
    Rule("E01.FR.06; 1.6, 4.8", "energy only in a transaction", _each_evse(_only_in_a_transaction)),
    Rule("own", "energy only while its meter can be read", _each_evse(_only_with_a_meter)),
    Rule("K01.FR.38, K01.FR.50; 1.6, 3.13", "an EVSE obeys its charging profiles", _each_evse(_evse_limit)),
    Rule("K01.FR.22; 1.6, 3.13.3", "the station obeys its charging profiles", _station_limit),
    Rule("K11.FR.01, K12.FR.01", "the station obeys external limits", _external_limit),
    Rule("2.0.1 Part 4, 4.1; 1.6J, 4.1", "every request of the CSMS is answered", _every_request_answered),
    Rule("O05.FR.01", "a message that was cleared is not shown", _only_current_messages),
    Rule("own", "no error in the software", _no_errors),
    Rule("own", "queues, tasks and timers are bounded", _bounded),
)


class Violation(msgspec.Struct, frozen=True, kw_only=True):
    """A rule that was broken."""

    at: float
    requirement: str
    rule: str
    problem: str


def violations(rules: tuple[Rule[S], ...], history: History, subject: S, at: float) -> Iterator[Violation]:
    for rule in rules:
        problem = rule.check(history, subject)
        if problem is not None:
            yield Violation(at=at, requirement=rule.requirement, rule=rule.name, problem=problem)
