"""The progress of a campaign: a live bar on a terminal, a line per case elsewhere."""

import asyncio
import contextlib
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from types import TracebackType
from typing import Final, Protocol, Self

from rich.console import Console, Group
from rich.live import Live
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.text import Text

from plugfest.cli.terminal.attended_lines import attended_lines, frame_line
from plugfest.cli.terminal.connection_lines import ConnectionLines
from plugfest.cli.terminal.preflight import preflight_lines
from plugfest.cli.terminal.summary import styled, tally
from plugfest.lab import events
from plugfest.lab.operator.left import NOTHING_LEFT
from plugfest.lab.verdict import CaseResult, Verdict
from plugfest.reports.model.wording import counted, duration

REFRESH_INTERVAL: Final = 0.1
"""The minimum time between two refreshes of the live view, in seconds."""

PRINTED_VERDICTS: Final = frozenset({Verdict.FAIL, Verdict.INCONCLUSIVE, Verdict.ERROR})
"""A case with one of these verdicts is printed above the live bar."""


class CampaignProgress:
    """The state of a campaign, from its events."""

    def __init__(self) -> None:
        self.total = 0
        self.case = ""
        self.name = ""
        self.step = ""
        self.running: dict[str, str] = {}
        """The name of each case that runs: several if processes share the cases."""
        self.is_connected = False
        self.left = NOTHING_LEFT
        self.verdicts: Counter[Verdict] = Counter()

    def on_event(self, event: events.Event) -> None:
        match event:
            case events.CampaignStarted(total=total):
                self.total = total
            case events.StationConnected():
                self.is_connected = True
            case events.LeftChanged(left=left):
                self.left = left
            case events.CaseStarted(id=id, name=name):
                self.case, self.name, self.step = id, name, "preparation"
                self.running[id] = name
            case events.StepStarted(step=step):
                self.step = step
            case events.CaseFinished(result=result):
                self.verdicts[result.verdict] += 1
                self.running.pop(result.id, None)
                self.step = ""

    @property
    def done(self) -> int:
        return self.verdicts.total()

    def as_text(self) -> str:
        """The number of finished cases and their verdicts: `2 of 3 cases (1 PASS, 1 FAIL)`."""
        verdicts = tally(self.verdicts).plain
        return f"{self.done} of {self.total} cases" + (f" ({verdicts})" if verdicts else "")


class View(Protocol):
    """Shows a campaign while it runs. `shows_steps`: whether it shows the step of the case that runs."""

    progress: CampaignProgress
    shows_steps: bool

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...

    def on_event(self, event: events.Event) -> None: ...

    def refreshing(self) -> contextlib.AbstractAsyncContextManager[None]: ...


def view(console: Console, *, simulated: bool, attended: bool = False, frames: bool = False) -> View:
    """A live view if the console is a terminal, else plain lines.

    `attended`: a person answers instructions there; so it has plain lines, and findings as they are made.
    """
    lines = EventLines(simulated=simulated, findings=attended, frames=frames)
    return (
        LiveView(console, lines, simulated=simulated)
        if console.is_terminal and not attended
        else PlainView(console, lines)
    )


class EventLines:
    """The lines that events add to a view."""

    def __init__(self, *, simulated: bool, findings: bool = False, frames: bool = False) -> None:
        self._connections = ConnectionLines(each_once=simulated)
        self._findings = findings
        self._frames = frames

    def __call__(self, event: events.Event) -> Iterator[Text]:
        yield from preflight_lines(event)
        yield from self._connections.lines(event)
        if self._frames and isinstance(event, events.FrameRecorded):
            yield frame_line(event.frame)
        if isinstance(event, events.LabStoodStill):
            yield Text(f"  {event.reason}: what was running starts again", "yellow")
        if self._findings:
            yield from attended_lines(event)


class PlainView:
    """A line per case."""

    shows_steps = False

    def __init__(self, console: Console, lines: EventLines) -> None:
        self.progress = CampaignProgress()
        self._console = console
        self._lines = lines

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def on_event(self, event: events.Event) -> None:
        self.progress.on_event(event)
        if isinstance(event, events.CaseFinished):
            self._console.print(case_line(event.result), soft_wrap=True)
        for line in self._lines(event):
            self._console.print(line, soft_wrap=True)

    def refreshing(self) -> contextlib.AbstractAsyncContextManager[None]:
        return contextlib.nullcontext()


class LiveView:
    """A bar with the remaining time, the current case and step, and the number of cases by verdict."""

    shows_steps = True

    def __init__(self, console: Console, lines: EventLines, *, simulated: bool) -> None:
        self.progress = CampaignProgress()
        self._console = console
        self._simulated = simulated
        self._lines = lines
        self._bar = Progress(
            BarColumn(bar_width=32, complete_style="green", finished_style="green"),
            MofNCompleteColumn(),
            TextColumn("time left"),
            TimeRemainingColumn(compact=True),
            console=console,
            auto_refresh=False,
        )
        self._task = self._bar.add_task("cases", total=None)
        # Rich would refresh in a thread; here events and `refreshing` do it.
        self._live = Live(console=console, auto_refresh=False, transient=True, get_renderable=self._rendered)
        self._refreshed_at = 0.0

    def __enter__(self) -> Self:
        self._live.start(refresh=True)
        return self

    def __exit__(self, *_: object) -> None:
        self._live.stop()

    def on_event(self, event: events.Event) -> None:
        self.progress.on_event(event)
        if isinstance(event, events.CampaignStarted | events.CaseFinished):
            self._bar.update(self._task, completed=self.progress.done, total=self.progress.total)
        if isinstance(event, events.CaseFinished) and event.result.verdict in PRINTED_VERDICTS:
            self._console.print(case_line(event.result))
        for line in self._lines(event):
            self._console.print(line)
        self._refresh()

    @contextlib.asynccontextmanager
    async def refreshing(self) -> AsyncIterator[None]:
        """Refresh between events too. Simulated time has no waiting between events."""
        if self._simulated:
            yield
            return
        refreshing = asyncio.ensure_future(self._refresh_periodically())
        try:
            yield
        finally:
            refreshing.cancel()

    async def _refresh_periodically(self) -> None:
        while True:
            await asyncio.sleep(5 * REFRESH_INTERVAL)
            self._live.refresh()

    def _refresh(self) -> None:
        now = self._console.get_time()
        if now - self._refreshed_at >= REFRESH_INTERVAL:
            self._refreshed_at = now
            self._live.refresh()

    def _rendered(self) -> Group:
        lines = list(self._current())
        for line in lines:
            line.truncate(self._console.width, overflow="ellipsis")
        return Group(self._bar, *lines, tally(self.progress.verdicts))

    def _current(self) -> Iterator[Text]:
        """The case that runs, with its step, or the cases that run at the same time."""
        progress = self.progress
        if len(progress.running) > 1:
            for id, name in progress.running.items():
                yield Text.assemble((id, "bold"), f"  {name}", no_wrap=True)
        elif progress.case:
            yield Text.assemble((progress.case, "bold"), f"  {progress.name}  ", (progress.step, "dim"), no_wrap=True)
        else:
            yield Text(f"{'preparing' if progress.is_connected else 'waiting for'} the station", "dim")


def case_line(result: CaseResult) -> Text:
    """A finished case on one line."""
    line = Text.assemble(styled(result.verdict, width=15), f"  {result.id:<14} {result.name}")
    if result.verdict is not Verdict.NOT_IMPLEMENTED:
        line.append(f"  ({counted(result.checks, 'check')}, {duration(result.duration_s)})", "dim")
    return line
