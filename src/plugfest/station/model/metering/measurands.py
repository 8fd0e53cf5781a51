"""What a meter shows, as OCPP's measurands: pure rules."""

import math
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from enum import StrEnum

import msgspec

from plugfest.hardware.ports import Reading


class ReadingContext(StrEnum):
    """Why a value was taken, in OCPP's words."""

    BEGIN = "Transaction.Begin"
    END = "Transaction.End"
    PERIODIC = "Sample.Periodic"
    CLOCK = "Sample.Clock"
    TRIGGER = "Trigger"


class Signature(msgspec.Struct, frozen=True):
    """A meter's signature, Base64 where OCPP wants it. `public_key` may be empty."""

    data: str
    signing_method: str
    encoding_method: str
    public_key: str


class SampledValue(msgspec.Struct, frozen=True, kw_only=True):
    """One measured value. `unit`, `phase` and `location` in OCPP's words."""

    measurand: str
    value: float
    unit: str | None
    location: str
    phase: str | None = None
    signature: Signature | None = None


class Sample(msgspec.Struct, frozen=True, kw_only=True):
    """What was measured at one moment."""

    at: datetime
    context: ReadingContext = msgspec.field(name="sampling")
    values: tuple[SampledValue, ...]


class Measurement(msgspec.Struct, frozen=True, kw_only=True):
    """All that there is to know of one EVSE or of the grid connection at one moment."""

    reading: Reading
    offered: float | None = None
    """W; None where nothing is offered to anybody (the grid connection)."""
    state_of_charge: float | None = None
    energy_before: float | None = None
    """The register at the previous sample of the same kind, for the interval measurands."""
    location: str = "Outlet"


_PhaseValues = list[tuple[str | None, float]]
_Rule = tuple[str | None, Callable[[Measurement], _PhaseValues]]


def _single(value: float | None) -> _PhaseValues:
    return [] if value is None else [(None, value)]


def _phases(values: tuple[float, ...], suffix: str = "") -> _PhaseValues:
    """One value per phase; a single phase and direct current have no phase to tell."""
    if len(values) == 1:
        return [(None, values[0])]
    return [(f"L{number}{suffix}", value) for number, value in enumerate(values, start=1)]


def _offered_current(measured: Measurement) -> _PhaseValues:
    if measured.offered is None:
        return []
    voltage = sum(measured.reading.voltages)
    return _single(measured.offered / voltage if voltage else 0.0)


def _interval(measured: Measurement) -> _PhaseValues:
    if measured.energy_before is None:
        return _single(0.0)
    return _single(measured.reading.energy_import - measured.energy_before)


def _reactive(measured: Measurement) -> float:
    factor = measured.reading.power_factor
    return measured.reading.power / factor * math.sqrt(1 - factor**2)


# What this station measures. Nothing flows back from an EV here, so everything exported is zero.
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


def measure(measured: Measurement, measurands: Iterable[str]) -> tuple[SampledValue, ...]:
    """The values of these measurands, in their order; nothing for what cannot be measured there (J01.FR.14 note)."""
    return tuple(value for name in measurands if name in _RULES for value in _values(name, measured))


def _values(name: str, measured: Measurement) -> list[SampledValue]:
    unit, rule = _RULES[name]
    location = "EV" if name == "SoC" else measured.location  # erratum 6.2.58: only the state of charge is the EV's
    return [
        SampledValue(measurand=name, value=round(value, 3), unit=unit, location=location, phase=phase)
        for phase, value in rule(measured)
    ]
