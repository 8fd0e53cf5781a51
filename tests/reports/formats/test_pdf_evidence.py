"""The data for the PDF template of the evidence."""

import msgspec
import pytest
from tests.reports import campaigns

from plugfest.lab.verdict import CaseResult, StepTaken, Verdict
from plugfest.reports.formats.pdf_evidence import (
    INDENTED_LINE_LENGTH,
    LINE_LENGTH,
    MAX_PAYLOAD_LENGTH,
    Section,
    evidence_data,
    wrapped_payload,
)
from plugfest.reports.model.report import Report


def sections(steps: tuple[StepTaken, ...], scenario: int | None = None) -> list[tuple[str, str, int]]:
    """Title, requirements and number of frames of each section of a case with five frames."""
    case = CaseResult(
        id="TC_E_09_CS", name="", profile="Core", verdict=Verdict.PASS, frames=(0, 5), steps=steps, scenario=scenario
    )
    return [(one.title, one.requirement, len(one.frames)) for one in sections_of(campaigns.report(of=(case,)))]


def sections_of(report: Report) -> tuple[Section, ...]:
    return evidence_data(report).cases[0].sections


def step(name: str, frame: int, requirement: str = "E01.FR.07") -> StepTaken:
    return StepTaken(step=name, requirement=requirement, frame=frame, checks=1)


def test_the_frames_of_a_case_are_divided_by_step() -> None:
    assert sections((step("step 1", 2), step("step 3", 4, "E02.FR.01")), scenario=1) == [
        ("Preparation", "", 1),
        ("Scenario", "", 1),
        ("step 1", "E01.FR.07", 2),
        ("step 3", "E02.FR.01", 1),
    ]


def test_a_step_without_frames_is_a_section() -> None:
    assert sections((step("step 1", 0), step("step 2", 5, "E02.FR.01")), scenario=0) == [
        ("step 1", "E01.FR.07", 5),
        ("step 2", "E02.FR.01", 0),
    ]


def test_requirements_are_named_where_they_change() -> None:
    assert [rules for _, rules, _ in sections((step("1", 0), step("2", 1), step("3", 2, "E02.FR.01")))] == [
        "E01.FR.07",
        "",
        "E02.FR.01",
    ]


def test_a_case_without_steps_is_one_section() -> None:
    assert sections(()) == [("Preparation", "", 5)]


def test_no_frame_is_lost() -> None:
    frames = [
        frame.prefix.split()[0] for one in sections_of(campaigns.report(of=(of_all_frames(),))) for frame in one.frames
    ]
    assert frames == ["0", "1", "2", "3", "4"]


def of_all_frames() -> CaseResult:
    return CaseResult(id="TC_E_09_CS", name="", profile="Core", verdict=Verdict.PASS, frames=(0, 5))


def test_thousands_of_frames_are_printed_in_part() -> None:
    case = msgspec.structs.replace(of_all_frames(), frames=(0, 1000))
    (section,) = sections_of(campaigns.report(of=(case,), recorded=campaigns.frames() * 200))
    assert len(section.frames) + sum(one.omitted_frames for one in section.frames) == 1000
    assert [(one.omitted_frames, one.prefix.split()[0]) for one in section.frames if one.omitted_frames] == [
        (700, "850")
    ]


def test_the_omitted_characters_of_a_long_payload_are_counted() -> None:
    frames = [msgspec.structs.replace(one, text=f'[2,"1","DataTransfer",{"x" * 3000}]') for one in campaigns.frames()]
    (section,) = sections_of(campaigns.report(of=(of_all_frames(),), recorded=frames))
    assert section.frames[0].omitted_characters == 3000 + len('[2,"1","DataTransfer",]') - MAX_PAYLOAD_LENGTH


@pytest.mark.parametrize("text", ["", "short", "a," * 400, "x" * 400, '{"key":"value","list":[1,2,3]},' * 30])
def test_a_wrapped_payload_keeps_its_characters(text: str) -> None:
    first, *others = wrapped_payload(text, 50).split("\n")
    assert "".join([first, *others]) == text
    assert len(first) <= 50
    assert all(len(line) <= INDENTED_LINE_LENGTH for line in others)


def test_a_line_ends_after_a_comma_if_possible() -> None:
    assert wrapped_payload('{"a":1,"bcdefghij":2}', 12) == '{"a":1,\n"bcdefghij":2}'


def test_a_prefix_that_fills_the_line_is_accepted() -> None:
    assert wrapped_payload("abc", -LINE_LENGTH) == "a\nbc"
