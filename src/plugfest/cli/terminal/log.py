"""The log: that of a campaign is collected for the report, that of a server is printed."""

import contextlib
import logging
from collections.abc import Iterator

from rich.console import Console
from rich.text import Text

from plugfest.cli.terminal.standard_output import echo
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


class _Printer(logging.Handler):
    """Prints every record with its traceback on standard error."""

    def emit(self, record: logging.LogRecord) -> None:
        echo(self.format(record), err=True)


@contextlib.contextmanager
def printed_errors() -> Iterator[None]:
    """Print errors, with their tracebacks, within the context."""
    printer, root = _Printer(logging.ERROR), logging.getLogger()
    root.addHandler(printer)
    try:
        yield
    finally:
        root.removeHandler(printer)
