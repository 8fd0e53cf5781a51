"""The log: that of a campaign is collected for the report, that of a server is printed."""

import contextlib
import logging
from collections.abc import Callable, Iterator

from rich.console import Console
from rich.text import Text

from plugfest.cli.terminal.standard_output import echo
from plugfest.clock import utc_now


class LogHandler(logging.Handler):
    """Passes on every record as a line with the time of the campaign's clock, and errors also in short."""

    def __init__(self, on_line: Callable[[str], None], on_error: Callable[[str], None]) -> None:
        super().__init__()
        self._on_line = on_line
        self._on_error = on_error

    def emit(self, record: logging.LogRecord) -> None:
        self._on_line(f"{utc_now():%Y-%m-%d %H:%M:%S} {record.levelname} {record.name}: {self.format(record)}")
        if record.levelno >= logging.ERROR:
            exception = record.exc_info[1] if record.exc_info else None
            cause = f": {type(exception).__name__}: {exception}" if exception is not None else ""
            self._on_error(f"{record.name}: {record.getMessage()}{cause}")


@contextlib.contextmanager
def handled_log(on_line: Callable[[str], None], on_error: Callable[[str], None]) -> Iterator[None]:
    """Within the context the log is passed on instead of printed."""
    handler = LogHandler(on_line, on_error)
    root, plugfest = logging.getLogger(), logging.getLogger("plugfest")
    level = plugfest.level
    root.addHandler(handler)
    plugfest.setLevel(logging.INFO)
    try:
        yield
    finally:
        plugfest.setLevel(level)
        root.removeHandler(handler)


@contextlib.contextmanager
def collected_log(console: Console) -> Iterator[list[str]]:
    """Collect the log within the context instead of printing it."""
    lines: list[str] = []
    with handled_log(lines.append, lambda text: print_error(console, text)):
        yield lines


def print_error(console: Console, text: str) -> None:
    """Print an error of the log."""
    console.print(Text(text, "red"), soft_wrap=True)


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
