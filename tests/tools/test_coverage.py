"""The coverage page shows what the code and the last self-test prove; nothing here runs a self-test."""

import pytest
from tools.selftest_results import Result

from plugfest.lab.selection import cases
from tools import coverage, selftest_results

PAGE = coverage.page()
RESULTS = selftest_results.read(selftest_results.FILE.read_text(encoding="utf-8"))


def test_every_case_is_on_the_page() -> None:
    assert [case_id for version in ("1.6", "2.0.1") for case_id in cases(version) if f"| {case_id} " not in PAGE] == []


def test_every_requirement_is_on_the_page_once() -> None:
    lines = PAGE.splitlines()
    named = [line.split(" | ")[0].removeprefix("| ") for line in lines if coverage.REQUIREMENT.match(line[2:])]
    unnamed = [
        f"{line[2:5]}.{number}"
        for line in lines
        if line.startswith("- ") and line[5:7] == ": "
        for number in line[7:].split(", ")
    ]
    assert sorted(named + unnamed) == sorted(coverage.requirements())


def test_ids_that_share_a_use_case_are_read_as_one_list() -> None:
    assert list(coverage._ids("# E01.FR.02, FR.03 and FR.04; not FR.09")) == ["E01.FR.02", "E01.FR.03", "E01.FR.04"]


@pytest.mark.parametrize("case", RESULTS, ids=lambda case: case.id)
def test_every_case_has_detected_a_wrong_station_that_keeps_to_the_schema(case: Result) -> None:
    assert case.problem == ""
    assert case.detected or case.behaviours
    assert case.missed == 0
    assert case.unexplained == 0
    assert case.detected + case.explained == case.mutants


def test_of_all_mutants_98_percent_were_detected() -> None:
    assert len(RESULTS) > 300
    assert sum(case.detected for case in RESULTS) >= 0.98 * sum(case.mutants for case in RESULTS)


def test_every_case_that_can_be_tried_has_a_result() -> None:
    written = {case_id for version in ("1.6", "2.0.1") for case_id in cases(version)}
    assert written == {case.id for case in RESULTS}
