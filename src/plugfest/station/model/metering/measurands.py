"""Meter readings as measurands of OCPP. Pure rules."""

import math
from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import datetime
from enum import StrEnum

import msgspec

from plugfest.hardware.ports import Reading


class ReadingContext(StrEnum):
    """Why a value was taken (ReadingContextEnumType)."""

    BEGIN = "Transaction.Begin"
    END = "Transaction.End"
    PERIODIC = "Sample.Periodic"
    CLOCK = "Sample.Clock"
    TRIGGER = "Trigger"


class Signature(msgspec.Struct, frozen=True):
    """The signature of a meter. `data` is in Base64; `public_key` may be empty."""

    data: str
    signing_method: str
    encoding_method: str
    public_key: str


class SampledValue(msgspec.Struct, frozen=True, kw_only=True):
    """One measured value. `unit`, `phase` and `location` are values of OCPP."""

    measurand: str
    value: float
    unit: str | None
    location: str
    phase: str | None = None
    signature: Signature | None = None


class Sample(msgspec.Struct, frozen=True, kw_only=True):
    """The values of one moment."""

    at: datetime
    context: ReadingContext = msgspec.field(name="sampling")
    values: tuple[SampledValue, ...]


class Measurement(msgspec.Struct, frozen=True, kw_only=True):
    """The measurement of an EVSE or the grid connection at one moment."""

    reading: Reading
    offered: float | None = None
    """Power offered to the EV, in W; None for the grid connection."""
    offered_phases: int = 0
    """The number of phases of that offer; 0: direct current."""
    state_of_charge: float | None = None
    energy_before: float | None = None
    """The register at the previous sample, in Wh, for the interval measurands."""
    location: str = "Outlet"


_PHASES = ("L1", "L2", "L3")

_PhaseValues = list[tuple[str | None, float]]
_Rule = tuple[str | None, Callable[[Measurement], _PhaseValues]]


def _single(value: float | None) -> _PhaseValues:
    return [] if value is None else [(None, value)]


def _phases(values: tuple[float, ...], suffix: str = "") -> _PhaseValues:
    """One value per phase; without a phase name for one phase and direct current."""
    if len(values) == 1:
        return [(None, values[0])]
    return [(f"L{number}{suffix}", value) for number, value in enumerate(values, start=1)]


def _offered_current(measurement: Measurement) -> _PhaseValues:
    if measurement.offered is None:
        return []
    voltages = measurement.reading.voltages
    voltage = sum(voltages[: measurement.offered_phases or len(voltages)])
    return _single(measurement.offered / voltage if voltage else 0.0)


def _interval(measurement: Measurement) -> _PhaseValues:
    if measurement.energy_before is None:
        return _single(0.0)
    return _single(measurement.reading.energy_import - measurement.energy_before)


def _reactive(measurement: Measurement) -> float:
    factor = measurement.reading.power_factor
    return measurement.reading.power / factor * math.sqrt(1 - factor**2)


# What this station measures. It does not discharge EVs, so exported values are zero.
_RULES: Mapping[str, _Rule] = {
    "Current.Export": ("A", lambda m: _phases(tuple(0.0 for _ in m.reading.currents))),
    "Current.Import": ("A", lambda m: _phases(m.reading.currents)),
    "Current.Offered": ("A", _offered_current),
    "Energy.Active.Export.Interval": ("Wh", lambda m: _single(0.0)),
    "Energy.Active.Export.Register": ("Wh", lambda m: _single(m.reading.energy_export)),
    "Energy.Active.Import.Interval": ("Wh", _interval),
    "Energy.Active.Import.Register": ("Wh", lambda m: _single(m.reading.energy_import)),
    "Energy.Active.Net": ("Wh", lambda m: _single(m.reading.energy_import - m.reading.energy_export)),
    "Frequency": ("Hz", lambda m: _single(m.reading.frequency)),
    "Power.Active.Export": ("W", lambda m: _single(0.0)),
    "Power.Active.Import": ("W", lambda m: _single(m.reading.power)),
    "Power.Factor": (None, lambda m: _single(m.reading.power_factor)),
    "Power.Offered": ("W", lambda m: _single(m.offered)),
    "Power.Reactive.Export": ("var", lambda m: _single(0.0)),
    "Power.Reactive.Import": ("var", lambda m: _single(_reactive(m))),
    "SoC": ("Percent", lambda m: _single(m.state_of_charge)),
    "Temperature": ("Celsius", lambda m: _single(m.reading.temperature)),
    "Voltage": ("V", lambda m: _phases(m.reading.voltages, "-N")),
}


def measure(measurement: Measurement, measurands: Iterable[str]) -> tuple[SampledValue, ...]:
    """The values of these measurands, in their order. Those that cannot be measured are left out (J01.FR.14 note).

    A measurand may name one of its phases, such as `Voltage.L1` (1.6, 9.1.17), if it is not there with all of them.
    """
    names = tuple(measurands)
    return tuple(value for name in names for value in _all_or_one_phase(name, names, measurement))


def _all_or_one_phase(name: str, names: Collection[str], measurement: Measurement) -> list[SampledValue]:
    if name in _RULES:
        return _values(name, measurement)
    measurand, _, phase = name.rpartition(".")
    if measurand not in _RULES or measurand in names:
        return []
    of_phases = zip(_PHASES, _values(measurand, measurement), strict=False)
    return [msgspec.structs.replace(value, phase=phase) for line, value in of_phases if phase in (line, f"{line}-N")]


def _values(name: str, measurement: Measurement) -> list[SampledValue]:
    unit, rule = _RULES[name]
    location = "EV" if name == "SoC" else measurement.location  # erratum 6.2.58: only the state of charge is the EV's
    return [
        SampledValue(measurand=name, value=round(value, 3), unit=unit, location=location, phase=phase)
        for phase, value in rule(measurement)
    ]
