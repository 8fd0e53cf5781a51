"""A boot is a critical security event, which a charge point reports to the Central System (A04, section 7)."""

from collections.abc import Iterator

from plugfest.lab.operator.actions import ActionKind
from plugfest.lab.rules.evidence import Evidence, SentRequest
from plugfest.lab.rules.rule import Rule, Violation
from plugfest.ocpp.v16 import messages as m

BOOT_EVENTS = ("StartupOfTheDevice", "ResetOrReboot")

ADVANCED_SECURITY = "Advanced Security"
"""The certification profile that contains security events."""

Boot = SentRequest[m.BootNotificationRequest]


class _UnreportedBoots:
    """The boots of the case before, of which the event may be on its way."""

    def __init__(self) -> None:
        self._boots: list[Boot] = []

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
        return [boot for boot in (*self._boots, *_boots(evidence)) if boot.frame > last]


def _boots(evidence: Evidence) -> Iterator[Boot]:
    """The accepted BootNotifications after a reset or without power before; others may follow a reconnection."""
    since = 0
    for boot in evidence.sent(m.BootNotificationRequest):
        response = boot.exchange.response
        if isinstance(response, m.BootNotificationResponse) and response.status == "Accepted":
            if _has_booted(evidence, since, boot.frame):
                yield boot
            since = boot.frame


def _has_booted(evidence: Evidence, since: int, until: int) -> bool:
    switched_off = any(since <= action.frame <= until for action in evidence.actions_of(ActionKind.POWER_OFF))
    return switched_off or any(
        isinstance(exchange.request, m.ResetRequest)
        and since <= exchange.frame < until
        and getattr(exchange.response, "status", None) == "Accepted"
        for exchange in evidence.lab_requests
    )


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
