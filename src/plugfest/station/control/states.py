"""The state of a station as the control API shows it."""

from datetime import datetime

import msgspec

from plugfest.hardware.ports import Fault, StoredData
from plugfest.station.blocks.l_firmware_management.job import Jobs
from plugfest.station.context import Context
from plugfest.station.model.authorization.local_list import LocalList
from plugfest.station.model.charging.charging_sessions import ChargingSession, ChargingSessions, Transaction
from plugfest.station.model.reservations import Reservations
from plugfest.station.model.transactions.transaction_ids import TransactionIds


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
    fault: Fault | None = None
    """What is known of the fault; None without one."""


class TransactionState(msgspec.Struct, frozen=True, kw_only=True):
    """An ongoing transaction. `evse_id` is None until the EVSE is known."""

    id: str
    evse_id: int | None
    authorized: bool
    charging_state: str | None
    next_seq_no: int
    charging_priority: int


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
    ev_state_of_charge: float | None
    """What the battery has, whether or not the EV reports it; None without an EV."""
    temperature: float | None
    parking_bay_occupied: bool | None
    """None without a sensor."""
    contract_problem: str | None
    """Why the last EV with ISO 15118 could not charge by its contract; None: it could, or there was none."""


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
    connection_problem: str
    """Why it is not connected: how the last connection ended or why the last attempt failed; empty if neither has."""
    accepted: bool
    """Whether the CSMS has accepted the station since it was switched on."""
    seconds_to_attempt: float | None
    """Until the next attempt to connect; None if the station is not waiting for one."""
    clock_offset: float | None = None
    """Seconds that the clock of the station is ahead of that of the computer; None while the station is off."""
    display: str
    unavailable_data: list[StoredData]
    """What cannot be read because of a fault of its storage."""
    firmware: FirmwareState | None
    """None while the station is off."""
    local_list: LocalListState | None
    """None while the station is off, and for a product without the list."""
    evses: list[EvseState]
    transactions: list[TransactionState]
    reservations: list[ReservationState]


def firmware_of(context: Context) -> FirmwareState:
    """The version, and the newest status of an update."""
    jobs = Jobs(context.store)
    shown = jobs.refusal or jobs.last
    return FirmwareState(
        version=context.device_model.text("ChargingStation", "FirmwareVersion"),
        update=None if shown is None else str(shown.status),
        reason="" if shown is None else shown.reason,
    )


def local_list_of(context: Context) -> LocalListState | None:
    """None without a local authorization list."""
    if not context.device_model.has("LocalAuthListCtrlr", "Enabled"):
        return None
    found = context.shared.get(LocalList)
    return LocalListState(enabled=found.enabled, version=found.version, entries=len(found))


def transactions_of(context: Context) -> list[TransactionState]:
    """The ongoing transactions."""
    sessions = context.shared.get(ChargingSessions)
    return [
        _transaction(session, transaction, _transaction_id(context, transaction))
        for session in sessions
        if (transaction := session.transaction) is not None
    ]


def reservations_of(context: Context) -> list[ReservationState]:
    """The reservations that have not ended."""
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
        charging_priority=session.charging_priority,
    )
