"""Watches the variables for which there are monitors, and reports each monitor that is triggered."""

import asyncio
import math
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from functools import partial
from typing import Final, NamedTuple, TypeAlias

import msgspec

from plugfest.station.device_model.measured import MEASURED
from plugfest.station.device_model.model import DeviceModel
from plugfest.station.device_model.variables import Address, Component, Mutability, Variable
from plugfest.station.model.charging.charging_sessions import ChargingSessions
from plugfest.station.model.monitoring.event_ids import EventIds
from plugfest.station.model.monitoring.monitor import (
    PERIODIC,
    Monitor,
    MonitorSetting,
    MonitorType,
    Trigger,
    Triggered,
    judge,
)
from plugfest.station.model.monitoring.monitors import Monitors
from plugfest.station.model.timers import Timers
from plugfest.station.storage.store import Store

_DAY: Final = 86_400

_CONTINUOUS: Final = frozenset((each.component, each.name) for each in MEASURED if each.continuous)

_SAMPLING: Final = "monitored measurements"

_SAMPLING_INTERVAL: Final = 2.0
"""Seconds between two looks at a monitored value of which the hardware reports no change."""


class MonitoringEvent(msgspec.Struct, frozen=True, kw_only=True):
    """An event that a monitor has triggered. `cause`: the id of the event that has caused this one."""

    id: int
    monitor: Monitor
    triggered: Triggered
    at: datetime
    value: str
    transaction_id: str | None
    cause: int | None


Notify: TypeAlias = Callable[[MonitoringEvent], None]


class _Recent(NamedTuple):
    """The last event about a variable name, and when it was, by the event loop."""

    id: int
    component: Component
    at: float


class MonitorWatch:
    """Watches from `start` on, which is called when the station knows its state after power on.

    `notify` is called with each event, in the store transaction that stores the state of the monitor.
    """

    def __init__(
        self,
        *,
        store: Store,
        device_model: DeviceModel,
        monitors: Monitors,
        sessions: ChargingSessions,
        event_ids: EventIds,
        timers: Timers,
        now: Callable[[], datetime],
        notify: Notify,
    ) -> None:
        self._store = store
        self._device_model = device_model
        self._monitors = monitors
        self._sessions = sessions
        self._event_ids = event_ids
        self._timers = timers
        self._now = now
        self._notify = notify
        self._started = False
        self._periodic: set[int] = set()
        self._recent: dict[str, _Recent] = {}

    async def start(self) -> None:
        """Compare all values with those before the power went off, and watch from now on."""
        self._started = True
        self._device_model.watch_all(self._changed)
        self.refresh()

    def refresh(self, replaced: Iterable[int] = ()) -> None:
        """The monitors have changed: judge all values again. `replaced`: periodic monitors that begin anew."""
        if not self._started:
            return
        self._schedule(replaced)
        self._judge(self._monitors.active())
        self._sample()

    def measured(self) -> None:
        """The hardware has measured something else."""
        self._judge([each for each in self._monitors.active() if self._device_model.is_measured(each.setting.address)])

    def _sample(self) -> None:
        """Judge what changes continuously at an interval, as long as there is a monitor for it."""
        if any(_is_continuous(each.setting) for each in self._monitors.active()):
            self._timers.set(_SAMPLING, _SAMPLING_INTERVAL, self._sample)
            self.measured()
        else:
            self._timers.cancel(_SAMPLING)

    def transaction_changed(self) -> None:
        """A transaction has started or ended: monitors that watch only in a transaction may do so now."""
        self._judge([each for each in self._monitors.active() if each.setting.in_transaction])

    def clock_set(self, jump: timedelta) -> None:
        """Durations go on, and what is due at a time of day is scheduled anew."""
        with self._store.transaction():
            for monitor in self._monitors.active():
                state = self._monitors.state(monitor)
                self._monitors.put_state(monitor, msgspec.structs.replace(state, since=state.since + jump))
        self._schedule(
            each.id for each in self._monitors.active() if each.setting.type is MonitorType.PERIODIC_CLOCK_ALIGNED
        )

    # Values

    def _changed(self, address: Address, old: str, new: str) -> None:
        if address == Address(Component("MonitoringCtrlr"), "Enabled"):
            self._judge(self._monitors.active())
            return
        key = address.key()
        self._judge([each for each in self._monitors.active() if each.setting.address.key() == key], changed=True)

    def _judge(self, monitors: Iterable[Monitor], *, changed: bool = False) -> None:
        if not self._started or not self._device_model.boolean("MonitoringCtrlr", "Enabled", default=True):
            return
        for monitor in monitors:
            variable = self._variable(monitor.setting)
            if changed or variable.mutability is not Mutability.WRITE_ONLY:
                self._judge_value(monitor, variable)

    def _judge_value(self, monitor: Monitor, variable: Variable) -> None:
        with self._store.transaction():
            before, value = self._monitors.state(monitor), self._device_model.value(variable)
            state, triggered = judge(monitor.setting, before, variable, value)
            if not self._watches(monitor.setting) and not before.exceeded:  # what was exceeded is also cleared
                state = before if state.exceeded else msgspec.structs.replace(state, exceeded=False)
                triggered = None
            if state != before:
                self._monitors.put_state(monitor, state)
            if triggered is not None:
                self._report(monitor, variable, triggered)

    def _watches(self, setting: MonitorSetting) -> bool:
        return not setting.in_transaction or self._in_transaction(setting.address.component)

    def _in_transaction(self, component: Component) -> bool:
        return any(
            session.transaction is not None and component.evse_id in (None, session.evse_id)
            for session in self._sessions
        )

    def _report(self, monitor: Monitor, variable: Variable, triggered: Triggered) -> None:
        setting = monitor.setting
        if setting.severity > self._device_model.integer("MonitoringCtrlr", "ActiveMonitoringLevel"):
            return  # N05.FR.03, N07.FR.15
        secret = variable.mutability is Mutability.WRITE_ONLY  # N07.FR.10
        event_id = self._event_ids.next()
        event = MonitoringEvent(
            id=event_id,
            monitor=monitor,
            triggered=triggered,
            at=self._now(),
            value="" if secret else self._device_model.value(variable),
            transaction_id=self._transaction_id(setting.address.component),
            cause=self._cause(setting.address, event_id, triggered),
        )
        self._notify(event)

    def _transaction_id(self, component: Component) -> str | None:
        if component.evse_id is None:
            return None
        transaction = self._sessions.at(component.evse_id).transaction
        return None if transaction is None else transaction.id

    def _cause(self, address: Address, event_id: int, triggered: Triggered) -> int | None:
        """The event about the same variable of a part of this component, at the same moment. N07.FR.05"""
        if triggered.trigger is not Trigger.DELTA:
            return None
        at, component = asyncio.get_running_loop().time(), address.component
        recent = self._recent.get(address.variable)
        self._recent[address.variable] = _Recent(event_id, component, at)
        if recent is None or recent.at != at or not _is_part(recent.component, component):
            return None
        return recent.id

    def _variable(self, setting: MonitorSetting) -> Variable:
        variable = self._device_model.find(setting.address)
        assert variable is not None, f"a monitor of {setting.address.text()}, which does not exist"
        return variable

    # Periodic monitors

    def _schedule(self, replaced: Iterable[int]) -> None:
        periodic = {each.id: each for each in self._monitors.active() if each.setting.type in PERIODIC}
        for id in self._periodic - periodic.keys():
            self._timers.cancel(_timer(id))
        again = frozenset(replaced)
        for id, monitor in periodic.items():
            if id in again or id not in self._periodic:
                self._wait(monitor, asyncio.get_running_loop().time() + self._seconds_left(monitor))
        self._periodic = set(periodic)

    def _seconds_left(self, monitor: Monitor) -> float:
        """Seconds until a periodic monitor is triggered next."""
        interval, now = monitor.setting.value, self._now()
        if monitor.setting.type is MonitorType.PERIODIC:  # N08.FR.06
            return interval - (now - self._monitors.state(monitor).since).total_seconds() % interval
        midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)  # N08.FR.07
        elapsed = (now - midnight).total_seconds()
        return min(_DAY, (math.floor(elapsed / interval + 1e-6) + 1) * interval) - elapsed

    def _wait(self, monitor: Monitor, due: float) -> None:
        seconds = due - asyncio.get_running_loop().time()
        self._timers.set(_timer(monitor.id), seconds, partial(self._due, monitor, due))

    def _due(self, monitor: Monitor, due: float) -> None:
        if monitor.setting.type is MonitorType.PERIODIC:
            self._wait(monitor, due + monitor.setting.value)
        else:
            self._wait(monitor, asyncio.get_running_loop().time() + self._seconds_left(monitor))
        if self._device_model.boolean("MonitoringCtrlr", "Enabled", default=True) and self._watches(monitor.setting):
            with self._store.transaction():
                self._report(monitor, self._variable(monitor.setting), Triggered(Trigger.PERIODIC))


def _is_continuous(setting: MonitorSetting) -> bool:
    return setting.type not in PERIODIC and (setting.address.component.name, setting.address.variable) in _CONTINUOUS


def _timer(id: int) -> str:
    return f"monitor {id}"


def _is_part(part: Component, whole: Component) -> bool:
    """Whether a component is a connector of an EVSE, or either of a station."""
    return part != whole and whole.evse_id in (None, part.evse_id) and whole.connector_id is None
