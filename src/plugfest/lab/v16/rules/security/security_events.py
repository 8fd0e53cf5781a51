"""Security events: a boot is a critical one, which a charge point reports; their times (A04, whitepaper section 7)."""

from collections.abc import Iterator, Mapping
from typing import Any

from plugfest.lab.operator.actions import ActionKind
from plugfest.lab.recording.exchanges import Exchange
from plugfest.lab.rules.evidence import Evidence, SentRequest
from plugfest.lab.rules.registration import resets_station
from plugfest.lab.rules.rule import Rule, Violation
from plugfest.lab.verdict import Level
from plugfest.ocpp.message import Request, given
from plugfest.ocpp.v16 import messages as m

BOOT_EVENTS = ("StartupOfTheDevice", "ResetOrReboot")

CAUSED_EVENTS: Mapping[type[Request[Any]], tuple[str, ...]] = {
    m.SignedUpdateFirmwareRequest: (
        "FirmwareUpdated",
        "InvalidFirmwareSignature",
        "InvalidFirmwareSigningCertificate",
    ),
    m.UpdateFirmwareRequest: ("FirmwareUpdated",),
    m.CertificateSignedRequest: ("InvalidChargePointCertificate",),
    m.ChangeConfigurationRequest: ("ReconfigurationOfSecurityParameters",),
}
"""The other events that a request of the lab may cause."""

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
        if resets_station(exchange)
        and since <= exchange.frame < until
        and getattr(exchange.response, "status", None) == "Accepted"
    ]
    return min((*switched_off, *resets), default=None)


def event_time() -> Rule:
    """The rule for one campaign: an event of an operation of an earlier case may come in a later one."""
    earlier: dict[str, float] = {}  # the loop time of the newest cause of each type of event, before this case

    def judge(evidence: Evidence) -> Iterator[Violation]:
        tolerance = evidence.settings.time_tolerance
        for event in evidence.sent(m.SecurityEventNotificationRequest):
            cause = _earliest_cause(evidence, event)
            happened = event.exchange.loop_time(event.message.timestamp)
            if cause is not None and happened < min(cause, earlier.get(event.message.type, cause)) - tolerance:
                yield Violation(
                    f"SecurityEventNotificationRequest.timestamp of {event.message.type} not before its cause",
                    event.message.timestamp.isoformat(),
                    event.frame,
                )
        earlier.update(_causes(evidence))

    # The station should take its time from the Central System (4.2); it may not have had it yet.
    return Rule("time of a security event", "section 4.2", judge, Level.SHOULD)


def _causes(evidence: Evidence) -> Iterator[tuple[str, float]]:
    """The types of the events that the requests of the lab may cause, and when they were sent."""
    for exchange in evidence.lab_requests:
        for event in _caused_events(exchange):
            yield event, exchange.at


def _caused_events(exchange: Exchange) -> tuple[str, ...]:
    return () if exchange.request is None else CAUSED_EVENTS.get(type(exchange.request), ())


def _earliest_cause(evidence: Evidence, event: SentRequest[m.SecurityEventNotificationRequest]) -> float | None:
    """The loop time of the first thing in the case that can have caused the event; None if nothing is known."""
    if event.message.type in BOOT_EVENTS:
        if _may_be_of_an_earlier_boot(evidence, event.frame):
            return None
        boots = (boot.frame for boot in evidence.sent(m.BootNotificationRequest) if boot.frame < event.frame)
        return _cause(evidence, 0, max(boots, default=0))
    requests = (each for each in evidence.lab_requests if event.message.type in _caused_events(each))
    return min((each.at for each in requests if each.frame < event.frame), default=None)


def _may_be_of_an_earlier_boot(evidence: Evidence, frame: int) -> bool:
    """Whether more than one boot before this frame has not been reported yet: the events wait in a queue."""
    before = [each.request for each in evidence.recent_station_requests if each.frame < frame]
    boots = sum(isinstance(each, m.BootNotificationRequest) for each in before)
    reported = sum(isinstance(each, m.SecurityEventNotificationRequest) and each.type in BOOT_EVENTS for each in before)
    return boots - reported > 1


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
