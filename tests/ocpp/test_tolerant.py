"""Answers that violate the schema: used if they can be understood, with a word about what is wrong."""

from datetime import UTC, datetime
from types import ModuleType

import msgspec
import pytest
from hypothesis import given as example
from hypothesis import strategies as st

from plugfest.ocpp.errors import RemoteError
from plugfest.ocpp.message import OcppStruct, given
from plugfest.ocpp.tolerant import UNREADABLE_TIME, decode_request_tolerantly, decode_tolerantly
from plugfest.ocpp.v16 import messages as m16
from plugfest.ocpp.v201 import messages as m

BOOT = b'{"currentTime": "%s", "interval": 60, "status": "Accepted"}'
NOON = datetime(2026, 11, 29, 12, tzinfo=UTC)


def boot(time: str) -> tuple[m.BootNotificationResponse, list[str]]:
    message, defects = decode_tolerantly(m.BootNotificationResponse, BOOT % time.encode())
    return message, [str(each) for each in defects]


def test_a_valid_answer_has_no_defect() -> None:
    assert boot("2026-11-29T12:00:00Z")[0].current_time == NOON
    assert boot("2026-11-29T12:00:00Z")[1] == []


@pytest.mark.parametrize(
    ("text", "time"),
    [
        ("2026-11-29T00:50:16.5", datetime(2026, 11, 29, 0, 50, 16, 500_000)),
        ("2026-11-29 12:00", datetime(2026, 11, 29, 12)),
        ("2026-11-29T12:00:00.123456789", datetime(2026, 11, 29, 12, 0, 0, 123456)),
    ],
)
def test_a_time_without_a_zone_stays_without_one(text: str, time: datetime) -> None:
    message, defects = boot(text)
    assert message.current_time == time
    assert message.status == "Accepted"
    assert defects == ["a time without a zone, which is not RFC 3339, at $.currentTime"]


@pytest.mark.parametrize(
    ("text", "time"),
    [("2026-11-29T12:00Z", NOON), ("2026-11-29T13:00+01:00", NOON), ("2026-11-29T12:00-00:00", NOON)],
)
def test_a_time_without_seconds_has_none(text: str, time: datetime) -> None:
    message, defects = boot(text)
    assert message.current_time == time
    assert defects == ["a time without seconds, which is not RFC 3339, at $.currentTime"]


@pytest.mark.parametrize("messages", [m16, m])
@pytest.mark.parametrize(
    "time",
    [
        '"2026-11-29T12:00:00,5Z"',
        '"2026-11-29"',
        '"2026-13-29T12:00:00"',
        '"2026-12-31T23:59:60Z"',
        '"yesterday"',
        '""',
        "1790000000",
        "null",
        "{}",
    ],
)
def test_a_current_time_that_cannot_be_read_leaves_the_status_usable(messages: ModuleType, time: str) -> None:
    answer = f'{{"currentTime": {time}, "interval": 60, "status": "Accepted"}}'
    message, defects = decode_tolerantly(messages.BootNotificationResponse, answer.encode())
    assert (message.status, message.interval, message.current_time) == ("Accepted", 60, UNREADABLE_TIME)
    assert [str(each) for each in defects] == ["no readable time at $.currentTime"]
    heartbeat, defects = decode_tolerantly(messages.HeartbeatResponse, f'{{"currentTime": {time}}}'.encode())
    assert heartbeat.current_time == UNREADABLE_TIME
    assert [str(each) for each in defects] == ["no readable time at $.currentTime"]


@pytest.mark.parametrize("messages", [m16, m])
@pytest.mark.parametrize("raw", [b"{}", b"null"])
def test_the_answer_to_a_heartbeat_may_be_empty(messages: ModuleType, raw: bytes) -> None:
    assert decode_tolerantly(messages.HeartbeatResponse, raw)[0].current_time == UNREADABLE_TIME


@pytest.mark.parametrize("messages", [m16, m])
@pytest.mark.parametrize("interval", ['"interval": "60", ', '"interval": 5.5, ', '"interval": null, ', ""])
def test_an_interval_that_cannot_be_read_counts_as_zero(messages: ModuleType, interval: str) -> None:
    answer = f'{{"currentTime": "2026-11-29T12:00:00Z", {interval}"status": "Accepted"}}'
    message, defects = decode_tolerantly(messages.BootNotificationResponse, answer.encode())
    assert (message.status, message.interval, message.current_time) == ("Accepted", 0, NOON)
    assert [str(each) for each in defects] == ["no readable interval at $.interval"]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("2026-11-29 12:00:00Z", "a time that is not RFC 3339"),
        ("2026-11-29T12:00:00+0000", "a time that is not RFC 3339"),
        ("2026-11-29T12:00:00.0000Z", "a time with more than three decimals"),
    ],
)
def test_another_form_of_a_time_is_read_and_reported(text: str, problem: str) -> None:
    message, defects = boot(text)
    assert message.current_time == NOON
    assert defects == [f"{problem} at $.currentTime"]


def test_only_2_0_1_limits_the_decimals_of_a_time() -> None:
    assert decode_tolerantly(m16.BootNotificationResponse, BOOT % b"2026-11-29T12:00:00.0000Z")[1] == ()


@pytest.mark.parametrize("text", ["2026-11-29t12:00:00z", "2026-11-29T12:00:00.123-00:00"])
def test_every_form_of_rfc_3339_is_valid(text: str) -> None:
    assert boot(text)[1] == []


@pytest.mark.parametrize(("messages", "paths"), [(m16, ["$.interval"]), (m, [])])
def test_a_whole_number_is_an_integer_and_reported_only_in_1_6(messages: ModuleType, paths: list[str]) -> None:
    answer = (BOOT % b"2026-11-29T12:00:00Z").replace(b"60", b"6.0e1")
    message, defects = decode_tolerantly(messages.BootNotificationResponse, answer)
    assert message.interval == 60
    assert [each.path for each in defects] == paths


def test_a_whole_number_is_an_integer_in_a_request() -> None:
    reserve = b'{"connectorId": 1.0, "expiryDate": "2026-11-29T12:00:00Z", "idTag": "A", "reservationId": 7.0}'
    request, defects = decode_request_tolerantly(m16.ReserveNowRequest, reserve)
    assert (request.connector_id, request.reservation_id) == (1, 7)
    assert [each.path for each in defects] == ["$.connectorId", "$.reservationId"]


def test_a_request_with_a_time_that_cannot_be_read_is_refused() -> None:
    reserve = b'{"connectorId": 1, "expiryDate": "2026-11-29", "idTag": "A", "reservationId": 7}'
    with pytest.raises(RemoteError):
        decode_request_tolerantly(m16.ReserveNowRequest, reserve)


def test_an_optional_time_that_cannot_be_read_is_left_out() -> None:
    message, defects = decode_tolerantly(
        m16.AuthorizeResponse, b'{"idTagInfo": {"status": "Accepted", "expiryDate": ""}}'
    )
    assert message.id_tag_info.expiry_date is msgspec.UNSET
    assert [str(each) for each in defects] == ["no readable time at $.idTagInfo.expiryDate"]


def test_unknown_fields_and_null_are_left_out_at_any_depth() -> None:
    message, defects = decode_tolerantly(
        m.TransactionEventResponse,
        b'{"totalCost": null, "transactionLimit": {"maxCost": 5},'
        b' "idTokenInfo": {"status": "Accepted", "cacheExpiryDateTime": "2026-11-29T12:00:00", "tariff": {}}}',
    )
    info = message.id_token_info
    assert isinstance(info, msgspec.Struct)
    assert info.status == "Accepted"
    assert info.cache_expiry_date_time == NOON.replace(tzinfo=None)
    assert [each.path for each in defects] == [
        "$.totalCost",
        "$.transactionLimit",
        "$.idTokenInfo.cacheExpiryDateTime",
        "$.idTokenInfo.tariff",
    ]


@pytest.mark.parametrize(
    "raw",
    [
        b"{}",
        b"[]",
        b'{"currentTime": "2026-11-29T12:00:00Z", "interval": 60, "status": "accepted"}',
        b'{"currentTime": "2026-11-29T12:00:00Z", "interval": 60}',
        b"{",
    ],
)
def test_an_answer_that_cannot_be_understood_is_refused(raw: bytes) -> None:
    with pytest.raises(RemoteError):
        decode_tolerantly(m16.BootNotificationResponse, raw)


@example(st.binary(max_size=100))
def test_no_payload_raises_another_exception(raw: bytes) -> None:
    try:
        message, _ = decode_tolerantly(m.TransactionEventResponse, raw)
    except RemoteError:
        return
    assert isinstance(message, m.TransactionEventResponse)


def test_the_end_of_a_text_for_people_is_left_out_if_it_is_too_long() -> None:
    answer = {
        "idTokenInfo": {"status": "Accepted", "personalMessage": {"format": "UTF8", "content": "x" * 513}},
    }
    message, defects = decode_tolerantly(m.TransactionEventResponse, msgspec.json.encode(answer))
    assert given(given(message.id_token_info).personal_message).content == "x" * 512
    assert [str(each) for each in defects] == [
        "a text of more than 512 characters at $.idTokenInfo.personalMessage.content"
    ]


@pytest.mark.parametrize(
    ("message_type", "answer"),
    [
        (
            m.AuthorizeResponse,
            {"idTokenInfo": {"status": "Accepted", "groupIdToken": {"idToken": "x" * 37, "type": "eMAID"}}},
        ),
        (m16.AuthorizeResponse, {"idTagInfo": {"status": "Accepted", "parentIdTag": "x" * 21}}),
    ],
)
def test_an_identifier_that_is_too_long_is_not_understood(message_type: type[OcppStruct], answer: object) -> None:
    with pytest.raises(RemoteError):
        decode_tolerantly(message_type, msgspec.json.encode(answer))
