"""Several sittings as one campaign."""

import msgspec
import pytest
from tests.runs.test_sitting import BEGAN, frame, result

from plugfest.lab.csms.connection_log import ConnectionKind, LoggedConnection
from plugfest.lab.verdict import AbandonedAttempt, CaseResult, Finding
from plugfest.runs.combination import combination, done_ids, joined, passed_ids
from plugfest.runs.sitting import Sitting


def sitting(
    *results: CaseResult, frames: int, connections: tuple[LoggedConnection, ...] = (), standstills: tuple[str, ...] = ()
) -> Sitting:
    return Sitting(
        began=BEGAN,
        duration_s=float(frames),
        results=results,
        frames=tuple(map(frame, range(frames))),
        findings=(),
        missing=(),
        contradictions=(),
        connections=connections,
        standstills=standstills,
        is_finished=True,
    )


FIRST = sitting(result("TC_0", frames=(0, 2)), result("TC_1", frames=(2, 4), finding="x"), frames=5)
SECOND = sitting(result("TC_1", frames=(1, 3)), result("TC_2", frames=(3, 4), finding="y"), frames=4)


def test_one_sitting_is_unchanged() -> None:
    combined = combination([FIRST]).outcome
    assert list(combined.frames) == list(FIRST.frames)
    assert combined.results == FIRST.results


def test_the_newest_result_of_a_case_counts() -> None:
    combined = combination([FIRST, SECOND])
    assert [(one.id, str(one.verdict)) for one in combined.outcome.results] == [
        ("TC_0", "PASS"),
        ("TC_1", "PASS"),
        ("TC_2", "FAIL"),
    ]
    assert combined.sitting_of == {"TC_0": 1, "TC_1": 2, "TC_2": 2}


def test_frames_are_found_by_the_indexes_of_results_and_findings() -> None:
    outcome = combination([FIRST, SECOND]).outcome
    assert [one.index for one in outcome.frames] == list(range(9))
    assert outcome.results[1].frames == (6, 8)
    assert outcome.results[2].findings[0].frame == 8
    assert [outcome.frames[index].text for index in (6, 8)] == [frame(1).text, frame(3).text]


def test_attempts_that_do_not_count_move_with_their_frames() -> None:
    finding = Finding(requirement="", expected="a", actual="b", frame=1)
    attempt = AbandonedAttempt(reason="repeated", frames=(0, 2), findings=(finding,))
    repeated = msgspec.structs.replace(result("TC_2", frames=(2, 4)), abandoned=(attempt,))
    outcome = combination([FIRST, sitting(repeated, frames=4)]).outcome
    (moved,) = outcome.results[2].abandoned
    assert (moved.frames, moved.findings[0].frame) == ((5, 7), 6)


def test_the_time_never_goes_back_between_sittings() -> None:
    at = [one.at for one in combination([FIRST, SECOND]).outcome.frames]
    assert at == sorted(at)


def test_connections_move_with_their_frames() -> None:
    one = LoggedConnection(kind=ConnectionKind.ENDED, at=2.0, frame=2, remote="127.0.0.1", reason="closed")
    second = sitting(frames=3, connections=(one,))
    moved = combination([FIRST, second]).outcome.connections[0]
    assert (moved.frame, moved.at) == (7, 6.0)


def test_standstills_of_every_sitting_are_kept() -> None:
    first, second = sitting(frames=0, standstills=("first",)), sitting(frames=0, standstills=("second",))
    assert combination([first, second]).outcome.standstills == ("first", "second")


def test_cases_with_a_result_are_done_and_those_whose_newest_result_is_pass_have_passed() -> None:
    assert done_ids([FIRST, SECOND]) == {"TC_0", "TC_1", "TC_2"}
    assert passed_ids([FIRST, SECOND]) == {"TC_0", "TC_1"}
    assert passed_ids([FIRST]) == {"TC_0"}


def test_frames_of_several_sittings_are_read_like_a_list() -> None:
    frames = combination([FIRST, SECOND, FIRST]).outcome.frames
    every = list(frames)
    assert (len(frames), [one.index for one in every]) == (14, list(range(14)))
    assert [frames[number] for number in range(-14, 14)] == [*every, *every]
    assert list(frames[3:12:2]) == every[3:12:2]
    with pytest.raises(IndexError):
        frames[14]


def part(*results: CaseResult, frames: int, finding: int | None = None) -> Sitting:
    """The sitting of one of two processes that share the cases TC_0 to TC_3."""
    one = sitting(*results, frames=frames)
    found = () if finding is None else (Finding(requirement="R", expected="x", actual="y", frame=finding),)
    began = msgspec.structs.replace(BEGAN, jobs=2)
    planned = ("TC_0", "TC_1", "TC_2", "TC_3")
    return msgspec.structs.replace(one, began=began, planned=planned, findings=found)


def test_the_sittings_of_processes_that_shared_the_cases_are_one() -> None:
    first = part(result("TC_0", frames=(0, 2)), result("TC_3", frames=(2, 4)), frames=4, finding=1)
    second = part(result("TC_1", frames=(1, 2)), result("TC_2", frames=(2, 3)), frames=3, finding=2)
    (one,) = joined([first, second])
    assert [(case.id, case.frames) for case in one.results] == [
        ("TC_0", (0, 2)),
        ("TC_1", (5, 6)),
        ("TC_2", (6, 7)),
        ("TC_3", (2, 4)),
    ]
    assert [frame.index for frame in one.frames] == list(range(7))
    assert one.duration_s == 4.0  # they ran at the same time
    assert [finding.frame for finding in one.findings] == [1]  # both have found it before the first case


def test_sittings_that_followed_one_another_stay_apart() -> None:
    assert joined([FIRST, SECOND]) == [FIRST, SECOND]
    shared = [part(frames=1), part(frames=2)]
    assert [one.began.jobs for one in joined([FIRST, *shared, SECOND])] == [1, 2, 1]


def test_the_results_have_the_planned_order() -> None:
    later = msgspec.structs.replace(SECOND, planned=("TC_2",))
    earlier = msgspec.structs.replace(FIRST, planned=("TC_2", "TC_1", "TC_0"))
    assert [one.id for one in combination([earlier, later]).outcome.results] == ["TC_2", "TC_1", "TC_0"]
