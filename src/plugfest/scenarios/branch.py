"""One line of steps of a scenario: its driver, its random numbers and its time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from plugfest.clock import utc_now
from plugfest.scenarios import values
from plugfest.scenarios.model import Iterations


class Branch(msgspec.Struct, kw_only=True):
    """Steps that are done one after the other. A branch has random numbers of its own, which no other changes."""

    random: Random
    evse_id: int | None = None
    connector_id: int = 1
    token: tuple[str, str] | None = None
    """That of the driver, with its type."""
    register: float = 0.0
    """That of the meter when the driver came, in Wh."""
    skipped: float = 0.0
    """Seconds by which its time is ahead, because pauses were shortened."""
    acted_at: int = 0
    """The newest frame before its last operation."""
    seen: set[int] = msgspec.field(default_factory=set)
    """The frames since then that a wait has found."""

    def fork(self) -> Branch:
        """A branch that begins here."""
        return msgspec.structs.replace(self, random=Random(self.random.getrandbits(64)), seen=set(self.seen))

    def acts(self, newest_frame: int) -> None:
        """An operation begins."""
        self.acted_at = newest_frame
        self.seen.clear()

    def now(self) -> datetime:
        """The time of the scenario."""
        return utc_now() + timedelta(seconds=self.skipped)

    def arguments(self, *, of_other_evse: bool, with_token: bool) -> dict[str, Any]:
        """The arguments of an operation that are those of the driver."""
        found: dict[str, Any] = {"connector_id": 1 if of_other_evse else self.connector_id}
        if self.evse_id is not None and not of_other_evse:
            found["evse_id"] = self.evse_id
        if self.token is not None and with_token:
            found["id_token"], found["type"] = self.token
        return found

    @property
    def driver(self) -> str:
        """The driver in words."""
        return "a driver comes" if self.token is None else f"a driver comes with token {self.token[0]}"


class Limit:
    """Until when iterations may begin."""

    def __init__(self, step: Iterations, branch: Branch) -> None:
        self._branch = branch
        self._left = step.times
        duration = None if step.duration is None else values.duration(step.duration).draw(branch.random)
        self._end = None if duration is None else branch.now() + timedelta(seconds=duration)

    def permits(self, *, count: bool = True) -> bool:
        """Whether another iteration may begin; `count`: it does."""
        if self._left == 0 or (self._end is not None and self._branch.now() >= self._end):
            return False
        if count and self._left is not None:
            self._left -= 1
        return True


def seconds_until(time_of_day: float, now: datetime, zone: str) -> float:
    """The seconds until it is so many seconds after midnight in a zone: today, or else tomorrow."""
    local = now.astimezone(ZoneInfo(zone))
    clock_time = (datetime.min + timedelta(seconds=time_of_day % 86400)).time()
    for day in (local.date(), local.date() + timedelta(days=1)):
        found = datetime.combine(day, clock_time, local.tzinfo)
        if found > local:
            return (found.astimezone(UTC) - now).total_seconds()  # not in local time, which a transition changes
    return 0.0
