"""Facts that contradict what the station has reported, or what they are about."""

from collections.abc import Callable
from itertools import count
from typing import Any

import msgspec

from plugfest.lab.verdict import Level
from plugfest.ocpp.message import UNSET
from plugfest.ocpp.v201 import types as t
from plugfest.rig.selftest.behaviours.behaviour import Function, Patch, wrong_v201
from plugfest.rig.selftest.behaviours.builders import (
    ChangingPeer,
    changed,
    with_arguments,
    with_boot,
    with_fields,
)
from plugfest.station.blocks.a_security import v201 as security
from plugfest.station.blocks.b_provisioning.v201 import boot, reports, variables
from plugfest.station.blocks.c_authorization import v201 as authorization
from plugfest.station.blocks.e_transactions import v201 as transactions
from plugfest.station.blocks.m_certificate_management import v201 as certificates

HASH = t.CertificateHashDataType(
    hash_algorithm=t.HashAlgorithmEnumType.SHA256, issuer_name_hash="00", issuer_key_hash="00", serial_number="1"
)


class _Context:
    """A context with another peer."""

    def __init__(self, context: Any, csms: ChangingPeer) -> None:
        self._context = context
        self.csms = csms

    def __getattr__(self, name: str) -> Any:
        return getattr(self._context, name)


def _another_each_time(field: str) -> Callable[[Function], Function]:
    """Sends another value of a field of the charging station with each boot."""
    boots = count()

    def change(request: Any) -> Any:
        station = msgspec.structs.replace(request.charging_station, **{field: f"Value {next(boots)}"})
        return msgspec.structs.replace(request, charging_station=station)

    return with_boot(change)


def _local_reset(request: Any) -> Any:
    if request.reason != "RemoteReset":
        return request
    return msgspec.structs.replace(request, reason=t.BootReasonEnumType.LocalReset)


def _hashes(**fields: object) -> Callable[[Any], Any]:
    """Changes the hash data of every certificate in a response."""

    def change(response: Any) -> Any:
        chain = [
            msgspec.structs.replace(
                each, certificate_hash_data=msgspec.structs.replace(each.certificate_hash_data, **fields)
            )
            for each in response.certificate_hash_data_chain or ()
        ]
        return msgspec.structs.replace(response, certificate_hash_data_chain=chain or UNSET)

    return change


def _not_found(response: Any) -> Any:
    return msgspec.structs.replace(response, status=t.GetInstalledCertificateStatusEnumType.NotFound)


def _unknown(result: Any) -> Any:
    return msgspec.structs.replace(
        result, attribute_status=t.GetVariableStatusEnumType.UnknownVariable, attribute_value=UNSET
    )


def _with_value(result: Any) -> Any:
    return result if result.attribute_status == "Accepted" else msgspec.structs.replace(result, attribute_value="1")


_UNITS = count()


def _another_unit(characteristics: Any) -> str:
    return f"unit {next(_UNITS)}"


def _renamed(context: Any, kind: str, *facts: Any) -> tuple[Any, ...]:
    return context, "WrongCertificate" if kind == "InvalidCsmsCertificate" else kind, *facts


def _with_certificate(original: Function) -> Function:
    def change(request: Any) -> Any:
        return msgspec.structs.replace(request, certificate="-----BEGIN CERTIFICATE-----")

    async def ask(context: Any, *arguments: Any) -> Any:
        return await original(_Context(context, ChangingPeer(context.csms, change)), *arguments)

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
        Patch(boot.RegistrationMessages201, "send_boot_notification", _another_each_time("model")),
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
        Patch(certificates, "_list", changed(_with_children)),
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
    wrong_v201(
        "has another firmware version at every boot",
        "ChargingStationType",
        "TC_B_20 TC_B_22",
        Patch(boot.RegistrationMessages201, "send_boot_notification", _another_each_time("firmware_version")),
        level=Level.SHOULD,
    ),
    wrong_v201(
        "reports a local reset after a ResetRequest",
        "B01.FR.09",
        "TC_B_20 TC_B_22",
        Patch(boot.RegistrationMessages201, "send_boot_notification", with_boot(_local_reset)),
    ),
    wrong_v201(
        "reports a variable with another unit each time",
        "VariableCharacteristicsType",
        "TC_B_12 TC_B_53",
        Patch(reports, "_characteristics", with_fields(unit=_another_unit)),
        level=Level.SHOULD,
    ),
    wrong_v201(
        "omits the values of variables",
        "VariableAttributeType",
        "TC_B_12 TC_B_13",
        Patch(reports, "_attribute", with_fields(value=UNSET)),
        level=Level.SHOULD,
    ),
    wrong_v201(
        "does not know a variable that it has reported",
        "B06.FR.10",
        "TC_B_09 TC_B_39",
        Patch(variables, "_get", changed(_unknown)),
    ),
    wrong_v201(
        "sends a value of a variable that it does not know",
        "B06.FR.07",
        "TC_B_32 TC_B_33",
        Patch(variables, "_get", changed(_with_value)),
    ),
    wrong_v201(
        "reports hashes that are shorter than those of their algorithm",
        "CertificateHashDataType",
        "TC_M_12 TC_M_17",
        Patch(certificates, "_list", changed(_hashes(hash_algorithm=t.HashAlgorithmEnumType.SHA512))),
    ),
    wrong_v201(
        "lists certificates with status NotFound",
        "M03.FR.03",
        "TC_M_01 TC_M_22",
        Patch(certificates, "_list", changed(_not_found)),
    ),
    wrong_v201(
        "sends a security event with a type of its own",
        "SecurityEventNotificationRequest",
        "TC_B_47",
        Patch(security, "_send_event", with_arguments(_renamed)),
        level=Level.SHOULD,
    ),
)
