"""The rows of a sequence diagram, in the order of the record."""

from tests.reports import conversations
from tests.reports.conversations import LAB, STATION, exchange

from plugfest.reports.evidence.sequence import (
    PREPARATION,
    SCENARIO,
    FindingRow,
    MessageRow,
    OmittedRow,
    PauseRow,
    PhaseRow,
    RepetitionRow,
    Row,
    StepRow,
    rows,
)
from plugfest.reports.model.report import Report

BOOT = exchange(0, STATION, 1, "BootNotification", '{"reason":"PowerUp"}', '{"status":"Accepted"}')
STATUS = exchange(1, STATION, 2, "StatusNotification", '{"evseId":1}')
RESET = exchange(2, LAB, 3, "Reset", '{"type":"Immediate"}', '{"status":"Accepted"}')


def heartbeats(count: int, *, first: int = 10, at: float = 3) -> list[conversations.TimedFrame]:
    return [
        messages
        for number in range(count)
        for messages in exchange(
            at + 30 * number, STATION, first + number, "Heartbeat", "{}", f'{{"currentTime":"{number}"}}'
        )
    ]


def of(report: Report) -> list[Row]:
    return rows(report.frames_of(report.cases[0]), report.cases[0])


def messages(report: Report) -> list[MessageRow]:
    return [row for row in of(report) if isinstance(row, MessageRow)]


def test_every_frame_is_a_row_with_its_sender_and_kind() -> None:
    refused = (3.0, STATION, '[4,"9","NotSupported","never",{}]')
    noise = (4.0, LAB, "hello")
    found = messages(conversations.report(*BOOT, *RESET, refused, noise))
    assert [(one.from_station, one.content.kind, one.content.action, one.content.words) for one in found] == [
        (True, "call", "BootNotification", ("PowerUp",)),
        (False, "result", "BootNotification", ("Accepted",)),
        (False, "call", "Reset", ("Immediate",)),
        (True, "result", "Reset", ("Accepted",)),
        (True, "error", "unknown", ("NotSupported", "never")),
        (False, "invalid", "not OCPP-J", ("hello",)),
    ]


def test_a_call_without_an_answer_is_marked() -> None:
    assert [one.answered for one in messages(conversations.report(*BOOT, STATUS[0]))] == [True, True, False]


def test_preparation_and_scenario_are_phases() -> None:
    report = conversations.report(*BOOT, *RESET, scenario=2)
    assert [row if isinstance(row, PhaseRow) else "frame" for row in of(report)] == [
        PhaseRow(PREPARATION),
        "frame",
        "frame",
        PhaseRow(SCENARIO),
        "frame",
        "frame",
    ]


def test_a_case_without_preparation_has_no_phases() -> None:
    assert not [row for row in of(conversations.report(*BOOT, scenario=0)) if isinstance(row, PhaseRow)]


def test_without_a_scenario_everything_is_preparation() -> None:
    assert [row for row in of(conversations.report(*BOOT, scenario=None)) if isinstance(row, PhaseRow)] == [
        PhaseRow(PREPARATION)
    ]


def test_a_step_precedes_its_first_frame() -> None:
    found = of(
        conversations.report(*BOOT, *RESET, steps=(conversations.step("2", 2, "B12.FR.01", "B12.FR.03", checks=5),))
    )
    assert found[2] == StepRow(names=("2",), requirements=("B12.FR.01", "B12.FR.03"), checks=5)


def test_steps_with_equal_requirements_at_a_frame_share_a_row() -> None:
    steps = (
        conversations.step("1", 0, "A"),
        conversations.step("2", 0, "A", checks=2),
        conversations.step("3", 0, "B"),
    )
    found = [row for row in of(conversations.report(*BOOT, steps=steps)) if isinstance(row, StepRow)]
    assert [(one.names, one.checks) for one in found] == [(("1", "2"), 3), (("3",), 1)]


def test_a_step_does_not_separate_a_call_from_its_answer() -> None:
    found = of(conversations.report(*BOOT, *RESET, steps=(conversations.step("1", 1, "A"),)))
    assert isinstance(found[2], StepRow)


def test_a_step_after_the_last_frame_is_the_last_row() -> None:
    assert isinstance(of(conversations.report(*BOOT, steps=(conversations.step("1", 2, "A"),)))[-1], StepRow)


def test_a_long_pause_is_a_row() -> None:
    late = exchange(31.1, LAB, 3, "Reset")
    found = of(conversations.report(*BOOT, *late))
    assert [row for row in found if isinstance(row, PauseRow)] == [PauseRow(31.0)]
    assert isinstance(found[2], PauseRow)


def test_of_equal_exchanges_the_first_and_the_last_are_shown() -> None:
    found = of(conversations.report(*heartbeats(9)))
    assert [row.index if isinstance(row, MessageRow) else row for row in found] == [0, 1, RepetitionRow(7), 16, 17]


def test_three_equal_exchanges_are_shown() -> None:
    assert not [row for row in of(conversations.report(*heartbeats(3))) if isinstance(row, RepetitionRow)]


def test_a_finding_within_a_series_stays_visible() -> None:
    found = messages(conversations.report(*heartbeats(9), findings=(conversations.finding(8),)))
    assert [one.index for one in found if one.findings] == [8]


def test_a_step_within_a_series_keeps_its_position() -> None:
    found = of(conversations.report(*heartbeats(9), steps=(conversations.step("1", 8, "A"),)))
    step = next(place for place, row in enumerate(found) if isinstance(row, StepRow))
    after = found[step + 1 :]
    assert next(row.index for row in after if isinstance(row, MessageRow)) == 8


def test_of_many_frames_the_first_the_last_and_those_around_a_finding_are_shown() -> None:
    noise = [(0.001 * number, STATION, f"noise {number}") for number in range(1000)]
    found = of(conversations.report(*noise, findings=(conversations.finding(500),)))
    shown = [row.index if isinstance(row, MessageRow) else row for row in found]
    assert shown == [*range(150), OmittedRow(345), *range(495, 506), OmittedRow(344), *range(850, 1000)]


def test_a_step_at_an_omitted_frame_precedes_the_next_shown_frame() -> None:
    noise = [(0.001 * number, STATION, f"noise {number}") for number in range(1000)]
    found = of(conversations.report(*noise, steps=(conversations.step("1", 500, "A"),)))
    step = next(place for place, row in enumerate(found) if isinstance(row, StepRow))
    assert found[step - 1] == OmittedRow(700)


def test_a_call_is_answered_although_its_answer_is_not_shown() -> None:
    answers = [(2.0 + number, LAB, f'[3,"{number}",{{}}]') for number in range(500)]
    calls = [(0.001 * number, STATION, f'[2,"{number}","Heartbeat",{{}}]') for number in range(500)]
    assert all(one.answered for one in messages(conversations.report(*calls, *answers)))


def test_a_finding_without_a_frame_is_the_last_row() -> None:
    found = of(conversations.report(*BOOT, findings=(conversations.finding(None),)))
    assert isinstance(found[-1], FindingRow)


def test_a_case_without_frames_has_no_rows() -> None:
    assert of(conversations.report()) == []
