"""What station and lab log during a campaign: kept for the report; what is a mistake of ours is shown at once."""

import contextlib
import logging
from collections.abc import Iterator

from rich.console import Console
from rich.text import Text

from plugfest.clock import utc_now


class LogKeeper(logging.Handler):
    """Keeps every record as text, with the time of the campaign's clock."""

    def __init__(self, console: Console) -> None:
        super().__init__()
        self.lines: list[str] = []
        self._console = console

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(f"{utc_now():%Y-%m-%d %H:%M:%S} {record.levelname} {record.name}: {self.format(record)}")
        if record.levelno >= logging.ERROR:
            cause = record.exc_info[1] if record.exc_info else None
            why = f": {type(cause).__name__}: {cause}" if cause is not None else ""
            self._console.print(Text(f"{record.name}: {record.getMessage()}{why}", "red"), soft_wrap=True)


@contextlib.contextmanager
def kept_log(console: Console) -> Iterator[list[str]]:
    """Keep the log while the campaign runs, instead of printing it between its lines."""
    keeper = LogKeeper(console)
    root, ours = logging.getLogger(), logging.getLogger("plugfest")
    level = ours.level
    root.addHandler(keeper)
    ours.setLevel(logging.INFO)
    try:
        yield keeper.lines
    finally:
        ours.setLevel(level)
        root.removeHandler(keeper)
