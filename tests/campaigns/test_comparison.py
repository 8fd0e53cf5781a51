"""What became better or worse between two runs."""

from hypothesis import given
from hypothesis import strategies as st

from plugfest.campaigns.comparison import Comparison, compare
from plugfest.lab.verdict import CaseResult, Finding, Verdict


def finding(requirement: str, actual: str = "") -> Finding:
    return Finding(requirement=requirement, expected="what is required", actual=actual)


def result(verdict: Verdict, *findings: Finding, id: str = "TC_1") -> CaseResult:
    return CaseResult(id=id, name=f"case {id}", profile="Core", verdict=verdict, findings=findings)


def compared(before: CaseResult, after: CaseResult) -> Comparison:
    return compare({before.id: before}, {after.id: after})


def ids(comparison: Comparison) -> tuple[int, int, int]:
    return len(comparison.better), len(comparison.worse), len(comparison.others)


def test_a_case_that_passes_now_is_better_and_its_finding_is_gone() -> None:
    found = compared(result(Verdict.FAIL, finding("E01.FR.01")), result(Verdict.PASS))
    assert ids(found) == (1, 0, 0)
    assert found.better[0].gone == (finding("E01.FR.01"),)


def test_a_case_that_fails_now_is_worse_also_if_nothing_was_known_before() -> None:
    assert ids(compared(result(Verdict.INCONCLUSIVE), result(Verdict.FAIL))) == (0, 1, 0)


def test_a_case_about_which_nothing_is_known_now_is_neither_if_it_was_not_run_before() -> None:
    assert ids(compared(result(Verdict.INCONCLUSIVE), result(Verdict.ERROR))) == (0, 0, 1)


def test_a_case_that_still_fails_is_better_if_findings_are_gone_and_none_is_new() -> None:
    first, second = finding("E01.FR.01"), finding("E01.FR.02")
    assert ids(compared(result(Verdict.FAIL, first, second), result(Verdict.FAIL, first))) == (1, 0, 0)
    assert ids(compared(result(Verdict.FAIL, first), result(Verdict.FAIL, second))) == (0, 0, 1)
    assert ids(compared(result(Verdict.FAIL, first), result(Verdict.FAIL, first, second))) == (0, 1, 0)


def test_a_finding_is_the_same_if_only_what_came_differs() -> None:
    before, after = finding("E01.FR.01", "after 3.1 s"), finding("E01.FR.01", "after 3.2 s")
    found = compared(result(Verdict.FAIL, before), result(Verdict.FAIL, after))
    assert (ids(found), found.equal) == ((0, 0, 0), 1)


def test_cases_of_one_run_only_are_listed_apart() -> None:
    one, other = result(Verdict.PASS, id="TC_1"), result(Verdict.FAIL, id="TC_2")
    found = compared(one, other)
    assert [(case.id, case.before, case.after) for case in found.only_before] == [("TC_1", Verdict.PASS, None)]
    assert [(case.id, case.before, case.after) for case in found.only_after] == [("TC_2", None, Verdict.FAIL)]


RESULTS = st.dictionaries(
    st.sampled_from(["TC_1", "TC_2", "TC_3"]),
    st.tuples(st.sampled_from(list(Verdict)), st.lists(st.sampled_from([finding("E01.FR.01"), finding("E01.FR.02")]))),
).map(lambda drawn: {id: result(verdict, *findings, id=id) for id, (verdict, findings) in drawn.items()})


@given(before=RESULTS, after=RESULTS)
def test_what_is_better_in_one_direction_is_worse_in_the_other(
    before: dict[str, CaseResult], after: dict[str, CaseResult]
) -> None:
    forth, back = compare(before, after), compare(after, before)
    assert {one.id for one in forth.better} == {one.id for one in back.worse}
    assert {one.id for one in forth.others} == {one.id for one in back.others}
    assert forth.equal == back.equal


@given(results=RESULTS)
def test_a_run_does_not_differ_from_itself(results: dict[str, CaseResult]) -> None:
    assert compare(results, results).equal == len(results)
