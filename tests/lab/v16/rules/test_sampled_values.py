"""The sampled values of OCPP 1.6."""

import pytest
from tests.lab.rules.evidence import stamp
from tests.lab.v16.rules.station_record import StationRecord, violating_frames

from plugfest.lab.recording.record import Direction
from plugfest.lab.v16.rules.sampled_values import sampled_value_rules

VALUES, UNIT, OMITTED_UNIT, PLACES, CONTEXT, BEGIN_AND_END = range(6)


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
        ("1e1", {}, True),  # 7.43 prescribes no notation
        ("+5", {}, True),
        ("", {}, False),
        ("many", {}, False),
        ("\u0661\u0662", {}, False),
        ("0A" * 16, {"format": "SignedData"}, True),
        ("OCMF|{}|" + "x" * 30, {"format": "SignedData"}, True),
        ("500", {"format": "SignedData"}, False),
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


@pytest.mark.parametrize(
    ("contexts", "right"),
    [
        ([], True),
        (["Transaction.Begin", "Transaction.End"], True),
        (["Transaction.Begin", "Sample.Periodic", "Transaction.End"], True),
        (["Transaction.Begin"], False),
        (["Transaction.Begin", None], False),
        (["Interruption.Begin", "Transaction.End"], False),
    ],
)
def test_transaction_data_has_the_first_and_the_last_value(contexts: list[str | None], right: bool) -> None:
    record = StationRecord()
    record.start(0)
    samples = [{"value": "1"} | ({} if context is None else {"context": context}) for context in contexts]
    data = [{"timestamp": stamp(2), "sampledValue": [sample]} for sample in samples]
    record.stop(2, **({"transactionData": data} if data else {}))
    assert (rule(record, BEGIN_AND_END) == []) is right


def test_transaction_data_has_the_first_and_the_last_value_of_each_measurand() -> None:
    record = StationRecord()
    begin = [
        {"value": "1", "context": "Transaction.Begin"},
        {"value": "1", "context": "Transaction.Begin", "measurand": "Voltage"},
    ]
    end = [{"value": "1", "context": "Transaction.End"}]
    data = [{"timestamp": stamp(0), "sampledValue": begin}, {"timestamp": stamp(2), "sampledValue": end}]
    record.start(0)
    record.stop(2, transactionData=data)
    assert rule(record, BEGIN_AND_END) == [2]


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
