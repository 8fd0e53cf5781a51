from tools.selftest_results import (
    Result,
    UnnoticedField,
    read,
    read_unnoticed,
    result,
    unnoticed,
    written,
    written_unnoticed,
)

from plugfest.rig.selftest.campaign import Survivor
from plugfest.rig.selftest.specification.report import SpecificationReport, Unnoticed
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


def test_runs_with_variants_and_accusations_are_counted() -> None:
    counts = result(CaseSummary(id="TC_E_09_CS", product="reference-ac", variants=5, accused=("first", "second")))
    assert (counts.variants, counts.accused) == (5, 2)


GAP = Unnoticed("StatusNotificationRequest.evseId", "other value", "1 -> 2", "PASS")
SPECIFICATION = SpecificationReport("TC_E_09_CS", "reference-ac", "2.0.1", 9, 4, {"G01.FR.01": 3}, (GAP, GAP))


def test_changes_from_the_specification_are_counted() -> None:
    counts = result(CaseSummary(id="TC_E_09_CS", product="reference-ac", specification=SPECIFICATION))
    assert (counts.changes, counts.noticed, counts.permitted, counts.unnoticed) == (9, 4, 3, 2)


def test_unnoticed_changes_are_counted_by_field() -> None:
    summary = CaseSummary(id="TC_E_09_CS", product="reference-ac", specification=SPECIFICATION)
    fields = unnoticed([summary, CaseSummary(id="TC_E_10_CS", product="reference-ac")])
    assert fields == [UnnoticedField("2.0.1", GAP.target, GAP.kind, 2)]
    assert read_unnoticed(written_unnoticed(fields)) == fields
