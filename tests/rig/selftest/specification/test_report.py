"""The score of the changes from the specification."""

import pytest

from plugfest.rig.selftest.specification.report import Score, SpecificationReport, Unnoticed, scores, unnoticed_fields

GAP = Unnoticed("StatusNotificationRequest.evseId", "other value", "TC_X: ... 1 -> 2", "PASS")
OTHER_GAP = Unnoticed("AuthorizeRequest.idToken", "added", "TC_X: ...", "PASS")


def report(version: str, *unnoticed: Unnoticed, noticed: int = 0) -> SpecificationReport:
    return SpecificationReport(
        "TC_X",
        "p",
        version,
        changes=noticed + 3 + len(unnoticed),
        noticed=noticed,
        permitted={"1": 3},
        unnoticed=unnoticed,
    )


def test_each_version_has_a_score() -> None:
    reports = [report("2.0.1", GAP, noticed=6), report("1.6", noticed=2), report("2.0.1", noticed=7)]
    assert scores(reports) == [Score("1.6", 5, 2, 3), Score("2.0.1", 20, 13, 6)]
    assert [one.explained_share for one in scores(reports)] == [1.0, 0.95]


def test_unnoticed_changes_are_counted_by_field_the_most_frequent_first() -> None:
    reports = [report("2.0.1", OTHER_GAP, GAP), report("2.0.1", GAP)]
    assert unnoticed_fields(reports) == [(GAP.target, GAP.kind, 2), (OTHER_GAP.target, OTHER_GAP.kind, 1)]


@pytest.mark.parametrize(("noticed", "sufficient"), [(92, True), (91, False)])
def test_a_version_needs_95_percent_of_its_changes_noticed_or_permitted(noticed: int, sufficient: bool) -> None:
    assert Score("1.6", changes=100, noticed=noticed, permitted=3).sufficient is sufficient


def test_a_version_without_changes_is_sufficient() -> None:
    assert Score("1.6", changes=0, noticed=0, permitted=0).sufficient
