"""`plugfest selftest`: its output, its file and its exit code."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from plugfest.cli.execution import selftest
from plugfest.cli.main import main
from plugfest.rig.selftest.campaign import BehaviourReport, CaseReport
from plugfest.rig.selftest.specification.report import SpecificationReport
from plugfest.rig.selftest.summary import read


def run(*arguments: str) -> int:
    with pytest.raises(SystemExit) as ended:
        main(["selftest", *arguments])
    assert isinstance(ended.value.code, int)
    return ended.value.code


def test_it_prints_what_a_case_detected(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "selftest.json"
    assert run("--case", "tc_c_57*", "--only", "generated", "--jobs", "1", "--json", str(file)) == 0
    assert capsys.readouterr().out.splitlines() == [
        "TC_C_57_CS     1 of    1 mutants detected  (reference-ac)",
        "declared checks: 1 case, 1 mutant, 1 detected (100.0 %), 0 survived without an explanation",
    ]
    (case,) = read(file.read_bytes())
    assert (case.id, case.proven_checks) == ("TC_C_57_CS", {"AuthorizeRequest": ("sent unsolicited",)})


@pytest.mark.parametrize(
    "arguments", [("--case", "TC_E_99"), ("--case", "TC_H_13", "--product", "reference-ac"), ("--product", "unknown")]
)
def test_a_case_that_cannot_be_run_is_one_line(arguments: tuple[str, ...], capsys: pytest.CaptureFixture[str]) -> None:
    assert run(*arguments) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith("plugfest: ")


def test_what_it_has_found_before_it_is_interrupted_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupted(*_: object) -> Iterator[CaseReport]:
        yield CaseReport("TC_E_09_CS", "p", mutants=5, detected=5)
        raise KeyboardInterrupt

    monkeypatch.setattr(selftest, "run", interrupted)
    file = tmp_path / "selftest.json"
    assert run("--case", "TC_E_0*", "--only", "generated", "--json", str(file)) == 130
    assert [case.id for case in read(file.read_bytes())] == ["TC_E_09_CS"]
    printed = capsys.readouterr()
    assert "TC_E_09_CS     5 of    5 mutants detected" in printed.out
    assert printed.err.startswith("Interrupted after 1 of ")


def behaviour_report(*, detected: bool = True, problem: str | None = None) -> BehaviourReport:
    return BehaviourReport("TC_X", "p", "b", "r", detected=detected, problem=problem)


@pytest.mark.parametrize(
    ("report", "good"),
    [
        (CaseReport("TC_X", "p", mutants=100, detected=98), True),
        (CaseReport("TC_X", "p", mutants=100, detected=97), False),
        (CaseReport("TC_X", "p", mutants=0, detected=0), False),
        (CaseReport("TC_X", "p", problem="it broke"), False),
        (CaseReport("TC_X", "p", behaviours=(behaviour_report(),)), True),
        (CaseReport("TC_X", "p", mutants=9, detected=9, behaviours=(behaviour_report(detected=False),)), False),
        (CaseReport("TC_X", "p", mutants=9, detected=9, behaviours=(behaviour_report(problem="gone"),)), False),
    ],
)
def test_it_passes_if_cases_detect_defects_and_98_percent_of_the_mutants(report: CaseReport, good: bool) -> None:
    assert selftest._passed([report], None) is good


def test_one_kind_is_judged_alone() -> None:
    assert selftest._passed([CaseReport("TC_X", "p", behaviours=(behaviour_report(),))], "behaviours")
    assert not selftest._passed([CaseReport("TC_X", "p")], "generated")


def changes_report(version: str, noticed: int) -> CaseReport:
    specification = SpecificationReport(f"TC_{version}", "p", version, changes=100, noticed=noticed, permitted={"1": 5})
    return CaseReport(f"TC_{version}", "p", specification=specification)


@pytest.mark.parametrize(("noticed", "good"), [((90, 95), True), ((89, 95), False), ((95, 89), False)])
def test_it_passes_if_each_version_explains_95_percent_of_the_changes(noticed: tuple[int, int], good: bool) -> None:
    reports = [changes_report(version, count) for version, count in zip(("1.6", "2.0.1"), noticed, strict=True)]
    assert selftest._passed(reports, "specification") is good
