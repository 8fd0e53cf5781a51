"""What is measured at an EVSE at one moment."""

import msgspec

from plugfest.hardware.virtual.evse import VirtualEvse


class Sample(msgspec.Struct, frozen=True, kw_only=True):
    """Measured values: W, A and V by phase, percent, Wh. `at`: in seconds; `energy`: the register, or since `at` was 0.

    `offered`: what the EV may take, in W. The state of charge is that of the EV, None without one.
    """

    at: float
    power: float
    offered: float
    currents: tuple[float, ...]
    voltages: tuple[float, ...]
    state_of_charge: float | None
    energy: float


def measured(evse: VirtualEvse, at: float = 0.0) -> Sample:
    """What an EVSE measures now, with its register. The state of charge need not be what the EV reports."""
    reading = evse.meter.observe()
    return Sample(
        at=at,
        power=reading.power,
        offered=evse.offered,
        currents=reading.currents,
        voltages=reading.voltages,
        state_of_charge=evse.ev_state_of_charge,
        energy=reading.energy_import,
    )
