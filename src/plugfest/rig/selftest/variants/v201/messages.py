"""Messages with other optional fields, other values with the same meaning, and messages that a station may add."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from itertools import count
from typing import Any, Final

import msgspec

from plugfest import clock
from plugfest.ocpp.message import UNSET
from plugfest.ocpp.v201 import messages as m
from plugfest.ocpp.v201 import types as t
from plugfest.rig.selftest.variants import changes
from plugfest.rig.selftest.variants.changes import (
    changing,
    everywhere,
    following,
    or_else,
    preceding,
    splitting,
    unless,
)
from plugfest.rig.selftest.variants.message_filter import Message, MessageFilter
from plugfest.rig.selftest.variants.variant import Variant, permitted_v201

_CUSTOM_DATA: Final = "Part 4 section 9"
_replace = msgspec.structs.replace


def _explicit(value: t.SampledValueType) -> t.SampledValueType:
    return _replace(
        value,
        context=or_else(value.context, t.ReadingContextEnumType.Sample_Periodic),
        measurand=or_else(value.measurand, t.MeasurandEnumType.Energy_Active_Import_Register),
        location=or_else(value.location, t.LocationEnumType.Outlet),
        unit_of_measure=_replace(or_else(value.unit_of_measure, t.UnitOfMeasureType(unit="Wh")), multiplier=0),
    )


def _implicit(value: t.SampledValueType) -> t.SampledValueType:
    unit = value.unit_of_measure
    return _replace(
        value,
        context=unless(value.context, t.ReadingContextEnumType.Sample_Periodic),
        measurand=unless(value.measurand, t.MeasurandEnumType.Energy_Active_Import_Register),
        location=unless(value.location, t.LocationEnumType.Outlet),
        unit_of_measure=UNSET if unit is not UNSET and unit.unit == "Wh" else unit,
    )


def _in_thousands(value: t.SampledValueType) -> t.SampledValueType:
    unit = value.unit_of_measure
    if unit is UNSET or unit.unit not in ("Wh", "W") or value.signed_meter_value is not UNSET:
        return value
    return _replace(value, value=value.value / 1000, unit_of_measure=_replace(unit, unit=f"k{unit.unit}"))


def _with_multiplier(value: t.SampledValueType) -> t.SampledValueType:
    unit = value.unit_of_measure
    if unit is UNSET or unit.unit not in ("Wh", "W") or value.signed_meter_value is not UNSET:
        return value
    return _replace(value, value=value.value / 1000, unit_of_measure=_replace(unit, multiplier=3))


def _one_element_for_each(values: list[t.MeterValueType]) -> list[t.MeterValueType]:
    return [_replace(value, sampled_value=[sampled]) for value in values for sampled in value.sampled_value]


def _elements(message: Message) -> Message:
    if not isinstance(message, m.TransactionEventRequest | m.MeterValuesRequest) or message.meter_value is UNSET:
        return message
    return _replace(message, meter_value=_one_element_for_each(message.meter_value))


def _several_messages(request: m.MeterValuesRequest) -> Iterator[m.MeterValuesRequest]:
    for element in _one_element_for_each(request.meter_value):
        yield _replace(request, meter_value=[element])


def _explicit_offline(event: m.TransactionEventRequest) -> m.TransactionEventRequest:
    return _replace(event, offline=or_else(event.offline, False))


def _without_defaults(data: t.ReportDataType) -> t.ReportDataType:
    attributes = [
        _replace(
            one,
            type=unless(one.type, t.AttributeEnumType.Actual),
            mutability=unless(one.mutability, t.MutabilityEnumType.ReadWrite),
            persistent=unless(one.persistent, False),
            constant=unless(one.constant, False),
        )
        for one in data.variable_attribute
    ]
    return _replace(data, variable_attribute=attributes)


def _boot(**fields: object) -> MessageFilter:
    return changing(
        m.BootNotificationRequest,
        lambda boot: _replace(boot, charging_station=_replace(boot.charging_station, **fields)),
    )


_event_ids = count(100_001)  # apart from the events of the station itself


def _instead_of_status(message: Message) -> Iterable[Message]:
    return [_notify_event(message) if isinstance(message, m.StatusNotificationRequest) else message]


def _notify_event(status: m.StatusNotificationRequest) -> m.NotifyEventRequest:
    component = t.ComponentType(name="Connector", evse=t.EVSEType(id=status.evse_id, connector_id=status.connector_id))
    return m.NotifyEventRequest(
        generated_at=status.timestamp,
        seq_no=0,
        event_data=[
            t.EventDataType(
                event_id=next(_event_ids),
                timestamp=status.timestamp,
                trigger=t.EventTriggerEnumType.Delta,
                actual_value=status.connector_status.value,
                component=component,
                event_notification_type=t.EventNotificationEnumType.HardWiredNotification,
                variable=t.VariableType(name="AvailabilityState"),
            )
        ],
    )


def _data_transfer(_: object) -> m.DataTransferRequest:
    return m.DataTransferRequest(vendor_id="org.example", message_id="metrics", data={"temperature": 41})


def _vendor_event(_: object) -> m.SecurityEventNotificationRequest:
    now = datetime.fromtimestamp(clock.utc_now().timestamp(), UTC)
    return m.SecurityEventNotificationRequest(type="VendorSelfTestPassed", timestamp=now, tech_info="all of it")


def _no_error(answer: Any) -> Any:
    has_info = "status_info" in answer.__struct_fields__ and answer.status_info is UNSET
    return (
        _replace(answer, status_info=t.StatusInfoType(reason_code="NoError"))
        if has_info and _accepted(answer)
        else answer
    )


def _accepted(answer: Any) -> bool:
    return str(getattr(answer, "status", "")) == "Accepted"


def _reversed_lists(answer: Any) -> Any:
    names = ("get_variable_result", "set_variable_result", "certificate_hash_data_chain")
    lists = {name: getattr(answer, name) for name in names if name in answer.__struct_fields__}
    reordered = {name: list(reversed(items)) for name, items in lists.items() if items is not UNSET and len(items) > 1}
    return _replace(answer, **reordered) if reordered else answer


VARIANTS: tuple[Variant, ...] = (
    permitted_v201(
        "customData in every message",
        _CUSTOM_DATA,
        "a vendor may add data",
        filter=changes.CUSTOM_DATA_IN_MESSAGES,
    ),
    permitted_v201(
        "customData in every structure",
        _CUSTOM_DATA,
        "a vendor may add data",
        filter=changes.CUSTOM_DATA_EVERYWHERE,
    ),
    permitted_v201(
        "JSON with line breaks and spaces",
        "Part 4 section 4.1",
        "RFC 8259 permits whitespace",
        filter=MessageFilter(rewrite=changes.with_spaces),
    ),
    permitted_v201(
        "JSON with the fields in reverse order",
        "Part 4 section 4.1",
        "the fields of an object have no order (RFC 8259)",
        filter=MessageFilter(rewrite=changes.with_reversed_fields),
    ),
    permitted_v201(
        "sampled values with explicit defaults",
        "J02.FR.11",
        "a default may be written",
        filter=everywhere(t.SampledValueType, _explicit),
    ),
    permitted_v201(
        "sampled values without defaults",
        "J02.FR.11",
        "a default may be omitted",
        filter=everywhere(t.SampledValueType, _implicit),
    ),
    permitted_v201(
        "energy in kWh and power in kW",
        "Part 2 UnitOfMeasureType",
        "the vendor chooses the unit",
        filter=everywhere(t.SampledValueType, _in_thousands),
    ),
    permitted_v201(
        "energy and power with multiplier 3",
        "Part 2 UnitOfMeasureType",
        "the vendor chooses the multiplier",
        filter=everywhere(t.SampledValueType, _with_multiplier),
    ),
    permitted_v201(
        "each sample in its own meterValue",
        "Part 2 MeterValueType",
        "samples of one moment may be in several elements",
        filter=changes.always(lambda message: [_elements(message)]),
    ),
    permitted_v201(
        "MeterValues in several messages",
        "J01.FR.15",
        "several messages are permitted",
        filter=splitting(m.MeterValuesRequest, _several_messages),
    ),
    permitted_v201(
        "offline false in every event",
        "Part 2 TransactionEventRequest",
        "the default may be written",
        filter=changing(m.TransactionEventRequest, _explicit_offline),
    ),
    permitted_v201(
        "reports without defaults",
        "Part 2 VariableAttributeType",
        "a default may be omitted",
        filter=everywhere(t.ReportDataType, _without_defaults),
    ),
    permitted_v201(
        "tbc omitted in the last part of a report",
        "Part 2 NotifyReportRequest",
        "the default may be omitted",
        filter=changing(m.NotifyReportRequest, lambda report: _replace(report, tbc=unless(report.tbc, False))),
    ),
    permitted_v201(
        "a BootNotification with everything",
        "Part 2 ChargingStationType",
        "optional fields",
        filter=_boot(
            modem=t.ModemType(iccid="8988303000000000000", imsi="204043398999999"),
        ),
    ),
    permitted_v201(
        "a BootNotification with as little as possible",
        "Part 2 ChargingStationType",
        "optional fields",
        filter=_boot(serial_number=UNSET, modem=UNSET),
    ),
    permitted_v201(
        "statusInfo NoError in accepted answers",
        "Part 6",
        "the cases permit the reasonCode NoError",
        filter=changes.always(lambda message: [_no_error(message)]),
    ),
    permitted_v201(
        "results of variables and certificates in reverse order",
        "B05.FR.02, B06.FR.02",
        "no order is required",
        filter=changes.always(lambda message: [_reversed_lists(message)]),
    ),
    permitted_v201(
        "reports in reverse order",
        "B07.FR.10",
        "no order is required",
        filter=changing(
            m.NotifyReportRequest, lambda report: _replace(report, report_data=list(reversed(report.report_data or [])))
        ),
    ),
    permitted_v201(
        "idTokens in other letters",
        "Part 2 IdTokenType",
        "idToken is case insensitive",
        filter=everywhere(t.IdTokenType, lambda token: _replace(token, id_token=token.id_token.swapcase())),
    ),
    permitted_v201(
        "NotifyEvent beside StatusNotification",
        "Part 2 section G",
        "a station may report AvailabilityState in addition",
        filter=following((m.StatusNotificationRequest,), _notify_event),
    ),
    permitted_v201(
        "NotifyEvent instead of StatusNotification",
        "G01.FR.03 to FR.07, Part 6 Booted",
        "the alternative scenario of G01",
        filter=changes.always(_instead_of_status),
    ),
    permitted_v201(
        "NotifyEvent before StatusNotification",
        "Part 2 section G",
        "a station may report AvailabilityState in addition",
        filter=preceding((m.StatusNotificationRequest,), _notify_event),
    ),
    permitted_v201(
        "a Heartbeat after each StatusNotification",
        "G02.FR.05",
        "a recommendation only",
        recommendation=("G02.FR.05",),
        filter=following((m.StatusNotificationRequest,), lambda _: m.HeartbeatRequest()),
    ),
    permitted_v201(
        "a DataTransfer after each event",
        "P01",
        "a vendor may send its data at any time",
        filter=following((m.TransactionEventRequest,), _data_transfer),
    ),
    permitted_v201(
        "a DataTransfer before each event and status",
        "P01",
        "a vendor may send its data at any time",
        filter=preceding((m.TransactionEventRequest, m.StatusNotificationRequest), _data_transfer),
    ),
    permitted_v201(
        "a security event of the vendor after each other one",
        "Part 2 appendix 1",
        "the type should be of the list, and need not be",
        recommendation=("SecurityEventNotificationRequest",),
        filter=following((m.SecurityEventNotificationRequest,), _vendor_event),
    ),
)
