"""Monitors, and the rules by which a value triggers them. Pure rules."""

from datetime import datetime
from enum import StrEnum
from typing import Final

import msgspec

from plugfest.station.device_model.variables import Address, DataType, Mutability, Variable


class MonitorType(StrEnum):
    """MonitorEnumType."""

    UPPER_THRESHOLD = "UpperThreshold"
    LOWER_THRESHOLD = "LowerThreshold"
    DELTA = "Delta"
    PERIODIC = "Periodic"
    PERIODIC_CLOCK_ALIGNED = "PeriodicClockAligned"


class MonitorOrigin(StrEnum):
    """Who has set a monitor, as EventNotificationEnumType names it."""

    HARD_WIRED = "HardWiredMonitor"
    PRECONFIGURED = "PreconfiguredMonitor"
    CUSTOM = "CustomMonitor"


class Trigger(StrEnum):
    """EventTriggerEnumType."""

    ALERTING = "Alerting"
    DELTA = "Delta"
    PERIODIC = "Periodic"


THRESHOLDS: Final = frozenset({MonitorType.UPPER_THRESHOLD, MonitorType.LOWER_THRESHOLD})
PERIODIC: Final = frozenset({MonitorType.PERIODIC, MonitorType.PERIODIC_CLOCK_ALIGNED})

NUMBERS: Final = frozenset({DataType.INTEGER, DataType.DECIMAL})

LOWEST_SEVERITY: Final = 9
"""Severities are numbered from 0, the highest, to 9."""


class MonitorSetting(msgspec.Struct, frozen=True, kw_only=True):
    """What a monitor watches for. `value`: the threshold, the change, or the interval in seconds.

    `in_transaction`: it watches only while there is a transaction at the EVSE of its component.
    """

    address: Address
    type: MonitorType
    value: float
    severity: int
    in_transaction: bool = False


class Monitor(msgspec.Struct, frozen=True, kw_only=True):
    """A monitor of the station."""

    id: int
    setting: MonitorSetting
    origin: MonitorOrigin


class MonitorState(msgspec.Struct, frozen=True, kw_only=True):
    """What a monitor remembers. `exceeded`: the value is beyond the threshold, and that was an event.

    `reference`: the value when a delta monitor was set or last triggered; None for a variable that cannot be read.
    """

    since: datetime
    exceeded: bool = False
    reference: str | None = None


class Triggered(msgspec.Struct, frozen=True):
    """A monitor was triggered. `cleared`: the value has returned to within the threshold."""

    trigger: Trigger
    cleared: bool = False


def supported_types(variable: Variable) -> frozenset[MonitorType]:
    """The types of monitor that a variable supports."""
    if not variable.characteristics.supports_monitoring:
        return frozenset()
    numeric = variable.characteristics.data_type in NUMBERS
    return frozenset({MonitorType.DELTA}) | PERIODIC | (THRESHOLDS if numeric else frozenset())


def invalid_value(setting: MonitorSetting, variable: Variable) -> str | None:
    """The reason code of what is wrong with the value or the severity of a setting; None if nothing is."""
    minimum, maximum = variable.characteristics.minimum, variable.characteristics.maximum
    if not 0 <= setting.severity <= LOWEST_SEVERITY:
        return "ValueOutOfRange"
    if setting.type is MonitorType.DELTA:
        return "ValuePositiveOnly" if setting.value < 0 else None  # N04.FR.14
    if setting.type in PERIODIC:
        return "ValueTooLow" if setting.value < 1 else None  # the interval is in seconds
    below = minimum is not None and setting.value < minimum
    above = maximum is not None and setting.value > maximum
    return "ValueOutOfRange" if below or above else None  # N04.FR.06


def judge(
    setting: MonitorSetting, state: MonitorState, variable: Variable, value: str
) -> tuple[MonitorState, Triggered | None]:
    """The state after a threshold or delta monitor has seen a value, and whether that triggers it."""
    if setting.type in THRESHOLDS:
        return _judge_threshold(setting, state, value)
    if setting.type is MonitorType.DELTA:
        return _judge_delta(setting, state, variable, value)
    return state, None


def _judge_threshold(setting: MonitorSetting, state: MonitorState, value: str) -> tuple[MonitorState, Triggered | None]:
    number = _number(value)
    if number is None:
        return state, None
    upper = setting.type is MonitorType.UPPER_THRESHOLD
    exceeded = number > setting.value if upper else number < setting.value  # N07.FR.16, N07.FR.17: not on it
    if exceeded == state.exceeded:
        return state, None
    triggered = Triggered(Trigger.ALERTING, cleared=not exceeded)  # N07.FR.02
    return msgspec.structs.replace(state, exceeded=exceeded), triggered


def _judge_delta(
    setting: MonitorSetting, state: MonitorState, variable: Variable, value: str
) -> tuple[MonitorState, Triggered | None]:
    if variable.mutability is Mutability.WRITE_ONLY:
        return state, Triggered(Trigger.DELTA)  # its values are not stored a second time: it is asked after a change
    seen = msgspec.structs.replace(state, reference=value)
    if state.reference is None:
        return seen, None
    if variable.characteristics.data_type in NUMBERS:
        before, now = _number(state.reference), _number(value)
        if before is not None and now is not None and abs(now - before) <= setting.value:
            return state, None  # N07.FR.18: more than the delta
    return (seen, Triggered(Trigger.DELTA)) if value != state.reference else (state, None)  # N07.FR.19


def _number(value: str) -> float | None:
    try:
        return float(value)
    except ValueError:
        return None
