from tools.selftest_results import Result, read, result, written

from plugfest.rig.selftest.campaign import Survivor
from plugfest.rig.selftest.summary import CaseSummary

COUNTS = Result("TC_E_09_CS", "reference-ac", 12, 10, 1, 1, 2, 1, "")


def test_a_summary_is_counted() -> None:
    survivors = (Survivor("permitted", "PASS", "E01.FR.02"), Survivor("a gap", "PASS", None))
    summary = CaseSummary(
        id="TC_E_09_CS",
        product="reference-ac",
        mutants=12,
        detected=10,
        survivors=survivors,
        behaviours=("first", "second"),
        missed=("third",),
    )
    assert result(summary) == COUNTS


def test_results_are_read_as_they_were_written() -> None:
    failed = Result("TC_001_CS", "", 0, 0, 0, 0, 0, 0, "the station did not connect, twice")
    assert read(written([COUNTS, failed])) == [COUNTS, failed]
