"""Messages with other optional fields, other values with the same meaning, and messages that a station may add."""

from collections.abc import Iterator

import msgspec

from plugfest.ocpp.message import UNSET
from plugfest.ocpp.v16 import messages as m
from plugfest.ocpp.v16 import types as t
from plugfest.rig.selftest.behaviours.behaviour import Function, Patch
from plugfest.rig.selftest.behaviours.builders import changed
from plugfest.rig.selftest.variants import changes, stations
from plugfest.rig.selftest.variants.changes import (
    changing,
    everywhere,
    following,
    or_else,
    preceding,
    splitting,
    unless,
)
from plugfest.rig.selftest.variants.message_filter import Change, Message, MessageFilter
from plugfest.rig.selftest.variants.variant import Variant, permitted_v16
from plugfest.station.device_model.keys import ConfigurationEntry, ConfigurationKeys

_replace = msgspec.structs.replace


def _explicit(value: t.SampledValue) -> t.SampledValue:
    return _replace(
        value,
        context=or_else(value.context, t.ReadingContext.Sample_Periodic),
        format=or_else(value.format, t.ValueFormat.Raw),
        measurand=or_else(value.measurand, t.Measurand.Energy_Active_Import_Register),
        location=or_else(value.location, t.Location.Outlet),
    )


def _implicit(value: t.SampledValue) -> t.SampledValue:
    return _replace(
        value,
        context=unless(value.context, t.ReadingContext.Sample_Periodic),
        measurand=unless(value.measurand, t.Measurand.Energy_Active_Import_Register),
        location=unless(value.location, t.Location.Outlet),
        unit=unless(value.unit, t.UnitOfMeasure.Wh),
    )


def _in_thousands(value: t.SampledValue) -> t.SampledValue:
    units = {t.UnitOfMeasure.Wh: t.UnitOfMeasure.kWh, t.UnitOfMeasure.W: t.UnitOfMeasure.kW}
    if value.unit is UNSET or value.unit not in units:
        return value
    return _replace(value, value=f"{float(value.value) / 1000:.6f}", unit=units[value.unit])


def _elements(values: list[t.MeterValue]) -> list[t.MeterValue]:
    return [_replace(value, sampled_value=[sampled]) for value in values for sampled in value.sampled_value]


def _in_elements(message: Message) -> Message:
    match message:
        case m.MeterValuesRequest():
            return _replace(message, meter_value=_elements(message.meter_value))
        case m.StopTransactionRequest(transaction_data=list() as values):
            return _replace(message, transaction_data=_elements(values))
    return message


def _several_messages(request: m.MeterValuesRequest) -> Iterator[m.MeterValuesRequest]:
    for element in _elements(request.meter_value):
        yield _replace(request, meter_value=[element])


def _status(**fields: object) -> MessageFilter:
    return changing(m.StatusNotificationRequest, lambda status: _replace(status, **fields))


def _since_it_applies() -> Change:
    """A status that is the same as before has the timestamp of the first one."""
    known: dict[int, m.StatusNotificationRequest] = {}

    def change(message: Message) -> Iterator[Message]:
        if not isinstance(message, m.StatusNotificationRequest):
            yield message
            return
        before = known.get(message.connector_id)
        is_same = before is not None and before.status == message.status
        known[message.connector_id] = before if before is not None and is_same else message
        yield _replace(message, timestamp=known[message.connector_id].timestamp)

    return change


class _Suspended:
    """Reports SuspendedEVSE between Preparing and Charging."""

    def __init__(self) -> None:
        self._last: dict[int, t.StatusNotificationStatus] = {}  # by connector

    def __call__(self, message: Message) -> Iterator[Message]:
        if isinstance(message, m.StatusNotificationRequest):
            before = self._last.get(message.connector_id)
            self._last[message.connector_id] = message.status
            if before == "Preparing" and message.status == "Charging":
                yield _replace(message, status=t.StatusNotificationStatus.SuspendedEVSE)
        yield message


def _stop(stop: m.StopTransactionRequest) -> m.StopTransactionRequest:
    return _replace(stop, reason=unless(stop.reason, t.StopTransactionReason.Local))


def _boot(**fields: object) -> MessageFilter:
    return changing(m.BootNotificationRequest, lambda boot: _replace(boot, **fields))


def _data_transfer(_: object) -> m.DataTransferRequest:
    return m.DataTransferRequest(vendor_id="org.example", message_id="metrics", data='{"temperature": 41}')


def _reversed_keys(answer: m.GetConfigurationResponse) -> m.GetConfigurationResponse:
    keys = answer.configuration_key
    return answer if keys is UNSET else _replace(answer, configuration_key=list(reversed(keys)))


_VENDOR_KEY = ConfigurationEntry("VendorTemperature", readonly=True, value="41")


def _vendor_key(original: Function) -> Function:
    return lambda self, name: _VENDOR_KEY if name.lower() == _VENDOR_KEY.key.lower() else original(self, name)


def _order(patch: Patch) -> Variant:
    return permitted_v16(
        "transaction messages before other messages", "section 3.7", "no order of status and transaction", patch
    )


VARIANTS: tuple[Variant, ...] = (
    permitted_v16(
        "JSON with line breaks and spaces",
        "1.6J section 4.1",
        "RFC 8259",
        filter=MessageFilter(rewrite=changes.with_spaces),
    ),
    permitted_v16(
        "JSON with the fields in reverse order",
        "1.6J section 4.1",
        "the fields of an object have no order (RFC 8259)",
        filter=MessageFilter(rewrite=changes.with_reversed_fields),
    ),
    permitted_v16(
        "sampled values with explicit defaults",
        "section 7.43",
        "a default may be written",
        filter=everywhere(t.SampledValue, _explicit),
    ),
    permitted_v16(
        "sampled values without defaults",
        "section 7.43",
        "a default may be omitted",
        filter=everywhere(t.SampledValue, _implicit),
    ),
    permitted_v16(
        "energy in kWh and power in kW",
        "section 7.45",
        "the vendor chooses the unit",
        filter=everywhere(t.SampledValue, _in_thousands),
    ),
    permitted_v16(
        "each sample in its own meterValue",
        "section 7.33",
        "samples of one moment may be in several elements",
        filter=changes.always(lambda message: [_in_elements(message)]),
    ),
    permitted_v16(
        "MeterValues in several messages",
        "section 4.7",
        "several messages are permitted",
        filter=splitting(m.MeterValuesRequest, _several_messages),
    ),
    permitted_v16(
        "StatusNotification with info and vendor error",
        "section 6.47",
        "optional fields",
        filter=_status(info="all is well", vendor_id="org.example", vendor_error_code="0000"),
    ),
    permitted_v16(
        "SuspendedEVSE between Preparing and Charging",
        "section 4.9",
        "transitions B5 and E3",
        filter=MessageFilter(change=_Suspended),
    ),
    permitted_v16(
        "StatusNotification without a timestamp", "section 6.47", "an optional field", filter=_status(timestamp=UNSET)
    ),
    permitted_v16(
        "a repeated status with the time since when it applies",
        "section 6.47",
        "the time for which the status is reported",
        filter=MessageFilter(change=_since_it_applies),
    ),
    permitted_v16(
        "StopTransaction without the reason Local",
        "section 6.49",
        "Local is the default",
        filter=changing(m.StopTransactionRequest, _stop),
    ),
    permitted_v16(
        "a BootNotification with everything",
        "section 6.3",
        "optional fields",
        filter=_boot(
            charge_box_serial_number="SN-1",
            iccid="8988303000000000000",
            imsi="204043398999999",
            meter_type="M1",
            meter_serial_number="4711",
        ),
    ),
    permitted_v16(
        "a BootNotification with as little as possible",
        "section 6.3",
        "optional fields",
        filter=_boot(charge_point_serial_number=UNSET),
    ),
    permitted_v16(
        "a Heartbeat after each StatusNotification",
        "section 4.6",
        "a Heartbeat may be sent at any time",
        not_run=dict.fromkeys(("TC_001_CS", "TC_002_CS"), "it measures the time between heartbeats"),
        filter=following((m.StatusNotificationRequest,), lambda _: m.HeartbeatRequest()),
    ),
    permitted_v16(
        "a DataTransfer after each message of a transaction",
        "section 4.3",
        "a vendor may send its data at any time",
        filter=following((m.StartTransactionRequest, m.StopTransactionRequest, m.MeterValuesRequest), _data_transfer),
    ),
    permitted_v16(
        "a DataTransfer before each StatusNotification",
        "section 4.3",
        "a vendor may send its data at any time",
        filter=preceding((m.StatusNotificationRequest,), _data_transfer),
    ),
    permitted_v16(
        "configuration keys in reverse order",
        "section 5.8",
        "no order is required",
        filter=changing(m.GetConfigurationResponse, _reversed_keys),
    ),
    permitted_v16(
        "configuration keys of the vendor",
        "section 9",
        "a vendor may add keys",
        Patch(ConfigurationKeys, "all", changed(lambda entries: [*entries, _VENDOR_KEY])),
        Patch(ConfigurationKeys, "get", _vendor_key),
    ),
    _order(stations.TRANSACTION_MESSAGES_FIRST),
    permitted_v16(
        "a BootNotification after each reconnection",
        "OCPP-J section 5.4",
        "it is only a recommendation not to",
        stations.BOOT_NOTIFICATION_AFTER_RECONNECT,
        recommendation=("OCPP-J section 5.4",),
    ),
    permitted_v16("boots in 60 s", "section 4.2", "no limit is set", stations.boots_in(60)),
    permitted_v16("a clock that is 2 s fast", "section 4.2", "within the tolerance", stations.clock_fast_by(2)),
    permitted_v16("a clock that is 2 s slow", "section 4.2", "within the tolerance", stations.clock_fast_by(-2)),
    permitted_v16(
        "Downloading again for each attempt", "section 4.5", "each status is progress", stations.DOWNLOADING_AGAIN
    ),
    permitted_v16(
        "Uploading again for each attempt", "section 4.4", "each status is progress", stations.UPLOADING_AGAIN
    ),
    permitted_v16("installs firmware in 5 minutes", "section 4.5", "no limit is set", stations.installs_in(290)),
)
