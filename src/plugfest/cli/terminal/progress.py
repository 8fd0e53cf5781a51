"""What a person sees while a campaign runs: a live bar on a terminal, one line a case anywhere else."""

import asyncio
import contextlib
from collections import Counter
from collections.abc import AsyncIterator
from types import TracebackType
from typing import Protocol, Self

from rich.console import Console, Group
from rich.live import Live
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.text import Text

from plugfest.cli.terminal.summary import styled, tally
from plugfest.lab import events
from plugfest.lab.verdict import CaseResult, Verdict
from plugfest.reports.model.wording import duration

FRESH = 0.1
"""Seconds between two pictures on a terminal, at least."""

LOUD = frozenset({Verdict.FAIL, Verdict.INCONCLUSIVE, Verdict.ERROR})
"""Verdicts worth a line of their own above the live bar."""


class Standing:
    """What a campaign has come to so far. It only listens."""

    def __init__(self) -> None:
        self.total = 0
        self.case = ""
        self.name = ""
        self.step = ""
        self.verdicts: Counter[Verdict] = Counter()

    def hear(self, event: events.Event) -> None:
        match event:
            case events.CampaignStarted(total=total):
                self.total = total
            case events.CaseStarted(id=id, name=name):
                self.case, self.name, self.step = id, name, "preparation"
            case events.StepStarted(step=step):
                self.step = step
            case events.CaseFinished(result=result):
                self.verdicts[result.verdict] += 1
                self.step = ""

    @property
    def done(self) -> int:
        return self.verdicts.total()

    def sentence(self) -> str:
        """So far: how many of how many, and with which verdicts."""
        got = tally(self.verdicts).plain
        return f"{self.done} of {self.total} cases" + (f" ({got})" if got else "")


class View(Protocol):
    """A way to show a campaign while it runs."""

    standing: Standing

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...

    def hear(self, event: events.Event) -> None: ...

    def kept_fresh(self) -> contextlib.AbstractAsyncContextManager[None]: ...


def view(console: Console, *, simulated: bool, alone: bool = True) -> View:
    """The view that fits: a live one on a terminal that it has for itself alone, plain lines elsewhere."""
    return LiveView(console, simulated=simulated) if console.is_terminal and alone else PlainView(console)


class PlainView:
    """One line a case."""

    def __init__(self, console: Console) -> None:
        self.standing = Standing()
        self._console = console

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def hear(self, event: events.Event) -> None:
        self.standing.hear(event)
        if isinstance(event, events.CaseFinished):
            self._console.print(case_line(event.result), soft_wrap=True)

    def kept_fresh(self) -> contextlib.AbstractAsyncContextManager[None]:
        return contextlib.nullcontext()


class LiveView:
    """A bar with the time left, the case and step that run, and how many cases have which verdict."""

    def __init__(self, console: Console, *, simulated: bool) -> None:
        self.standing = Standing()
        self._console = console
        self._simulated = simulated
        self._bar = Progress(
            BarColumn(bar_width=32, complete_style="green", finished_style="green"),
            MofNCompleteColumn(),
            TextColumn("time left"),
            TimeRemainingColumn(compact=True),
            console=console,
            auto_refresh=False,
        )
        self._task = self._bar.add_task("cases", total=None)
        # Rich's own refreshing would be a thread; events and `kept_fresh` do it instead.
        self._live = Live(console=console, auto_refresh=False, transient=True, get_renderable=self._picture)
        self._drawn = 0.0

    def __enter__(self) -> Self:
        self._live.start(refresh=True)
        return self

    def __exit__(self, *_: object) -> None:
        self._live.stop()

    def hear(self, event: events.Event) -> None:
        self.standing.hear(event)
        if isinstance(event, events.CampaignStarted | events.CaseFinished):
            self._bar.update(self._task, completed=self.standing.done, total=self.standing.total)
        if isinstance(event, events.CaseFinished) and event.result.verdict in LOUD:
            self._console.print(case_line(event.result))
        self._draw()

    @contextlib.asynccontextmanager
    async def kept_fresh(self) -> AsyncIterator[None]:
        """Draw also while no event comes. Simulated time has no such while: nobody waits in it."""
        if self._simulated:
            yield
            return
        drawing = asyncio.ensure_future(self._draw_for_ever())
        try:
            yield
        finally:
            drawing.cancel()

    async def _draw_for_ever(self) -> None:
        while True:
            await asyncio.sleep(5 * FRESH)
            self._live.refresh()

    def _draw(self) -> None:
        now = self._console.get_time()
        if now - self._drawn >= FRESH:
            self._drawn = now
            self._live.refresh()

    def _picture(self) -> Group:
        standing = self.standing
        if standing.case:
            where = Text.assemble((standing.case, "bold"), f"  {standing.name}  ", (standing.step, "dim"), no_wrap=True)
        else:
            where = Text("waiting for the station", "dim")
        where.truncate(self._console.width, overflow="ellipsis")
        return Group(self._bar, where, tally(standing.verdicts))


def case_line(result: CaseResult) -> Text:
    """A case that ended, on one line."""
    line = Text.assemble(styled(result.verdict, width=15), f"  {result.id:<14} {result.name}")
    if result.verdict is not Verdict.NOT_IMPLEMENTED:
        checks = "1 check" if result.checks == 1 else f"{result.checks} checks"
        line.append(f"  ({checks}, {duration(result.duration_s)})", "dim")
    return line
