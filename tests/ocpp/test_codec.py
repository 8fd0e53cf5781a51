"""Payloads: the error code and path of each fault, date-times, and validation of our own messages."""

from datetime import UTC, datetime, timedelta, timezone

import msgspec
import pytest

from plugfest.ocpp import codec
from plugfest.ocpp.errors import ErrorCode, LocalError, RemoteError
from plugfest.ocpp.message import CustomData
from plugfest.ocpp.v16 import messages as v16
from plugfest.ocpp.v201 import messages as v201
from plugfest.ocpp.v201 import types
from plugfest.ocpp.versions import V16, V201

BOOT = b'{"reason": "PowerUp", "chargingStation": {"model": "One", "vendorName": "Example"%s}}'


FORMAT = ErrorCode.FormatViolation
OCCURRENCE = ErrorCode.OccurrenceConstraintViolation
TYPE = ErrorCode.TypeConstraintViolation
PROPERTY = ErrorCode.PropertyConstraintViolation


@pytest.mark.parametrize(
    ("message", "payload", "code", "path"),
    [
        (v201.BootNotificationRequest, b"[]", FORMAT, "$"),
        (v201.BootNotificationRequest, b'{"reason": ', FORMAT, "$"),
        (v201.BootNotificationRequest, b'{"reason": "\xff"}', FORMAT, "$"),
        (v201.HeartbeatRequest, b'{"x": ' + b"[" * 100_000, FORMAT, "$"),
        (v201.BootNotificationRequest, BOOT % b', "color": "red"', FORMAT, "$.chargingStation"),
        (v201.BootNotificationRequest, b'{"reason": "PowerUp"}', OCCURRENCE, "$"),
        (v201.GetVariablesRequest, b'{"getVariableData": []}', OCCURRENCE, "$.getVariableData"),
        (v201.BootNotificationRequest, BOOT % b', "modem": 7', TYPE, "$.chargingStation.modem"),
        (v201.BootNotificationRequest, BOOT % b', "modem": null', TYPE, "$.chargingStation.modem"),
        (v201.BootNotificationRequest, b'{"reason": 1}', TYPE, "$.reason"),
        (v201.HeartbeatResponse, b'{"currentTime": 1}', TYPE, "$.currentTime"),
        (v201.HeartbeatRequest, b'{"customData": []}', TYPE, "$.customData"),
        (v201.HeartbeatRequest, b'{"customData": {"vendorId": 1}}', TYPE, "$.customData"),
        (v201.HeartbeatRequest, b'{"customData": {}}', OCCURRENCE, "$.customData"),
        (v201.HeartbeatResponse, b'{"currentTime": "noon"}', PROPERTY, "$.currentTime"),
        (v201.HeartbeatResponse, b'{"currentTime": "2024-01-01T00:00:00"}', PROPERTY, "$.currentTime"),
        (v201.BootNotificationRequest, b'{"reason": "Boredom"}', PROPERTY, "$.reason"),
        (v201.CostUpdatedRequest, b'{"totalCost": 1e999, "transactionId": ""}', PROPERTY, "$.totalCost"),
        (v16.AuthorizeRequest, b'{"idTag": "123456789012345678901"}', PROPERTY, "$.idTag"),
        (v16.GetDiagnosticsRequest, b'{"location": "here"}', PROPERTY, "$.location"),
        (
            v16.GetCompositeScheduleResponse,
            b'{"status": "Accepted", "chargingSchedule": {"chargingRateUnit": "A",'
            b' "chargingSchedulePeriod": [{"startPeriod": 0, "limit": 8.15}]}}',
            PROPERTY,
            "$.chargingSchedule.chargingSchedulePeriod[0]",
        ),
        (
            v201.NotifyEVChargingNeedsRequest,
            b'{"evseId": 1, "chargingNeeds": {"requestedEnergyTransfer": "DC",'
            b' "dcChargingParameters": {"evMaxCurrent": 1, "evMaxVoltage": 1, "stateOfCharge": 101}}}',
            PROPERTY,
            "$.chargingNeeds.dcChargingParameters.stateOfCharge",
        ),
    ],
)
def test_each_fault_has_its_code_and_its_path(message, payload, code, path):
    with pytest.raises(RemoteError) as caught:
        codec.decode(message, payload)
    assert (caught.value.code, caught.value.path) == (code, path)
    assert caught.value.description
    assert " at `$" not in caught.value.description


def test_null_counts_as_an_empty_payload():
    assert codec.decode(v201.HeartbeatRequest, b"null") == v201.HeartbeatRequest()
    with pytest.raises(RemoteError, match="missing required field"):
        codec.decode(v201.BootNotificationRequest, b"null")


@pytest.mark.parametrize(
    ("moment", "written"),
    [
        (datetime(2024, 2, 29, 12, tzinfo=UTC), "2024-02-29T12:00:00Z"),
        (datetime(2024, 2, 29, 12, 0, 0, 123_999, tzinfo=UTC), "2024-02-29T12:00:00.123Z"),
        (datetime(2024, 2, 29, 12, 0, 0, 999, tzinfo=UTC), "2024-02-29T12:00:00Z"),
        (datetime(2024, 3, 1, 1, tzinfo=timezone(timedelta(hours=2))), "2024-02-29T23:00:00Z"),
        (datetime.min.replace(tzinfo=timezone(timedelta(hours=14))), "0001-01-01T00:00:00+14:00"),
        (datetime.max.replace(tzinfo=timezone(-timedelta(hours=14))), "9999-12-31T23:59:59.999-14:00"),
    ],
)
def test_times_are_written_in_utc_with_no_more_than_milliseconds(moment, written):
    assert codec.encode(v201.HeartbeatResponse(current_time=moment)) == f'{{"currentTime":"{written}"}}'.encode()


def test_a_time_in_a_string_is_not_changed():
    text = "2024-02-29T12:00:00.123456Z"
    assert text.encode() in codec.encode(v201.DataTransferRequest(vendor_id="org.example", data={"at": [text]}))


def test_a_time_in_custom_data_is_written_like_any_other():
    moment = datetime(2024, 2, 29, 12, tzinfo=UTC)
    request = v201.HeartbeatRequest(custom_data=CustomData(vendorId="org.example", log=[{"at": moment}]))
    assert b'"log":[{"at":"2024-02-29T12:00:00Z"}]' in codec.encode(request)


def test_a_text_in_custom_data_that_looks_like_a_time_is_not_changed():
    text = "2024-02-29T12:00:00.123456Z"
    data = CustomData(vendorId="org.example", currentTime=text)
    response = v201.HeartbeatResponse(current_time=datetime.fromisoformat(text), custom_data=data)
    assert msgspec.json.decode(codec.encode(response)) == {
        "currentTime": "2024-02-29T12:00:00.123Z",
        "customData": data,
    }


@pytest.mark.parametrize("version", [V16, V201], ids=lambda version: version.name)
def test_only_times_have_the_names_of_times(version):
    """The codec finds the times of a message by their names."""
    requests = version.requests.values()
    for message_type in [*requests, *(request.response_type for request in requests)]:
        times, others = set(), set()
        for name, kind in fields_of(msgspec.inspect.type_info(message_type)):
            (times if isinstance(kind, msgspec.inspect.DateTimeType) else others).add(name)
        assert not times & others, message_type


def fields_of(kind):
    """Name and type of every field, at any depth, without UNSET."""
    match kind:
        case msgspec.inspect.StructType(fields=fields):
            for field in fields:
                types = getattr(field.type, "types", (field.type,))
                yield field.encode_name, types[0]
                yield from fields_of(types[0])
        case msgspec.inspect.ListType(item_type=item):
            yield from fields_of(item)


def deep_list() -> list:
    inner: list = []
    for _ in range(100_000):
        inner = [inner]
    return inner


@pytest.mark.parametrize(
    "message",
    [
        v16.AuthorizeRequest(id_tag="x" * 21),
        v16.AuthorizeRequest(id_tag="\ud800"),
        v16.AuthorizeRequest(id_tag=1),
        v201.GetVariablesRequest(get_variable_data=[]),
        v201.HeartbeatResponse(current_time=datetime(2024, 1, 1)),
        v201.CostUpdatedRequest(total_cost=float("nan"), transaction_id="1"),
        v201.DataTransferRequest(vendor_id="org.example", data=object()),
        v201.DataTransferRequest(vendor_id="org.example", data=deep_list()),
        v201.StatusNotificationRequest(
            timestamp=datetime(2024, 1, 1, tzinfo=UTC), connector_status="Broken", evse_id=1, connector_id=1
        ),
    ],
    ids=lambda message: type(message).__name__,
)
def test_an_invalid_message_is_not_encoded(message):
    with pytest.raises(LocalError, match=f"{type(message).__name__} is not valid"):
        codec.encode(message)


def test_a_decoded_message_is_typed_at_every_level():
    request = codec.decode(v201.BootNotificationRequest, BOOT % b"")
    assert request.reason is types.BootReasonEnumType.PowerUp
    assert request.charging_station.vendor_name == "Example"
