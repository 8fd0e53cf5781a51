"""The sampled values of OCPP 1.6."""

import pytest
from tests.lab.rules.evidence import stamp
from tests.lab.v16.rules.station_record import StationRecord, violating_frames

from plugfest.lab.recording.record import Direction
from plugfest.lab.v16.rules.sampled_values import sampled_value_rules

VALUES, UNIT, OMITTED_UNIT, PLACES, CONTEXT = range(5)


def rule(record: StationRecord, number: int) -> list[int | None]:
    return violating_frames(sampled_value_rules(record.ledger)[number], record)


def sampled(record: StationRecord, at: float, value: str = "1", **fields: str) -> None:
    """A MeterValues.req with one sample."""
    values = [{"timestamp": stamp(at), "sampledValue": [{"value": value, **fields}]}]
    record.request(at, "MeterValues", connectorId=1, meterValue=values)


@pytest.mark.parametrize(
    ("value", "fields", "right"),
    [
        ("12.5", {}, True),
        ("-1", {}, True),
        ("", {}, False),
        ("many", {}, False),
        ("0A", {"format": "SignedData"}, True),
    ],
)
def test_a_value_is_a_decimal_number_or_signed_data(value: str, fields: dict[str, str], right: bool) -> None:
    record = StationRecord()
    sampled(record, 0, value, **fields)
    assert (rule(record, VALUES) == []) is right


def test_the_unit_is_one_of_the_measurand() -> None:
    record = StationRecord()
    sampled(record, 0, unit="kWh")
    sampled(record, 1, unit="W")
    sampled(record, 2, measurand="Voltage")
    assert rule(record, UNIT) == [2]
    assert rule(record, OMITTED_UNIT) == [4]


def test_the_locations_are_the_same_in_the_transaction_data() -> None:
    record = StationRecord()
    record.start(0)
    sampled(record, 1)
    record.stop(
        2,
        transactionData=[{"timestamp": stamp(2), "sampledValue": [{"value": "1", "location": "Inlet"}]}],
    )
    assert rule(record, PLACES) == [4]


def test_a_value_is_triggered_only_by_a_trigger() -> None:
    record = StationRecord()
    sampled(record, 0, context="Trigger")
    assert rule(record, CONTEXT) == [0]
    record.add(Direction.FROM_LAB, 1, [2, "t", "TriggerMessage", {"requestedMessage": "MeterValues"}])
    assert rule(record, CONTEXT) == []


def test_data_of_an_unknown_transaction_have_no_connector() -> None:
    record = StationRecord()
    sampled(record, 0)
    record.stop(1, transactionData=[{"timestamp": stamp(1), "sampledValue": [{"value": "1", "location": "Inlet"}]}])
    assert rule(record, PLACES) == []
