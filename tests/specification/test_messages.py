"""The examples of frames, error codes, times, idTokens and serial numbers."""

from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from tests.specification.examples import EXAMPLES, PrintedFrame, SerialNumber, Time, Token, name

from plugfest.lab.v16.support import V16Support
from plugfest.lab.v201.support import V201Support
from plugfest.ocpp.errors import ErrorCode
from plugfest.ocpp.events import (
    CallReceived,
    CallRefused,
    ErrorReceived,
    Event,
    FrameIgnored,
    ResultInvalid,
    ResultReceived,
)
from plugfest.ocpp.frames import call, call_error
from plugfest.ocpp.rpc import RpcEndpoint
from plugfest.ocpp.v16 import messages as m16
from plugfest.ocpp.v201 import messages as m
from plugfest.ocpp.v201 import types as t
from plugfest.ocpp.versions import V16, V201, by_name
from plugfest.security.certificates import certificate_hash
from plugfest.security.keys import new_key, subject

BOOTS: dict[str, Any] = {
    "1.6": m16.BootNotificationRequest(charge_point_vendor="VendorX", charge_point_model="SingleSocketCharger"),
    "2.0.1": m.BootNotificationRequest(
        reason=t.BootReasonEnumType.PowerUp,
        charging_station=t.ChargingStationType(model="SingleSocketCharger", vendor_name="VendorX"),
    ),
}


def received(example: PrintedFrame, *, tolerant: bool) -> Event:
    """The event of a frame at the end that the document shows."""
    message_id = msgspec.json.decode(example.text)[1] if example.answers else "1"
    endpoint = RpcEndpoint(by_name(example.version), new_message_id=lambda: message_id, tolerant=tolerant)
    if example.answers:
        endpoint.call(BOOTS[example.version], 0.0)
    (event,) = endpoint.receive(example.text, 0.0)
    return event


@pytest.mark.parametrize("tolerant", [False, True])
@pytest.mark.parametrize("example", EXAMPLES.frames, ids=name)
def test_a_frame_is_understood_or_refused(example: PrintedFrame, tolerant: bool) -> None:
    event = received(example, tolerant=tolerant)
    understood, refused = (CallReceived, ResultReceived, ErrorReceived), (CallRefused, ResultInvalid, FrameIgnored)
    usable = not example.refused or (tolerant and "heartbeatInterval" in example.text)
    assert isinstance(event, understood if usable else refused), event


@pytest.mark.parametrize("tolerant", [False, True])
@pytest.mark.parametrize("example", [one for one in EXAMPLES.frames if "Violation" in one.refused], ids=name)
def test_a_number_for_a_text_is_refused_with_the_code_for_it(example: PrintedFrame, tolerant: bool) -> None:
    event = received(example, tolerant=tolerant)
    assert isinstance(event, CallRefused)
    assert event.code.value == example.refused


def test_a_payload_that_only_names_an_interval_of_1_5_is_missing_the_interval() -> None:
    (example,) = (one for one in EXAMPLES.frames if "heartbeatInterval" in one.text)
    assert isinstance(received(example, tolerant=False), ResultInvalid)
    event = received(example, tolerant=True)
    assert isinstance(event, ResultReceived)
    assert "no readable interval at $.interval" in map(str, event.defects)


@pytest.mark.parametrize(
    ("version", "code"), [(version, code) for version, codes in EXAMPLES.error_codes.items() for code in codes]
)
def test_an_error_code_is_known_in_both_directions(version: str, code: str) -> None:
    known = by_name(version).errors.from_wire(code)
    assert isinstance(known, ErrorCode)
    assert by_name(version).errors.to_wire(known) == code
    endpoint = RpcEndpoint(by_name(version), new_message_id=lambda: "1")
    endpoint.call(BOOTS[version], 0.0)
    (event,) = endpoint.receive(call_error("1", code, "", {}), 0.0)
    assert isinstance(event, ErrorReceived)
    assert event.code is known


@pytest.mark.parametrize("example", EXAMPLES.times, ids=name)
@pytest.mark.parametrize(
    ("protocol", "action", "payload"),
    [
        (V16, "GetDiagnostics", '{"location":"ftp://host/path","startTime":"%s"}'),
        (
            V201,
            "UpdateFirmware",
            '{"requestId":1,"firmware":{"location":"ftp://host/path","retrieveDateTime":"%s"}}',
        ),
    ],
    ids=["1.6", "2.0.1"],
)
def test_a_time_in_a_request_is_understood_or_refused(protocol: Any, action: str, payload: str, example: Time) -> None:
    endpoint = RpcEndpoint(protocol, tolerant=True)
    (event,) = endpoint.receive(call("1", action, (payload % example.text).encode()), 0.0)
    if example.refused:
        assert isinstance(event, CallRefused)
        assert event.code is ErrorCode.PropertyConstraintViolation
        return
    assert isinstance(event, CallReceived)
    request: Any = event.request
    time: datetime = request.start_time if protocol is V16 else request.firmware.retrieve_date_time
    assert time.astimezone(UTC).isoformat() == example.utc


def test_a_time_without_seconds_is_named_and_refused_by_a_strict_station() -> None:
    """1.6 3.15 names ISO 8601, its schemas RFC 3339."""
    text = '[2,"1","GetDiagnostics",{"location":"ftp://host/path","startTime":"2013-01-01T00:00Z"}]'
    (event,) = RpcEndpoint(V16, tolerant=True).receive(text, 0.0)
    assert isinstance(event, CallReceived)
    assert [str(one) for one in event.defects] == ["a time without seconds, which is not RFC 3339, at $.startTime"]
    (refused,) = RpcEndpoint(V16).receive(text, 0.0)
    assert isinstance(refused, CallRefused)


@pytest.mark.parametrize(
    "payload",
    [
        '{"location":"ftp://host/path","startTime":"2013-01-01T00:00Z","unknown":1}',
        '{"location":"ftp://host/path","startTime":"2013-01-01T00:00Z","retries":null}',
        '{"location":"ftp://host/path","startTime":"2013-01-01T24:00Z"}',
        '{"startTime":"2013-01-01T00:00Z"}',
    ],
)
def test_what_else_is_wrong_in_a_request_is_refused(payload: str) -> None:
    (event,) = RpcEndpoint(V16, tolerant=True).receive(call("1", "GetDiagnostics", payload.encode()), 0.0)
    assert isinstance(event, CallRefused)


def test_an_unknown_rate_unit_is_refused_with_the_code_of_the_errata() -> None:
    """1.6 errata sheet: GetCompositeSchedule with a chargingRateUnit that is neither A nor W."""
    payload = b'{"connectorId":1,"duration":60,"chargingRateUnit":"V"}'
    (event,) = RpcEndpoint(V16, tolerant=True).receive(call("1", "GetCompositeSchedule", payload), 0.0)
    assert isinstance(event, CallRefused)
    assert event.code is ErrorCode.PropertyConstraintViolation


@pytest.mark.parametrize("example", EXAMPLES.id_tokens, ids=name)
def test_an_id_token_is_valid_and_no_finding_of_the_lab(example: Token) -> None:
    kind = {"1.6": V16Support, "2.0.1": V201Support}[example.version]
    payload: Any = {"idTag": example.id_token}
    if example.version == "2.0.1":
        payload = {"idToken": {"idToken": example.id_token, "type": example.type}}
    endpoint = RpcEndpoint(by_name(example.version))
    (event,) = endpoint.receive(call("1", "Authorize", msgspec.json.encode(payload)), 0.0)
    assert isinstance(event, CallReceived)
    assert list(kind.data_types.violations("AuthorizeRequest", payload)) == []


@pytest.mark.parametrize("example", EXAMPLES.serial_numbers, ids=name)
def test_a_serial_number_is_written_in_hexadecimal(example: SerialNumber) -> None:
    key, subject_name = new_key(), subject("S1", "Plugfest")
    now = datetime(2026, 1, 1, tzinfo=UTC)
    certificate = (
        x509.CertificateBuilder(subject_name, subject_name, key.public_key(), example.number, now, now)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    assert certificate_hash(certificate, certificate).serial_number.upper() == example.text
