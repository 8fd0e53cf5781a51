"""What is printed before the first case."""

import io

from rich.console import Console

from plugfest.cli.terminal.preflight import preflight_lines
from plugfest.cli.terminal.progress import view
from plugfest.lab import events
from plugfest.lab.claims.contradictions import Contradiction
from plugfest.lab.operator.capabilities import Capability
from plugfest.lab.operator.missing_capabilities import MissingCapability


def lines(*missing: MissingCapability) -> list[str]:
    return [line.plain for line in preflight_lines(events.CapabilitiesMissing(missing))]


def test_a_missing_capability_is_a_line_with_the_reason_and_lines_with_the_cases() -> None:
    reason = "the operator cannot plug in: no plug"
    assert lines(MissingCapability(Capability.PLUG_IN, reason, ("TC_A", "TC_B"), ("TC_C",))) == [
        "The operator cannot plug in: no plug.",
        "  2 cases cannot be run: TC_A TC_B",
        "  1 case may need it; the report lists them.",
    ]


def test_a_capability_that_no_case_needs_is_not_printed() -> None:
    assert lines(MissingCapability(Capability.PLUG_IN, "the operator cannot plug in")) == []


def test_contradictions_are_a_line_each() -> None:
    one = Contradiction(claims=("HFS-8",), claimed="EVSE 1, 2", reported="EVSE 1")
    assert [line.plain for line in preflight_lines(events.ContradictionsFound((one,)))] == [
        "The PICS contradicts the station. Verdicts follow the PICS:",
        "  PICS: EVSE 1, 2; station: EVSE 1",
    ]


def test_no_other_event_is_printed() -> None:
    assert list(preflight_lines(events.CampaignStarted("product", 3))) == []


def test_each_view_prints_the_lines() -> None:
    event = events.CapabilitiesMissing((MissingCapability(Capability.PARK, "the operator cannot park", ("TC_A",)),))
    for terminal in (True, False):
        on = Console(file=io.StringIO(), width=100, force_terminal=terminal, color_system=None)
        with view(on, simulated=True) as shown:
            shown.on_event(event)
        assert isinstance(on.file, io.StringIO)
        assert "The operator cannot park." in on.file.getvalue()
        assert "1 case cannot be run: TC_A" in on.file.getvalue()
