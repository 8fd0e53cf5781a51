"""The operator actions by name, with their arguments as data: for the HTTP API, pages and scenarios."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Annotated, Any, Final

import msgspec
from msgspec import UNSET, Meta, UnsetType

from plugfest.hardware.communication import CertificateAction
from plugfest.hardware.ports import Fault, FaultCode, LimitPeriod
from plugfest.hardware.virtual.communication import CommunicatingEv
from plugfest.hardware.virtual.ev import EvProperties
from plugfest.hardware.virtual.station import Side
from plugfest.ocpp.message import JsonValue
from plugfest.station.blocks.p_data_transfer.outgoing import VendorAnswer, VendorMessage
from plugfest.station.control.commands import Control, ControlError


class Body(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The arguments of an operation."""


class Nothing(Body, frozen=True):
    """No arguments."""


class AtEvse(Body, frozen=True):
    """At an EVSE."""

    evse_id: int


class Choice(Body, frozen=True):
    """EVSEs that the display offers."""

    evse_ids: tuple[int, ...]


class AtConnector(Body, frozen=True):
    """At a connector of an EVSE."""

    evse_id: int
    connector_id: int


class Plug(Body, frozen=True):
    """One end of a cable, or both."""

    evse_id: int
    connector_id: int
    side: Side = "both"


class PlugIn(Body, frozen=True):
    """One end of a cable, or both. `seated` false: not far enough for the lock."""

    evse_id: int
    connector_id: int
    side: Side = "both"
    seated: bool = True


class PresentToken(Body, frozen=True):
    """A token with its OCPP 2.0.1 idToken type. `evse_id`: the EVSE of the reader, or the one chosen."""

    id_token: str
    type: str = "ISO14443"
    evse_id: int | None = None


class EvConfiguration(Body, frozen=True):
    """Properties of the EV at an EVSE, or of the next one; those that are null stay.

    Its battery: `capacity` in Wh, `state_of_charge` in percent. What it draws at most: `max_ac_current` in A on
    `ac_phases` phases (1 to 3), `max_dc_power` in W. `reaction_time`: seconds from an offer of energy until it draws.
    """

    evse_id: int
    capacity: float | None = None
    state_of_charge: float | None = None
    max_ac_current: float | None = None
    ac_phases: int | None = None
    max_dc_power: float | None = None
    reaction_time: float | None = None


class FaultAt(Body, frozen=True):
    """A fault of a connector. `error_code` is one of OCPP 1.6, there OtherError if null.

    OCPP 1.6 reports all of it in StatusNotification; `info` has 50 characters at most. OCPP 2.0.1 reports the codes in
    a NotifyEvent about Connector.Problem: techCode is the vendor's code if there is one.
    """

    evse_id: int
    connector_id: int
    error_code: FaultCode | None = None
    vendor_error_code: Annotated[str, Meta(max_length=50)] = ""
    info: Annotated[str, Meta(max_length=470)] = ""
    vendor_id: Annotated[str, Meta(max_length=255)] = ""


class ClockSetting(Body, frozen=True):
    """A time with a zone to which the clock is set, or the seconds by which it is set ahead (back if negative)."""

    time: Annotated[datetime, Meta(tz=True)] | None = None
    offset: float | None = None


class DataTransfer(Body, frozen=True):
    """A message of a vendor. `data`: any JSON value, in OCPP 1.6 a text; null: none."""

    vendor_id: Annotated[str, Meta(max_length=255)]
    message_id: Annotated[str, Meta(max_length=50)] | None = None
    data: JsonValue = None


class CommunicatingEvAt(Body, frozen=True):
    """An EV that communicates by ISO 15118. Certificates in PEM; `contract` is a chain, leaf first.

    Without a contract the driver identifies at the station. `certificate_request`: before it presents the contract.
    `energy` that it asks for, in Wh, if null what its battery lacks; `departure` in seconds from then, null: unknown.
    """

    evse_id: int
    contract: str | None = None
    certificate_request: CertificateAction | None = None
    v2g_roots: tuple[str, ...] = ()
    energy: float | None = None
    departure: float | None = None


class StateOfCharge(Body, frozen=True):
    """The state of charge of the EV at an EVSE, in percent."""

    evse_id: int
    percent: float


class Needs(Body, frozen=True):
    """What the EV needs: energy in Wh, departure in seconds from now; as before if null."""

    evse_id: int
    energy: float | None = None
    departure: float | None = None


class MeasuredValue(Body, frozen=True):
    """A variable of the device model and the value to measure; null: what is measured without influence."""

    component: str
    variable: str
    value: float | None
    evse_id: int | None = None


class ExternalLimit(Body, frozen=True):
    """A limit of an EVSE, or of the whole station, in W; null releases it. `source`: EMS, SO or Other (OCPP 2.0.1).

    `periods` instead of `watts`: limits that follow each other, the first from 0 s on. `duration` in seconds until the
    last one ends; null: when the limit is released.
    """

    watts: float | UnsetType | None = UNSET
    periods: tuple[LimitPeriod, ...] = ()
    duration: int | None = None
    source: str = "EMS"
    evse_id: int | None = None


class Storage(Body, frozen=True):
    """Whether the data in a storage can be read."""

    available: bool


class Customer(Body, frozen=True):
    """A customer identifier."""

    identifier: str


class Operation(msgspec.Struct, frozen=True):
    """An operator action. `answer`: the type of what `run` returns; None: nothing."""

    name: str
    summary: str
    body: type[Body]
    run: Callable[[Control, Any], Awaitable[object] | object]
    answer: type[msgspec.Struct] | None = None


def _communicating_ev(body: CommunicatingEvAt) -> CommunicatingEv:
    return CommunicatingEv(
        contract=body.contract,
        certificate_request=body.certificate_request,
        v2g_roots=body.v2g_roots,
        energy=body.energy,
        departure=body.departure,
    )


def _ev_properties(body: EvConfiguration) -> EvProperties:
    return EvProperties(**{name: getattr(body, name) for name in EvProperties.__struct_fields__})


def _fault(body: FaultAt) -> Fault:
    return Fault(**{name: getattr(body, name) for name in Fault.__struct_fields__})


def _limit_periods(body: ExternalLimit) -> tuple[LimitPeriod, ...]:
    """The periods of a limit; none if it is released."""
    if (body.watts is UNSET) is not bool(body.periods):
        raise ControlError("an external limit has either watts or periods")
    return body.periods if body.watts is UNSET else () if body.watts is None else (LimitPeriod(0, body.watts),)


OPERATIONS: tuple[Operation, ...] = (
    Operation(
        "plug_in",
        "Plug in the cable",
        PlugIn,
        lambda c, b: c.plug_in(b.evse_id, b.connector_id, b.side, seated=b.seated),
    ),
    Operation("plug_out", "Unplug the cable", Plug, lambda c, b: c.plug_out(b.evse_id, b.connector_id, b.side)),
    Operation(
        "present_token", "Present a token", PresentToken, lambda c, b: c.present_token(b.id_token, b.type, b.evse_id)
    ),
    Operation("press_start_button", "Press the start button", AtEvse, lambda c, b: c.press_start_button(b.evse_id)),
    Operation("choose", "Choose EVSEs that the display offers", Choice, lambda c, b: c.choose(b.evse_ids)),
    Operation("park", "Drive into the parking bay", AtEvse, lambda c, b: c.park(b.evse_id)),
    Operation("leave", "Drive out of the parking bay", AtEvse, lambda c, b: c.leave(b.evse_id)),
    Operation("ev_suspend", "Let the EV suspend charging", AtEvse, lambda c, b: c.ev_suspend(b.evse_id)),
    Operation("ev_resume", "Let the EV resume charging", AtEvse, lambda c, b: c.ev_resume(b.evse_id)),
    Operation(
        "ev_state_of_charge",
        "Give the EV a state of charge",
        StateOfCharge,
        lambda c, b: c.ev_state_of_charge(b.evse_id, b.percent),
    ),
    Operation(
        "ev_configure",
        "Change the properties of the EV",
        EvConfiguration,
        lambda c, b: c.ev_configure(b.evse_id, _ev_properties(b)),
    ),
    Operation(
        "ev_prepare",
        "Let the EV communicate by ISO 15118",
        CommunicatingEvAt,
        lambda c, b: c.ev_prepare(b.evse_id, _communicating_ev(b)),
    ),
    Operation("ev_ordinary", "Let the EV not communicate by ISO 15118", AtEvse, lambda c, b: c.ev_ordinary(b.evse_id)),
    Operation(
        "ev_renegotiate",
        "Let the EV renegotiate its charging schedule",
        Needs,
        lambda c, b: c.ev_renegotiate(b.evse_id, b.energy, b.departure),
    ),
    Operation("ev_stop", "Let the EV end its session", AtEvse, lambda c, b: c.ev_stop(b.evse_id)),
    Operation("fault_on", "Cause a fault", FaultAt, lambda c, b: c.fault_on(b.evse_id, b.connector_id, _fault(b))),
    Operation("fault_off", "Clear a fault", AtConnector, lambda c, b: c.fault_off(b.evse_id, b.connector_id)),
    Operation(
        "lock_jammed", "Jam a retention lock", AtConnector, lambda c, b: c.lock_jammed(b.evse_id, b.connector_id)
    ),
    Operation(
        "lock_mended", "Repair a retention lock", AtConnector, lambda c, b: c.lock_mended(b.evse_id, b.connector_id)
    ),
    Operation(
        "set_measured_value",
        "Make a sensor measure a value",
        MeasuredValue,
        lambda c, b: c.set_measured_value(b.component, b.variable, b.evse_id, b.value),
    ),
    Operation(
        "external_limit",
        "Limit the power of the station or of an EVSE beside the CSMS, or release the limit",
        ExternalLimit,
        lambda c, b: c.external_limit(_limit_periods(b), b.source, b.evse_id, b.duration),
    ),
    Operation(
        "customer_storage",
        "Make the stored data of customers unavailable, or available again",
        Storage,
        lambda c, b: c.customer_storage(available=b.available),
    ),
    Operation(
        "log_storage",
        "Make the logs unavailable, or available again",
        Storage,
        lambda c, b: c.log_storage(available=b.available),
    ),
    Operation("store_customer", "Store data about a customer", Customer, lambda c, b: c.store_customer(b.identifier)),
    Operation(
        "data_transfer",
        "Send a DataTransfer, and return the answer of the CSMS",
        DataTransfer,
        lambda c, b: c.data_transfer(VendorMessage(vendor_id=b.vendor_id, message_id=b.message_id, data=b.data)),
        VendorAnswer,
    ),
    Operation("set_clock", "Set the clock", ClockSetting, lambda c, b: c.set_clock(b.time, b.offset)),
    Operation("power_off", "Switch mains power off", Nothing, lambda c, b: c.power_off()),
    Operation("power_on", "Switch mains power on", Nothing, lambda c, b: c.power_on()),
    Operation("network_off", "Disconnect the network", Nothing, lambda c, b: c.network_off()),
    Operation("network_on", "Connect the network", Nothing, lambda c, b: c.network_on()),
    Operation("reconnect", "Connect now instead of waiting", Nothing, lambda c, b: c.reconnect()),
)

BY_NAME: Final = {each.name: each for each in OPERATIONS}
