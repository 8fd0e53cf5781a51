"""No request but BootNotification between a boot and its acceptance, except what the CSMS has asked for meanwhile."""

from bisect import bisect
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from itertools import groupby
from typing import Any, NamedTuple

from plugfest.lab.csms.registration import ACCEPTED, BOOT, REJECTED, Instructions
from plugfest.lab.operator.actions import ActionKind
from plugfest.lab.recording.exchanges import Exchange
from plugfest.lab.recording.record import Direction
from plugfest.lab.rules.evidence import Evidence
from plugfest.lab.rules.rule import Rule, Violation
from plugfest.ocpp.message import Request

RESET_REASONS = frozenset({"RemoteReset", "ScheduledReset", "FirmwareUpdate"})
"""The boot reasons of OCPP 2.0.1 that name a request of the lab as the cause."""

FIRMWARE_STATUSES = frozenset({"FirmwareStatusNotification", "SignedFirmwareStatusNotification"})
"""The requests with the status of a firmware update."""

TRIGGERED: Mapping[str, frozenset[str]] = {
    "StatusNotification": frozenset({"StatusNotification", "NotifyEvent"}),
    "FirmwareStatusNotification": FIRMWARE_STATUSES,
    "SignChargePointCertificate": frozenset({"SignCertificate"}),
    "SignChargingStationCertificate": frozenset({"SignCertificate"}),
    "SignV2GCertificate": frozenset({"SignCertificate"}),
    "SignCombinedCertificate": frozenset({"SignCertificate"}),
}
"""The requests that may follow a trigger where they are not named like the requested message."""


IDLE = "Idle"
"""The firmware status of a station without an update."""


def triggered(request: Request[Any]) -> frozenset[str]:
    """The requests that a TriggerMessage or ExtendedTriggerMessage asks for."""
    requested = getattr(request, "requested_message", None)
    return frozenset() if requested is None else TRIGGERED.get(str(requested), frozenset({str(requested)}))


class Occurrence(NamedTuple):
    """The loop time of an event, and the frame that shows it."""

    at: float
    frame: int


def first_accepted_boot(evidence: Evidence, since: int) -> Occurrence | None:
    """When the first boot after this frame was accepted."""
    for boot in _accepted_boots(evidence):
        if boot.frame > since and boot.answered_at is not None and boot.answered_in is not None:
            return Occurrence(boot.answered_at, boot.answered_in)
    return None


def _accepted_boots(evidence: Evidence) -> Iterator[Exchange]:
    """The BootNotifications that were accepted, except those that a TriggerMessage may have asked for."""
    asked = False  # since the last boot
    for exchange in evidence.exchanges:
        if exchange.by is Direction.FROM_LAB:
            asked |= exchange.request is not None and BOOT in triggered(exchange.request)
        elif exchange.action == BOOT:
            is_triggered = asked or getattr(exchange.request, "reason", None) == "Triggered"
            if getattr(exchange.response, "status", None) == ACCEPTED and not is_triggered:
                yield exchange
            asked = False


def reports_earlier_update(evidence: Evidence, exchange: Exchange) -> bool:
    """Whether the station reports a firmware update that may have been requested before the lab had seen it."""
    is_status = exchange.action in FIRMWARE_STATUSES
    return not evidence.began_idle and is_status and getattr(exchange.request, "status", IDLE) != IDLE


def nothing_before_accepted(clause: str, instructions: Instructions = triggered) -> Rule:
    """The rule of a version: `clause` and the requests that instruct a pending station."""
    return Rule("only BootNotification before it is accepted", clause, partial(_judge, instructions))


def _judge(instructions: Instructions, evidence: Evidence) -> Iterator[Violation]:
    yield from _judge_before_boot(evidence)
    yield from _judge_before_acceptance(instructions, evidence)


def _judge_before_boot(evidence: Evidence) -> Iterator[Violation]:
    """The requests of a connection before its BootNotification, if the station has booted before the connection.

    The first BootNotification of the campaign shows that it has, unless the lab may have asked for it.
    """
    periods = evidence.connection_periods
    first_frames = [period.first_frame for period in periods]
    for number, sent in groupby(evidence.station_requests, lambda each: bisect(first_frames, each.frame) - 1):
        if number < 0:
            continue
        requests, period = list(sent), periods[number]
        boot = next((each for each in requests if each.action == BOOT), None)
        previous = periods[number - 1].began if number else 0.0
        if boot is None:
            continue
        is_first = number == 0 and _begins_campaign(evidence, period.first_frame, boot)
        if is_first or _has_booted(evidence, boot, previous, period.began):
            for exchange in requests:
                if exchange.frame < boot.frame:
                    yield Violation(
                        "BootNotificationRequest as the first request after a boot", exchange.action, exchange.frame
                    )


def _begins_campaign(evidence: Evidence, first_frame: int, boot: Exchange) -> bool:
    """Whether the evidence begins with the first connection, and the lab has sent no request before this boot.

    A station that was running before sends none, until a request of the lab makes it register anew.
    """
    first = next(iter(evidence.exchanges), None)
    if first is None or first.frame != first_frame or getattr(boot.request, "reason", None) == "Triggered":
        return False
    return all(each.frame > boot.frame for each in evidence.lab_requests)


def _has_booted(evidence: Evidence, boot: Exchange, previous: float, began: float) -> bool:
    """Whether the power was switched off or a reset was accepted since the connection before this one began."""
    switched_off = any(previous <= action.began <= began for action in evidence.actions_of(ActionKind.POWER_OFF))
    resets = [each for each in evidence.lab_requests if previous <= each.at <= began and resets_station(each)]
    reason = getattr(boot.request, "reason", None)
    return switched_off or any(
        getattr(each.response, "status", None) == "Accepted" or reason in RESET_REASONS for each in resets
    )


def resets_station(exchange: Exchange) -> bool:
    """Whether a request is for a reset of the station, not of one of its EVSEs."""
    return exchange.action == "Reset" and not isinstance(getattr(exchange.request, "evse_id", None), int)


def _judge_before_acceptance(instructions: Instructions, evidence: Evidence) -> Iterator[Violation]:
    status = ACCEPTED  # of the newest response to a BootNotification
    instructed: frozenset[str] = frozenset()
    for exchange in evidence.exchanges:
        if exchange.by is Direction.FROM_LAB:
            instructed |= frozenset() if exchange.request is None else instructions(exchange.request)
        elif exchange.action == BOOT:
            status = str(getattr(exchange.response, "status", status))
            instructed = frozenset() if status == ACCEPTED else instructed
        elif status == REJECTED or (status != ACCEPTED and exchange.action not in instructed):
            yield Violation(
                f"no {exchange.action}Request before BootNotificationResponse with status {ACCEPTED}",
                f"{exchange.action}Request after status {status}",
                exchange.frame,
            )


Identity = Mapping[str, str | None]
"""Fields of a BootNotification that name the product, and their values; None if omitted."""


def same_identity(clause: str, kind: type[Request[Any]], identity: Callable[[Any], Identity]) -> Rule:
    """The rule for one campaign: the product of every BootNotification is that of the first one."""
    first: dict[str, str] = {}

    def judge(evidence: Evidence) -> Iterator[Violation]:
        for sent in evidence.sent(kind):
            for name, value in identity(sent.message).items():
                if value is not None and first.setdefault(name, value) != value:
                    expected = f"BootNotificationRequest.{name} as in the first one: {first[name]}"
                    yield Violation(expected, value, sent.frame)

    return Rule("identity of the station", clause, judge)
