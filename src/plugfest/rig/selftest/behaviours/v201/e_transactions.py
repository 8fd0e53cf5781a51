"""Wrong in block E: what a transaction tells, when it starts and ends, what happens to what is not delivered."""

import asyncio
from datetime import timedelta
from typing import Any

import msgspec

from plugfest.ocpp.message import UNSET, given
from plugfest.ocpp.v201 import messages as m
from plugfest.ocpp.v201 import types as t
from plugfest.rig.selftest.behaviours.behaviour import Behaviour, wrong
from plugfest.rig.selftest.behaviours.builders import (
    NOTHING,
    always,
    except_when,
    later_with_fields,
    with_fields,
)
from plugfest.rig.selftest.behaviours.patch import Function, Patch
from plugfest.station.blocks.e_transactions import v201 as block
from plugfest.station.connection.outbox import Outbox
from plugfest.station.model import station_model
from plugfest.station.model.authorization.token_handler import TokenHandler
from plugfest.station.model.charging.connection_timeout import ConnectionTimeout
from plugfest.station.model.charging.energy import EnergyControl
from plugfest.station.model.charging.power_path import PowerPath
from plugfest.station.model.transactions import points, transactions
from plugfest.station.model.transactions.events import StopReason
from plugfest.station.model.transactions.points import Point

_TRIGGER = t.TriggerReasonEnumType
_STATE = t.ChargingStateEnumType
_KIND = t.TransactionEventEnumType

BAYS = "reference-ac"
"""With sensors in its parking bays."""


# What events say


def _event(**fields: object) -> Patch:
    """Every event with other fields."""
    return Patch(block, "request_for", with_fields(**fields))


def _info(**fields: object) -> Patch:
    """Every transactionInfo with other fields."""
    return Patch(block, "_transaction_info", with_fields(**fields))


def _trigger(told: str, instead: str) -> Patch:
    """One trigger reason told as another."""
    return _event(
        trigger_reason=lambda event: _TRIGGER(instead) if event.trigger_reason == told else event.trigger_reason
    )


def _state(told: str, instead: str) -> Patch:
    return _info(charging_state=lambda info: _STATE(instead) if info.charging_state == told else info.charging_state)


def _key_kind(told: str, instead: str) -> Patch:
    return _event(event_type=lambda event: _KIND(instead) if event.event_type == told else event.event_type)


def _lost(holds: Any) -> Patch:
    """Events that are never sent."""

    def is_lost(self: Any, request: Any, *rest: Any) -> bool:
        return isinstance(request, m.TransactionEventRequest) and bool(holds(request))

    return Patch(Outbox, "send", except_when(is_lost))


def _other_type(event: m.TransactionEventRequest) -> Any:
    token = given(event.id_token)
    if token is None:
        return UNSET
    return msgspec.structs.replace(token, type=t.IdTokenEnumType.Local)


def _first_driver(right: Function) -> Function:
    """Whoever stops or comes later is told as the first one."""
    known: list[t.IdTokenType] = []

    def request_for(event: Any) -> m.TransactionEventRequest:
        request: m.TransactionEventRequest = right(event)
        token = given(request.id_token)
        if token is None:
            return request
        known.append(token)
        return msgspec.structs.replace(request, id_token=known[0])

    return request_for


def _evse_only(event: m.TransactionEventRequest) -> Any:
    evse = given(event.evse)
    return UNSET if evse is None else t.EVSEType(id=evse.id)


def _later_by(seconds: float) -> Any:
    return lambda event: event.timestamp + timedelta(seconds=seconds)


# When a transaction starts and ends


def _settings(**fields: object) -> Patch:
    """Charging by other settings than those of the device model."""
    return Patch(station_model, "charging_settings", with_fields(**fields))


def _start_ignores(point: Point) -> Patch:
    return Patch(transactions, "starts", lambda right: lambda before, now, start: right(before, now, start - {point}))


_STAYS = Patch(transactions, "is_abandoned", always(False))
"""A transaction that nobody is at any more goes on."""


def _stop_ignores(point: Point) -> Patch:
    return Patch(points, "_stop_points", lambda right: lambda stop: right(stop) - {point})


def _ignores_power_path(right: Function) -> Function:
    return lambda stop: right(stop - {Point.POWER_PATH_CLOSED})


def _with_reason(told: StopReason, instead: StopReason) -> Patch:
    def another(info: t.TransactionType) -> Any:
        return t.ReasonEnumType(instead.value) if info.stopped_reason == told.value else info.stopped_reason

    return _info(stopped_reason=another)


def _free_for_all(right: Function) -> Function:
    """Energy for everybody who plugs in."""

    def start_or_stop(self: Any, session: Any, path: Any) -> None:
        if session.state.connected and session.connector_id and not path.delivering:
            path.deliver(session.connector_id)
        elif not session.state.connected:
            right(self, session, path)

    return start_or_stop


def _asks_first(right: Function) -> Function:
    """A driver who wants to stop is asked about at the CSMS."""

    def recognize(self: Any, token: Any, evse_id: int | None) -> bool:
        if any(session.authorization for session in self._sessions):
            self._pending = asyncio.ensure_future(self._authorizer.authorize(token))
        return bool(right(self, token, evse_id))

    return recognize


# What is not delivered


def _last_after(attempts: int) -> Patch:
    return Patch(Outbox, "_is_last", lambda right: lambda self, queue, failures, error: failures >= attempts)


def _again_after(wait: Any) -> Patch:
    def make(right: Function) -> Function:
        def failed(self: Any, queue: Any, key: str, request: Any, error: Any) -> None:
            right(self, queue, key, request, error)
            if queue is not None and key in queue.messages:
                setting = self._device_model.integer
                interval = setting("OCPPCommCtrlr", "MessageAttemptInterval", instance="TransactionEvent")
                queue.retry_at = asyncio.get_running_loop().time() + wait(interval, queue.messages[key].failures)

        return failed

    return Patch(Outbox, "_failed", make)


def _status(**fields: object) -> Patch:
    return Patch(block, "_get_status", later_with_fields(**fields))


BEHAVIOURS: tuple[Behaviour, ...] = (
    wrong(
        "a cable is never let go, in 2.0.1",
        "E07.FR.01",
        "TC_E_06",
        Patch(PowerPath, "unlock_cable", NOTHING),
        product="reference-ac",
    ),
    wrong("no event names a token", "E03.FR.01", "TC_E_03 TC_E_04 TC_E_10 TC_E_13", _event(id_token=UNSET)),
    wrong("events name whoever came first", "E03.FR.01", "TC_C_39", Patch(block, "request_for", _first_driver)),
    wrong("tokens are told with another type", "E03.FR.01", "TC_E_03 TC_E_04 TC_E_10", _event(id_token=_other_type)),
    wrong("no event names an EVSE", "E01.FR.16", "TC_E_04 TC_E_09 TC_E_01", _event(evse=UNSET)),
    wrong("no event names a connector", "E01.FR.16", "TC_E_04 TC_E_09 TC_E_01", _event(evse=_evse_only)),
    wrong(
        "no event was offline",
        "E04.FR.03",
        "TC_E_16 TC_E_40 TC_E_43 TC_E_44",
        _event(offline=UNSET),
        Patch(block, "_mark_offline", NOTHING),
    ),
    wrong("every event was offline", "E04.FR.03", "TC_E_15", _event(offline=True)),
    wrong("the numbers of events have gaps", "E01.FR.07", "TC_E_09 TC_E_15", _event(seq_no=lambda e: e.seq_no * 2)),
    wrong("events have the same number", "E01.FR.07", "TC_E_09 TC_E_15", _event(seq_no=0)),
    wrong("the numbers of events go down", "E01.FR.07", "TC_E_09 TC_E_15", _event(seq_no=lambda e: 99 - e.seq_no)),
    wrong("all transactions have one id", "E01.FR.08", "TC_C_08 TC_C_13", _info(transaction_id="the same")),
    wrong("events are an hour late", "Part 6 section 2.1", "TC_E_09 TC_E_15", _event(timestamp=_later_by(3600))),
    wrong("events are a minute early", "Part 6 section 2.1", "TC_E_09 TC_E_15", _event(timestamp=_later_by(-60))),
    wrong("no remoteStartId is told", "F01.FR.25", "TC_E_13 TC_F_01 TC_F_02", _info(remote_start_id=UNSET)),
    wrong(
        "a remote start is told as a local one", "F01.FR.19", "TC_E_13 TC_F_01", _trigger("RemoteStart", "Authorized")
    ),
    wrong(
        "an authorization is told as a cable",
        "E02.FR.01",
        "TC_E_03 TC_E_04 TC_E_10",
        _trigger("Authorized", "CablePluggedIn"),
    ),
    wrong(
        "a cable is told as an authorization",
        "E02.FR.17",
        "TC_E_04 TC_E_05 TC_E_09",
        _trigger("CablePluggedIn", "Authorized"),
    ),
    wrong(
        "a stop is told as a change of the charging state",
        "E07.FR.02",
        "TC_E_06 TC_E_15 TC_E_07",
        _trigger("StopAuthorized", "ChargingStateChanged"),
    ),
    wrong(
        "a timeout is told as a deauthorization",
        "E03.FR.05",
        "TC_E_05 TC_E_39",
        _trigger("EVConnectTimeout", "Deauthorized"),
    ),
    wrong(
        "a lost cable is told as a change of the charging state",
        "E02.FR.17",
        "TC_E_20 TC_E_17 TC_E_25",
        _trigger("EVCommunicationLost", "ChargingStateChanged"),
    ),
    wrong(
        "a deauthorization is told as a stop by the driver",
        "E05.FR.10",
        "TC_E_16 TC_C_16",
        _trigger("Deauthorized", "StopAuthorized"),
    ),
    wrong(
        "a periodic event is told as a clock-aligned one",
        "J02.FR.11",
        "TC_J_09",
        _trigger("MeterValuePeriodic", "MeterValueClock"),
    ),
    wrong("no stoppedReason is told", "E06.FR.08", "TC_E_05 TC_E_20 TC_E_17 TC_E_16", _info(stopped_reason=UNSET)),
    wrong(
        "a timeout is told as a stop by the driver",
        "E03.FR.05",
        "TC_E_05 TC_E_39",
        _with_reason(StopReason.TIMEOUT, StopReason.LOCAL),
    ),
    wrong(
        "a lost cable is told as a stop by the driver",
        "E06.FR.08",
        "TC_E_20",
        _with_reason(StopReason.EV_DISCONNECTED, StopReason.LOCAL),
    ),
    wrong(
        "a remote stop is told as one by the driver",
        "F03.FR.03",
        "TC_F_08 TC_E_21",
        _with_reason(StopReason.REMOTE, StopReason.LOCAL),
    ),
    wrong(
        "a deauthorization is told as a stop from afar",
        "E05.FR.10",
        "TC_E_16 TC_C_16",
        _with_reason(StopReason.DEAUTHORIZED, StopReason.REMOTE),
    ),
    wrong(
        "a reset is told as a stop by the driver",
        "B12.FR.04",
        "TC_B_22",
        _with_reason(StopReason.IMMEDIATE_RESET, StopReason.LOCAL),
    ),
    wrong("no chargingState is told", "E02.FR.13", "TC_E_04 TC_E_09 TC_E_01", _info(charging_state=UNSET)),
    wrong("an EVSE that is idle is told as connected", "E01.FR.18", "TC_E_20 TC_E_17", _state("Idle", "EVConnected")),
    wrong("an EV that charges is told as connected", "E02.FR.13", "TC_E_01 TC_E_04", _state("Charging", "EVConnected")),
    wrong(
        "changes of the charging state are not told",
        "E02.FR.13",
        "TC_E_03 TC_E_04 TC_E_09",
        _lost(lambda event: event.trigger_reason == "ChargingStateChanged" and event.event_type == "Updated"),
    ),
    wrong(
        "cables are not told",
        "E02.FR.05",
        "TC_E_04 TC_E_05",
        _lost(lambda event: event.trigger_reason == "CablePluggedIn" and event.event_type == "Updated"),
    ),
    wrong("the end is not told", "E06.FR.03", "TC_E_15 TC_E_06 TC_E_20", _lost(lambda e: e.event_type == "Ended")),
    wrong(
        "a start offline is not told",
        "E12.FR.01",
        "TC_E_16 TC_E_43",
        _lost(lambda event: event.event_type == "Started" and event.offline is True),
    ),
    wrong(
        "what happens offline in a transaction is not told",
        "E11.FR.01",
        "TC_E_40 TC_E_43",
        _lost(lambda event: event.event_type == "Updated" and event.offline is True),
    ),
    wrong("the start is told as an update", "Part 6 section 2.1", "TC_E_09 TC_E_04", _key_kind("Started", "Updated")),
    wrong("the end is told as an update", "E06.FR.03", "TC_E_15 TC_E_20", _key_kind("Ended", "Updated")),
    # Delivery
    wrong("what is not accepted is not sent again", "E13.FR.02", "TC_E_41 TC_E_42 TC_E_50 TC_E_51", _last_after(1)),
    wrong("what is not accepted is sent once too often", "E13.FR.04", "TC_E_41 TC_E_50", _last_after(4)),
    wrong("what is not accepted is sent for ever", "E13.FR.04", "TC_E_41 TC_E_50", _last_after(10**6)),
    wrong(
        "the wait for another attempt does not grow",
        "E13.FR.03",
        "TC_E_41 TC_E_50",
        _again_after(lambda interval, failures: interval),
    ),
    wrong(
        "another attempt is made at once",
        "E13.FR.03",
        "TC_E_41 TC_E_42 TC_E_50 TC_E_51",
        _again_after(lambda interval, failures: 0.0),
    ),
    wrong(
        "another attempt is made too late",
        "E13.FR.03",
        "TC_E_41 TC_E_50",
        _again_after(lambda interval, failures: 3 * interval * failures),
    ),
    wrong("messages in the queue are denied", "E14.FR.04", "TC_E_29 TC_E_31 TC_E_33", _status(messages_in_queue=False)),
    wrong("there are always messages in the queue", "E14.FR.05", "TC_E_28 TC_E_30", _status(messages_in_queue=True)),
    wrong("every transaction is going on", "E14.FR.01", "TC_E_28 TC_E_31", _status(ongoing_indicator=True)),
    wrong("no transaction is going on", "E14.FR.02", "TC_E_29 TC_E_30", _status(ongoing_indicator=False)),
    wrong(
        "whether it goes on is told though nobody named a transaction",
        "E14.FR.06",
        "TC_E_33 TC_E_34",
        _status(ongoing_indicator=False),
    ),
    wrong("whether it goes on is not told", "E14.FR.02", "TC_E_28 TC_E_29 TC_E_30", _status(ongoing_indicator=UNSET)),
    # Settings
    wrong("EVConnectionTimeOut is over too early", "E03.FR.05", "TC_E_05 TC_E_39", _settings(connection_timeout=5)),
    wrong("EVConnectionTimeOut is over too late", "E03.FR.05", "TC_E_05 TC_E_39", _settings(connection_timeout=60)),
    wrong(
        "EVConnectionTimeOut does not matter",
        "E03.FR.05",
        "TC_E_05 TC_E_39",
        Patch(ConnectionTimeout, "start", NOTHING),
    ),
    wrong("StopTxOnInvalidId does not matter", "E05.FR.10", "TC_E_16", _settings(stop_on_invalid=False)),
    wrong(
        "StopTxOnEVSideDisconnect does not matter",
        "E09.FR.01",
        "TC_E_17",
        _settings(stop_on_ev_side_disconnect=False),
    ),
    wrong(
        "whoever unplugs at the EV has stopped",
        "E10.FR.02",
        "TC_E_26 TC_E_27",
        _settings(stop_on_ev_side_disconnect=True),
    ),
    wrong(
        "TxStartPoint EVConnected starts nothing",
        "E01.FR.02",
        "TC_E_09 TC_E_39",
        _start_ignores(Point.EV_CONNECTED),
    ),
    wrong("TxStartPoint Authorized starts nothing", "E01.FR.03", "TC_E_04 TC_E_10", _start_ignores(Point.AUTHORIZED)),
    wrong(
        "TxStartPoint PowerPathClosed starts nothing", "E01.FR.05", "TC_E_01", _start_ignores(Point.POWER_PATH_CLOSED)
    ),
    wrong("TxStartPoint EnergyTransfer starts nothing", "E01.FR.06", "TC_E_02", _start_ignores(Point.ENERGY_TRANSFER)),
    wrong("TxStartPoint DataSigned starts nothing", "E01.FR.04", "TC_E_11", _start_ignores(Point.DATA_SIGNED)),
    wrong(
        "TxStartPoint ParkingBayOccupancy starts nothing",
        "E01.FR.01",
        "TC_E_12",
        _start_ignores(Point.PARKING_BAY_OCCUPANCY),
    ),
    wrong(
        "everything starts a transaction",
        "E01.FR.05",
        "TC_E_01 TC_E_02 TC_E_11",
        Patch(transactions, "starts", lambda right: lambda before, now, start: bool(now - before)),
    ),
    wrong("TxStopPoint EVConnected ends nothing", "E06.FR.02", "TC_E_20", _stop_ignores(Point.EV_CONNECTED), _STAYS),
    wrong("TxStopPoint Authorized ends nothing", "E06.FR.03", "TC_E_06 TC_E_15", _stop_ignores(Point.AUTHORIZED)),
    wrong(
        "TxStopPoint PowerPathClosed ends nothing",
        "E06.FR.06",
        "TC_E_07 TC_E_35 TC_E_37",
        Patch(points, "_stop_points", _ignores_power_path),
        _STAYS,
    ),
    wrong(
        "TxStopPoint EnergyTransfer ends nothing", "E06.FR.07", "TC_E_08 TC_E_22", _stop_ignores(Point.ENERGY_TRANSFER)
    ),
    wrong(
        "TxStopPoint ParkingBayOccupancy ends nothing",
        "E06.FR.01",
        "TC_E_19",
        _stop_ignores(Point.PARKING_BAY_OCCUPANCY),
        _STAYS,
    ),
    # Energy and access
    wrong(
        "energy flows without an authorization",
        "C01.FR.01",
        "TC_E_52",
        Patch(EnergyControl, "_start_or_stop", _free_for_all),
    ),
    wrong(
        "somebody who wants to stop is asked about",
        "E07.FR.01",
        "TC_E_06 TC_E_15",
        Patch(TokenHandler, "_stop_or_unlock", _asks_first),
    ),
    wrong(
        "nobody can stop a transaction at the station",
        "E07.FR.01",
        "TC_E_15 TC_E_06",
        Patch(TokenHandler, "_stop_or_unlock", always(False)),
    ),
)
