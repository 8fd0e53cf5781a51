"""What is shown of a case in which very much was said: a station may flood the lab, but not the report."""

from collections.abc import Collection, Iterator
from typing import Final

from plugfest.reports.model.model import CaseEntry

MOST: Final = 300
"""Frames of a case that are shown whole."""

AROUND: Final = 5
"""Frames that are shown before and behind one with a finding."""

MOST_FINDINGS: Final = 20
"""Findings whose surroundings are shown."""


def excerpt(case: CaseEntry) -> Collection[int]:
    """The indexes of the frames to show: all, or the first, the last and those around findings."""
    begin, end = case.frames
    return range(begin, end) if end - begin <= MOST else frozenset(_chosen(case))


def _chosen(case: CaseEntry) -> Iterator[int]:
    begin, end = case.frames
    yield from range(begin, begin + MOST // 2)
    yield from range(end - MOST // 2, end)
    frames = [one.frame for one in case.findings if one.frame is not None and begin <= one.frame < end]
    for frame in frames[:MOST_FINDINGS]:
        yield from range(max(begin, frame - AROUND), min(end, frame + AROUND + 1))
