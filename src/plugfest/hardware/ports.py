"""The ports of the hardware. A hardware driver implements them; `contract` checks it.

Values are read when they are needed. Each change that the station does not cause itself is reported by an event.
Units: W, Wh, V, A, Hz, and percent for the state of charge.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from enum import StrEnum
from typing import Protocol, TypeAlias

import msgspec

from plugfest.hardware.communication import CommunicationEvent, EvCommunication


class HardwareError(Exception):
    """The hardware could not do what was requested. The text is one line."""


class CableLocked(HardwareError):
    """The cable cannot be unplugged: it is locked."""


class Pilot(StrEnum):
    """The states of the control pilot (IEC 61851-1; DC charging uses the same line)."""

    NO_EV = "A"
    EV_CONNECTED = "B"
    EV_READY = "C"
    EV_READY_VENTILATED = "D"
    NO_POWER = "E"
    NOT_AVAILABLE = "F"


class FaultCode(StrEnum):
    """What kind of fault it is: the names of OCPP 1.6 (ChargePointErrorCode)."""

    CONNECTOR_LOCK_FAILURE = "ConnectorLockFailure"
    EV_COMMUNICATION_ERROR = "EVCommunicationError"
    GROUND_FAILURE = "GroundFailure"
    HIGH_TEMPERATURE = "HighTemperature"
    INTERNAL_ERROR = "InternalError"
    LOCAL_LIST_CONFLICT = "LocalListConflict"
    OTHER_ERROR = "OtherError"
    OVER_CURRENT_FAILURE = "OverCurrentFailure"
    OVER_VOLTAGE = "OverVoltage"
    POWER_METER_FAILURE = "PowerMeterFailure"
    POWER_SWITCH_FAILURE = "PowerSwitchFailure"
    READER_FAILURE = "ReaderFailure"
    RESET_FAILURE = "ResetFailure"
    UNDER_VOLTAGE = "UnderVoltage"
    WEAK_SIGNAL = "WeakSignal"


class Fault(msgspec.Struct, frozen=True, kw_only=True):
    """What the hardware knows of a fault: nothing more than that there is one by default.

    `vendor_error_code` is the code of the manufacturer, `vendor_id` identifies the manufacturer, `info` is in words.
    """

    error_code: FaultCode | None = None
    vendor_error_code: str = ""
    info: str = ""
    vendor_id: str = ""


class Reading(msgspec.Struct, frozen=True, kw_only=True):
    """A meter reading. One entry per phase; direct current is one phase."""

    energy_import: float
    energy_export: float
    voltages: tuple[float, ...]
    currents: tuple[float, ...]
    power_factor: float
    frequency: float | None
    """None: direct current."""
    temperature: float | None = None
    """Inside the housing, in degrees Celsius; None without a sensor."""

    @property
    def power(self) -> float:
        """Active power towards the EV."""
        return sum(u * i for u, i in zip(self.voltages, self.currents, strict=True)) * self.power_factor


class SignedReading(msgspec.Struct, frozen=True, kw_only=True):
    """A reading signed by the meter."""

    data: bytes
    signing_method: str
    """Empty if the data itself contains it."""
    encoding_method: str


class Contactor(Protocol):
    """The switch between grid and cable. It is open after a power loss."""

    @property
    def closed(self) -> bool: ...

    def close(self) -> None:
        """Raises HardwareError if no EV is ready."""

    def open(self) -> None: ...


class Lock(Protocol):
    """A motor lock. It keeps its position without power."""

    @property
    def engaged(self) -> bool: ...

    def engage(self) -> bool:
        """Returns whether the lock is engaged now."""

    def release(self) -> bool:
        """Returns whether the lock is released now."""


class Meter(Protocol):
    """An energy meter. Its registers survive a power loss and never decrease."""

    def read(self) -> Reading:
        """The present reading. Raises HardwareError if the meter has failed: a driver repeats a read that can succeed.

        MeasurementChanged is reported when the meter fails, and when it works again.
        """

    @property
    def public_key(self) -> bytes | None:
        """The key to verify its signatures, as ASN.1 (SubjectPublicKeyInfo); None if this meter cannot sign."""

    def sign(self, note: str) -> SignedReading | None:
        """The present reading, signed together with the text `note`; None if this meter cannot sign.

        Raises HardwareError as `read`.
        """


class ParkingBay(Protocol):
    """The sensor of a parking bay."""

    @property
    def occupied(self) -> bool: ...


class TextFormat(StrEnum):
    """The formats of a text from the CSMS (MessageFormatEnumType)."""

    ASCII = "ASCII"
    HTML = "HTML"
    URI = "URI"
    UTF8 = "UTF8"


class FormattedText(msgspec.Struct, frozen=True):
    """A text for drivers. `language`: a tag of RFC 5646; None if it is not known."""

    text: str
    format: TextFormat = TextFormat.UTF8
    language: str | None = None


class Display(Protocol):
    """A display for drivers, with a menu. It has three areas; none covers another."""

    def show(self, text: str) -> None:
        """Show a text of the station itself, until something else is shown in its area."""

    def offer(self, text: str, evse_ids: Collection[int]) -> None:
        """Show a text and a menu of EVSEs in the area of the station's texts. A choice is reported by EvsesChosen."""

    def show_message(self, message: FormattedText | None) -> None:
        """Show a message of the CSMS until the next one; None: none."""

    def show_prices(self, prices: Mapping[int | None, Sequence[FormattedText]]) -> None:
        """Show tariff and cost by EVSE, None for drivers who have not chosen one, instead of those before."""


class Connector(Protocol):
    """A connector: a socket, or a cable fixed to the station."""

    @property
    def fixed_cable(self) -> bool:
        """Whether the cable is fixed to the station."""

    @property
    def occupied(self) -> bool:
        """Whether a plug is in the socket; for a fixed cable whether its plug is in an EV."""

    @property
    def pilot(self) -> Pilot:
        """The state of the control pilot. An EV is connected in every state except A, E and F."""

    @property
    def faulted(self) -> bool:
        """Whether the hardware reports a fault of this connector."""

    @property
    def fault(self) -> Fault | None:
        """The fault of this connector; None if there is none."""

    @property
    def contactor(self) -> Contactor: ...

    @property
    def retention_lock(self) -> Lock | None:
        """The lock that keeps a plug in the socket; None if there is none."""

    @property
    def access_lock(self) -> Lock | None:
        """The lock that keeps drivers from plugging in; None if there is none."""


class Evse(Protocol):
    """One EVSE: one EV charges at a time."""

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
    def phase_counts(self) -> Collection[int]:
        """The numbers of phases that it can charge with, `phases` among them; empty for direct current."""

    @property
    def phase_pause(self) -> float:
        """Seconds without an offer and with open contactors before the number of phases may change."""

    @property
    def max_power(self) -> float:
        """Maximum power that the EVSE can deliver on all its phases, in W."""

    @property
    def offered(self) -> float:
        """Maximum power that the EV may draw now, in W."""

    @property
    def offered_phases(self) -> int:
        """The number of phases of the present or the last offer, `phases` before the first; 0 for direct current."""

    def offer(self, watts: float, phases: int | None = None) -> None:
        """Signal to the EV how much power it may draw, and connect so many phases (None: all); 0 W: none.

        More than `max_power`, or the part of it that these phases have, is reduced to it. Raises ValueError if `watts`
        is negative or the EVSE cannot charge with so many phases; HardwareError for another number of phases than
        before while there is an offer or a contactor is closed.
        """

    @property
    def reports_state_of_charge(self) -> bool:
        """Whether EVs that communicate, or charge with direct current, give their state of charge."""

    @property
    def state_of_charge(self) -> float | None:
        """State of charge of the EV in percent; None if it is not known."""


class StoredData(StrEnum):
    """Data of the station whose storage may have a fault of its own."""

    CUSTOMERS = "customers"
    LOGS = "logs"


class ConnectorChanged(msgspec.Struct, frozen=True):
    """Plug, pilot or fault of a connector changed."""

    evse_id: int
    connector_id: int


class FlowChanged(msgspec.Struct, frozen=True):
    """Energy flow has started or stopped, or the number of phases has changed."""

    evse_id: int


class MeasurementChanged(msgspec.Struct, frozen=True):
    """Something that an EVSE measures has changed: power, voltage, current, temperature, state of charge.

    Or its meter has failed, or works again.
    """

    evse_id: int


class BayChanged(msgspec.Struct, frozen=True):
    """An EV has entered or left the parking bay."""

    evse_id: int


class TokenPresented(msgspec.Struct, frozen=True):
    """A driver presented a token. `type` is an OCPP idToken type, NoAuthorization for a start button.

    `evse_id` is the EVSE of the reader or the one chosen there; None if the reader is for all EVSEs.
    """

    id_token: str
    type: str
    evse_id: int | None = None


class EvsesChosen(msgspec.Struct, frozen=True):
    """EVSEs were chosen from the menu of the display."""

    evse_ids: tuple[int, ...]


class LimitPeriod(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A limit in W that holds from `start` on, in seconds since the limit was set."""

    start: int
    watts: float


class ExternalLimitChanged(msgspec.Struct, frozen=True):
    """An energy management system or the operator of the grid has set a limit, or released it.

    `source` is EMS, SO or Other (OCPP 2.0.1, ChargingLimitSourceEnumType). `watts` is the limit from now on, None if it
    was released. `evse_id`: the EVSE that it is for; None: the whole station. `later`: the periods that follow.
    `duration`: seconds until the last period ends; None: when it is released.
    """

    source: str
    watts: float | None
    evse_id: int | None = None
    later: tuple[LimitPeriod, ...] = ()
    duration: int | None = None


HardwareEvent: TypeAlias = (
    ConnectorChanged
    | FlowChanged
    | MeasurementChanged
    | BayChanged
    | TokenPresented
    | EvsesChosen
    | ExternalLimitChanged
    | CommunicationEvent
)


class Hardware(Protocol):
    """All hardware of one station."""

    @property
    def evses(self) -> Mapping[int, Evse]:
        """By EVSE id, from 1 without gaps."""

    @property
    def communications(self) -> Mapping[int, EvCommunication]:
        """The high-level communication with EVs, by EVSE id; an EVSE without it is missing."""

    @property
    def grid_meter(self) -> Meter | None:
        """The meter of the grid connection; None if there is none."""

    @property
    def display(self) -> Display | None: ...

    def is_available(self, data: StoredData) -> bool:
        """Whether these data can be read. What is written while they cannot must be kept until they can again."""

    def listen(self, listener: Callable[[HardwareEvent], None]) -> Callable[[], None]:
        """Call `listener` with every event, in order, until the returned function is called."""
