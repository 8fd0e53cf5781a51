"""Why a connection ended, and why an attempt to connect failed, in one line each.

Before the first case also: that the station is connected, what the lab waits for then, and what to do about an attempt
that failed.
"""

from collections.abc import Iterator

from rich.text import Text

from plugfest.cli.terminal.standard_output import printable
from plugfest.lab import events
from plugfest.lab.csms.connection_log import ConnectionKind, LoggedConnection

STYLES = {ConnectionKind.ENDED: "dim", ConnectionKind.FAILED: "yellow"}


class ConnectionLines:
    """The lines of a campaign. `each_once`: a reason is printed once, because the report has every connection."""

    def __init__(self, *, each_once: bool) -> None:
        self._each_once = each_once
        self._case_began = False
        self._printed: set[tuple[ConnectionKind, str]] = set()

    def lines(self, event: events.Event) -> Iterator[Text]:
        """The lines about a connection; none for any other event, or for a reason that was printed."""
        match event:
            case events.CaseStarted():
                self._case_began = True
            case events.StationConnected() if not (self._case_began or self._each_once):
                yield Text(printable(event.line), "green")
            case events.WaitBegan(awaited=awaited, within=within) if not (self._case_began or self._each_once):
                yield Text(printable(f"waiting for {awaited}, at most {within:g} s"), "dim")
            case events.ConnectionLogged(connection):
                yield from self._logged(connection)

    def _logged(self, one: LoggedConnection) -> Iterator[Text]:
        if self._each_once and (one.kind, one.reason) in self._printed:
            return
        self._printed.add((one.kind, one.reason))
        yield Text(printable(one.line), STYLES[one.kind])
        if one.advice and not self._case_began:
            yield Text(f"  {printable(one.advice)}")
