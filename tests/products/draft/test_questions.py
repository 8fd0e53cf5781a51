"""Which questions of a PICS are open, and the EVSEs that types of connectors show."""

import pytest

from plugfest.products import Connector, Evse
from plugfest.products.draft import Draft, Known, evse_of, open_questions


def draft(**answers: bool) -> Draft:
    known = {id.replace("_", "-"): Known(answer, "") for id, answer in answers.items()}
    return Draft(version="2.0.1", answers=known)


def questions(one: Draft) -> set[str]:
    return {feature.id for feature in open_questions(one)}


def test_groups_are_not_questions_and_what_is_answered_is_none() -> None:
    assert "C-09" not in questions(draft())
    assert "C-09.1" in questions(draft())
    assert "C-13" not in questions(draft(C_13=False))


@pytest.mark.parametrize(("answer", "is_open"), [(None, True), (True, True), (False, False)])
def test_a_question_that_requires_another_feature_is_open_unless_that_is_no(answer: bool | None, is_open: bool) -> None:
    one = draft() if answer is None else draft(C_49=answer)
    assert ("C-53" in questions(one)) is is_open


def test_the_questions_of_a_profile_are_open_if_it_is_claimed() -> None:
    assert "SC-2.1" not in questions(draft())
    claimed = Draft(version="2.0.1", profiles={"Smart Charging": Known(True, "")})
    assert "SC-2.1" in questions(claimed)


def test_the_evses_answer_the_questions_about_hardware() -> None:
    evse = Evse(1, "AC", 3, (Connector(1, "sType2", "Detachable"),))
    one = Draft(version="2.0.1", evses=(evse,)).with_hardware()
    values = {id: known.value for id, known in one.answers.items()}
    hardware = {"HFS-1": True, "HFS-2": False, "HFS-3": True, "HFS-4": False}
    assert values == {**hardware, "HFS-5": False, "HFS-6": False, "HFS-7": True, "HFS-8": 1}


@pytest.mark.parametrize(
    ("types", "phases", "expected"),
    [
        ({1: "cCCS2", 2: "cG105"}, None, ("DC", 0, ["Fixed Cable", "Fixed Cable"])),
        ({1: "sType2"}, 3, ("AC", 3, ["Detachable"])),
        ({1: "cType1"}, 1, ("AC", 1, ["Fixed Cable"])),
        ({1: "sType2"}, None, None),
        ({1: "sType2"}, 0, None),
        ({1: "cCCS2", 2: "sType2"}, 3, None),
        ({1: "cTesla"}, 3, None),
        ({1: "Undetermined"}, 3, None),
        ({1: ""}, 3, None),
        ({}, 3, None),
    ],
)
def test_the_types_of_connectors_show_cables_and_current(
    types: dict[int, str], phases: int | None, expected: tuple[str, int, list[str]] | None
) -> None:
    evse = evse_of(1, types, phases)
    assert (evse and (evse.current, evse.phases, [one.cable for one in evse.connectors])) == expected
