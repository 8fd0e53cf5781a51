"""Signed meter values are base64."""

import pytest
from tests.lab.rules.evidence import stamp, violating_frames
from tests.lab.v201.rules.station_record import StationRecord

from plugfest.lab.v201.rules.metering.signed_values import SIGNED_VALUES


def signed(data: str = "T0NNRnx7fQ==", public_key: str = "") -> list[dict[str, object]]:
    value = {"signedMeterData": data, "publicKey": public_key, "signingMethod": "", "encodingMethod": "OCMF"}
    return [{"timestamp": stamp(0), "sampledValue": [{"value": 1.0, "signedMeterValue": value}]}]


@pytest.mark.parametrize(
    ("fields", "frames"),
    [
        ({}, []),
        ({"public_key": "b2NhOmJhc2U2NA=="}, []),
        ({"data": "T0NN\nRnx7fQ=="}, []),
        ({"data": "Mutant"}, [0]),
        ({"data": "OCMF|{}"}, [0]),
        ({"public_key": "A?"}, [0]),
    ],
)
def test_data_and_public_key_are_base64(fields: dict[str, str], frames: list[int]) -> None:
    record = StationRecord()
    record.event(0, meterValue=signed(**fields))
    assert violating_frames(SIGNED_VALUES, record) == frames


def test_meter_values_requests_are_judged_too() -> None:
    record = StationRecord()
    record.request(0, "MeterValues", {"evseId": 1, "meterValue": signed("Mutant")}, {})
    assert violating_frames(SIGNED_VALUES, record) == [0]
