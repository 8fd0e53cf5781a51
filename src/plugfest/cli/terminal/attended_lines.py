"""What a person at a station reads beside the instructions: findings as they are made, repeated cases, frames."""

from collections.abc import Iterator

from rich.text import Text

from plugfest.cli.terminal.standard_output import printable
from plugfest.lab import events
from plugfest.lab.recording.record import Direction, Frame
from plugfest.ocpp.secrets.screen import without_passwords


def attended_lines(event: events.Event) -> Iterator[Text]:
    """The lines about an event; none for most."""
    match event:
        case events.FindingMade(case=case, finding=finding):
            where = ", ".join(filter(None, (case, finding.step, finding.requirement)))
            text = f"  {where}: expected {finding.expected}; actual: {finding.actual}"
            yield Text(printable(without_passwords(text)), "red" if finding.requirement and finding.fails else "yellow")
        case events.AttemptAbandoned(case=case, reason=reason):
            yield Text(f"  {case}: {reason}", "yellow")
        case events.CampaignResumed():
            yield Text("  resumed", "yellow")


def frame_line(frame: Frame) -> Text:
    """A frame on one line: time, sender, text without passwords."""
    sender = "station" if frame.direction is Direction.FROM_STATION else "lab    "
    return Text(f"  {frame.time:%H:%M:%S} {sender} {printable(without_passwords(frame.text))}", "dim")
