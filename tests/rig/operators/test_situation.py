"""Where a campaign is, from its events."""

import asyncio
from datetime import UTC, datetime

import pytest

from plugfest import clock
from plugfest.lab import events
from plugfest.lab.recording.record import Direction, Frame
from plugfest.rig.operators.situation import Situation


def frame(text: str, *, at: float = 0.0, by: Direction = Direction.FROM_STATION) -> events.FrameRecorded:
    return events.FrameRecorded(Frame(0, at, datetime(2026, 1, 1, tzinfo=UTC), by, text))


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ('[2,"1","StatusNotification",{}]', "StatusNotification"),
        ('[3,"1",{}]', "an answer"),
        ("{", "an unreadable frame"),
        ("[" * 100_000, "an unreadable frame"),
    ],
)
def test_the_last_message_of_the_station_has_its_name_and_age(text: str, name: str) -> None:
    async def scenario() -> None:
        situation = Situation()
        situation.on_event(frame(text, at=2.0))
        situation.on_event(frame('[2,"1","Reset",{}]', at=3.0, by=Direction.FROM_LAB))
        await asyncio.sleep(5)
        assert situation.last_message(since=1.0) == f"{name} 3 s ago"
        assert situation.last_message(since=2.5) == ""

    clock.run_simulated(scenario())


def test_the_innermost_wait_is_shown_until_it_ends() -> None:
    async def scenario() -> None:
        situation = Situation()
        situation.on_event(events.WaitBegan("a status", 30))
        await asyncio.sleep(4)
        situation.on_event(events.WaitBegan("a response", 10))
        assert situation.wait() == "waiting for a response: 10 s left"
        situation.on_event(events.WaitEnded())
        assert situation.wait() == "waiting for a status: 26 s left"
        situation.on_event(events.WaitEnded())
        assert situation.wait() == ""

    clock.run_simulated(scenario())


def test_an_abandoned_attempt_forgets_its_instructions() -> None:
    situation = Situation()
    situation.on_event(events.CaseStarted("TC_E_03_CS", "Start transaction", 1))
    situation.instructions.append((1, "Plug in."))
    situation.on_event(events.AttemptAbandoned("TC_E_03_CS", "repeated by the operator"))
    assert (situation.case_id, situation.step, situation.instructions) == ("TC_E_03_CS", "preparation", [])
