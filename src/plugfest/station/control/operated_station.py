"""Operator actions at a station, and waits for what they cause."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

from plugfest.station.control.commands import Control
from plugfest.station.control.conditions import Condition
from plugfest.station.control.frames import RecordedFrame, Wanted
from plugfest.station.control.possible_waits import check_condition, check_message
from plugfest.station.control.states import StationState
from plugfest.station.control.watch import StationWatch

T = TypeVar("T")


class ConditionNotMet(Exception):
    """A state was not reached in time; the text is one line with what did not hold."""


class MessageNotCome(Exception):
    """A message did not come in time; the text is one line with what came instead."""


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
        """Wait so many seconds for a state, and return it.

        Raises ConditionNotMet, and ValidationError for a state that the station can never have.
        """
        check_condition(condition, self.control.product)
        unmet = ""

        def look() -> StationState | None:
            nonlocal unmet
            state = self.control.state()
            unmet = condition.unmet(state)
            return None if unmet else state

        state = await self.watch.until(look, within)
        if state is None:
            raise ConditionNotMet(f"not reached within {within:g} s: {condition} ({unmet}){self._obstacle()}")
        return state

    async def wait_for_message(self, wanted: Wanted, within: float, after: int | None = None) -> RecordedFrame:
        """Wait so many seconds for a message; see StationWatch.next_frame.

        Raises MessageNotCome, and ValidationError for a message that the OCPP version does not have.
        """
        check_message(wanted, self.control.product)
        found = await self.watch.next_frame(wanted, within, after)
        if found is None:
            instead = self.watch.instead_of(wanted, after)
            raise MessageNotCome(f"no {wanted} within {within:g} s{instead}{self._obstacle()}")
        return found

    def _obstacle(self) -> str:
        """Why the station sends and receives nothing now; empty if it can."""
        state = self.control.state()
        if not state.powered:
            return "; the station is switched off"
        if state.connected:
            return ""
        wait = state.seconds_to_attempt
        problem = f": {state.connection_problem}" if state.connection_problem else ""
        return "; the station is not connected" + ("" if wait is None else f", next attempt in {wait:.0f} s") + problem
