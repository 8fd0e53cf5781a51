"""The specification of a virtual station."""

import msgspec


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
    """W."""
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
