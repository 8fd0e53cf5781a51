"""A station that has just said something else need not say that it lives."""

from collections.abc import Iterator

from plugfest.lab.recording.exchanges import Exchange
from plugfest.lab.rules.evidence import Evidence
from plugfest.lab.rules.rule import Breach, Rule
from plugfest.lab.verdict import Level
from plugfest.ocpp.v201 import messages as m


def _judge(evidence: Evidence) -> Iterator[Breach]:
    interval = evidence.settings.heartbeat_interval
    if not _is_usual(evidence, interval):
        return
    last: Exchange | None = None
    for one in evidence.said:
        early = last is not None and one.at - last.at < interval - evidence.settings.time_tolerance
        if early and last is not None and one.action == "Heartbeat" and not _is_wanted(evidence, one):
            yield Breach(
                f"a HeartbeatRequest {interval:g} s after the last request of any kind",
                f"{one.at - last.at:.0f} s after a {last.action}Request",
                one.frame,
            )
        last = one


def _is_usual(evidence: Evidence, interval: float) -> bool:
    """Whether nobody has set another interval in the case."""
    for one in evidence.exchanges:
        if isinstance(one.response, m.BootNotificationResponse) and one.response.interval != interval:
            return False
        data = one.request.set_variable_data if isinstance(one.request, m.SetVariablesRequest) else ()
        if any(each.variable.name == "HeartbeatInterval" for each in data):
            return False
    return True


def _is_wanted(evidence: Evidence, heartbeat: Exchange) -> bool:
    """Whether it comes because the lab has asked for it (F06), or is the first one after a start or a loss."""
    asked = any(isinstance(one.request, m.TriggerMessageRequest) and one.at <= heartbeat.at for one in evidence.asked)
    return asked or any(abs(heartbeat.at - span.began) < evidence.settings.time_tolerance for span in evidence.spans)


HEARTBEAT_TIMER = Rule("a Heartbeat only in silence", "G02.FR.05", _judge, Level.SHOULD)
