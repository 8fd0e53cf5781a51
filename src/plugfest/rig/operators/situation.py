"""Where a campaign is, from its events: what an instruction and the live line beside it are about."""

import asyncio
import json
from typing import NamedTuple

from plugfest.lab import events
from plugfest.lab.recording.record import Direction, Frame

_CALL = 2


class Wait(NamedTuple):
    """What the lab waits for, until which loop time in seconds."""

    awaited: str
    until: float


class Situation:
    """The running case, its step, what the lab waits for, and the last frame of the station."""

    def __init__(self) -> None:
        self.campaign_began = False
        self.case_id = ""
        self.case_name = ""
        self.step = ""
        self.failure = ""
        """The last finding of the running case."""
        self.instructions: list[tuple[int, str]] = []
        """Number and text of the instructions in this attempt at the case."""
        self._waits: list[Wait] = []
        self._last: Frame | None = None

    def on_event(self, event: events.Event) -> None:
        match event:
            case events.CampaignStarted():
                self.campaign_began = True
            case events.CaseStarted(id=id, name=name):
                self.case_id, self.case_name = id, name
                self._begin_attempt()
            case events.AttemptAbandoned():
                self._begin_attempt()
            case events.StepStarted(step=step):
                self.step = step
            case events.FindingMade(finding=finding):
                self.failure = f"{finding.expected}; actual: {finding.actual}"
            case events.WaitBegan(awaited=awaited, within=within):
                self._waits.append(Wait(awaited, asyncio.get_running_loop().time() + within))
            case events.WaitEnded():
                self._waits.pop()
            case events.FrameRecorded(frame=frame) if frame.direction is Direction.FROM_STATION:
                self._last = frame

    def _begin_attempt(self) -> None:
        self.step, self.failure, self.instructions = "preparation", "", []

    @property
    def current_wait(self) -> Wait | None:
        """The wait that began last; None if the lab waits for nothing."""
        return self._waits[-1] if self._waits else None

    def wait(self) -> str:
        """What the lab waits for and how long: `StatusNotificationRequest with ...: 28 s left`. Empty if nothing."""
        wait = self.current_wait
        if wait is None:
            return ""
        left = max(0.0, wait.until - asyncio.get_running_loop().time())
        return f"waiting for {wait.awaited}: {left:.0f} s left"

    def last_message(self, since: float) -> str:
        """The last message of the station since a loop time: `StatusNotification 3 s ago`. Empty if there is none."""
        frame = self._last
        if frame is None or frame.at < since:
            return ""
        return f"{_name(frame)} {asyncio.get_running_loop().time() - frame.at:.0f} s ago"


def _name(frame: Frame) -> str:
    """The action of a request; what an answer is, otherwise."""
    try:
        message = json.loads(frame.text)
    except (ValueError, RecursionError):
        return "an unreadable frame"
    match message:
        case [int(kind), str(), str(action), *_] if kind == _CALL:
            return action
    return "an answer"
