"""Watching a run that grows."""

import asyncio
from pathlib import Path

from tests.runs.test_sitting import BEGAN

from plugfest.clock import run_simulated
from plugfest.lab import events
from plugfest.runs.entries import Entry, SittingEnded, to_line
from plugfest.runs.watching import SittingReader, watch

STARTED = events.CaseStarted("TC_E_09_CS", "Start", 1)


def test_each_entry_is_read_once_and_only_when_its_line_is_complete(tmp_path: Path) -> None:
    file = tmp_path / "sitting-1.jsonl"
    reader = SittingReader(file)
    assert reader.new_entries() == []
    line = to_line(STARTED)
    file.write_bytes(to_line(BEGAN) + line[:10])
    assert reader.new_entries() == [BEGAN]
    assert reader.new_entries() == []
    file.write_bytes(to_line(BEGAN) + line + line)
    assert reader.new_entries() == [STARTED, STARTED]


def test_a_damaged_line_is_left_out(tmp_path: Path) -> None:
    file = tmp_path / "sitting-1.jsonl"
    file.write_bytes(to_line(BEGAN) + b"{}\n" + to_line(STARTED))
    assert SittingReader(file).new_entries() == [BEGAN, STARTED]


def test_a_line_longer_than_what_is_read_at_once_is_one_entry(tmp_path: Path) -> None:
    file = tmp_path / "sitting-1.jsonl"
    long = events.CaseStarted("TC_E_09_CS", "x" * 3_000_000, 1)
    file.write_bytes(to_line(long) + to_line(STARTED))
    reader = SittingReader(file)
    assert reader.new_entries() + reader.new_entries() == [long, STARTED]


def test_watching_ends_with_the_sitting(tmp_path: Path) -> None:
    file = tmp_path / "sitting-1.jsonl"

    async def append() -> None:
        for entry in (BEGAN, STARTED, SittingEnded(duration_s=1)):
            await asyncio.sleep(1)
            with file.open("ab") as opened:
                opened.write(to_line(entry))

    async def scenario() -> list[Entry]:
        appending = asyncio.create_task(append())
        found = [entry async for entries in watch(file) for entry in entries]
        await appending
        return found

    assert run_simulated(scenario()) == [BEGAN, STARTED, SittingEnded(duration_s=1)]
