"""Operator actions at a station, and waits for what they cause."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

from plugfest.station.control.commands import Control
from plugfest.station.control.conditions import Condition
from plugfest.station.control.states import StationState
from plugfest.station.control.watch import StationWatch

T = TypeVar("T")


class ConditionNotMet(Exception):
    """A state was not reached in time; the text is one line with what did not hold."""


class OperatedStation:
    """A station with its present control, which may be replaced, and the watch of it."""

    def __init__(self, control: Control, watch: StationWatch) -> None:
        self.control = control
        self.watch = watch

    async def act(self, action: Callable[[Control], Awaitable[T] | T]) -> T:
        """An operator action. The station has received it when this returns. Raises ControlError."""
        self.watch.acted()
        running = action(self.control)
        result = await running if isinstance(running, Awaitable) else running
        await asyncio.sleep(0)  # the station handles the hardware event in the next iteration of the loop
        return result

    async def wait_for(self, condition: Condition, within: float) -> StationState:
        """Wait so many seconds for a state, and return it. Raises ConditionNotMet."""
        unmet = ""

        def look() -> StationState | None:
            nonlocal unmet
            state = self.control.state()
            unmet = condition.unmet(state)
            return None if unmet else state

        state = await self.watch.until(look, within)
        if state is None:
            raise ConditionNotMet(f"not reached within {within:g} s: {condition} ({unmet})")
        return state
