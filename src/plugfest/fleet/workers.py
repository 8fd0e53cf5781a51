"""The processes of a fleet as one: whatever carries them, each is asked for its report at the same time."""

import asyncio
from collections.abc import Sequence
from typing import Final, Protocol

from plugfest.fleet.figures import Figures, added
from plugfest.fleet.worker import WorkerReport

REPORT_TIMEOUT: Final = 5.0
"""Seconds to wait for the reports of busy processes. After that their reports before count."""


class WorkerConnection(Protocol):
    """A process somewhere. Every method raises WorkerFailed if it cannot go on."""

    async def begin(self) -> None:
        """Let its stations connect."""
        ...

    async def report(self) -> WorkerReport:
        """Its state now."""
        ...

    async def close(self) -> WorkerReport:
        """Its last state; its stations shut down after that, and the process ends."""
        ...


class Workers:
    """All processes of a fleet."""

    def __init__(self, connections: Sequence[WorkerConnection]) -> None:
        self._connections = connections
        self._asked: dict[int, asyncio.Task[WorkerReport]] = {}
        self._newest = [WorkerReport(prepared=0, figures=Figures())] * len(connections)

    def __len__(self) -> int:
        return len(self._connections)

    async def begin(self) -> None:
        """Let all stations connect, each at its turn. Raises WorkerFailed."""
        await asyncio.gather(*(each.begin() for each in self._connections))

    async def report(self) -> WorkerReport:
        """The state of all. Raises WorkerFailed."""
        for number, connection in enumerate(self._connections):
            if number not in self._asked:
                self._asked[number] = asyncio.ensure_future(connection.report())
        done, _ = await asyncio.wait(self._asked.values(), timeout=REPORT_TIMEOUT)
        for number in [number for number, task in self._asked.items() if task in done]:
            self._newest[number] = self._asked.pop(number).result()
        return self._total()

    async def close(self) -> WorkerReport:
        """The last state of all; all stations are shut down then. A process that has failed keeps its state before."""
        asked, self._asked = self._asked, {}
        await asyncio.gather(*asked.values(), return_exceptions=True)
        last = await asyncio.gather(*(each.close() for each in self._connections), return_exceptions=True)
        self._newest = [
            new if isinstance(new, WorkerReport) else before for new, before in zip(last, self._newest, strict=True)
        ]
        return self._total()

    def _total(self) -> WorkerReport:
        return WorkerReport(
            prepared=sum(each.prepared for each in self._newest),
            figures=added(each.figures for each in self._newest),
            lag=max(each.lag for each in self._newest),
        )
