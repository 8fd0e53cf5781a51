"""Why a connection ended, and why an attempt to connect failed, in one line each."""

from collections.abc import Iterator

from rich.text import Text

from plugfest.cli.terminal.standard_output import printable
from plugfest.lab import events
from plugfest.lab.csms.connection_log import ConnectionKind

STYLES = {ConnectionKind.ENDED: "dim", ConnectionKind.FAILED: "yellow"}


class ConnectionLines:
    """The lines of a campaign. `each_once`: a reason is printed once, because the report has every connection."""

    def __init__(self, *, each_once: bool) -> None:
        self._each_once = each_once
        self._printed: set[tuple[ConnectionKind, str]] = set()

    def lines(self, event: events.Event) -> Iterator[Text]:
        """The line about a connection; none for any other event, or for a reason that was printed."""
        if not isinstance(event, events.ConnectionLogged):
            return
        one = event.connection
        if self._each_once and (one.kind, one.reason) in self._printed:
            return
        self._printed.add((one.kind, one.reason))
        yield Text(printable(one.line), STYLES[one.kind])
