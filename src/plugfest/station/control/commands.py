"""Operator actions at a virtual station: what drivers, EVs, technicians, the mains and the network do to it."""

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from datetime import datetime

import msgspec

from plugfest.hardware.ports import CableLocked, HardwareError
from plugfest.hardware.virtual.connector import VirtualConnector
from plugfest.hardware.virtual.evse import VirtualEvse
from plugfest.hardware.virtual.station import Side, VirtualHardware
from plugfest.products import Product
from plugfest.station.blocks.l_firmware_management.job import Jobs
from plugfest.station.context import Context
from plugfest.station.device_model.standard import claims
from plugfest.station.lifecycle.power import PoweredStation
from plugfest.station.model.authorization.local_list import LocalList
from plugfest.station.model.charging.charging_sessions import ChargingSession, ChargingSessions, Transaction
from plugfest.station.model.connectors.availability import Place
from plugfest.station.model.connectors.connectors import Connectors
from plugfest.station.model.reservations import Reservations
from plugfest.station.model.transactions.transaction_ids import TransactionIds
from plugfest.station.setup.version_behaviour import behaviour_of

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


class ConnectorState(msgspec.Struct, frozen=True, kw_only=True):
    """A connector. `status`: as OCPP has it, None while the station is off; `pilot`: the state of IEC 61851."""

    id: int
    status: str | None
    cable_in_socket: bool
    cable_in_ev: bool
    pilot: str
    locked: bool
    contactor_closed: bool
    faulted: bool


class TransactionState(msgspec.Struct, frozen=True, kw_only=True):
    """An ongoing transaction. `evse_id` is None until the EVSE is known."""

    id: str
    evse_id: int | None
    authorized: bool
    charging_state: str | None
    next_seq_no: int


class ReservationState(msgspec.Struct, frozen=True, kw_only=True):
    """A pending reservation. Without `evse_id` it is of any EVSE, without `connector_type` with any connector."""

    id: int
    id_token: str
    expires_at: datetime
    evse_id: int | None
    connector_type: str | None
    group: str | None


class EvseState(msgspec.Struct, frozen=True, kw_only=True):
    """An EVSE. Power in W, energy in Wh; the state of charge in percent, None if the EV does not report it.

    The temperature of the housing in degrees Celsius, None without a sensor.
    """

    id: int
    connectors: list[ConnectorState]
    power: float
    offered: float
    energy_import: float
    state_of_charge: float | None
    temperature: float | None
    parking_bay_occupied: bool | None
    """None without a sensor."""


class FirmwareState(msgspec.Struct, frozen=True, kw_only=True):
    """The version, and the last update: its status (FirmwareStatusEnumType) and why it has failed, if it has.

    After a request that the station refused: the status of the answer (UpdateFirmwareStatusEnumType) and the reason,
    until the status of an update changes.
    """

    version: str
    update: str | None
    reason: str = ""


class LocalListState(msgspec.Struct, frozen=True, kw_only=True):
    """The Local Authorization List. `version`: as the CSMS sent it, 0 before it sends one; `entries`: their number."""

    enabled: bool
    version: int
    entries: int


class StationState(msgspec.Struct, frozen=True, kw_only=True):
    """The current state of the station."""

    product: str
    powered: bool
    connected: bool
    accepted: bool
    """Whether the CSMS has accepted the station since it was switched on."""
    seconds_to_attempt: float | None
    """Until the next attempt to connect; None if the station is not waiting for one."""
    display: str
    firmware: FirmwareState | None
    """None while the station is off."""
    local_list: LocalListState | None
    """None while the station is off, and for a product without the list."""
    evses: list[EvseState]
    transactions: list[TransactionState]
    reservations: list[ReservationState]


class Control:
    """Operator actions at one virtual station, named as in the HTTP API. Each raises ControlError if impossible."""

    def __init__(self, station: PoweredStation, hardware: VirtualHardware) -> None:
        self._station = station
        self._hardware = hardware

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

    # Faults and outages

    def fault_on(self, evse_id: int, connector_id: int) -> None:
        """Cause a fault of a connector."""
        with _as_control_error():
            self._hardware.fault(evse_id, connector_id, present=True)

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

    def external_limit(self, watts: float | None, source: str = "EMS") -> None:
        """A system beside the CSMS limits the power of the whole station, or releases its limit (None)."""
        with _as_control_error():
            self._hardware.set_external_limit(source, watts)

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
            accepted=csms is not None and csms.accepted,
            seconds_to_attempt=None if running is None else running.connection.seconds_to_attempt,
            display="" if display is None else display.text,
            firmware=None if running is None else _firmware(running.context),
            local_list=None if running is None else _local_list(running.context),
            evses=[self._evse(evse_id, evse) for evse_id, evse in self._hardware.evses.items()],
            transactions=[] if running is None else _transactions(running.context),
            reservations=[] if running is None else _reservations(running.context),
        )

    def display_lines(self) -> list[str]:
        """What can be read on the display now, from top to bottom."""
        return [] if self._hardware.display is None else self._hardware.display.lines

    def _evse(self, evse_id: int, evse: VirtualEvse) -> EvseState:
        reading = evse.meter.read()
        return EvseState(
            id=evse_id,
            connectors=[self._connector(evse_id, number, each) for number, each in evse.connectors.items()],
            power=reading.power,
            offered=evse.offered,
            energy_import=reading.energy_import,
            state_of_charge=evse.state_of_charge,
            temperature=reading.temperature,
            parking_bay_occupied=None if evse.bay is None else evse.bay.occupied,
        )

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
        )

    def _status(self, evse_id: int, connector_id: int) -> str | None:
        running = self._station.station
        if running is None:
            return None
        return running.context.shared.get(Connectors).status_text(Place(evse_id, connector_id))

    def _check_token_type(self, kind: str) -> None:
        if not accepts_token_type(self._station.product, kind):
            known = [each for each in _READERS if accepts_token_type(self._station.product, each)]
            raise ControlError(f"this product cannot read tokens of type {kind}; it reads {', '.join(known)}")

    def _check_token_format(self, id_token: str, kind: str) -> None:
        problem = behaviour_of(self._station.product.ocpp_version).token_format.problem(id_token, kind)
        if problem is not None:
            raise TokenFormatError(problem)


def set_measured_value(
    hardware: VirtualHardware, component: str, variable: str, evse_id: int | None, value: float | None
) -> None:
    """Make a sensor measure this value; None: what it would measure otherwise.

    Raises HardwareError if there is no such sensor.
    """
    if (component, variable) != ("TemperatureSensor", "Temperature") or evse_id is None:
        raise HardwareError(f"{component}.{variable} cannot be set; TemperatureSensor.Temperature of an EVSE can")
    hardware.set_temperature(evse_id, value)


def accepts_token_type(product: Product, kind: str) -> bool:
    """Whether the product can read tokens of this type."""
    if product.ocpp_version == "1.6":
        return kind == "ISO14443"  # 1.6 has one type of token, the idTag of a card
    return any(claims(product, claim) for claim in _READERS.get(kind, ()))


def _firmware(context: Context) -> FirmwareState:
    jobs = Jobs(context.store)
    shown = jobs.refusal or jobs.last
    return FirmwareState(
        version=context.device_model.text("ChargingStation", "FirmwareVersion"),
        update=None if shown is None else str(shown.status),
        reason="" if shown is None else shown.reason,
    )


def _local_list(context: Context) -> LocalListState | None:
    if not context.device_model.has("LocalAuthListCtrlr", "Enabled"):
        return None
    found = context.shared.get(LocalList)
    return LocalListState(enabled=found.enabled, version=found.version, entries=len(found))


def _transactions(context: Context) -> list[TransactionState]:
    sessions = context.shared.get(ChargingSessions)
    return [
        _transaction(session, transaction, _transaction_id(context, transaction))
        for session in sessions
        if (transaction := session.transaction) is not None
    ]


def _reservations(context: Context) -> list[ReservationState]:
    return [
        ReservationState(
            id=each.id,
            id_token=each.token.id_token,
            expires_at=each.expires_at,
            evse_id=each.evse_id,
            connector_type=each.connector_type,
            group=each.group,
        )
        for each in context.shared.get(Reservations)
    ]


def _transaction_id(context: Context, transaction: Transaction) -> str:
    """The id on the wire: in OCPP 1.6 that of the CSMS, the station's own until the CSMS has given one."""
    if context.product.ocpp_version == "1.6":
        csms_id = context.shared.get(TransactionIds).csms_id(transaction.id)
        return transaction.id if csms_id is None else str(csms_id)
    return transaction.id


def _transaction(session: ChargingSession, transaction: Transaction, id: str) -> TransactionState:
    return TransactionState(
        id=id,
        evse_id=session.evse_id,
        authorized=session.authorization is not None,
        charging_state=transaction.reported_state,
        next_seq_no=transaction.next_seq_no,
    )


@contextmanager
def _as_control_error() -> Iterator[None]:
    try:
        yield
    except CableLocked as error:
        raise LockedError(str(error)) from None
    except HardwareError as error:
        raise ControlError(str(error)) from None
