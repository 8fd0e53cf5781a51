"""What `plugfest certify` prints, and what happens on Ctrl-C."""

import logging
import signal
from pathlib import Path

import pytest
from tests.cli.fake_rig import FakeRig, fails, request, run

from plugfest.lab.verdict import Verdict


def test_a_pipe_gets_a_line_per_case() -> None:
    _, printed = run(request("TC_E_09", "TC_E_10"), fails("TC_E_10_CS"))
    first, second, *_ = printed.splitlines()
    assert first == "PASS             TC_E_09_CS     Start transaction options - EVConnected  (3 checks, 1.0 s)"
    assert second.startswith("FAIL             TC_E_10_CS")


def test_a_case_that_did_not_pass_is_printed_with_its_finding() -> None:
    _, printed = run(request("TC_E_09", "TC_E_10"), fails("TC_E_10_CS"))
    table = printed.split("Requirement", 1)[1]
    for part in ("TC_E_10_CS", "E01.FR.07", "seqNo 0", "seqNo 1", "step 3, frame 7"):
        assert part in table
    assert "TC_E_09_CS" not in table


def test_cases_that_are_not_implemented_are_printed() -> None:
    _, printed = run(request("TC_E_09"), FakeRig(lambda _: Verdict.NOT_IMPLEMENTED))
    assert "Not implemented in this version of the lab (1):\n  TC_E_09_CS" in printed


def test_the_last_line_is_the_summary() -> None:
    _, printed = run(request("TC_E_09", "TC_E_10"), fails("TC_E_10_CS"))
    assert printed.splitlines()[-1] == "2 cases: 1 PASS, 1 FAIL; 2.0 s simulated time"


def test_a_terminal_shows_failures_above_the_bar() -> None:
    _, printed = run(request("TC_E_09", "TC_E_10"), fails("TC_E_10_CS"), terminal=True)
    assert "Alpitronic Hypercharger HYC 200 EU, OCPP 2.0.1: 2 cases, simulated clock, security profile 2" in printed
    assert "FAIL             TC_E_10_CS" in printed
    assert "PASS             TC_E_09_CS" not in printed


def test_an_error_in_the_log_is_printed_at_once() -> None:
    rig = FakeRig()
    rig.after_case = lambda: logging.getLogger("plugfest.station").error("died", exc_info=ValueError("oops"))
    _, printed = run(request("TC_E_09"), rig)
    assert "plugfest.station: died: ValueError: oops\n" in printed
    assert "Traceback" not in printed


@pytest.mark.parametrize("terminal", [False, True])
@pytest.mark.parametrize(
    ("number", "code", "word"), [(signal.SIGINT, 130, "Interrupted"), (signal.SIGTERM, 143, "Terminated")]
)
def test_a_signal_prints_the_progress_and_writes_no_report(
    tmp_path: Path, terminal: bool, number: signal.Signals, code: int, word: str
) -> None:
    rig = FakeRig()
    rig.after_case = lambda: signal.raise_signal(number)
    ended, printed = run(request("TC_E_09", "TC_E_10", report=tmp_path / "r"), rig, terminal=terminal)
    assert ended == code
    assert f"{word} after 1 of 2 cases (1 PASS). Nothing was kept." in printed
    assert not (tmp_path / "r").exists()


def test_sigterm_also_works_where_ctrl_c_is_ignored() -> None:
    rig = FakeRig()
    rig.after_case = lambda: signal.raise_signal(signal.SIGTERM)
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        ended, printed = run(request("TC_E_09", "TC_E_10"), rig)
    finally:
        signal.signal(signal.SIGINT, before)
    assert ended == 143
    assert "Terminated after 1 of 2 cases" in printed
