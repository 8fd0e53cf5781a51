"""Shows a fleet while it runs: a live table on a terminal, a line every ten seconds elsewhere."""

from types import TracebackType
from typing import Final, Protocol, Self

from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.table import Table
from rich.text import Text

from plugfest.fleet.results import FleetResult, Latency, Second
from plugfest.reports.model.wording import counted, duration

LINE_INTERVAL: Final = 10.0
"""Seconds between two lines where there is no terminal."""

SHOWN_REASONS: Final = 5
"""How many reasons of errors are shown; the result has all."""


class View(Protocol):
    """Shows the result as far as it is."""

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...

    def show(self, result: FleetResult) -> None: ...


def view(console: Console) -> View:
    """A live table if the console is a terminal, else lines."""
    return LiveView(console) if console.is_terminal else PlainView(console)


class PlainView:
    """A line every ten seconds."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._next = 0.0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def show(self, result: FleetResult) -> None:
        if result.phase == "running" and result.now.at >= self._next:
            self._next = result.now.at - result.now.at % LINE_INTERVAL + LINE_INTERVAL
            self._console.print(state_line(result), soft_wrap=True)


class LiveView:
    """A table of the present figures, with the latencies by action and the errors by reason."""

    def __init__(self, console: Console) -> None:
        self._live = Live(console=console, auto_refresh=False, transient=True)  # Rich would refresh in a thread

    def __enter__(self) -> Self:
        self._live.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._live.stop()

    def show(self, result: FleetResult) -> None:
        self._live.update(rendered(result), refresh=True)


def state_line(result: FleetResult) -> str:
    """The present figures on a line."""
    now = result.now
    return (
        f"{duration(now.at):>8}  {now.connected} of {result.fleet.stations} connected, {now.accepted} accepted,"
        f" {now.message_rate:,.0f} messages/s, latency {latency_text(now)}, {counted(now.errors, 'error')}"
    )


def latency_text(of: Second | Latency) -> str:
    """The median and the 99th percentile of a latency."""
    return f"{milliseconds(of.p50)} (p99 {milliseconds(of.p99)})"


def milliseconds(value: float | None) -> str:
    """Milliseconds for people; a dash if there are none."""
    return "-" if value is None else f"{value / 1000:.3g} s" if value >= 1000 else f"{value:.3g} ms"


def rendered(result: FleetResult) -> RenderableType:
    """The tables of the live view."""
    parts: list[RenderableType] = [_heading(result), _present(result)]
    if result.latencies:
        parts.append(_latencies(result))
    if result.errors:
        parts.append(errors_table(result))
    return Group(*parts)


def _heading(result: FleetResult) -> Text:
    now, total = result.now, result.fleet.stations
    if result.phase == "preparing":
        return Text(f"preparing {counted(total, 'station')}: {now.prepared} are ready", "dim")
    until = "" if result.fleet.duration is None else f" of {duration(result.fleet.duration)}"
    return Text(f"{counted(total, 'station')} at {result.fleet.csms_url}, {duration(now.at)}{until}", "dim")


def _present(result: FleetResult) -> Table:
    now, total = result.now, result.fleet.stations
    table = Table.grid(padding=(0, 2))
    table.add_row("connected", f"{now.connected} of {total}", "opened", f"{now.connection_rate:,.0f}/s")
    table.add_row("accepted", f"{now.accepted} of {total}", "messages", f"{now.message_rate:,.0f}/s")
    table.add_row("lost", f"{now.lost}", "latency", latency_text(now))
    table.add_row("errors", Text(f"{now.errors}", "red" if now.errors else ""), "own lag", milliseconds(now.lag))
    return table


def _latencies(result: FleetResult) -> Table:
    table = Table(box=None, padding=(0, 2, 0, 0))
    table.add_column("request", style="bold")
    for heading in ("answers", "p50", "p90", "p99", "longest"):
        table.add_column(heading, justify="right")
    for action, each in (("(opening a connection)", result.opening), *result.latencies.items()):
        quantiles = (each.p50, each.p90, each.p99, each.longest)
        table.add_row(action, f"{each.count:,}", *(milliseconds(one) for one in quantiles))
    return table


def errors_table(result: FleetResult) -> Table:
    """The most frequent reasons of errors."""
    table = Table.grid(padding=(0, 2))
    for reason, count in list(result.errors.items())[:SHOWN_REASONS]:
        table.add_row(Text(f"{count:,}", "red", justify="right"), reason)
    if len(result.errors) > SHOWN_REASONS:
        table.add_row("", Text(f"and {len(result.errors) - SHOWN_REASONS} more reasons in the result", "dim"))
    return table
