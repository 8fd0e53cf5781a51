"""Runs the stations of one process in its event loop."""

import asyncio
import logging
from pathlib import Path
from typing import Final

import msgspec

from plugfest.fleet.driving import ActiveMisbehaviours, Drive, drive_of
from plugfest.fleet.figures import Figures
from plugfest.fleet.member import MemberStation, StartSignal
from plugfest.fleet.plan import Member, PlanError, Share
from plugfest.security.private_files import make_private_folder
from plugfest.station.setup.provisioning import ProvisioningError
from plugfest.station.storage.store import StoreError

LAG_INTERVAL: Final = 0.05
"""Seconds between two looks at how late the event loop is."""

CLOSED_AT_ONCE: Final = 200
"""Stations that shut down at the same time."""


class WorkerFailed(Exception):
    """A process of the fleet that cannot go on; the text is one line."""


class WorkerReport(msgspec.Struct, frozen=True, kw_only=True):
    """The state of a process. `prepared`: stations that are ready to connect; `figures`: since the start.

    `lag`: by how many seconds the event loop was late at most since the report before: latencies are as much too long.
    """

    prepared: int
    figures: Figures
    lag: float = 0.0


class Worker:
    """The stations of one process. `drive`: what happens at them, if not the scenario of the share."""

    def __init__(self, share: Share, drive: Drive | None = None) -> None:
        self._share = share
        self._drive = drive
        self._misbehaviours = ActiveMisbehaviours(share)
        self._figures = Figures()
        self._start = StartSignal()
        self._stations: list[MemberStation] = []
        self._prepared = 0
        self._lag = 0.0
        self._watching: asyncio.Task[None] | None = None
        self._log = _CountedLog(self._figures)

    async def prepare(self) -> None:
        """Switch every station on; each waits before it connects. Raises WorkerFailed."""
        logging.getLogger().addHandler(self._log)
        if self._share.store_folder is not None:
            _create(Path(self._share.store_folder))
        if self._drive is None:
            self._drive = drive_of(self._share.scenario)
        self._watching = asyncio.create_task(self._watch_lag(), name="lag")
        for member in self._share.members:
            self._stations.append(self._station(member))
            self._stations[-1].power_on()
            await asyncio.sleep(0)

    def begin(self) -> None:
        """Let the stations connect, each at its turn."""
        self._start.begin()

    def report(self) -> WorkerReport:
        """The state now."""
        lag, self._lag = self._lag, 0.0
        return WorkerReport(prepared=self._prepared, figures=self._figures, lag=lag)

    async def close(self) -> None:
        """Shut every station down. The figures remain as they were before."""
        for first in range(0, len(self._stations), CLOSED_AT_ONCE):
            some = self._stations[first : first + CLOSED_AT_ONCE]
            await asyncio.gather(*(station.close() for station in some), return_exceptions=True)
        if self._watching is not None:
            self._watching.cancel()
        logging.getLogger().removeHandler(self._log)

    def _station(self, member: Member) -> MemberStation:
        start, on_prepared = self._start, self._station_prepared
        try:
            misbehaviour = self._misbehaviours.of(member)
            return MemberStation(member, self._share, self._figures, start, on_prepared, self._drive, misbehaviour)
        except (ProvisioningError, StoreError, PlanError) as error:
            raise WorkerFailed(f"{member.identity}: {error}") from None

    def _station_prepared(self) -> None:
        self._prepared += 1

    async def _watch_lag(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            due = loop.time() + LAG_INTERVAL
            await asyncio.sleep(LAG_INTERVAL)
            self._lag = max(self._lag, loop.time() - due)


def _create(folder: Path) -> None:
    try:
        make_private_folder(folder)
    except OSError as error:
        raise WorkerFailed(f"{folder} cannot be created for the state of the stations: {error.strerror}") from None


class _CountedLog(logging.Handler):
    """Counts what is logged as warnings and errors instead of printing it: it may come from thousands of stations."""

    def __init__(self, figures: Figures) -> None:
        super().__init__(logging.WARNING)
        self._figures = figures

    def emit(self, record: logging.LogRecord) -> None:
        exception = record.exc_info[1] if record.exc_info else None
        cause = f": {type(exception).__name__}: {exception}" if exception is not None else ""
        self._figures.failed(f"{record.getMessage()}{cause}")
