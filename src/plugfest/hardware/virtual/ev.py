"""An EV: a battery that is charged along a charge curve."""

from bisect import bisect_right

_CURVE = ((0.0, 1.0), (50.0, 0.8), (80.0, 0.4), (95.0, 0.1))
"""From this state of charge (percent) on, the EV draws at most this share of its maximum power."""

_FULL_SOC = 100.0
_TOLERANCE = 1e-6
"""Percent by which a rounded state of charge may miss a step of the curve."""


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
