"""Questions at the terminal about a draft of a PICS."""

from collections.abc import Callable

import msgspec

from plugfest.cli.terminal.interview import interview
from plugfest.products.draft import Draft, Known, open_questions

EMPTY = Draft(version="2.0.1")


def answering(answers: dict[str, str], *, asked: list[str] | None = None) -> Callable[[str], str]:
    """Answers the questions that begin with these words; of several answers the next one each time."""
    left = {start: answer.split("|") for start, answer in answers.items()}

    def ask(question: str) -> str:
        if asked is not None:
            asked.append(question)
        for start, typed in left.items():
            if question.startswith(start) and typed:
                return typed.pop(0)
        return ""

    return ask


def values(draft: Draft) -> dict[str, object]:
    return {id: known.value for id, known in draft.answers.items()}


def test_nothing_typed_leaves_a_question_open() -> None:
    assert interview(EMPTY, answering({})) == EMPTY


def test_each_kind_of_question_has_its_answer() -> None:
    typed = {"Vendor": "Acme", "C-13 ": "y", "C-49 ": "No", "HFS-8 ": "2", "HFS-9 ": "WiFi", "C-23 ": "Heartbeat, NTP"}
    draft = interview(EMPTY, answering(typed))
    assert draft.identity["vendor"] == Known("Acme", "answered at the terminal")
    assert values(draft) == {"C-13": True, "C-49": False, "HFS-8": 2, "HFS-9": "WiFi", "C-23": ("Heartbeat", "NTP")}


def test_a_wrong_answer_is_asked_again_with_what_is_right() -> None:
    asked: list[str] = []
    draft = interview(EMPTY, answering({"C-13 ": "perhaps|y", "HFS-8 ": "-1|"}, asked=asked))
    assert values(draft) == {"C-13": True}
    assert 'C-13 is "perhaps"; write true or false, or type nothing to leave it open:' in asked
    assert "HFS-8 is -1; write a number of at least 0, or type nothing to leave it open:" in asked


def test_q_leaves_all_others_open() -> None:
    asked: list[str] = []
    draft = interview(EMPTY, answering({"Vendor": "Acme", "Model": "q", "C-13 ": "y"}, asked=asked))
    assert (list(draft.identity), values(draft)) == (["vendor"], {})
    assert asked[-1] == "Model:"


def test_an_answer_decides_which_questions_follow() -> None:
    asked: list[str] = []
    draft = interview(EMPTY, answering({"C-49 ": "n", "Profile Smart": "y", "SC-2.1 ": "y"}, asked=asked))
    assert not any(question.startswith("C-53 ") for question in asked)
    assert draft.profiles["Smart Charging"].value is True
    assert draft.answers["SC-2.1"].value is True


def test_what_is_known_is_not_asked_and_a_hint_is_shown() -> None:
    asked: list[str] = []
    known = msgspec.structs.replace(EMPTY.with_answer("C-13", Known(True, "")), hints={"C-51": "TxStartPoint is x"})
    interview(known, answering({}, asked=asked))
    assert not any(question.startswith("C-13 ") for question in asked)
    assert "C-51 Configurable TxStartPoint (TxStartPoint is x) [y/n]" in asked


def test_every_open_question_is_asked_once() -> None:
    asked: list[str] = []
    interview(EMPTY, answering({}, asked=asked))
    ids = [question.split()[0] for question in asked]
    assert [id for id in ids if id in EMPTY.catalog.features] == [feature.id for feature in open_questions(EMPTY)]
