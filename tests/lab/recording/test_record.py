"""The frames of a campaign: the newest in memory, the older ones in an archive."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugfest.lab.recording.record import MAX_MEMORY, Direction, Frame, Record, RecordedFrames

NOW = datetime(2030, 1, 1, tzinfo=UTC)


def frame(index: int, text: str = "A") -> Frame:
    return Frame(index, float(index), NOW, Direction.FROM_STATION, text)


class Archive(list[Frame]):
    """An archive that counts how often a frame is read from it."""

    reads = 0

    def __getitem__(self, index):  # type: ignore[no-untyped-def]
        self.reads += 1
        return super().__getitem__(index)


def record(archive: list[Frame]) -> Record:
    kept = Record(lambda: 0.0, lambda: NOW, archive)
    kept.listeners.append(archive.append)
    return kept


@given(
    texts=st.lists(st.integers(0, 400)),
    kept=st.integers(0, 50),
    index=st.integers(-60, 60),
    begin=st.none() | st.integers(-60, 60),
    end=st.none() | st.integers(-60, 60),
    step=st.none() | st.sampled_from([1, 2, -1]),
)
def test_frames_are_read_as_from_a_list_wherever_they_are(
    texts: list[int], kept: int, index: int, begin: int | None, end: int | None, step: int | None
) -> None:
    archive: list[Frame] = []
    frames, expected = RecordedFrames(archive, max_memory=2000), list[Frame]()
    for number, length in enumerate(texts):
        expected.append(frame(number, "A" * length))
        frames.append(expected[-1])
        if number < kept:  # then the disk is full
            archive.append(expected[-1])
        if frames.are_too_large:
            frames.release(frames.in_memory // 2)
    assert (list(frames), len(frames)) == (expected, len(expected))
    assert frames[begin:end:step] == expected[begin:end:step]
    assert outcome(lambda: frames[index]) == outcome(lambda: expected[index])


def outcome(read: Callable[[], Frame]) -> Frame | None:
    try:
        return read()
    except IndexError:
        return None


def test_older_frames_are_read_from_the_archive_and_the_newest_from_memory() -> None:
    archive = Archive()
    campaign = record(archive)
    for _ in range(100):
        campaign.add(Direction.FROM_STATION, "A" * (MAX_MEMORY // 50))
    assert archive.reads == 0
    assert (campaign.frames[0], campaign.frames[-1]) == (archive[0], archive[-1])
    assert (archive.reads, campaign.frames.in_memory < 60) == (3, True)
    assert [one.index for one in campaign.since(97)] == [97, 98, 99]


@pytest.mark.parametrize("archive", [[], [frame(0)]])
def test_frames_that_are_kept_nowhere_else_stay_in_memory(archive: list[Frame]) -> None:
    campaign = Record(lambda: 0.0, lambda: NOW, archive)
    for _ in range(100):
        campaign.add(Direction.FROM_STATION, "A" * (MAX_MEMORY // 50))
    assert [one.index for one in campaign.frames] == list(range(100))
