"""The log that a server prints."""

import logging

import pytest

from plugfest.cli.terminal.log import printed_errors


def test_an_error_is_printed_with_its_traceback_as_text_for_a_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    log = logging.getLogger("plugfest.example")
    with printed_errors():
        log.warning("not printed")
        try:
            raise ValueError("\x1b[2J of a station")
        except ValueError:
            log.exception("internal error in GET /runs")
    log.error("printed no more")
    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err.startswith("internal error in GET /runs\nTraceback (most recent call last):\n")
    assert "ValueError: \N{REPLACEMENT CHARACTER}[2J of a station" in printed.err
    assert "not printed" not in printed.err
    assert "printed no more" not in printed.err
