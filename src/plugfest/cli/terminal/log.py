"""The log of a campaign: collected for the report; errors are also printed at once."""

import contextlib
import logging
from collections.abc import Iterator

from rich.console import Console
from rich.text import Text

from plugfest.clock import utc_now


class LogCollector(logging.Handler):
    """Collects every record as a line with the time of the campaign's clock."""

    def __init__(self, console: Console) -> None:
        super().__init__()
        self.lines: list[str] = []
        self._console = console

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(f"{utc_now():%Y-%m-%d %H:%M:%S} {record.levelname} {record.name}: {self.format(record)}")
        if record.levelno >= logging.ERROR:
            exception = record.exc_info[1] if record.exc_info else None
            cause = f": {type(exception).__name__}: {exception}" if exception is not None else ""
            self._console.print(Text(f"{record.name}: {record.getMessage()}{cause}", "red"), soft_wrap=True)


@contextlib.contextmanager
def collected_log(console: Console) -> Iterator[list[str]]:
    """Collect the log within the context instead of printing it."""
    collector = LogCollector(console)
    root, plugfest = logging.getLogger(), logging.getLogger("plugfest")
    level = plugfest.level
    root.addHandler(collector)
    plugfest.setLevel(logging.INFO)
    try:
        yield collector.lines
    finally:
        plugfest.setLevel(level)
        root.removeHandler(collector)
