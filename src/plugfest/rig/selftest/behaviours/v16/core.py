"""OCPP 1.6 Core: configuration keys, cables, and the meter values of transactions."""

import asyncio
from typing import Any

import msgspec

from plugfest.ocpp.message import UNSET
from plugfest.ocpp.v16 import types as t
from plugfest.rig.selftest.behaviours.behaviour import Function, Patch, wrong_v16
from plugfest.rig.selftest.behaviours.builders import NOTHING, with_fields
from plugfest.station.blocks.b_provisioning.v16 import configuration
from plugfest.station.blocks.e_transactions import v16 as transactions_block
from plugfest.station.blocks.g_availability.v16 import ConnectorStatuses
from plugfest.station.connection.registration import Registration
from plugfest.station.device_model.keys import ChangeStatus, ConfigurationKeys
from plugfest.station.model.authorization.token_handler import TokenHandler
from plugfest.station.model.charging.power_path import PowerPath


def _read_only_status(status: ChangeStatus) -> Patch:
    """Another answer for a read-only key."""

    def make(original: Function) -> Function:
        def change(self: ConfigurationKeys, name: str, value: str) -> Any:
            entry = self.get(name)
            return status if entry is not None and entry.readonly else original(self, name, value)

        return change

    return Patch(ConfigurationKeys, "change", make)


def _rejects_unknown(original: Function) -> Function:
    def change(self: ConfigurationKeys, name: str, value: str) -> Any:
        return ChangeStatus.REJECTED if self.get(name) is None else original(self, name, value)

    return change


def _empty_values(original: Function) -> Function:
    def get(context: object, keys: ConfigurationKeys, request: object) -> Any:
        response = original(context, keys, request)
        if response.unknown_key is UNSET:
            return response
        empty_values = [t.KeyValue(key=name, readonly=False, value="") for name in response.unknown_key]
        return msgspec.structs.replace(response, unknown_key=UNSET, configuration_key=empty_values)

    return get


def _early_heartbeats(original: Function) -> Function:
    """A heartbeat after three quarters of the interval."""

    async def wait(self: Any) -> None:
        await asyncio.sleep(0.75 * self._device_model.integer("OCPPCommCtrlr", "HeartbeatInterval"))

    return wait


def _finishing_for_a_moment(original: Function) -> Function:
    """The end of the transaction is forgotten after two seconds."""

    def ended(self: Any, session: Any, transaction: Any) -> None:
        original(self, session, transaction)

        def forget() -> None:
            self._finished.clear()
            self.update()

        asyncio.get_running_loop().call_later(2, forget)

    return ended


def _stop_before_authorize(original: Function) -> Function:
    """Any other idTag stops a transaction with a parent, before the CSMS has been asked."""

    async def authorize(self: Any, token: Any, evse_id: int | None) -> None:
        for session in self._sessions_for(evse_id):
            if session.authorization is not None and session.authorization.group:
                self._stop(session, token)
                await asyncio.sleep(1)
                await self._authorizer.authorize(token)
                return
        await original(self, token, evse_id)

    return authorize


BEHAVIOURS = (
    # Registration
    wrong_v16(
        "sends heartbeats after three quarters of the interval",
        "4.2",
        "TC_001 TC_002",
        Patch(Registration, "_wait_for_heartbeat", _early_heartbeats),
    ),
    # Transactions
    wrong_v16(
        "is Finishing for two seconds only",
        "4.9",
        "TC_005_1 TC_005_2",
        Patch(ConnectorStatuses, "transaction_ended", _finishing_for_a_moment),
    ),
    wrong_v16(
        "stops with another idTag before it is authorized",
        "3.10",
        "TC_069",
        Patch(TokenHandler, "_authorize", _stop_before_authorize),
    ),
    # Keys
    wrong_v16(
        "answers Accepted for a read-only key",
        "5.3",
        "TC_040_2",
        _read_only_status(ChangeStatus.ACCEPTED),
    ),
    wrong_v16(
        "answers NotSupported for a read-only key",
        "5.3",
        "TC_040_2",
        _read_only_status(ChangeStatus.NOT_SUPPORTED),
    ),
    wrong_v16(
        "answers Rejected for an unknown key",
        "5.3",
        "TC_040_1",
        Patch(ConfigurationKeys, "change", _rejects_unknown),
    ),
    wrong_v16(
        "omits unknownKey",
        "5.8",
        "TC_040_1",
        Patch(configuration, "_get", with_fields(unknown_key=UNSET)),
    ),
    wrong_v16(
        "reports an unknown key with an empty value", "5.8", "TC_040_1", Patch(configuration, "_get", _empty_values)
    ),
    # Cable
    wrong_v16("never unlocks the cable", "5.12", "TC_012 TC_068", Patch(PowerPath, "unlock_cable", NOTHING)),
    # Meter values of a transaction
    wrong_v16(
        "reports meterStart 0 for every transaction",
        "6.45",
        "TC_039",
        Patch(transactions_block, "_start", with_fields(meter_start=0)),
    ),
    wrong_v16(
        "reports meterStop in mWh",
        "6.49",
        "TC_039",
        Patch(transactions_block, "_stop", with_fields(meter_stop=lambda stop: stop.meter_stop * 1000)),
    ),
)
