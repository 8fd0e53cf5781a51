"""The file of a self-test: its results, and nothing that differs between runs."""

from plugfest.rig.selftest.campaign import BehaviourReport, CaseReport, Survivor, by_case
from plugfest.rig.selftest.summary import CaseSummary, read, written
from plugfest.rig.selftest.variants.report import VariantReport

SURVIVOR = Survivor("TC_E_09_CS step 1: AuthorizeRequest omitted", "PASS", "allowed")


def behaviour(name: str, *, detected: bool) -> BehaviourReport:
    return BehaviourReport("TC_E_09_CS", "reference-ac", name, "E01.FR.01", detected=detected, verdict="FAIL")


REPORT = CaseReport(
    case_id="TC_E_09_CS",
    product="reference-ac",
    mutants=3,
    detected=2,
    proven_checks={"AuthorizeRequest": ("id_token", "omitted")},
    survivors=(SURVIVOR,),
    behaviours=(behaviour("late", detected=True), behaviour("lazy", detected=False), behaviour("early", detected=True)),
)
OTHER = CaseReport("TC_A_01_CS", "reference-ac", problem="the conforming station does not pass")


def test_it_has_the_detected_and_missed_wrong_stations_of_each_case_in_order() -> None:
    assert read(written([REPORT, OTHER])) == [
        CaseSummary(id="TC_A_01_CS", product="reference-ac", problem="the conforming station does not pass"),
        CaseSummary(
            id="TC_E_09_CS",
            product="reference-ac",
            mutants=3,
            detected=2,
            proven_checks={"AuthorizeRequest": ("id_token", "omitted")},
            survivors=(SURVIVOR,),
            behaviours=("early", "late"),
            missed=("lazy",),
        ),
    ]


def test_each_case_has_its_own_line() -> None:
    first, *lines, last = written([REPORT, OTHER]).decode().splitlines()
    assert (first, len(lines), last) == ("[", 2, "]")


def test_it_has_the_number_of_variants_and_the_accused_ones() -> None:
    runs = [
        VariantReport("TC_E_09_CS", "reference-ac", name, "E01", accused=name == "slow", verdict="PASS")
        for name in ("slow", "quick")
    ]
    (summary,) = read(written(by_case([REPORT, *runs])))
    assert (summary.mutants, summary.variants, summary.accused) == (3, 2, ("slow (reference-ac)",))
