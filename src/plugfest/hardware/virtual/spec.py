"""The specification of a virtual station."""

from typing import Final

import msgspec

PHASE_PAUSE: Final = 10.0
"""Seconds without an offer before an EVSE switches phases, a usual value (the default of EVerest).

IEC 61851-1 gives an EV 3 s to stop, and lets the station open the contactor under load after 6 s (Table A.6, sequences
10.1 and 10.2). The rest is for the EV to notice that its supply is gone.
"""


class ConnectorSpec(msgspec.Struct, frozen=True, kw_only=True):
    """One connector."""

    fixed_cable: bool = False
    retention_lock: bool = False
    """Whether the socket has a lock that keeps a plug in."""
    access_lock: bool = False
    """Whether a lock keeps drivers from plugging in until they are authorized."""


class EvseSpec(msgspec.Struct, frozen=True, kw_only=True):
    """One EVSE."""

    connectors: tuple[ConnectorSpec, ...]
    phases: int
    """0: direct current."""
    max_power: float
    """W on all phases."""
    phase_counts: tuple[int, ...] = ()
    """The numbers of phases that it switches between; empty: it does not switch."""
    phase_pause: float = PHASE_PAUSE
    bay_sensor: bool = False
    signing_meter: bool = False
    reports_state_of_charge: bool = False
    communicates: bool = False
    """Whether it communicates with EVs by ISO 15118."""


class StationSpec(msgspec.Struct, frozen=True, kw_only=True):
    """A whole station."""

    evses: tuple[EvseSpec, ...]
    grid_meter: bool = False
    display: bool = True
