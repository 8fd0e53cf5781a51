"""OCPP 1.6: facts that contradict what the station has reported before, and answers that contradict themselves."""

from datetime import datetime, timedelta
from itertools import count
from typing import Any

import msgspec

from plugfest.lab.verdict import Level
from plugfest.ocpp.message import UNSET
from plugfest.ocpp.v16 import messages as m
from plugfest.ocpp.v16 import types as t
from plugfest.rig.selftest.behaviours.behaviour import Behaviour, Function, Patch, wrong_v16
from plugfest.rig.selftest.behaviours.builders import (
    changed,
    with_arguments,
    with_boot,
    with_fields,
    without_event,
)
from plugfest.station.blocks.a_security import v16 as security_block
from plugfest.station.blocks.b_provisioning.v16 import configuration
from plugfest.station.blocks.b_provisioning.v16.boot import RegistrationMessages16
from plugfest.station.blocks.conversion import v16 as conversion
from plugfest.station.blocks.d_local_authorization_list import v16 as local_list_block
from plugfest.station.blocks.e_transactions import v16 as transactions_block
from plugfest.station.blocks.f_remote_control import v16 as remote_control_block
from plugfest.station.blocks.k_smart_charging import v16 as smart_charging_block
from plugfest.station.blocks.l_firmware_management import v16 as firmware_block
from plugfest.station.blocks.l_firmware_management.job import FirmwareStatus
from plugfest.station.blocks.m_certificate_management import v16 as roots_block
from plugfest.station.connection.outbox import Delivery
from plugfest.station.model.transactions.events import EventType

_replace = msgspec.structs.replace


def _another_each_time(field: str) -> Patch:
    """Another value of this field in each BootNotification."""
    boots = count()
    return Patch(
        RegistrationMessages16,
        "send_boot_notification",
        with_boot(lambda request: _replace(request, **{field: f"{next(boots)}"})),
    )


def _another_timeout_each_time(original: Function) -> Function:
    """Another ConnectionTimeOut in each answer."""
    answers = count(100)

    def key_value(entry: Any) -> t.KeyValue:
        reported: t.KeyValue = original(entry)
        return _replace(reported, value=str(next(answers))) if entry.key == "ConnectionTimeOut" else reported

    return key_value


def _one_key_less(response: m.GetConfigurationResponse) -> m.GetConfigurationResponse:
    """A full list without its last key."""
    keys = response.configuration_key
    return response if keys is UNSET or len(keys) < 10 else _replace(response, configuration_key=keys[:-1])


def _another_version_each_time(original: Function) -> Function:
    answers = count(1)

    def get(*_: object) -> m.GetLocalListVersionResponse:
        return m.GetLocalListVersionResponse(list_version=next(answers))

    return get


def _before_response(original: Function) -> Function:
    """Starts with the Authorize before the response."""

    async def start(context: Any, request: Any) -> Any:
        await context.csms.call(m.AuthorizeRequest(id_tag=request.id_tag))
        return original(context, request)

    return start


def _without_phases(original: Function) -> Function:
    return lambda *args: [_replace(period, number_phases=0) for period in original(*args)]


def _another_serial_number_each_time(original: Function) -> Function:
    answers = count(1)

    def data(installed: Any) -> Any:
        return _replace(original(installed), serial_number=f"{next(answers):040x}")

    return data


def _other_status(response: m.GetInstalledCertificateIdsResponse) -> m.GetInstalledCertificateIdsResponse:
    statuses = t.GetInstalledCertificateStatusEnumType
    found = response.certificate_hash_data is not UNSET
    return _replace(response, status=statuses.NotFound if found else statuses.Accepted)


def _only_the_last_value(stop: m.StopTransactionRequest) -> object:
    data = stop.transaction_data
    return data if data is UNSET else data[-1:]


def _after_the_stop(original: Function) -> Function:
    """Sends MeterValues of a minute after the stop with the id of the transaction."""

    def send(context: Any, transaction_ids: Any, event: Any) -> None:
        original(context, transaction_ids, event)
        if event.event_type is EventType.ENDED:
            transaction_id, connector_id = transaction_ids.id_and_connector(event.transaction_id)
            sample = t.SampledValue(value=f"{event.register or 0:.0f}", context=t.ReadingContext.Other)
            values = [t.MeterValue(timestamp=event.at + timedelta(minutes=1), sampled_value=[sample])]
            request = m.MeterValuesRequest(connector_id=connector_id, transaction_id=transaction_id, meter_value=values)
            context.outbox.send(request, Delivery.TRANSACTION)

    return send


def _a_day_before(context: Any, kind: str, at: datetime, tech_info: str) -> tuple[Any, ...]:
    return context, kind, at - timedelta(days=1), tech_info


def _values_after_stop(original: Function) -> Function:
    """Holds back the MeterValues of a transaction until it has stopped."""
    held = list[Any]()

    def send(context: Any, transaction_ids: Any, event: Any) -> None:
        if event.event_type is EventType.UPDATED:
            held.append(event)
            return
        original(context, transaction_ids, event)
        while event.event_type is EventType.ENDED and held:
            original(context, transaction_ids, held.pop(0))

    return send


def _continues_after_failure(original: Function) -> Function:
    """Reports a download that continues after it has failed."""

    def report(context: Any, job: Any) -> None:
        original(context, job)
        if job.status is FirmwareStatus.DOWNLOAD_FAILED:
            status = t.FirmwareStatusNotificationStatus.Downloading
            context.outbox.send(m.FirmwareStatusNotificationRequest(status=status))

    return report


BEHAVIOURS: tuple[Behaviour, ...] = (
    # BootNotification
    wrong_v16("reports another firmware after each boot", "6.3", "TC_014", _another_each_time("firmware_version")),
    wrong_v16("reports another meter after each boot", "6.3", "TC_014", _another_each_time("meter_serial_number")),
    # Security events
    wrong_v16(
        "does not report its startup", "A04.FR.01", "TC_001 TC_032_1 TC_034", without_event("StartupOfTheDevice")
    ),
    wrong_v16(
        "reports security events with the time of the day before",
        "4.2",
        "TC_013 TC_014 TC_077",
        Patch(security_block, "_send_event", with_arguments(_a_day_before)),
        level=Level.SHOULD,
    ),
    wrong_v16("does not report a reset", "A04.FR.01", "TC_013 TC_014 TC_015 TC_016", without_event("ResetOrReboot")),
    # Configuration keys and lists
    wrong_v16(
        "reports another ConnectionTimeOut in each answer",
        "5.8",
        "TC_019",
        Patch(configuration, "_key_value", _another_timeout_each_time),
    ),
    wrong_v16(
        "returns a full list without one of its keys",
        "5.8",
        "TC_019",
        Patch(configuration, "_get", changed(_one_key_less)),
    ),
    wrong_v16(
        "reports another version of the local list in each answer",
        "5.10",
        "TC_042_2",
        Patch(local_list_block, "_get_version", _another_version_each_time),
    ),
    wrong_v16(
        "reports another certificate in each answer",
        "M03.FR.04",
        "TC_075_1 TC_076",
        Patch(roots_block, "_data", _another_serial_number_each_time),
    ),
    wrong_v16(
        "answers NotFound with certificates, and Accepted without",
        "M03.FR.02",
        "TC_075_1",
        Patch(roots_block, "_list", changed(_other_status)),
    ),
    wrong_v16(
        "names SHA384 as the algorithm of its hashes",
        "M03.FR.04",
        "TC_076",
        Patch(roots_block, "_data", with_fields(hash_algorithm=t.HashAlgorithmEnumType.SHA384)),
    ),
    wrong_v16(
        "reports a composite schedule with no phase",
        "7.14",
        "TC_057 TC_066",
        Patch(smart_charging_block, "_periods", _without_phases),
    ),
    wrong_v16(
        "reports Downloading after DownloadFailed",
        "4.5",
        "TC_044_2",
        Patch(firmware_block, "_report_status", _continues_after_failure),
    ),
    # Transactions
    wrong_v16(
        "asks for the authorization of a remote start before its response",
        "5.11",
        "TC_010 TC_023_5",
        Patch(remote_control_block, "_start", _before_response),
    ),
    wrong_v16(
        "sends MeterValues of a time after the stop of their transaction",
        "4.7",
        "TC_012",
        Patch(transactions_block, "_send_event", _after_the_stop),
    ),
    wrong_v16(
        "sends the MeterValues of a transaction after its StopTransaction",
        "3.7",
        "TC_057",
        Patch(transactions_block, "_send_event", _values_after_stop),
    ),
    wrong_v16(
        "omits the first value of a transaction from its StopTransaction",
        "3.16.6",
        "TC_012",
        Patch(transactions_block, "_stop", with_fields(transaction_data=_only_the_last_value)),
        level=Level.SHOULD,
    ),
    wrong_v16(
        "omits the idTag of the driver who stops",
        "6.49",
        "TC_068 TC_038 TC_039",
        Patch(transactions_block, "_stop", with_fields(id_tag=UNSET)),
    ),
    wrong_v16(
        "marks plain values as signed",
        "7.43",
        "TC_070 TC_012",
        Patch(conversion, "_sampled_value", with_fields(format=t.ValueFormat.SignedData)),
    ),
)
