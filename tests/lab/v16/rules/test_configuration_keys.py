"""GetConfiguration of OCPP 1.6."""

import pytest
from tests.lab.rules.evidence import action
from tests.lab.v16.rules.station_record import StationRecord, violating_frames

from plugfest.lab.operator.actions import ActionKind
from plugfest.lab.v16.required_keys import BOOLEAN_KEYS, STANDARD_KEYS, TEXT_KEYS
from plugfest.lab.v16.rules.configuration_keys import GET_CONFIGURATION, VALUES, same_keys


@pytest.mark.parametrize(
    ("asked", "known", "unknown", "violations"),
    [
        (["A"], ["A"], [], 0),
        (["A"], ["a"], [], 0),
        (["A"], [], ["A"], 0),
        (["A", "B"], ["B"], ["A"], 0),
        (["A", "B"], ["A"], [], 0),  # more keys than the station returns at once
        ([], ["A", "B"], [], 0),
        (["A"], ["A", "B"], [], 1),
        (["A"], ["A"], ["B"], 1),
        (["A"], ["A"], ["A"], 1),
        (["A"], [], [], 1),
        ([], ["A"], ["B"], 1),
    ],
)
def test_the_response_names_the_requested_keys(
    asked: list[str], known: list[str], unknown: list[str], violations: int
) -> None:
    record = StationRecord()
    message_id = record.lab(1, "GetConfiguration", **({"key": asked} if asked else {}))
    keys = [{"key": key, "readonly": False, "value": "1"} for key in known]
    record.answers(2, message_id, configurationKey=keys, unknownKey=unknown)
    assert violating_frames(GET_CONFIGURATION, record) == [1] * violations


def reported(
    record: StationRecord, *keys: tuple[str, str | None], at: float = 1, asked: bool = False, readonly: bool = False
) -> None:
    """The station returns these keys with their values; to a request for exactly these if `asked`."""
    message_id = record.lab(at, "GetConfiguration", **({"key": [key for key, _ in keys]} if asked else {}))
    entries = [{"key": key, "readonly": readonly} | ({} if value is None else {"value": value}) for key, value in keys]
    record.answers(at, message_id, configurationKey=entries)


@pytest.mark.parametrize(
    ("key", "value", "later", "frames"),
    [
        ("ConnectionTimeOut", "60", "60", []),
        ("ConnectionTimeOut", "60", "61", [3]),
        ("ConnectionTimeOut", "60", None, [3]),
        ("LocalPreAuthorize", "true", "True", []),
        ("StopTxnSampledData", "Voltage,SoC", "SoC, Voltage", []),
        ("StopTxnSampledData", "Voltage,SoC", "Voltage", [3]),
        ("HeartbeatInterval", "60", "300", []),
        ("VendorTemperature", "41", "42", []),
    ],
)
def test_a_standard_key_stays_the_same(key: str, value: str, later: str | None, frames: list[int]) -> None:
    record = StationRecord()
    reported(record, (key, value))
    reported(record, (key, later))
    assert violating_frames(same_keys(), record) == frames


def test_a_key_stays_read_only() -> None:
    record = StationRecord()
    reported(record, ("NumberOfConnectors", "1"), readonly=True)
    reported(record, ("NumberOfConnectors", "1"))
    assert violating_frames(same_keys(), record) == [3]


@pytest.mark.parametrize(("status", "frames"), [("Accepted", []), ("RebootRequired", []), ("Rejected", [5])])
def test_keys_may_change_when_the_lab_has_changed_one(status: str, frames: list[int]) -> None:
    record = StationRecord()
    reported(record, ("ConnectionTimeOut", "60"))
    record.asked(2, "ChangeConfiguration", key="LocalPreAuthorize", value="true", status=status)
    reported(record, ("ConnectionTimeOut", "61"))
    assert violating_frames(same_keys(), record) == frames


@pytest.mark.parametrize(("asked", "frames"), [(False, [3]), (True, [])])
def test_a_full_list_has_every_known_key(asked: bool, frames: list[int]) -> None:
    record = StationRecord()
    reported(record, ("ConnectionTimeOut", "60"), ("VendorTemperature", "41"))
    reported(record, ("ConnectionTimeOut", "60"), asked=asked)
    assert violating_frames(same_keys(), record) == frames


def test_keys_are_remembered_from_case_to_case_until_the_firmware_changes() -> None:
    rule, first, second, third = same_keys(), StationRecord(), StationRecord(), StationRecord()
    reported(first, ("ConnectionTimeOut", "60"), ("SupportedFeatureProfiles", "Core"))
    reported(second, ("ConnectionTimeOut", "61"), ("SupportedFeatureProfiles", "Core"))
    third.answers(2, third.lab(2, "UpdateFirmware", location="ftp://lab", retrieveDate="2026-01-01T00:00:00Z"))
    reported(third, ("ConnectionTimeOut", "62"))
    assert violating_frames(rule, first) == []
    assert violating_frames(rule, second) == [1]
    assert violating_frames(rule, third) == []


@pytest.mark.parametrize(("frame", "ended", "frames"), [(2, 1.5, []), (0, 0.5, [3]), (0, 9, [])])
def test_a_station_that_was_commissioned_may_have_other_keys(frame: int, ended: float, frames: list[int]) -> None:
    record = StationRecord()
    reported(record, ("ConnectionTimeOut", "60"), at=1)
    reported(record, ("ConnectionTimeOut", "61"), at=2)
    assert violating_frames(same_keys(), record, action(ActionKind.COMMISSION, 0, frame, until=ended)) == frames


@pytest.mark.parametrize(
    ("key", "value", "frames"),
    [
        ("HeartbeatInterval", "300", []),
        ("heartbeatinterval", " 0300", []),  # section 9 has no notation of an integer
        ("HeartbeatInterval", "", []),
        ("HeartbeatInterval", None, []),
        ("HeartbeatInterval", "5 min", [1]),
        ("WebSocketPingInterval", "60.0", [1]),
        ("LocalPreAuthorize", "True", []),
        ("LocalPreAuthorize", "yes", [1]),
        ("MeterValuesSampledData", "Voltage.L1,SoC", []),
        ("VendorKey", "anything", []),
    ],
)
def test_the_value_of_a_standardized_key_is_of_its_type(key: str, value: str | None, frames: list[int]) -> None:
    record = StationRecord()
    reported(record, (key, value))
    assert violating_frames(VALUES, record) == frames


def test_a_key_with_a_type_is_a_standardized_key() -> None:
    assert set(STANDARD_KEYS) > BOOLEAN_KEYS | TEXT_KEYS
