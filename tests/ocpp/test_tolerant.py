"""Answers that violate the schema: used if they can be understood, with a word about what is wrong."""

from datetime import UTC, datetime

import msgspec
import pytest
from hypothesis import given as example
from hypothesis import strategies as st

from plugfest.ocpp.errors import RemoteError
from plugfest.ocpp.tolerant import decode_tolerantly
from plugfest.ocpp.v16 import messages as m16
from plugfest.ocpp.v201 import messages as m

BOOT = b'{"currentTime": "%s", "interval": 60, "status": "Accepted"}'
NOON = datetime(2026, 11, 29, 12, tzinfo=UTC)


def boot(time: str) -> tuple[m.BootNotificationResponse, list[str]]:
    message, breaches = decode_tolerantly(m.BootNotificationResponse, BOOT % time.encode())
    return message, [str(each) for each in breaches]


def test_a_valid_answer_has_no_breach() -> None:
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
    message, breaches = boot(text)
    assert message.current_time == time
    assert message.status == "Accepted"
    assert breaches == ["a time without a zone, which is not RFC 3339, at $.currentTime"]


@pytest.mark.parametrize(
    ("text", "time"),
    [("2026-11-29T12:00Z", NOON), ("2026-11-29T13:00+01:00", NOON), ("2026-11-29T12:00-00:00", NOON)],
)
def test_a_time_without_seconds_has_none(text: str, time: datetime) -> None:
    message, breaches = boot(text)
    assert message.current_time == time
    assert breaches == ["a time without seconds, which is not RFC 3339, at $.currentTime"]


def test_unknown_fields_and_null_are_left_out_at_any_depth() -> None:
    message, breaches = decode_tolerantly(
        m.TransactionEventResponse,
        b'{"totalCost": null, "transactionLimit": {"maxCost": 5},'
        b' "idTokenInfo": {"status": "Accepted", "cacheExpiryDateTime": "2026-11-29T12:00:00", "tariff": {}}}',
    )
    info = message.id_token_info
    assert isinstance(info, msgspec.Struct)
    assert info.status == "Accepted"
    assert info.cache_expiry_date_time == NOON.replace(tzinfo=None)
    assert [each.path for each in breaches] == [
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
        b'{"currentTime": "yesterday", "interval": 60, "status": "Accepted"}',
        b'{"currentTime": "2026-11-29T12:00:00", "interval": "60", "status": "Accepted"}',
        b'{"currentTime": "2026-13-29T12:00:00", "interval": 60, "status": "Accepted"}',
        b'{"currentTime": null, "interval": 60, "status": "Accepted"}',
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
