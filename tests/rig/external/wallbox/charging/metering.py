"""The meter values, and the intervals at which they are taken (Part 2, J01 and J02)."""

import asyncio
import math
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any

from tests.rig.external.wallbox.device_model import DeviceModel
from tests.rig.external.wallbox.electronics import Electronics

VOLTAGE = 230.0
PHASES = ("L1", "L2", "L3")


class Meter:
    """Reads the meter of the wallbox."""

    def __init__(self, electronics: Electronics) -> None:
        self._electronics = electronics

    def values(self, measurands: str, context: str, timestamp: str) -> list[dict[str, Any]]:
        """The meter values of a list of measurands: none, or one MeterValueType."""
        sampled = [value for name in measurands.split(",") if name for value in self._sample(name)]
        for one in sampled:
            one["context"] = context
        return [{"timestamp": timestamp, "sampled_value": sampled}] if sampled else []

    def _sample(self, measurand: str) -> list[dict[str, Any]]:
        current = self._electronics.power / VOLTAGE / len(PHASES)
        match measurand:
            case "Voltage":
                return [_sampled(measurand, VOLTAGE, "V", f"{phase}-N") for phase in PHASES]
            case "Current.Import":
                return [_sampled(measurand, round(current, 2), "A", phase) for phase in PHASES]
            case "Power.Active.Import":
                return [_sampled(measurand, self._electronics.power, "W")]
        return [_sampled(measurand, round(self._electronics.energy, 1), "Wh")]


def _sampled(measurand: str, value: float, unit: str, phase: str | None = None) -> dict[str, Any]:
    found = {"measurand": measurand, "value": value, "location": "Outlet", "unit_of_measure": {"unit": unit}}
    return found if phase is None else found | {"phase": phase}


class Interval:
    """Calls `action` every so many seconds; the variable may be changed at any time, 0 is never.

    `elapsed`: the seconds since that of which the intervals are counted.
    """

    def __init__(
        self, model: DeviceModel, variable: str, elapsed: Callable[[], float], action: Callable[[], Awaitable[None]]
    ) -> None:
        self._model = model
        self._variable = variable
        self._elapsed = elapsed
        self._action = action

    async def run(self) -> None:
        while True:
            interval, changed = self._model.number(self._variable), self._model.changed()
            if interval == 0:
                await asyncio.wait({changed})
                continue
            elapsed = self._elapsed()
            due = interval * (math.floor(elapsed / interval + 1e-4) + 1)
            done, _ = await asyncio.wait({changed}, timeout=due - elapsed)
            if not done:
                await self._action()


def since_midnight(now: datetime) -> float:
    return (now - now.replace(hour=0, minute=0, second=0, microsecond=0)).total_seconds()
