"""What a campaign cannot test, printed before its first case."""

from collections.abc import Iterator

from rich.text import Text

from plugfest.lab import events
from plugfest.lab.operator.missing_capabilities import MissingCapability
from plugfest.reports.model.wording import counted

STYLE = "yellow"


def preflight_lines(event: events.Event) -> Iterator[Text]:
    """The lines about an event before the first case; none for any other event."""
    if isinstance(event, events.CapabilitiesMissing):
        for one in event.missing:
            yield from _capability(one)
    if isinstance(event, events.ContradictionsFound):
        yield Text("The PICS contradicts the station. Verdicts follow the PICS:", STYLE)
        for contradiction in event.contradictions:
            yield Text(f"  {contradiction.text}")


def _capability(one: MissingCapability) -> Iterator[Text]:
    """`The operator cannot ...`, and the cases that need it."""
    if not one.cases and not one.possible_cases:
        return
    yield Text(f"{one.reason[:1].upper()}{one.reason[1:]}.", STYLE)
    if one.cases:
        yield Text(f"  {counted(len(one.cases), 'case')} cannot be run: {' '.join(one.cases)}")
    if one.possible_cases:
        yield Text(f"  {counted(len(one.possible_cases), 'case')} may need it; the report lists them.", "dim")
