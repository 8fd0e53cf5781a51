import pytest
from tests.reports import campaigns

from plugfest.lab.verdict import Verdict
from plugfest.products.family import load_family
from plugfest.reports.build import build_family_report
from plugfest.reports.model.wording import duration, outcome, outcome_of_family


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0.04, "0.0 s"),
        (3.42, "3.4 s"),
        (59.97, "1 min 00 s"),
        (125, "2 min 05 s"),
        (3599.6, "1 h 00 min"),
        (7421, "2 h 03 min"),
    ],
)
def test_durations_for_people(seconds: float, words: str) -> None:
    assert duration(seconds) == words


def test_the_outcome_of_a_partial_run_says_selected() -> None:
    passed = campaigns.results()[:1]
    assert outcome(campaigns.report(of=passed, left_out=3)) == "The selected case passed."
    assert outcome(campaigns.report(of=passed * 2, left_out=3)) == "All 2 selected cases passed."
    assert outcome(campaigns.report(left_out=3)) == "1 of 5 selected cases passed."


def test_the_outcome_of_a_partial_family_run_says_selected() -> None:
    passed = [one for one in campaigns.results() if one.verdict is Verdict.PASS]
    family = load_family("alpitronic-hypercharger")
    whole, partial = (campaigns.report(of=tuple(passed), left_out=left_out) for left_out in (0, 3))
    assert outcome_of_family(build_family_report(family, [whole] * 2)) == "2 of 2 products passed all of their cases."
    assert (
        outcome_of_family(build_family_report(family, [partial] * 2))
        == "2 of 2 products passed all of their selected cases."
    )
