"""When samples are taken: at intervals from the start of a transaction, and clock-aligned."""

import asyncio
import math
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from typing import TypeAlias

from plugfest.hardware.ports import Hardware, Meter
from plugfest.station.device_model.model import DeviceModel
from plugfest.station.model.charging.charging_sessions import ChargingSession, ChargingSessions, Transaction
from plugfest.station.model.metering.measurands import ReadingContext, Sample
from plugfest.station.model.metering.sampler import Sampler
from plugfest.station.model.timers import Timers
from plugfest.station.model.transactions.events import TriggerReason
from plugfest.station.model.transactions.transactions import Transactions

Report: TypeAlias = Callable[[int, tuple[Sample, ...]], None]
"""Sends samples of an EVSE without a transaction; EVSE 0 is the grid connection."""

_DAY = 86_400

_UPDATED, _ENDED = "updated", "ended"


class SamplingSchedule:
    """Takes samples when they are due. A block sets `report` for those without a transaction."""

    def __init__(
        self,
        hardware: Hardware,
        sampler: Sampler,
        transactions: Transactions,
        sessions: ChargingSessions,
        timers: Timers,
        now: Callable[[], datetime],
        *,
        samples_grid: bool,
    ) -> None:
        self.report: Report | None = None
        self._suppressed: Callable[[int], bool] = lambda evse_id: False
        self._hardware = hardware
        self._sampler = sampler
        self._transactions = transactions
        self._sessions = sessions
        self._timers = timers
        self._now = now
        self._samples_grid = samples_grid
        self._started: dict[str, float] = {}

    def watch_settings(self, device_model: DeviceModel) -> None:
        """Use the intervals of the device model, also when they change."""

        def restart_sampled(*_: object) -> None:
            self._restart_sampled()

        def restart_aligned(*_: object) -> None:
            self.start()

        for variable in ("TxUpdatedInterval", "TxEndedInterval", "Enabled"):
            device_model.watch("SampledDataCtrlr", variable, restart_sampled)
        for variable in ("Interval", "TxEndedInterval", "Enabled"):
            device_model.watch("AlignedDataCtrlr", variable, restart_aligned)
        self._suppressed = partial(self._is_suppressed, device_model)

    def start(self) -> None:
        """Start the samples outside of transactions, or start them anew after the clock was set."""
        settings = self._sampler.settings()
        self._schedule_grid()
        self._align("aligned", settings.aligned_interval, self._take_aligned)
        self._align("aligned ended", settings.aligned_ended_interval, self._take_aligned_for_the_end)

    def begin(self, session: ChargingSession, transaction: Transaction) -> None:
        """A transaction has started, or got its EVSE."""
        self._started.setdefault(transaction.id, asyncio.get_running_loop().time())
        self._schedule_next(_UPDATED, session, transaction)
        self._schedule_next(_ENDED, session, transaction)

    def end(self, transaction: Transaction) -> None:
        """A transaction has ended."""
        self._started.pop(transaction.id, None)
        for kind in (_UPDATED, _ENDED):
            self._timers.cancel(f"{kind} {transaction.id}")

    # Intervals from the start of a transaction

    def _restart_sampled(self) -> None:
        self._schedule_grid()
        for session in self._transactions.ongoing():
            if session.transaction is not None:
                self.begin(session, session.transaction)

    def _schedule_next(self, kind: str, session: ChargingSession, transaction: Transaction) -> None:
        settings = self._sampler.settings()
        interval = settings.updated_interval if kind == _UPDATED else settings.ended_interval
        name = f"{kind} {transaction.id}"
        if not interval:
            self._timers.cancel(name)  # 0: never
            return
        elapsed = asyncio.get_running_loop().time() - self._started[transaction.id]
        due = (math.floor(elapsed / interval + 1e-6) + 1) * interval
        self._timers.set(name, due - elapsed, partial(self._take_and_go_on, kind, session, transaction))

    def _take_and_go_on(self, kind: str, session: ChargingSession, transaction: Transaction) -> None:
        """Schedule the next sample first: it is taken also if this one fails."""
        self._schedule_next(kind, session, transaction)
        (self._take_updated if kind == _UPDATED else self._take_for_the_end)(session, transaction)

    def _take_updated(self, session: ChargingSession, transaction: Transaction) -> None:
        """J02.FR.11"""
        if session.evse_id is not None and not transaction.start_values_unreported:
            samples = self._sampler.periodic(self._hardware.evses[session.evse_id], transaction)
            if samples:
                self._transactions.step(session, TriggerReason.METER_VALUE_PERIODIC, samples=samples)

    def _take_for_the_end(self, session: ChargingSession, transaction: Transaction) -> None:
        if session.evse_id is not None and not transaction.start_values_unreported:
            evse = self._hardware.evses[session.evse_id]
            self._sampler.keep_for_end(transaction, self._sampler.for_the_end(evse, transaction))
            self._sessions.save(session)

    def _schedule_grid(self) -> None:
        """1.6, 3.16.3: the grid connection is sampled at the same interval."""
        interval = self._sampler.settings().updated_interval
        meter = self._hardware.grid_meter
        if not self._samples_grid or meter is None or not interval:
            self._timers.cancel("updated grid")
            return
        self._timers.set("updated grid", interval, partial(self._take_grid, meter))

    def _take_grid(self, meter: Meter) -> None:
        self._schedule_grid()
        measurands = self._sampler.settings().updated
        self._report(0, self._sampler.grid(meter, measurands, ReadingContext.PERIODIC, self._now()))

    # Clock-aligned

    def _align(
        self, name: str, interval: int, action: Callable[[datetime], None], after: datetime | None = None
    ) -> None:
        if not interval:
            self._timers.cancel(name)
            return
        now = self._now()
        reference = now if after is None else max(now, after)
        midnight = reference.replace(hour=0, minute=0, second=0, microsecond=0)
        elapsed = (reference - midnight).total_seconds()
        due = midnight + timedelta(seconds=min(_DAY, (math.floor(elapsed / interval) + 1) * interval))

        def take() -> None:
            self._align(name, interval, action, after=due)
            action(due)

        self._timers.set(name, (due - now).total_seconds(), take)

    def _take_aligned(self, at: datetime) -> None:
        """J01.FR.14, J01.FR.22"""
        for evse_id, evse in self._hardware.evses.items():
            session = self._sessions.at(evse_id)
            if self._suppressed(evse_id):
                continue
            samples = self._sampler.aligned(evse, session.transaction, at)
            if session.transaction is not None and not session.transaction.start_values_unreported:
                if samples:
                    self._transactions.step(session, TriggerReason.METER_VALUE_CLOCK, samples=samples)
            else:
                self._report(evse_id, samples)
        meter = self._hardware.grid_meter
        if meter is not None and not self._suppressed(0):
            self._report(0, self._sampler.grid(meter, self._sampler.settings().aligned, ReadingContext.CLOCK, at))

    def _take_aligned_for_the_end(self, at: datetime) -> None:
        for session in self._transactions.ongoing():
            transaction = session.transaction
            if transaction is not None and session.evse_id is not None and not transaction.start_values_unreported:
                evse = self._hardware.evses[session.evse_id]
                self._sampler.keep_for_end(transaction, self._sampler.aligned_for_the_end(evse, transaction, at))
                self._sessions.save(session)

    def _report(self, evse_id: int, samples: tuple[Sample, ...]) -> None:
        if samples and self.report is not None:
            self.report(evse_id, samples)

    def _is_suppressed(self, device_model: DeviceModel, evse_id: int) -> bool:
        """AlignedDataCtrlr.SendDuringIdle: J01.FR.19 for one EVSE, J01.FR.20 for the station."""
        if device_model.boolean("AlignedDataCtrlr", "SendDuringIdle", default=False):
            return any(self._transactions.ongoing())
        own = device_model.boolean("AlignedDataCtrlr", "SendDuringIdle", default=False, evse_id=evse_id)
        return own and any(self._transactions.ongoing(evse_id))
