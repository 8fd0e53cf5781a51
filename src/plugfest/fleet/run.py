"""Runs a fleet from the preparation of its stations to its end."""

import asyncio
from collections.abc import Callable
from typing import Final

from plugfest.clock import set_within
from plugfest.fleet.figures import most_frequent
from plugfest.fleet.results import FleetDescription, FleetResult, History, Phase
from plugfest.fleet.worker import WorkerFailed
from plugfest.fleet.workers import Workers
from plugfest.light_event import LightEvent

INTERVAL: Final = 1.0
"""Seconds between two looks at the figures."""

NOTHING_CONNECTS: Final = 60.0
"""Seconds after which a fleet ends of which no station has ever connected."""

STOPPED, OVER = "stopped", "the duration is over"


class FleetRun:
    """One run of a fleet. `on_result` gets the result as far as it is, each second and at the end.

    `duration`: seconds from the first connection on, None: until `stop` is called.
    """

    def __init__(
        self, workers: Workers, description: FleetDescription, on_result: Callable[[FleetResult], None]
    ) -> None:
        self._workers = workers
        self._history = History(description)
        self._on_result = on_result
        self._stopped = LightEvent()
        self._began: float | None = None
        self.failed = False
        """Whether the fleet could not go on."""

    def stop(self) -> None:
        """End the fleet soon."""
        self._stopped.set()

    async def run(self) -> FleetResult:
        """The result of the fleet. It ends when it is stopped, when its duration is over, or when it cannot go on."""
        reason = await self._reason_to_end()
        at = self._at()
        result = self._history.add(await self._workers.close(), at, "ended", reason)
        self._on_result(result)
        return result

    async def _reason_to_end(self) -> str:
        try:
            return await self._prepare() or await self._measure()
        except WorkerFailed as error:
            self.failed = True
            return str(error)

    async def _prepare(self) -> str:
        """Wait until every station is about to connect. Returns why the fleet ends; empty if it does not."""
        while (await self._look("preparing")).now.prepared < self._history.fleet.stations:
            if await set_within(self._stopped, INTERVAL):
                return STOPPED
        self._began = asyncio.get_running_loop().time()
        await self._workers.begin()
        return ""

    async def _measure(self) -> str:
        """Look at the figures until the fleet ends. Returns why."""
        loop = asyncio.get_running_loop()
        next_look = loop.time()
        while True:
            next_look = max(next_look + INTERVAL, loop.time())
            if await set_within(self._stopped, self._until(next_look)):
                return STOPPED
            result = await self._look("running")
            if self._is_over():
                return OVER
            if not result.now.connections and self._at() > NOTHING_CONNECTS:
                self.failed = True
                reasons = most_frequent(result.errors)
                return f"no station connected within {NOTHING_CONNECTS:g} s" + (f": {reasons[0][0]}" if reasons else "")

    async def _look(self, phase: Phase) -> FleetResult:
        report = await self._workers.report()
        result = self._history.add(report, self._at(), phase)
        self._on_result(result)
        return result

    def _at(self) -> float:
        return 0.0 if self._began is None else asyncio.get_running_loop().time() - self._began

    def _until(self, next_look: float) -> float:
        """Seconds until the next look, at the end of the duration at the latest."""
        left = next_look - asyncio.get_running_loop().time()
        duration = self._history.fleet.duration
        return max(left if duration is None else min(left, duration - self._at()), 0.0)

    def _is_over(self) -> bool:
        duration = self._history.fleet.duration
        return duration is not None and self._at() >= duration
