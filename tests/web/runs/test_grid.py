"""Cases as cells of a grid."""

from plugfest.lab.verdict import CaseResult, Verdict
from plugfest.runs.progress import CaseProgress
from plugfest.web.runs.grid import blocks, cell


def case(id: str, verdict: Verdict | None = None, *, is_running: bool = False) -> CaseProgress:
    result = None if verdict is None else CaseResult(id=id, name=id, profile="Core", verdict=verdict)
    return CaseProgress(id=id, name=id, profile="Core", result=result, is_running=is_running)


def test_cases_of_ocpp_201_are_in_functional_blocks() -> None:
    found = blocks(
        [case("TC_E_10_CS"), case("TC_B_01_CS", Verdict.PASS), case("TC_E_09_CS", Verdict.FAIL)], is_running=True
    )
    assert [(one.title, one.done, [cell.label for cell in one.cells]) for one in found] == [
        ("B Provisioning", 1, ["01"]),
        ("E Transactions", 1, ["09", "10"]),
    ]


def test_cases_of_ocpp_16_are_grouped_by_their_profile() -> None:
    assert [(one.title, one.cells[0].label) for one in blocks([case("TC_003_CS")], is_running=True)] == [
        ("Core", "003")
    ]


def test_a_cell_has_a_state_and_a_mark_not_only_a_colour() -> None:
    assert (cell(case("TC_1")).state, cell(case("TC_1", is_running=True)).state) == ("waiting", "running")
    failed = cell(case("TC_1", Verdict.FAIL))
    assert (failed.state, failed.style, failed.mark) == ("FAIL", "fail", "✕")


def test_a_case_that_is_repeated_is_shown_as_running() -> None:
    assert cell(case("TC_1", Verdict.FAIL, is_running=True)).state == "running"


def test_the_case_that_was_running_when_a_run_was_ended_waits() -> None:
    (block,) = blocks([case("TC_E_09_CS", is_running=True), case("TC_E_10_CS", Verdict.PASS)], is_running=False)
    assert [one.state for one in block.cells] == ["waiting", "PASS"]
