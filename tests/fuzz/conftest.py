"""After `make fuzz`: how many inputs there were, and how fast."""

import time
from typing import Final

import pytest
from tests.fuzz.effort import FACTOR, inputs

BEGIN: Final = time.monotonic()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if FACTOR == 1 or not inputs:
        return
    seconds = time.monotonic() - BEGIN
    for door, count in sorted(inputs.items()):
        terminalreporter.write_line(f"{count:,} {door}")
    terminalreporter.write_line(
        f"{inputs.total():,} inputs in {seconds:.0f} s: {inputs.total() / seconds:.0f} a second"
    )
