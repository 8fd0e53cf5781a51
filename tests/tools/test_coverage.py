"""The coverage page tells what the code and the last self-test tell; nothing here runs a self-test."""

import pytest

from plugfest.lab.selection import cases
from plugfest.rig.selftest.campaign import NOT_TRIED
from plugfest.rig.selftest.summary import CaseSummary, read
from tools import coverage

RESULTS = read(coverage.SELFTEST.read_bytes())


def test_the_committed_page_is_that_of_the_code() -> None:
    committed, current = (coverage.told(text).splitlines() for text in (coverage.PAGE.read_text(), coverage.page()))
    assert [line for line in current if line not in committed] == [], "run python -m tools.coverage"
    assert [line for line in committed if line not in current] == [], "run python -m tools.coverage"


def test_every_case_is_on_the_page() -> None:
    page = coverage.PAGE.read_text()
    assert [case_id for version in ("1.6", "2.0.1") for case_id in cases(version) if f"| {case_id} " not in page] == []


def test_ids_that_share_a_use_case_are_read_as_one_list() -> None:
    assert list(coverage._ids("# E01.FR.02, FR.03 and FR.04; not FR.09")) == ["E01.FR.02", "E01.FR.03", "E01.FR.04"]


@pytest.mark.parametrize("case", RESULTS, ids=lambda case: case.id)
def test_every_case_has_noticed_a_wrong_station_that_keeps_to_the_schema(case: CaseSummary) -> None:
    assert case.problem is None
    assert case.killed or case.behaviours
    assert case.missed == ()
    assert [one.mutant for one in case.survivors if one.reason is None] == []
    assert case.killed + len(case.survivors) == case.mutants


def test_of_all_mutants_98_percent_were_noticed() -> None:
    assert len(RESULTS) > 300
    assert sum(case.killed for case in RESULTS) >= 0.98 * sum(case.mutants for case in RESULTS)
    assert not {case.id for case in RESULTS} & NOT_TRIED.keys()
