"""What the station asks of its hardware. A driver implements these ports; `contract` says what it must keep.

Everything is read at the moment it is asked for, and every change the station cannot cause itself comes as an event.
Units: W, Wh, V, A, Hz, and percent for the state of charge.
"""

from collections.abc import Callable, Collection, Mapping
from enum import StrEnum
from typing import Protocol, TypeAlias

import msgspec


class HardwareError(Exception):
    """The hardware did not do what it was told; one line says what."""


class CableLocked(HardwareError):
    """A cable was pulled that a lock holds."""


class Pilot(StrEnum):
    """The states of the control pilot (IEC 61851-1; DC charging uses the same line)."""

    NO_EV = "A"
    EV_CONNECTED = "B"
    EV_READY = "C"
    EV_READY_VENTILATED = "D"
    NO_POWER = "E"
    NOT_AVAILABLE = "F"


class Reading(msgspec.Struct, frozen=True, kw_only=True):
    """What a meter shows. One entry per phase; direct current counts as one."""

    energy_import: float
    energy_export: float
    voltages: tuple[float, ...]
    currents: tuple[float, ...]
    power_factor: float
    frequency: float | None
    """None: direct current."""
    temperature: float | None = None
    """In the housing, in degrees Celsius; None without a sensor."""

    @property
    def power(self) -> float:
        """Active power towards the EV."""
        return sum(u * i for u, i in zip(self.voltages, self.currents, strict=True)) * self.power_factor


class SignedReading(msgspec.Struct, frozen=True, kw_only=True):
    """A reading with the meter's own signature."""

    data: bytes
    signing_method: str
    """Empty where the data itself names it."""
    encoding_method: str


class Contactor(Protocol):
    """The switch between grid and cable. Open when power returns."""

    @property
    def closed(self) -> bool: ...

    def close(self) -> None:
        """Raises HardwareError if no EV is ready: a contactor never closes on nothing."""

    def open(self) -> None: ...


class Lock(Protocol):
    """A motor lock. It stays as it is when power goes."""

    @property
    def engaged(self) -> bool: ...

    def engage(self) -> bool:
        """Whether the lock is engaged now."""

    def release(self) -> bool:
        """Whether the lock is released now."""


class Meter(Protocol):
    """An energy meter. Its registers survive every power cut and never run backwards."""

    def read(self) -> Reading: ...

    @property
    def public_key(self) -> bytes | None:
        """What its signatures are verified with, as ASN.1 (SubjectPublicKeyInfo); None if this meter cannot sign."""

    def sign(self, note: str) -> SignedReading | None:
        """The present reading, signed together with `note`; None if this meter cannot sign."""


class ParkingBay(Protocol):
    """The sensor over a parking bay."""

    @property
    def occupied(self) -> bool: ...


class Display(Protocol):
    """What the driver reads, and where he can choose."""

    def show(self, text: str) -> None: ...

    def offer(self, text: str, evse_ids: Collection[int]) -> None:
        """Show a text and let EVSEs be chosen, until something else is shown."""


class Connector(Protocol):
    """A socket, or a cable that belongs to the station."""

    @property
    def fixed_cable(self) -> bool:
        """Whether the cable belongs to the station."""

    @property
    def occupied(self) -> bool:
        """Whether a plug is in the socket; with a fixed cable whether its plug is in an EV."""

    @property
    def pilot(self) -> Pilot:
        """What the EV says. An EV is connected in every state but A, E and F."""

    @property
    def faulted(self) -> bool:
        """Whether the hardware itself reports a fault here."""

    @property
    def contactor(self) -> Contactor: ...

    @property
    def retention_lock(self) -> Lock | None:
        """Keeps a plug in the socket; None where there is none."""

    @property
    def access_lock(self) -> Lock | None:
        """Keeps people from plugging in; None where there is none."""


class Evse(Protocol):
    """One point where one EV charges at a time."""

    @property
    def connectors(self) -> Mapping[int, Connector]:
        """By connector id, from 1 without gaps."""

    @property
    def meter(self) -> Meter: ...

    @property
    def bay(self) -> ParkingBay | None: ...

    @property
    def phases(self) -> int:
        """Phases of the supply: 1, 2 or 3; 0 for direct current."""

    @property
    def max_power(self) -> float:
        """What the EVSE can deliver at most."""

    @property
    def offered(self) -> float:
        """What the EV may take at most now."""

    def offer(self, watts: float) -> None:
        """Tell the EV how much it may take; 0 means nothing now.

        Raises ValueError for less than nothing. More than `max_power` is cut down to it.
        """

    @property
    def state_of_charge(self) -> float | None:
        """The EV's battery, where it tells it."""


class ConnectorChanged(msgspec.Struct, frozen=True):
    """Plug, pilot or fault of a connector changed."""

    evse_id: int
    connector_id: int


class FlowChanged(msgspec.Struct, frozen=True):
    """Energy began or ceased to flow, or another number of phases carries it."""

    evse_id: int


class BayChanged(msgspec.Struct, frozen=True):
    """An EV came into the parking bay or left it."""

    evse_id: int


class TokenPresented(msgspec.Struct, frozen=True):
    """A driver identified himself. `type` is an OCPP idToken type; a start button says NoAuthorization.

    `evse_id` is the EVSE that the driver stands at or has chosen, None if the reader cannot tell.
    """

    id_token: str
    type: str
    evse_id: int | None = None


class EvsesChosen(msgspec.Struct, frozen=True):
    """Somebody chose some of the EVSEs that the display offered."""

    evse_ids: tuple[int, ...]


HardwareEvent: TypeAlias = ConnectorChanged | FlowChanged | BayChanged | TokenPresented | EvsesChosen


class Hardware(Protocol):
    """All hardware of one station."""

    @property
    def evses(self) -> Mapping[int, Evse]:
        """By EVSE id, from 1 without gaps."""

    @property
    def grid_meter(self) -> Meter | None:
        """The meter of the whole station's supply, where there is one."""

    @property
    def display(self) -> Display | None: ...

    def listen(self, listener: Callable[[HardwareEvent], None]) -> Callable[[], None]:
        """Let `listener` hear every event, in their order, until the returned function is called."""
