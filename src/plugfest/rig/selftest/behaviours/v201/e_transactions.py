"""Block E: start and end of transactions, energy and settings."""

import asyncio
from typing import Any

from plugfest.rig.selftest.behaviours.behaviour import Behaviour, Function, Patch, wrong_v201
from plugfest.rig.selftest.behaviours.builders import (
    NOTHING,
    always,
    with_fields,
)
from plugfest.station.model import station_model
from plugfest.station.model.authorization.token_handler import TokenHandler
from plugfest.station.model.charging.connection_timeout import ConnectionTimeout
from plugfest.station.model.charging.energy import EnergyControl
from plugfest.station.model.charging.power_path import PowerPath
from plugfest.station.model.transactions import points, transactions
from plugfest.station.model.transactions.points import Point


def _charging_settings(**fields: object) -> Patch:
    """Charges with other settings than those of the device model."""
    return Patch(station_model, "charging_settings", with_fields(**fields))


def _ignore_start_point(point: Point) -> Patch:
    return Patch(
        transactions, "starts", lambda original: lambda before, now, start: original(before, now, start - {point})
    )


_NEVER_ABANDONED = Patch(transactions, "is_abandoned", always(False))
"""Continues a transaction after the driver and the EV have left."""


def _ignore_stop_point(point: Point) -> Patch:
    return Patch(points, "_stop_points", lambda original: lambda stop: original(stop) - {point})


def _ignores_power_path(original: Function) -> Function:
    return lambda stop: original(stop - {Point.POWER_PATH_CLOSED})


def _without_authorization(original: Function) -> Function:
    """Delivers energy as soon as the cable is plugged in."""

    def start_or_stop(self: Any, session: Any, path: Any) -> None:
        if session.state.connected and session.connector_id and not path.delivering:
            path.deliver(session.connector_id)
        elif not session.state.connected:
            original(self, session, path)

    return start_or_stop


def _later_without_authorization(original: Function) -> Function:
    """Delivers energy 15 s after the cable was plugged in."""

    def start_or_stop(self: Any, session: Any, path: Any) -> None:
        if not session.state.connected or session.authorization is not None:
            original(self, session, path)
        elif not path.delivering:
            asyncio.get_running_loop().call_later(15.0, deliver, self, session, path)

    def deliver(self: Any, session: Any, path: Any) -> None:
        if session.state.connected and path.deliver(session.connector_id):
            self._transactions.report_state(session)

    return start_or_stop


def _authorizes_stop(original: Function) -> Function:
    """Sends an AuthorizeRequest for the token that stops the transaction."""

    def recognize(self: Any, token: Any, evse_id: int | None) -> bool:
        if any(session.authorization for session in self._sessions):
            self._pending = asyncio.ensure_future(self._authorizer.authorize(token))
        return bool(original(self, token, evse_id))

    return recognize


BEHAVIOURS: tuple[Behaviour, ...] = (
    wrong_v201(
        "never unlocks the cable",
        "E07.FR.01",
        "TC_E_06",
        Patch(PowerPath, "unlock_cable", NOTHING),
        product="reference-ac",
    ),
    wrong_v201(
        "ends EVConnectionTimeOut too early", "E03.FR.05", "TC_E_05 TC_E_39", _charging_settings(connection_timeout=5)
    ),
    wrong_v201(
        "ends EVConnectionTimeOut too late", "E03.FR.05", "TC_E_05 TC_E_39", _charging_settings(connection_timeout=60)
    ),
    wrong_v201(
        "ignores EVConnectionTimeOut",
        "E03.FR.05",
        "TC_E_05 TC_E_39",
        Patch(ConnectionTimeout, "start", NOTHING),
    ),
    wrong_v201("ignores StopTxOnInvalidId", "E05.FR.10", "TC_E_16", _charging_settings(stop_on_invalid=False)),
    wrong_v201(
        "ignores StopTxOnEVSideDisconnect",
        "E09.FR.01",
        "TC_E_17",
        _charging_settings(stop_on_ev_side_disconnect=False),
    ),
    wrong_v201(
        "stops the transaction on EV disconnect although StopTxOnEVSideDisconnect is off",
        "E10.FR.02",
        "TC_E_26 TC_E_27",
        _charging_settings(stop_on_ev_side_disconnect=True),
    ),
    wrong_v201(
        "ignores TxStartPoint EVConnected",
        "E01.FR.02",
        "TC_E_09 TC_E_39",
        _ignore_start_point(Point.EV_CONNECTED),
    ),
    wrong_v201(
        "ignores TxStartPoint Authorized", "E01.FR.03", "TC_E_04 TC_E_10", _ignore_start_point(Point.AUTHORIZED)
    ),
    wrong_v201(
        "ignores TxStartPoint PowerPathClosed", "E01.FR.05", "TC_E_01", _ignore_start_point(Point.POWER_PATH_CLOSED)
    ),
    wrong_v201(
        "ignores TxStartPoint EnergyTransfer", "E01.FR.06", "TC_E_02", _ignore_start_point(Point.ENERGY_TRANSFER)
    ),
    wrong_v201("ignores TxStartPoint DataSigned", "E01.FR.04", "TC_E_11", _ignore_start_point(Point.DATA_SIGNED)),
    wrong_v201(
        "ignores TxStartPoint ParkingBayOccupancy",
        "E01.FR.01",
        "TC_E_12",
        _ignore_start_point(Point.PARKING_BAY_OCCUPANCY),
    ),
    wrong_v201(
        "starts a transaction at any point",
        "E01.FR.05",
        "TC_E_01 TC_E_02 TC_E_11",
        Patch(transactions, "starts", lambda original: lambda before, now, start: bool(now - before)),
    ),
    wrong_v201(
        "ignores TxStopPoint EVConnected",
        "E06.FR.02",
        "TC_E_20",
        _ignore_stop_point(Point.EV_CONNECTED),
        _NEVER_ABANDONED,
    ),
    wrong_v201("ignores TxStopPoint Authorized", "E06.FR.03", "TC_E_06 TC_E_15", _ignore_stop_point(Point.AUTHORIZED)),
    wrong_v201(
        "ignores TxStopPoint PowerPathClosed",
        "E06.FR.06",
        "TC_E_07 TC_E_35 TC_E_37",
        Patch(points, "_stop_points", _ignores_power_path),
        _NEVER_ABANDONED,
    ),
    wrong_v201(
        "ignores TxStopPoint EnergyTransfer", "E06.FR.07", "TC_E_08 TC_E_22", _ignore_stop_point(Point.ENERGY_TRANSFER)
    ),
    wrong_v201(
        "ignores TxStopPoint ParkingBayOccupancy",
        "E06.FR.01",
        "TC_E_19",
        _ignore_stop_point(Point.PARKING_BAY_OCCUPANCY),
        _NEVER_ABANDONED,
    ),
    wrong_v201(
        "delivers energy without authorization",
        "C01.FR.01",
        "TC_E_52",
        Patch(EnergyControl, "_start_or_stop", _without_authorization),
    ),
    wrong_v201(
        "delivers energy without authorization, some time after the plug-in",
        "C01.FR.01",
        "TC_E_52",
        Patch(EnergyControl, "_start_or_stop", _later_without_authorization),
    ),
    wrong_v201(
        "sends an AuthorizeRequest for the token that stops the transaction",
        "E07.FR.01",
        "TC_E_06 TC_E_15",
        Patch(TokenHandler, "_stop_or_unlock", _authorizes_stop),
    ),
    wrong_v201(
        "does not let the driver stop a transaction locally",
        "E07.FR.01",
        "TC_E_15 TC_E_06",
        Patch(TokenHandler, "_stop_or_unlock", always(False)),
    ),
)
