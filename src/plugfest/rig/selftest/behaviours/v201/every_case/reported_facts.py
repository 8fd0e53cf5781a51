"""Facts that contradict what the station has reported, or what they are about."""

from collections.abc import Callable
from itertools import count
from typing import Any

import msgspec

from plugfest.ocpp.v201 import types as t
from plugfest.rig.selftest.behaviours.behaviour import Function, Patch, wrong_v201
from plugfest.rig.selftest.behaviours.builders import later_changed, with_fields
from plugfest.station.blocks.b_provisioning.v201 import boot, reports
from plugfest.station.blocks.c_authorization import v201 as authorization
from plugfest.station.blocks.e_transactions import v201 as transactions
from plugfest.station.blocks.m_certificate_management import v201 as certificates

HASH = t.CertificateHashDataType(
    hash_algorithm=t.HashAlgorithmEnumType.SHA256, issuer_name_hash="00", issuer_key_hash="00", serial_number="1"
)


class _Peer:
    """Sends changed requests."""

    def __init__(self, peer: Any, change: Callable[[Any], Any]) -> None:
        self._peer = peer
        self._change = change

    async def call(self, request: Any, **options: Any) -> Any:
        return await self._peer.call(self._change(request), **options)


class _Context:
    """A context with another peer."""

    def __init__(self, context: Any, csms: _Peer) -> None:
        self._context = context
        self.csms = csms

    def __getattr__(self, name: str) -> Any:
        return getattr(self._context, name)


def _another_model_each_time(original: Function) -> Function:
    boots = count()

    async def send(self: Any, peer: Any, reason: Any) -> Any:
        def change(request: Any) -> Any:
            station = msgspec.structs.replace(request.charging_station, model=f"Model {next(boots)}")
            return msgspec.structs.replace(request, charging_station=station)

        return await original(self, _Peer(peer, change), reason)

    return send


def _with_certificate(original: Function) -> Function:
    def change(request: Any) -> Any:
        return msgspec.structs.replace(request, certificate="-----BEGIN CERTIFICATE-----")

    async def ask(context: Any, *arguments: Any) -> Any:
        return await original(_Context(context, _Peer(context.csms, change)), *arguments)

    return ask


def _with_children(response: Any) -> Any:
    chain = [
        msgspec.structs.replace(each, child_certificate_hash_data=[HASH])
        for each in response.certificate_hash_data_chain or ()
    ]
    return msgspec.structs.replace(response, certificate_hash_data_chain=chain)


BEHAVIOURS = (
    wrong_v201(
        "is another model at every boot",
        "ChargingStationType",
        "TC_B_20 TC_B_22",
        Patch(boot.RegistrationMessages201, "send_boot_notification", _another_model_each_time),
    ),
    wrong_v201(
        "sends a certificate with an RFID token",
        "C07.FR.06",
        "TC_C_02 TC_E_09",
        Patch(authorization, "_ask", _with_certificate),
    ),
    wrong_v201(
        "reports child certificates of a root certificate",
        "M03.FR.05",
        "TC_M_12",
        Patch(certificates, "_list", later_changed(_with_children)),
    ),
    wrong_v201(
        "reports variables above their maximum",
        "VariableCharacteristicsType",
        "TC_B_12 TC_B_13",
        Patch(reports, "_characteristics", with_fields(max_limit=-1.0)),
    ),
    wrong_v201(
        "reports an hour of charging in every event",
        "TransactionType",
        "TC_E_09 TC_E_15",
        Patch(transactions, "_transaction_info", with_fields(time_spent_charging=3600)),
    ),
)
