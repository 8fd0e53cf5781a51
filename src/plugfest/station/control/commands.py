"""Operator actions at a virtual station: what drivers, EVs, technicians, the mains and the network do to it."""

from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

from plugfest.hardware.ports import CableLocked, Fault, HardwareError, LimitPeriod, StoredData
from plugfest.hardware.virtual.communication import CommunicatingEv
from plugfest.hardware.virtual.connector import VirtualConnector
from plugfest.hardware.virtual.ev import EvProperties
from plugfest.hardware.virtual.evse import VirtualEvse
from plugfest.hardware.virtual.station import Side, VirtualHardware
from plugfest.products import Product
from plugfest.security.certificates import InvalidCertificate, certificates_from_pem
from plugfest.station.blocks.conversion.faults import fault_problem
from plugfest.station.blocks.p_data_transfer.outgoing import (
    NotTransferred,
    VendorAnswer,
    VendorMessage,
    VendorMessages,
)
from plugfest.station.control.measured_values import MeasurableValue, measurable_values, set_measured_value
from plugfest.station.control.states import (
    ConnectorState,
    EvseState,
    StationState,
    firmware_of,
    local_list_of,
    reservations_of,
    transactions_of,
)
from plugfest.station.device_model.standard import claims
from plugfest.station.lifecycle.power import PoweredStation
from plugfest.station.model.connectors.availability import Place
from plugfest.station.model.connectors.connectors import Connectors
from plugfest.station.model.ev_communication import EvCommunications
from plugfest.station.setup.version_behaviour import behaviour_of
from plugfest.station.station import Station
from plugfest.station.storage.diagnostics import CustomerData
from plugfest.station.storage.store import Store

# The PICS ids by which a product can read each token type, to start or to stop.
_READERS: dict[str, tuple[str, ...]] = {
    "ISO14443": ("C-30", "C-70"),
    "ISO15693": ("C-31", "C-71"),
    "KeyCode": ("C-32", "C-72"),
    "Local": ("C-33",),
    "MacAddress": ("C-34",),
    "NoAuthorization": ("C-35", "C-75"),
}


class ControlError(Exception):
    """The action is not possible; the text is the reason, in one line."""


class TokenFormatError(ControlError):
    """The OCPP version has no such token identifier."""


class LockedError(ControlError):
    """The cable cannot be unplugged: it is locked."""


class Control:
    """Operator actions at one virtual station, named as in the HTTP API. Each raises ControlError if impossible."""

    def __init__(self, station: PoweredStation, hardware: VirtualHardware) -> None:
        self._station = station
        self._hardware = hardware

    @property
    def product(self) -> Product:
        return self._station.product

    # Drivers and EVs

    def plug_in(self, evse_id: int, connector_id: int, side: Side = "both", *, seated: bool = True) -> None:
        """Plug in the cable, at one end or both. `seated` False: not far enough for the lock."""
        with _as_control_error():
            self._hardware.plug_in(evse_id, connector_id, side, seated=seated)

    def plug_out(self, evse_id: int, connector_id: int, side: Side = "both") -> None:
        """Unplug the cable, at one end or both."""
        with _as_control_error():
            self._hardware.unplug(evse_id, connector_id, side)

    def present_token(self, id_token: str, kind: str, evse_id: int | None = None) -> None:
        """Present a token to the reader or enter a code. `evse_id`: the EVSE of the reader, or the one chosen."""
        self._check_token_type(kind)
        self._check_token_format(id_token, kind)
        with _as_control_error():
            self._hardware.present_token(id_token, kind, evse_id)

    def press_start_button(self, evse_id: int) -> None:
        self._check_token_type("NoAuthorization")
        with _as_control_error():
            self._hardware.press_start_button(evse_id)

    def choose(self, evse_ids: Collection[int]) -> None:
        """Choose EVSEs that the display offers."""
        with _as_control_error():
            self._hardware.choose(evse_ids)

    def park(self, evse_id: int) -> None:
        """Drive the EV into the parking bay."""
        with _as_control_error():
            self._hardware.park(evse_id)

    def leave(self, evse_id: int) -> None:
        """Drive the EV out of the parking bay."""
        with _as_control_error():
            self._hardware.leave(evse_id)

    def ev_suspend(self, evse_id: int) -> None:
        """Let the EV suspend charging. If none is plugged in, the next one does."""
        with _as_control_error():
            self._hardware.ev_suspend(evse_id)

    def ev_resume(self, evse_id: int) -> None:
        """Let the EV resume charging."""
        with _as_control_error():
            self._hardware.ev_resume(evse_id)

    def ev_state_of_charge(self, evse_id: int, percent: float) -> None:
        """Give the EV this state of charge. If none is plugged in, the next one has it."""
        with _as_control_error():
            self._hardware.ev_state_of_charge(evse_id, percent)

    def ev_configure(self, evse_id: int, properties: EvProperties) -> None:
        """Give the EV these properties. If none is plugged in, the next one has them."""
        with _as_control_error():
            self._hardware.ev_configure(evse_id, properties)

    def ev_prepare(self, evse_id: int, ev: CommunicatingEv) -> None:
        """Let the EV communicate by ISO 15118. If none is plugged in, the next one does."""
        try:
            for pem in (*(() if ev.contract is None else (ev.contract,)), *ev.v2g_roots):
                certificates_from_pem(pem)
        except InvalidCertificate as error:
            raise ControlError(str(error)) from None
        with _as_control_error():
            self._hardware.ev_prepare(evse_id, ev)

    def ev_ordinary(self, evse_id: int) -> None:
        """Let the EV not communicate by ISO 15118."""
        with _as_control_error():
            self._hardware.ev_prepare(evse_id, None)

    def ev_renegotiate(self, evse_id: int, energy: float | None = None, departure: float | None = None) -> None:
        """Let the EV ask for a new charging schedule: energy in Wh, departure in seconds from now."""
        with _as_control_error():
            self._hardware.ev_renegotiate(evse_id, energy, departure)

    def ev_stop(self, evse_id: int) -> None:
        """Let the EV end its session by ISO 15118."""
        with _as_control_error():
            self._hardware.ev_stop(evse_id)

    # Faults and outages

    def fault_on(self, evse_id: int, connector_id: int, fault: Fault | None = None) -> None:
        """Cause a fault of a connector, or another one instead of the present one. `fault`: what is known of it."""
        problem = fault_problem(fault or Fault(), self._station.product.ocpp_version)
        if problem:
            raise ControlError(problem)
        with _as_control_error():
            self._hardware.fault(evse_id, connector_id, present=True, what=fault)

    def fault_off(self, evse_id: int, connector_id: int) -> None:
        """Clear the fault of a connector."""
        with _as_control_error():
            self._hardware.fault(evse_id, connector_id, present=False)

    def lock_jammed(self, evse_id: int, connector_id: int) -> None:
        """Jam the retention lock of a connector."""
        with _as_control_error():
            self._hardware.jam_lock(evse_id, connector_id, jammed=True)

    def lock_mended(self, evse_id: int, connector_id: int) -> None:
        """Repair the retention lock of a connector."""
        with _as_control_error():
            self._hardware.jam_lock(evse_id, connector_id, jammed=False)

    def set_measured_value(self, component: str, variable: str, evse_id: int | None, value: float | None) -> None:
        """Make the station measure this value for a variable; None: what it would measure otherwise."""
        with _as_control_error():
            set_measured_value(self._hardware, component, variable, evse_id, value)

    def external_limit(
        self,
        periods: Sequence[LimitPeriod],
        source: str = "EMS",
        evse_id: int | None = None,
        duration: int | None = None,
    ) -> None:
        """A system beside the CSMS limits the power of the station or of an EVSE; without periods it releases that.

        `duration`: seconds until the last period ends; None: when the limit is released.
        """
        if periods and periods[0].start != 0:
            raise ControlError(f"the first period starts at 0 s, not at {periods[0].start} s")
        watts = periods[0].watts if periods else None
        with _as_control_error():
            self._hardware.set_external_limit(source, watts, evse_id, periods[1:], duration)

    def customer_storage(self, *, available: bool) -> None:
        """Cause a fault of the storage of customer data, or clear it."""
        self._hardware.set_available(StoredData.CUSTOMERS, available=available)

    def log_storage(self, *, available: bool) -> None:
        """Cause a fault of the storage of the logs, or clear it."""
        self._hardware.set_available(StoredData.LOGS, available=available)

    async def power_off(self) -> None:
        """Switch mains power off."""
        await self._station.lose_power()
        self._hardware.power_off()

    def power_on(self) -> None:
        """Switch mains power on."""
        self._station.power_on()

    def network_off(self) -> None:
        """Disconnect the network."""
        self._station.network_off()

    def network_on(self) -> None:
        """Connect the network."""
        self._station.network_on()

    def reconnect(self) -> None:
        """Connect now instead of waiting for the next attempt."""
        running = self._station.station
        if running is None or not running.connection.attempt_now():
            raise ControlError("the station is not waiting to connect")

    def store_customer(self, identifier: str) -> None:
        """Store data about a customer under this customer identifier."""
        store_customer(self._running.context.store, identifier)

    def set_clock(self, time: datetime | None = None, offset: float | None = None) -> None:
        """Set the clock of the station to a time with a zone, or ahead by so many seconds; back if negative."""
        running = self._running
        try:
            if time is not None and offset is None:
                running.set_clock(time.astimezone(UTC))
            elif offset is not None and time is None:
                running.set_clock(running.context.now() + timedelta(seconds=offset))
            else:
                raise ControlError("the clock is set to a time, or by an offset")
        except (OverflowError, ValueError) as error:
            raise ControlError(f"the clock cannot be set: {error}") from None

    async def data_transfer(self, message: VendorMessage) -> VendorAnswer:
        """Send a DataTransfer to the CSMS. Returns its answer."""
        try:
            return await self._running.context.shared.get(VendorMessages).transfer(message)
        except NotTransferred as error:
            raise ControlError(str(error)) from None

    @property
    def _running(self) -> Station:
        if self._station.station is None:
            raise ControlError("the station is off")
        return self._station.station

    # State

    def state(self) -> StationState:
        """The current state of the station."""
        display = self._hardware.display
        running = self._station.station
        csms = None if running is None else running.context.csms
        return StationState(
            product=self._station.product.slug,
            powered=self._station.powered,
            connected=csms is not None and csms.connected,
            connection_problem="" if running is None else running.connection.problem,
            accepted=csms is not None and csms.accepted,
            seconds_to_attempt=None if running is None else running.connection.seconds_to_attempt,
            clock_offset=None if running is None else running.clock_offset.total_seconds(),
            display="" if display is None else display.text,
            unavailable_data=[data for data in StoredData if not self._hardware.is_available(data)],
            firmware=None if running is None else firmware_of(running.context),
            local_list=None if running is None else local_list_of(running.context),
            evses=[self._evse(evse_id, evse) for evse_id, evse in self._hardware.evses.items()],
            transactions=[] if running is None else transactions_of(running.context),
            reservations=[] if running is None else reservations_of(running.context),
        )

    def measured_values(self) -> list[MeasurableValue]:
        """What `set_measured_value` can set, with the present values."""
        return measurable_values(self._hardware)

    def display_lines(self) -> list[str]:
        """What can be read on the display now, from top to bottom."""
        return [] if self._hardware.display is None else self._hardware.display.lines

    def _evse(self, evse_id: int, evse: VirtualEvse) -> EvseState:
        reading = evse.meter.observe()
        return EvseState(
            id=evse_id,
            connectors=[self._connector(evse_id, number, each) for number, each in evse.connectors.items()],
            power=reading.power,
            offered=evse.offered,
            energy_import=reading.energy_import,
            state_of_charge=evse.state_of_charge,
            ev_state_of_charge=evse.ev_state_of_charge,
            temperature=reading.temperature,
            parking_bay_occupied=None if evse.bay is None else evse.bay.occupied,
            contract_problem=self._contract_problem(evse_id),
        )

    def _contract_problem(self, evse_id: int) -> str | None:
        running = self._station.station
        return None if running is None else running.context.shared.get(EvCommunications).contract_problems.get(evse_id)

    def _connector(self, evse_id: int, connector_id: int, connector: VirtualConnector) -> ConnectorState:
        return ConnectorState(
            id=connector_id,
            status=self._status(evse_id, connector_id),
            cable_in_socket=connector.cable_in_socket,
            cable_in_ev=connector.cable_in_ev,
            pilot=connector.pilot.value,
            locked=connector.plug_locked or connector.access_locked,
            contactor_closed=connector.contactor.closed,
            faulted=connector.faulted,
            fault=connector.fault,
        )

    def _status(self, evse_id: int, connector_id: int) -> str | None:
        running = self._station.station
        if running is None:
            return None
        return running.context.shared.get(Connectors).status_text(Place(evse_id, connector_id))

    def _check_token_type(self, kind: str) -> None:
        if not accepts_token_type(self._station.product, kind):
            known = readable_token_types(self._station.product)
            raise ControlError(f"this product cannot read tokens of type {kind}; it reads {', '.join(known) or 'none'}")

    def _check_token_format(self, id_token: str, kind: str) -> None:
        problem = behaviour_of(self._station.product.ocpp_version).token_format.problem(id_token, kind)
        if problem is not None:
            raise TokenFormatError(problem)


def store_customer(store: Store, identifier: str) -> None:
    """Store data about a customer, as its operator would."""
    CustomerData(store).put(identifier, "pays by direct debit")


def accepts_token_type(product: Product, kind: str) -> bool:
    """Whether the product can read tokens of this type."""
    if product.ocpp_version == "1.6":
        return kind == "ISO14443"  # 1.6 has one type of token, the idTag of a card
    return any(claims(product, claim) for claim in _READERS.get(kind, ()))


def readable_token_types(product: Product) -> tuple[str, ...]:
    """The token types that the product can read."""
    return tuple(kind for kind in _READERS if accepts_token_type(product, kind))


@contextmanager
def _as_control_error() -> Iterator[None]:
    try:
        yield
    except CableLocked as error:
        raise LockedError(str(error)) from None
    except HardwareError as error:
        raise ControlError(str(error)) from None
