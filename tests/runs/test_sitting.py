"""The file of a sitting: written as the campaign proceeds, read whatever has ended it."""

import errno
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from plugfest.lab import events
from plugfest.lab.recording.record import Direction, Frame
from plugfest.lab.settings import LabSettings
from plugfest.lab.verdict import AbandonedAttempt, CaseResult, Finding, Verdict
from plugfest.runs.entries import NotAnEntry, SittingBegan, entry_of, from_line, to_line
from plugfest.runs.sitting import Sitting, SittingWriter, read_sitting

START = datetime(2030, 1, 1, tzinfo=UTC)
BEGAN = SittingBegan(
    started_at=START, software="Plugfest", clock="simulated", operator="virtual", settings=LabSettings()
)


def frame(index: int) -> Frame:
    return Frame(index, float(index), START + timedelta(seconds=index), Direction.FROM_STATION, f'[2,"{index}","é"]')


def result(id: str, *, frames: tuple[int, int] = (0, 0), finding: str = "") -> CaseResult:
    findings = (Finding(requirement="E01.FR.01", expected="a", actual=finding, frame=frames[0]),) if finding else ()
    verdict = Verdict.FAIL if finding else Verdict.PASS
    return CaseResult(id=id, name=id, profile="Core", verdict=verdict, findings=findings, frames=frames)


def written(path: Path) -> SittingWriter:
    """Two cases of two frames each, and the first frame of a third case."""
    writer = SittingWriter(path, BEGAN)
    for case in range(2):
        for index in (2 * case, 2 * case + 1):
            writer.on_event(events.FrameRecorded(frame(index)))
        writer.on_event(events.CaseFinished(result(f"TC_{case}", frames=(2 * case, 2 * case + 2))))
    writer.on_event(events.FrameRecorded(frame(4)))
    return writer


def read(path: Path) -> Sitting:
    sitting = read_sitting(path)
    assert sitting is not None
    return sitting


def loaded(path: Path) -> Sitting:
    sitting = read(path)
    return msgspec.structs.replace(sitting, frames=tuple(sitting.frames))


def test_what_was_written_is_read_while_the_campaign_goes_on(tmp_path: Path) -> None:
    written(tmp_path / "s")
    sitting = read(tmp_path / "s")
    assert sitting.began == BEGAN
    assert [one.id for one in sitting.results] == ["TC_0", "TC_1"]
    assert list(sitting.frames) == [frame(index) for index in range(5)]
    assert (sitting.is_finished, sitting.duration_s) == (False, 4.0)


def test_a_sitting_that_ended_has_its_duration(tmp_path: Path) -> None:
    written(tmp_path / "s").end(12.5)
    sitting = read(tmp_path / "s")
    assert (sitting.is_finished, sitting.duration_s) == (True, 12.5)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(share=st.floats(0, 1))
def test_a_file_that_ends_anywhere_has_every_case_before(tmp_path: Path, share: float) -> None:
    path = tmp_path / "s"
    path.unlink(missing_ok=True)
    written(path)
    data = path.read_bytes()
    begin = data.index(b"\n") + 1
    kept = data[: begin + int(share * (len(data) - begin))]
    path.write_bytes(kept)
    sitting = read(path)
    assert len(sitting.results) == kept.count(b'"CaseEnded"', 0, kept.rindex(b"\n"))
    assert len(sitting.frames) == kept.count(b'"FrameRecorded"', 0, kept.rindex(b"\n"))


def test_a_sitting_that_did_not_begin_is_none(tmp_path: Path) -> None:
    (tmp_path / "s").write_bytes(b'{"type":"Sitt')
    assert read_sitting(tmp_path / "s") is None


def test_a_damaged_line_is_named(tmp_path: Path) -> None:
    path = tmp_path / "s"
    written(path)
    lines = path.read_bytes().split(b"\n")
    path.write_bytes(b"\n".join([lines[0], b"\x00", *lines[2:]]))
    with pytest.raises(NotAnEntry, match="line 2 is damaged"):
        read_sitting(path)


@pytest.mark.parametrize("tail", [b"\x00" * 300, b"\x00\n\x00\n", b"\xff\xfe\n{}\n"])
def test_what_a_power_cut_left_at_the_end_is_left_out(tmp_path: Path, tail: bytes) -> None:
    written(tmp_path / "s")
    before = loaded(tmp_path / "s")
    with (tmp_path / "s").open("ab") as file:
        file.write(tail)
    assert loaded(tmp_path / "s") == before


def test_lone_surrogates_of_a_station_are_kept_as_escapes(tmp_path: Path) -> None:
    writer = SittingWriter(tmp_path / "s", BEGAN)
    writer.on_event(events.CaseFinished(result("TC_0", finding="\ud800")))
    assert read(tmp_path / "s").results[0].findings[0].actual == "\\ud800"


def test_attempts_that_do_not_count_are_kept_in_the_same_way(tmp_path: Path) -> None:
    attempt = AbandonedAttempt(reason="repeated", frames=(0, 1), findings=result("TC_0", finding="\ud800").findings)
    writer = SittingWriter(tmp_path / "s", BEGAN)
    writer.on_event(events.CaseFinished(msgspec.structs.replace(result("TC_0"), abandoned=(attempt,))))
    (kept,) = read(tmp_path / "s").results[0].abandoned
    assert (kept.reason, kept.frames, kept.findings[0].actual) == ("repeated", (0, 1), "\\ud800")


def test_findings_before_the_first_case_are_kept_and_those_in_a_case_are_in_its_result(tmp_path: Path) -> None:
    writer = SittingWriter(tmp_path / "s", BEGAN)
    before = Finding(requirement="B01", expected="a", actual="b")
    writer.on_event(events.FindingMade("", before))
    writer.on_event(events.FindingMade("TC_0", before))
    assert read(tmp_path / "s").findings == (before,)


def test_standstills_before_the_first_case_are_kept_and_those_in_a_case_are_reasons_of_its_attempts(
    tmp_path: Path,
) -> None:
    writer = SittingWriter(tmp_path / "s", BEGAN)
    writer.on_event(events.LabStoodStill("the lab stood still for 40 s"))
    writer.on_event(events.CaseStarted("TC_1", "name", 1))
    writer.on_event(events.LabStoodStill("the lab stood still for 50 s"))
    writer.close()
    assert read(tmp_path / "s").standstills == ("the lab stood still for 40 s",)


def test_only_the_owner_can_read_a_sitting(tmp_path: Path) -> None:
    SittingWriter(tmp_path / "s", BEGAN)
    assert (tmp_path / "s").stat().st_mode & 0o777 == 0o600


def test_a_full_disk_does_not_end_the_campaign(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    writer = SittingWriter(tmp_path / "s", BEGAN)

    def full(descriptor: int, data: bytes) -> int:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as patched:
        patched.setattr(os, "write", full)
        writer.on_event(events.FrameRecorded(frame(0)))
    writer.on_event(events.FrameRecorded(frame(1)))
    assert writer.problem == f"{tmp_path / 's'}: No space left on device"
    assert not read(tmp_path / "s").frames


def test_a_file_that_was_deleted_is_a_problem_and_its_frames_are_read_until_it_is_closed(tmp_path: Path) -> None:
    writer = written(tmp_path / "s")
    assert writer.problem is None
    (tmp_path / "s").unlink()
    writer.on_event(events.FrameRecorded(frame(5)))
    assert list(writer.frames) == [frame(index) for index in range(6)]
    assert writer.problem == f"{tmp_path / 's'}: it was deleted"
    writer.close()


def test_who_watches_a_run_sees_pauses_and_attempts_that_do_not_count() -> None:
    kept = (
        events.CampaignPaused(),
        events.CampaignResumed(),
        events.AttemptAbandoned("TC_0", "paused by the operator"),
        events.LabStoodStill("the lab stood still for 40 s"),
    )
    for event in kept:
        entry = entry_of(event)
        assert entry is not None
        assert from_line(to_line(entry)) == event
