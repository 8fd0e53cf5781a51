"""A boot is a critical security event, which a charge point reports to the Central System (A04, section 7)."""

from collections.abc import Iterator

from plugfest.lab.operator.actions import ActionKind
from plugfest.lab.rules.evidence import Evidence, SentRequest
from plugfest.lab.rules.rule import Rule, Violation
from plugfest.lab.verdict import Level
from plugfest.ocpp.message import given
from plugfest.ocpp.v16 import messages as m

BOOT_EVENTS = ("StartupOfTheDevice", "ResetOrReboot")

ADVANCED_SECURITY = "Advanced Security"
"""The certification profile that contains security events."""

Boot = SentRequest[m.BootNotificationRequest]


class _UnreportedBoots:
    """The boots of the case before, of which the event may be on its way."""

    def __init__(self) -> None:
        self._boots: list[Boot] = []
        self._firmware: str | None = None

    def take(self, evidence: Evidence) -> list[Boot]:
        """The boots until now whose event has not come in time, and remember the others."""
        ended = max((exchange.at for exchange in evidence.exchanges), default=0.0)
        unreported = self._unreported(evidence)
        late = [boot for boot in unreported if ended - boot.at > evidence.settings.response_timeout]
        self._boots = [boot for boot in unreported if boot not in late]
        return late

    def _unreported(self, evidence: Evidence) -> list[Boot]:
        """The boots without an event after them. A hard reset may lose what was queued before it (5.14)."""
        events = evidence.sent(m.SecurityEventNotificationRequest)
        last = max((event.frame for event in events if event.message.type in BOOT_EVENTS), default=-1)
        return [boot for boot in (*self._boots, *self._boots_of(evidence)) if boot.frame > last]

    def _boots_of(self, evidence: Evidence) -> Iterator[Boot]:
        """The accepted BootNotifications after a boot; others may follow a reconnection."""
        since = 0
        for boot in evidence.sent(m.BootNotificationRequest):
            version, before = given(boot.message.firmware_version), self._firmware
            self._firmware = version or before
            is_updated = version is not None and before not in (None, version)
            response = boot.exchange.response
            if isinstance(response, m.BootNotificationResponse) and response.status == "Accepted":
                if is_updated or _has_booted(evidence, since, boot.frame):
                    yield boot
                since = boot.frame


def _has_booted(evidence: Evidence, since: int, until: int) -> bool:
    """Whether the power was switched off or a reset accepted between these frames."""
    return _cause(evidence, since, until) is not None


def _cause(evidence: Evidence, since: int, until: int) -> float | None:
    """The loop time of the first cause of a boot between these frames."""
    actions = evidence.actions_of(ActionKind.POWER_OFF)
    switched_off = [action.began for action in actions if since <= action.frame <= until]
    resets = [
        exchange.at
        for exchange in evidence.lab_requests
        if isinstance(exchange.request, m.ResetRequest)
        and since <= exchange.frame < until
        and getattr(exchange.response, "status", None) == "Accepted"
    ]
    return min((*switched_off, *resets), default=None)


def _judge_time(evidence: Evidence) -> Iterator[Violation]:
    boots = [boot.frame for boot in evidence.sent(m.BootNotificationRequest)]
    tolerance = evidence.settings.time_tolerance
    for event in evidence.sent(m.SecurityEventNotificationRequest):
        until = max((frame for frame in boots if frame < event.frame), default=0)
        cause = _cause(evidence, 0, until)
        is_boot = event.message.type in BOOT_EVENTS
        if is_boot and cause is not None and event.exchange.loop_time(event.message.timestamp) < cause - tolerance:
            yield Violation(
                f"SecurityEventNotificationRequest.timestamp of {event.message.type} not before its cause",
                event.message.timestamp.isoformat(),
                event.frame,
            )


# The station should take its time from the Central System (4.2); it may not have had it yet.
TIME_OF_BOOT_EVENT = Rule("time of the security event of a boot", "section 4.2", _judge_time, Level.SHOULD)


def boot_event() -> Rule:
    """The rule for one campaign. Without Advanced Security, the PICS does not claim security events."""
    unreported = _UnreportedBoots()

    def judge(evidence: Evidence) -> Iterator[Violation]:
        for boot in unreported.take(evidence) if evidence.product.named(ADVANCED_SECURITY) else ():
            yield Violation(
                f"SecurityEventNotificationRequest with type {' or '.join(BOOT_EVENTS)} after a boot",
                "not sent",
                boot.frame,
            )

    return Rule("security event of a boot", "A04.FR.01", judge)
