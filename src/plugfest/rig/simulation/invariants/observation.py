"""The state of hardware and station at a moment at which nothing is in progress, as plain data."""

from datetime import datetime

import msgspec

from plugfest.hardware.ports import Pilot
from plugfest.hardware.virtual.evse import VirtualEvse
from plugfest.hardware.virtual.station import VirtualHardware
from plugfest.station.blocks.l_firmware_management.job import Jobs
from plugfest.station.model.charging.charging_sessions import ChargingSession, ChargingSessions
from plugfest.station.station import Station


class ConnectorView(msgspec.Struct, frozen=True, kw_only=True):
    id: int
    closed: bool
    """The contactor."""
    pilot: Pilot
    faulted: bool
    locked: bool | None
    """None: there is no retention lock."""


class EvseView(msgspec.Struct, frozen=True, kw_only=True):
    """An EVSE: its hardware, and the charging session of the station, if it is switched on."""

    id: int
    connectors: tuple[ConnectorView, ...]
    power: float
    """W that flow."""
    measured: float
    """W that the meter measures: something else if it is wrong."""
    meter_failed: bool
    currents: tuple[float, ...]
    """A on each phase."""
    phases: int
    """The phases in use; 0: direct current."""
    token: str | None = None
    """The token of the authorization; None: there is none."""
    transaction_start: datetime | None = None


class Observation(msgspec.Struct, frozen=True, kw_only=True):
    """A moment."""

    at: float
    now: datetime | None
    """The station's clock; None: it is off."""
    evses: tuple[EvseView, ...]
    """Those with a closed contactor."""
    resources: "Resources"
    shown: str = ""
    """The message of the CSMS on the display."""
    problems: tuple[str, ...]
    """Errors that were logged or not handled since the moment before."""


class Resources(msgspec.Struct, frozen=True, kw_only=True):
    """What must not grow: messages in the outbox, tasks and timers of the event loop."""

    queued: int
    tasks: int
    timers: int


def observe_delivery(hardware: VirtualHardware, station: Station | None) -> tuple[EvseView, ...]:
    """The EVSEs with a closed contactor."""
    closed = [
        number
        for number, evse in hardware.evses.items()
        if any(each.contactor.closed for each in evse.connectors.values())
    ]
    if not closed:
        return ()
    sessions = None if station is None else station.context.shared.get(ChargingSessions)
    return tuple(
        _evse(number, hardware.evses[number], None if sessions is None else sessions.at(number)) for number in closed
    )


def shown_message(hardware: VirtualHardware) -> str:
    """The text of the message on the display, empty without one."""
    message = None if hardware.display is None else hardware.display.message
    return "" if message is None else message.text


def transaction_start(station: Station | None, evse: int) -> datetime | None:
    """When the present transaction of an EVSE has begun; None: there is none."""
    session = None if station is None else station.context.shared.get(ChargingSessions).at(evse)
    return None if session is None or session.transaction is None else session.transaction.started_at


def ongoing_transactions(station: Station | None) -> tuple[int, ...]:
    """The EVSEs with a transaction; 0: one without an EVSE."""
    if station is None:
        return ()
    sessions = station.context.shared.get(ChargingSessions)
    return tuple(each.evse_id or 0 for each in sessions if each.transaction is not None)


class OpenUpdate(msgspec.Struct, frozen=True):
    """A firmware update that goes on (`has_ended` is false), or whose end the station has not reported."""

    status: str
    has_ended: bool


def open_update(station: Station | None) -> OpenUpdate | None:
    """The firmware update that is not over; None: there is none."""
    last = None if station is None else Jobs(station.context.store).last
    return None if last is None or (last.ended and last.reported) else OpenUpdate(str(last.status), last.ended)


def _evse(number: int, evse: VirtualEvse, session: ChargingSession | None) -> EvseView:
    authorization = None if session is None else session.authorization
    transaction = None if session is None else session.transaction
    reading = evse.meter.observe()
    return EvseView(
        id=number,
        connectors=tuple(
            ConnectorView(
                id=connector_id,
                closed=each.contactor.closed,
                pilot=each.pilot,
                faulted=each.faulted,
                locked=None if each.retention_lock is None else each.retention_lock.engaged,
            )
            for connector_id, each in evse.connectors.items()
        ),
        power=evse.meter.power,
        measured=reading.power,
        meter_failed=evse.meter.failed,
        currents=reading.currents if evse.phases and evse.meter.power else (),
        phases=evse.offered_phases,
        token=None if authorization is None else authorization.token.id_token,
        transaction_start=None if transaction is None else transaction.started_at,
    )
