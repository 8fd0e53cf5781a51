"""No text of a station controls the terminal, wherever it is printed."""

import io
import logging
import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import msgspec
import pytest
from click.testing import CliRunner
from rich.live import Live
from rich.table import Table
from rich.text import Text
from tests.hostile_texts import HOSTILE
from tests.reports import campaigns

from plugfest.cli.terminal.console import TerminalConsole
from plugfest.cli.terminal.log import collected_log
from plugfest.cli.terminal.progress import EventLines, LiveView, PlainView, case_line
from plugfest.cli.terminal.screen import PromptScreen
from plugfest.cli.terminal.standard_output import echo, safe, write_document
from plugfest.cli.terminal.station_console import StationConsole
from plugfest.cli.terminal.summary import show
from plugfest.lab import events
from plugfest.lab.claims.contradictions import Contradiction
from plugfest.lab.csms.connection_log import ConnectionKind, LoggedConnection
from plugfest.lab.operator.capabilities import Capability
from plugfest.lab.operator.missing_capabilities import MissingCapability
from plugfest.lab.recording.record import Direction, Frame
from plugfest.lab.verdict import Finding
from plugfest.link import peer
from plugfest.station.setup.provisioning import Settings

OF_RICH = re.compile(r"\r?\x1b\[[0-9;?]*[mKAhl]|\x1b[78]")
"""How Rich and the live line set colours and move the cursor. No text below has one of these sequences alone."""

NOW = datetime(2030, 1, 1, tzinfo=UTC)


class Terminal:
    """A terminal, and what was printed on it."""

    def __init__(self) -> None:
        self._file = io.StringIO()
        self.console = TerminalConsole(
            file=self._file, force_terminal=True, color_system="truecolor", width=100, legacy_windows=False
        )

    @property
    def printed(self) -> str:
        return self._file.getvalue()


def unsafe(printed: str) -> set[str]:
    """The characters in what was printed that are neither text nor line ends."""
    return {one for one in OF_RICH.sub("", printed) if not one.isprintable() and one != "\n"}


def finding(text: str) -> Finding:
    return Finding(requirement=text, expected=text, actual=text, step=text, contradictions=(text,))


def every_event(text: str) -> Iterator[events.Event]:
    """Every event with a text of a station, of a client or of an operator."""
    missing = MissingCapability(Capability.FIRMWARE, text, (text,), (text,))
    connection = LoggedConnection(kind=ConnectionKind.FAILED, at=0.0, frame=0, remote=text, reason=text, advice=text)
    contradiction = Contradiction(claims=("C-1",), claimed=text, reported=text)
    yield events.CampaignStarted(text, 1)
    yield events.CapabilitiesMissing((missing,))
    yield events.ContradictionsFound((contradiction,))
    yield events.StationConnected(text, text)
    yield events.WaitBegan(text, 1.0)
    yield events.ConnectionLogged(connection)
    yield events.CaseStarted(text, text, 1)
    yield events.StepStarted(text, text)
    yield events.FrameRecorded(Frame(0, 0.0, NOW, Direction.FROM_STATION, text))
    yield events.FindingMade(text, finding(text))
    yield events.AttemptAbandoned(text, text)
    yield events.CaseFinished(msgspec.structs.replace(campaigns.results()[1], id=text, name=text))


def views(terminal: Terminal, text: str) -> None:
    lines = EventLines(simulated=False, findings=True, frames=True)
    for view in (PlainView(terminal.console, lines), LiveView(terminal.console, lines, simulated=False)):
        with view:
            for event in every_event(text):
                view.on_event(event)


def summary(terminal: Terminal, text: str) -> None:
    results = tuple(
        msgspec.structs.replace(one, id=text, name=text, findings=(finding(text),)) for one in campaigns.results()
    )
    show(terminal.console, campaigns.report(of=results, before=(finding(text),)))


def errors(terminal: Terminal, text: str) -> None:
    with collected_log(terminal.console):
        try:
            raise ValueError(text)
        except ValueError:
            logging.getLogger("plugfest.test").exception("%s", text)


def prompts(terminal: Terminal, text: str) -> None:
    with PromptScreen(terminal.console) as screen:
        screen.show_live(text)
        screen.print(text)
        screen.show_live(f"{text}!")


def everything_else(terminal: Terminal, text: str) -> None:
    table = Table(title=text, caption=text)
    table.add_column(text)
    table.add_row(Text(text, "red"))
    table.add_row(text)
    for each in (text, Text(text), Text.assemble((text, "bold"), text), table, case_line(campaigns.results()[0])):
        terminal.console.print(each)
        terminal.console.print(each, soft_wrap=True)
    with Live(Text(text), console=terminal.console, auto_refresh=False):
        terminal.console.print(text, style="red")


@pytest.mark.parametrize("place", [views, summary, errors, prompts, everything_else])
@pytest.mark.parametrize("text", HOSTILE)
def test_no_text_controls_the_terminal(place: Callable[[Terminal, str], None], text: str) -> None:
    terminal = Terminal()
    place(terminal, text)
    assert unsafe(terminal.printed) == set()


@pytest.mark.parametrize("text", HOSTILE)
def test_lines_without_rich_are_safe_too(text: str, capsys: pytest.CaptureFixture[str]) -> None:
    echo(text)
    echo(text, err=True)
    station = StationConsole(Settings(csms_url="ws://localhost", identity=text), "2.0.1")
    station.print(text)
    station.frame(peer.Direction.RECEIVED, text, 0.0)
    printed = capsys.readouterr()
    assert unsafe(printed.out + printed.err) <= {"\t"}


def test_what_is_replaced_keeps_its_place_in_a_table() -> None:
    terminal = Terminal()
    table = Table("first", "second")
    table.add_row("\x1b\x1b\x1b\x1b", "text")
    terminal.console.print(table)
    lines = OF_RICH.sub("", terminal.printed).splitlines()
    assert len({len(line) for line in lines}) == 1, "\n".join(lines)


def test_square_brackets_are_text() -> None:
    terminal = Terminal()
    terminal.console.print("[bold]x[/bold] :boom: [/]")
    assert OF_RICH.sub("", terminal.printed) == "[bold]x[/bold] :boom: [/]\n"


def test_lines_and_ordinary_characters_stay() -> None:
    text = "Zarządca: 充电桩 — „x“ ✓\n\tnext line"
    assert safe(text) == text


def test_a_document_for_a_program_is_not_changed() -> None:
    content = "\x1b[2J\u202e\n".encode()

    def run() -> bytes:
        import click

        @click.command()
        def written() -> None:
            write_document(content)

        return CliRunner().invoke(written).stdout_bytes

    assert run() == content
