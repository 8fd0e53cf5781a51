"""The file of a self-test: what was proven, and nothing that changes from run to run."""

from plugfest.rig.selftest.campaign import BehaviourReport, CaseReport, Survivor
from plugfest.rig.selftest.summary import CaseSummary, read, written

SURVIVOR = Survivor("TC_E_09_CS step 1: AuthorizeRequest left out", "PASS", "allowed")


def behaviour(name: str, *, killed: bool) -> BehaviourReport:
    return BehaviourReport("TC_E_09_CS", "reference-ac", name, "E01.FR.01", killed=killed, verdict="FAIL")


REPORT = CaseReport(
    case_id="TC_E_09_CS",
    product="reference-ac",
    mutants=3,
    killed=2,
    noticed={"AuthorizeRequest": ("id_token", "left out")},
    survivors=(SURVIVOR,),
    behaviours=(behaviour("late", killed=True), behaviour("lazy", killed=False), behaviour("early", killed=True)),
)
OTHER = CaseReport("TC_A_01_CS", "reference-ac", problem="the honest one does not pass")


def test_it_tells_for_each_case_in_order_what_was_noticed_and_what_was_not() -> None:
    assert read(written([REPORT, OTHER])) == [
        CaseSummary(id="TC_A_01_CS", product="reference-ac", problem="the honest one does not pass"),
        CaseSummary(
            id="TC_E_09_CS",
            product="reference-ac",
            mutants=3,
            killed=2,
            noticed={"AuthorizeRequest": ("id_token", "left out")},
            survivors=(SURVIVOR,),
            behaviours=("early", "late"),
            missed=("lazy",),
        ),
    ]


def test_each_case_has_a_line_of_its_own() -> None:
    first, *lines, last = written([REPORT, OTHER]).decode().splitlines()
    assert (first, len(lines), last) == ("[", 2, "]")
