"""All monitors of one station: those of the manufacturer and those of the CSMS. Every change is on disk at once."""

from collections.abc import Callable, Iterable
from datetime import datetime
from enum import StrEnum
from typing import Final

import msgspec

from plugfest.station.device_model.model import DeviceModel
from plugfest.station.model.monitoring.monitor import (
    Monitor,
    MonitorOrigin,
    MonitorSetting,
    MonitorState,
    invalid_value,
    supported_types,
)
from plugfest.station.storage.store import Store

MAX_CUSTOM_MONITORS: Final = 1000


class MonitoringBase(StrEnum):
    """MonitoringBaseEnumType."""

    ALL = "All"
    FACTORY_DEFAULT = "FactoryDefault"
    HARD_WIRED_ONLY = "HardWiredOnly"


class SetMonitorStatus(StrEnum):
    """SetMonitoringStatusEnumType."""

    ACCEPTED = "Accepted"
    UNKNOWN_COMPONENT = "UnknownComponent"
    UNKNOWN_VARIABLE = "UnknownVariable"
    UNSUPPORTED_MONITOR_TYPE = "UnsupportedMonitorType"
    REJECTED = "Rejected"
    DUPLICATE = "Duplicate"


class ClearMonitorStatus(StrEnum):
    """ClearMonitoringStatusEnumType."""

    ACCEPTED = "Accepted"
    REJECTED = "Rejected"
    NOT_FOUND = "NotFound"


class SetMonitorResult(msgspec.Struct, frozen=True):
    """The result of `Monitors.put`: the id only if accepted, a reason code only if not."""

    status: SetMonitorStatus
    id: int | None = None
    reason: str | None = None


class Monitors:
    """Sets, clears and remembers monitors. `builtin` are those of the manufacturer."""

    def __init__(
        self, store: Store, device_model: DeviceModel, builtin: Iterable[Monitor], now: Callable[[], datetime]
    ) -> None:
        self._store = store
        self._device_model = device_model
        self._now = now
        self._builtin = {monitor.id: monitor for monitor in builtin}
        self._records = store.records("monitors", MonitorSetting)
        self._states = store.records("monitor_states", MonitorState)
        self._cleared = store.records("cleared_monitors", bool)
        self._last_id = store.records("monitor_ids", int)
        self._custom = self._still_supported()

    def active(self) -> list[Monitor]:
        """The monitors that watch, by id."""
        active = {id: each for id, each in self._builtin.items() if self._is_enabled(each)} | self._custom
        return [active[id] for id in sorted(active)]

    def find(self, id: int) -> Monitor | None:
        """The active monitor with this id."""
        return next((monitor for monitor in self.active() if monitor.id == id), None)

    # Requests of the CSMS

    def put(self, setting: MonitorSetting, id: int | None = None) -> SetMonitorResult:
        """Set a monitor; with an id replace an existing one. N04"""
        refusal = self._refusal(setting, id)
        if refusal is not None:
            return refusal
        with self._store.transaction():
            number = self._next_id() if id is None else id
            replaced = self.find(number)
            # N04.FR.15: also one that replaces a preconfigured monitor is custom
            self._custom[number] = Monitor(id=number, setting=setting, origin=MonitorOrigin.CUSTOM)
            self._records.put(str(number), setting)
            self._begin(number, setting, replaced)
        return SetMonitorResult(SetMonitorStatus.ACCEPTED, number)  # N04.FR.08, N04.FR.11

    def clear(self, id: int) -> ClearMonitorStatus:
        """Remove a monitor. N06"""
        monitor = self.find(id)
        if monitor is None:
            return ClearMonitorStatus.NOT_FOUND  # N06.FR.02
        if monitor.origin is MonitorOrigin.HARD_WIRED:
            return ClearMonitorStatus.REJECTED  # N06.FR.03
        with self._store.transaction():
            self._remove_custom(id)
            if id in self._builtin:
                self._cleared.put(str(id), True)
            self._states.delete(str(id))
        return ClearMonitorStatus.ACCEPTED  # N06.FR.01

    def set_base(self, base: MonitoringBase) -> None:
        """Activate the monitors of a base. N03"""
        with self._store.transaction():
            before = {monitor.id for monitor in self.active()}
            if base is not MonitoringBase.ALL:  # N03.FR.04, N03.FR.05; N03.FR.03: All leaves custom monitors
                for id in list(self._custom):
                    self._remove_custom(id)
                    self._states.delete(str(id))
                    before.discard(id)
            self._cleared.clear()
            self._device_model.put("MonitoringCtrlr", "ActiveMonitoringBase", base.value)
            for id in before - {monitor.id for monitor in self.active()}:
                self._states.delete(str(id))

    # What a monitor remembers

    def state(self, monitor: Monitor) -> MonitorState:
        """Begins now if there is none."""
        key = str(monitor.id)
        state = self._states.get(key)
        if state is None:
            state = self._new_state(monitor.setting)
            self._states.put(key, state)
        return state

    def put_state(self, monitor: Monitor, state: MonitorState) -> None:
        self._states.put(str(monitor.id), state)

    def _begin(self, id: int, setting: MonitorSetting, replaced: Monitor | None) -> None:
        """The state of a monitor that was just set. A threshold of the same type remains exceeded. N07.FR.11"""
        state = self._new_state(setting)
        if replaced is not None and replaced.setting.type is setting.type:
            state = msgspec.structs.replace(state, exceeded=self.state(replaced).exceeded)
        self._states.put(str(id), state)

    def _new_state(self, setting: MonitorSetting) -> MonitorState:
        return MonitorState(since=self._now(), reference=self._device_model.get(setting.address).value)

    # Rules

    def _refusal(self, setting: MonitorSetting, id: int | None) -> SetMonitorResult | None:
        """Why a monitor cannot be set; None if it can."""
        variable = self._device_model.find(setting.address)
        if variable is None:  # N04.FR.03, N04.FR.04
            return SetMonitorResult(SetMonitorStatus(self._device_model.get(setting.address).status.value))
        if setting.type not in supported_types(variable):
            return SetMonitorResult(SetMonitorStatus.UNSUPPORTED_MONITOR_TYPE)  # N04.FR.05
        reason = invalid_value(setting, variable) or self._conflict(setting, id)
        if reason is not None:
            return SetMonitorResult(SetMonitorStatus.REJECTED, reason=reason)
        if any(_is_duplicate(setting, monitor) for monitor in self.active() if monitor.id != id):
            return SetMonitorResult(SetMonitorStatus.DUPLICATE)  # N04.FR.10
        return None

    def _conflict(self, setting: MonitorSetting, id: int | None) -> str | None:
        """The reason code of why a monitor cannot be replaced, or a further one not be stored."""
        if id is None:
            return "OutOfStorage" if len(self._custom) >= MAX_CUSTOM_MONITORS else None
        replaced = self.find(id)
        if replaced is None:
            return "NotFound"  # N04.FR.13
        if replaced.setting.address.key() != setting.address.key():
            return "InvalidValue"  # N04.FR.16
        return "ReadOnly" if replaced.origin is MonitorOrigin.HARD_WIRED else None  # N04.FR.18

    def _is_enabled(self, monitor: Monitor) -> bool:
        """Whether a monitor of the manufacturer watches."""
        if monitor.origin is MonitorOrigin.HARD_WIRED:
            return True
        base = self._device_model.text("MonitoringCtrlr", "ActiveMonitoringBase")
        return base != MonitoringBase.HARD_WIRED_ONLY and str(monitor.id) not in self._cleared

    # Storage

    def _still_supported(self) -> dict[int, Monitor]:
        """The stored monitors, without those whose variable the firmware does not have any more (N04)."""
        kept: dict[int, Monitor] = {}
        for key, setting in self._records.items():
            variable = self._device_model.find(setting.address)
            if variable is not None and setting.type in supported_types(variable):
                kept[int(key)] = Monitor(id=int(key), setting=setting, origin=MonitorOrigin.CUSTOM)
            else:
                self._records.delete(key)
                self._states.delete(key)
        return kept

    def _next_id(self) -> int:
        number = (self._last_id.get("last") or len(self._builtin)) + 1
        self._last_id.put("last", number)
        return number

    def _remove_custom(self, id: int) -> None:
        if self._custom.pop(id, None) is not None:
            self._records.delete(str(id))


def _is_duplicate(setting: MonitorSetting, monitor: Monitor) -> bool:
    other = monitor.setting
    return (other.address.key(), other.type, other.severity) == (setting.address.key(), setting.type, setting.severity)
