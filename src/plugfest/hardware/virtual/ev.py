"""An EV: a battery that is charged along a charge curve."""

from bisect import bisect_right
from typing import Final, NamedTuple

import msgspec

_CURVE = ((0.0, 1.0), (50.0, 0.8), (80.0, 0.4), (95.0, 0.1))
"""From this state of charge (percent) on, the EV draws at most this share of its maximum power."""

_FULL_SOC = 100.0
_TOLERANCE = 1e-6
"""Percent by which a rounded state of charge may miss a step of the curve."""


class _Range(NamedTuple):
    """The smallest and the largest value, and the unit in which they are shown."""

    least: float
    most: float
    unit: str


_RANGES: Final = {
    "capacity": _Range(1, 10_000_000, " Wh"),
    "state_of_charge": _Range(0, 100, " %"),
    "max_ac_current": _Range(0.1, 1_000, " A"),
    "ac_phases": _Range(1, 3, ""),
    "max_dc_power": _Range(1, 10_000_000, " W"),
    "reaction_time": _Range(0, 3_600, " s"),
}


class EvProperties(msgspec.Struct, frozen=True, kw_only=True):
    """Properties of an EV: those that are not None. See Ev for their meaning."""

    capacity: float | None = None
    state_of_charge: float | None = None
    max_ac_current: float | None = None
    ac_phases: int | None = None
    max_dc_power: float | None = None
    reaction_time: float | None = None

    @property
    def given(self) -> dict[str, float]:
        """Those that are not None."""
        return {name: value for name, value in msgspec.structs.asdict(self).items() if value is not None}

    @property
    def problem(self) -> str:
        """What is wrong, in one line; empty if nothing is."""
        if not self.given:
            return f"give at least one of {', '.join(_RANGES)}"
        for name, value in self.given.items():
            least, most, unit = _RANGES[name]
            if not least <= value <= most:
                return f"{name} is {least:g} to {most:.0f}{unit}, not {value:g}{unit}"
        return ""


class Ev:
    """An EV. Powers in W, energies in Wh."""

    def __init__(
        self,
        *,
        capacity: float = 60_000.0,
        state_of_charge: float = 20.0,
        max_dc_power: float = 150_000.0,
        max_ac_current: float = 32.0,
        ac_phases: int = 3,
        reaction_time: float = 1.0,
    ) -> None:
        self.capacity = capacity
        self.state_of_charge = state_of_charge
        self.max_dc_power = max_dc_power
        self.max_ac_current = max_ac_current
        self.ac_phases = ac_phases
        self.reaction_time = reaction_time
        """Seconds from an offer of energy until the EV is ready to take it."""
        self.reported_state_of_charge: float | None = None
        """What it reports instead of its state of charge; None: that."""
        self.suspended = False
        """Whether the EV refuses energy, whatever its state of charge."""
        self.held = False
        """Whether its session by ISO 15118 does not permit it to charge."""

    def configure(self, properties: EvProperties) -> None:
        """Change the properties that are given."""
        for name, value in properties.given.items():
            setattr(self, name, value)

    @property
    def accepts_energy(self) -> bool:
        return not self.suspended and not self.held and self.state_of_charge < _FULL_SOC

    def drawn_power(self, offered: float, phases: int, voltage: float) -> float:
        """The power that it draws, in VA (direct current: W); `phases` 0 is direct current.

        An offer of alternating current is a current per phase, whatever phases the EV uses (IEC 61851-1).
        """
        if not self.accepts_energy:
            return 0.0
        if not phases:
            return min(offered, self.max_dc_power * self._share())
        current = min(offered / (voltage * phases), self.max_ac_current * self._share())
        return current * voltage * min(phases, self.ac_phases)

    def energy_to_next_step(self) -> float:
        """The energy until the next step of the charge curve."""
        steps = [soc for soc, _ in _CURVE] + [_FULL_SOC]
        upcoming = next((soc for soc in steps if soc > self.state_of_charge + _TOLERANCE), _FULL_SOC)
        return (upcoming - self.state_of_charge) / 100.0 * self.capacity

    def charge(self, energy: float) -> None:
        """Charge the battery."""
        self.state_of_charge += energy / self.capacity * 100.0
        if self.state_of_charge > _FULL_SOC - _TOLERANCE:
            self.state_of_charge = _FULL_SOC

    def _share(self) -> float:
        step = bisect_right([soc for soc, _ in _CURVE], self.state_of_charge + _TOLERANCE) - 1
        return _CURVE[step][1]
