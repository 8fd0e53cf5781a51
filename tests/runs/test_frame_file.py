"""The frames in the file of a sitting, read when they are used."""

from pathlib import Path

import pytest
from msgspec.structs import replace
from tests.runs.test_sitting import BEGAN, frame, read, written

from plugfest.lab import events
from plugfest.lab.recording.record import RecordedFrames
from plugfest.runs.entries import NotAnEntry
from plugfest.runs.sitting import SittingWriter

EVERY = [frame(index) for index in range(5)]


@pytest.mark.parametrize("read_again", [False, True], ids=["as they are written", "when the run has ended"])
def test_frames_are_read_like_a_list(tmp_path: Path, read_again: bool) -> None:
    writer = written(tmp_path / "s")
    frames = read(tmp_path / "s").frames if read_again else writer.frames
    assert (len(frames), list(frames)) == (5, EVERY)
    assert (frames[0], frames[-1]) == (EVERY[0], EVERY[-1])
    assert (list(frames[1:3]), list(frames[-2:])) == (EVERY[1:3], EVERY[-2:])
    with pytest.raises(IndexError):
        frames[5]


def test_frames_can_be_read_twice_at_the_same_time(tmp_path: Path) -> None:
    writer = SittingWriter(tmp_path / "s", BEGAN)
    every = [replace(one, text="t" * 20_000) for one in EVERY]  # longer than what is read at once
    for one in every:
        writer.on_event(events.FrameRecorded(one))
    assert list(zip(writer.frames, writer.frames, strict=True)) == list(zip(every, every, strict=True))
    writer.close()


def test_a_damaged_frame_is_an_error_where_every_frame_counts(tmp_path: Path) -> None:
    frames = written(tmp_path / "s").frames
    data = (tmp_path / "s").read_bytes()
    (tmp_path / "s").write_bytes(data.replace(b'"index":2', b'"index":x'))
    with pytest.raises(NotAnEntry):
        list(frames)
    assert [one.index for one in frames.readable()] == [0, 1, 3, 4]


def test_the_frames_of_a_long_campaign_are_taken_from_the_file(tmp_path: Path) -> None:
    writer = written(tmp_path / "s")
    recorded = RecordedFrames(writer.frames)
    for one in EVERY:
        recorded.append(one)
    recorded.release(keep=2)
    (tmp_path / "s").write_bytes((tmp_path / "s").read_bytes().replace(b'[2,\\"0\\"', b'[2,\\"9\\"'))
    assert recorded[0].text != EVERY[0].text
    assert list(recorded)[1:] == EVERY[1:]
