"""The table of permitted changes."""

import pytest

from plugfest.ocpp.versions import by_name
from plugfest.rig.selftest.mutants.mutant import Fault, Mutant, Place
from plugfest.rig.selftest.specification.change import Change, ChangeKind
from plugfest.rig.selftest.specification.permitted import FILES, Permitted, table

MUTANT = Mutant(case="TC_X_01_CS", place=Place("StatusNotification", is_answer=False, number=0), fault=Fault.CHANGED)
CHANGE = Change(mutant=MUTANT, kind=ChangeKind.ADDED, field="list[].info", value="text")


def entry(
    target: str, kind: ChangeKind = ChangeKind.ADDED, old: str = "*", new: str = "*", case: str = "*"
) -> Permitted:
    return Permitted(target=(target,), kinds=(kind,), clause="1", reason="r", old=(old,), new=(new,), cases=(case,))


@pytest.mark.parametrize(
    ("permitted", "matches"),
    [
        (entry("StatusNotificationRequest.list[].info"), True),
        (entry("*.info"), True),
        (entry("*.info", new="t*"), True),
        (entry("StatusNotificationRequest"), False),
        (entry("*.info", ChangeKind.OMITTED), False),
        (entry("*.info", new="other"), False),
        (entry("*.info", old="other"), False),
        (entry("*.info", case="TC_Y*"), False),
    ],
)
def test_an_entry_matches_field_kind_value_and_case(permitted: Permitted, matches: bool) -> None:
    assert permitted.matches(CHANGE) is matches


@pytest.mark.parametrize("version", FILES)
def test_every_entry_has_a_clause_and_a_reason(version: str) -> None:
    assert all(one.clause and one.reason and one.kinds for one in table(version))


@pytest.mark.parametrize("version", FILES)
def test_every_entry_names_a_message_of_its_version(version: str) -> None:
    messages = {f"{action}{suffix}" for action in by_name(version).requests for suffix in ("Request", "Response")}
    named = {target.partition(".")[0] for one in table(version) for target in one.target}
    assert {name for name in named if "*" not in name} <= messages


@pytest.mark.parametrize(("old", "new", "matches"), [("5", "6.0", True), ("5", "6.1", False), ("5", "five", False)])
def test_an_entry_may_limit_the_difference_of_numbers(old: str, new: str, matches: bool) -> None:
    permitted = Permitted(target=("*",), kinds=(ChangeKind.OTHER_VALUE,), clause="1", reason="r", within=1.0)
    change = Change(mutant=MUTANT, kind=ChangeKind.OTHER_VALUE, field="value", old=old, value=new)
    assert permitted.matches(change) is matches
