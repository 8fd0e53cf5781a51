"""The parts of the pages that change while a station runs, by the names of their events."""

from collections import deque
from collections.abc import Iterator, Sequence
from typing import Final

import msgspec
from markupsafe import Markup

from plugfest.hardware.virtual.connector import VirtualConnector
from plugfest.hardware.virtual.evse import VirtualEvse
from plugfest.products import Connector, Evse
from plugfest.station.control.commands import accepts_token_type
from plugfest.station.control.measured_values import MeasurableValue
from plugfest.station.control.samples import Sample
from plugfest.station.control.states import ConnectorState, EvseState, StationState, TransactionState
from plugfest.station.control.virtual_station import VirtualStation
from plugfest.station.model.smart_charging.charging_profiles import ChargingProfiles
from plugfest.web.pages import fragment
from plugfest.web.stations.charts import charts
from plugfest.web.stations.running import RunningStation

TOKEN_TYPES: Final = ("ISO14443", "ISO15693", "KeyCode", "Local", "MacAddress", "eMAID", "Central")

_LIGHTS: Final = {
    "Available": "available",
    "Reserved": "reserved",
    "Unavailable": "unavailable",
    "Faulted": "faulted",
    "Charging": "charging",
    None: "off",
}
"""The light of a connector by its status; of every other status it is that of an occupied one."""


class ConnectorView(msgspec.Struct, frozen=True, kw_only=True):
    """A connector: what the product has, the state, and what the hardware has."""

    claimed: Connector
    state: ConnectorState
    light: str
    has_lock: bool
    jammed: bool
    fixed_cable: bool


class EvseView(msgspec.Struct, frozen=True, kw_only=True):
    """An EVSE with all that the page shows of it. Power in W, energy of the session in Wh."""

    claimed: Evse
    state: EvseState
    connectors: Sequence[ConnectorView]
    max_power: float
    session: Sequence[Sample]
    state_of_charge: float | None
    ev_connected: bool
    ev_suspended: bool
    transaction: TransactionState | None
    start_button: bool

    @property
    def session_energy(self) -> float | None:
        """None without a session."""
        return self.session[-1].energy if self.session else None


class RememberedToken(msgspec.Struct, frozen=True):
    """A token that was presented."""

    id_token: str
    type: str


RememberedTokens = deque[RememberedToken]


def part(template: str, **values: object) -> Markup:
    """A rendered template, for a place in another one."""
    return Markup(fragment(template, **values))


def token_types(station: RunningStation) -> list[str]:
    """The types of tokens that the station can read."""
    return [kind for kind in TOKEN_TYPES if accepts_token_type(station.product, kind)]


def station_parts(station: RunningStation, tokens: RememberedTokens) -> Iterator[tuple[str, Markup]]:
    """The parts of the page of a station."""
    virtual = station.virtual
    state = None if virtual is None else virtual.control.state()
    yield "connection", part("stations/connection.html", station=station, state=state)
    yield "events", part("stations/events.html", events=station.events)
    if virtual is None or state is None:
        return
    yield "countdown", part("stations/countdown.html", state=state)
    yield "display", _display(station, virtual)
    yield "switches", part("stations/switches.html", station=station, state=state, virtual=virtual)
    yield "tokens", part("stations/tokens.html", station=station, tokens=_readable(station, tokens))
    yield "facts", _facts(virtual, state)
    yield "misbehaviours", misbehaviours(station)
    yield "storage", part("stations/storage.html", station=station, unavailable=state.unavailable_data)
    measured = measurable(station)
    for evse in evse_views(station, virtual, state):
        yield f"evse-{evse.state.id}", part("stations/evse.html", station=station, evse=evse)
        yield f"actions-{evse.state.id}", part("stations/actions.html", station=station, evse=evse)
        yield f"measured-{evse.state.id}", part("stations/measured.html", measured=measured[evse.state.id])
        yield f"charts-{evse.state.id}", part("stations/charts.html", charts=charts(evse.session))


def misbehaviours(station: RunningStation) -> Markup:
    """What a station does wrong, with the button that ends it."""
    return part("stations/misbehaviours.html", station=station, lines=station.misbehaviours)


def measurable(station: RunningStation) -> dict[int, list[MeasurableValue]]:
    """What the sensors of each EVSE measure, and can be made to measure."""
    values = [] if station.virtual is None else station.virtual.control.measured_values()
    return {evse.id: [one for one in values if one.evse_id == evse.id] for evse in station.product.evses}


def panel_parts(station: RunningStation, tokens: RememberedTokens) -> Iterator[tuple[str, Markup]]:
    """The parts of the panel of a station beside others."""
    virtual = station.virtual
    state = None if virtual is None else virtual.control.state()
    evses = [] if virtual is None or state is None else list(evse_views(station, virtual, state))
    newest = _readable(station, tokens)[:1]
    values = {"station": station, "state": state, "evses": evses, "tokens": newest}
    yield f"panel-{station.number}", part("stations/panel.html", **values)
    yield f"panel-actions-{station.number}", part("stations/panel_actions.html", **values)


def evse_views(station: RunningStation, virtual: VirtualStation, state: StationState) -> Iterator[EvseView]:
    """The EVSEs of a running station."""
    for claimed, evse in zip(station.product.evses, state.evses, strict=True):
        hardware = virtual.hardware.evses[evse.id]
        ev = hardware.ev
        yield EvseView(
            claimed=claimed,
            state=evse,
            connectors=_connectors(claimed, evse, hardware),
            max_power=hardware.max_power,
            session=station.histories[evse.id].samples,
            state_of_charge=hardware.ev_state_of_charge,
            ev_connected=ev is not None,
            ev_suspended=ev is not None and ev.suspended,
            transaction=next((one for one in state.transactions if one.evse_id == evse.id), None),
            start_button=accepts_token_type(station.product, "NoAuthorization"),
        )


def _connectors(claimed: Evse, state: EvseState, evse: VirtualEvse) -> list[ConnectorView]:
    return [
        _connector(one, connector, evse.connectors[connector.id], charging=evse.meter.power > 0)
        for one, connector in zip(claimed.connectors, state.connectors, strict=True)
    ]


def _connector(claimed: Connector, state: ConnectorState, hardware: VirtualConnector, charging: bool) -> ConnectorView:
    lock = hardware.retention_lock
    light = _LIGHTS.get(state.status, "occupied")
    return ConnectorView(
        claimed=claimed,
        state=state,
        light="charging" if light == "occupied" and state.contactor_closed and charging else light,
        has_lock=lock is not None or hardware.access_lock is not None,
        jammed=lock is not None and lock.jammed,
        fixed_cable=hardware.fixed_cable,
    )


def _readable(station: RunningStation, tokens: RememberedTokens) -> list[RememberedToken]:
    return [one for one in tokens if accepts_token_type(station.product, one.type)]


def _display(station: RunningStation, virtual: VirtualStation) -> Markup:
    display = virtual.hardware.display
    offered = [] if display is None else sorted(display.offered)
    choices = {f"EVSE {evse_id}" for evse_id in offered}
    lines = [line for line in virtual.control.display_lines() if line not in choices]
    return part("stations/display.html", station=station, has_display=display is not None, lines=lines, offered=offered)


def _facts(virtual: VirtualStation, state: StationState) -> Markup:
    running = virtual.station.station
    profiles = 0 if running is None else len(list(running.context.shared.get(ChargingProfiles)))
    return part("stations/facts.html", state=state, profiles=profiles)
