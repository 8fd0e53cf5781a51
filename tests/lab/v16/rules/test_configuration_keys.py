"""GetConfiguration of OCPP 1.6."""

import pytest
from tests.lab.v16.rules.station_record import StationRecord, violating_frames

from plugfest.lab.v16.rules.configuration_keys import GET_CONFIGURATION


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
