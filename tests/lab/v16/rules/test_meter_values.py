"""Meter values of OCPP 1.6."""

import pytest
from tests.lab.rules.evidence import stamp
from tests.lab.v16.rules.station_record import StationRecord, reading, violating_frames

from plugfest.lab.v16.rules.meter_values import (
    TIME_OF_CONTEXT,
    meter_of_transaction,
    plausible_energy,
    register_across_transactions,
    register_in_transaction,
    transaction_of_values,
)
from plugfest.lab.verdict import Level


def metered(*values: object, **sample: object) -> StationRecord:
    record = StationRecord()
    record.start(0)
    for at, value in enumerate(values):
        record.meter(at, reading(at, value, **sample), transactionId=7)
    return record


def test_a_decreasing_register_is_a_violation() -> None:
    for record, frames in ((metered(5, 7, 7), []), (metered(5, 7, "6.2"), []), (metered(5, 7, "5.9"), [6])):
        assert violating_frames(register_in_transaction(record.ledger), record) == frames


def test_other_measurands_may_decrease_and_signed_values_are_skipped() -> None:
    for sample in ({"measurand": "Power.Active.Import"}, {"format": "SignedData"}):
        record = metered(5, 4, **sample)
        assert violating_frames(register_in_transaction(record.ledger), record) == []
    record = metered(5, "much")
    assert violating_frames(register_in_transaction(record.ledger), record) == []


def test_a_value_of_any_size_can_be_compared() -> None:
    record = metered(5, "1e-999999999")
    assert violating_frames(register_in_transaction(record.ledger), record) != []


def test_units_and_locations_are_considered() -> None:
    record = StationRecord()
    record.start(0)
    values = reading(1, 900, unit="Wh"), reading(2, "1.000", unit="kWh"), reading(3, 5, location="Inlet")
    record.meter(1, *values, transactionId=7)
    assert violating_frames(register_in_transaction(record.ledger), record) == []
    record.meter(4, reading(4, 998, location="Outlet"), transactionId=7)
    assert violating_frames(register_in_transaction(record.ledger), record) == [4]


def test_readings_are_compared_within_their_last_digits() -> None:
    for value, frames in (("1.3", []), ("1.250", [4])):
        record = StationRecord()
        record.start(0)
        record.meter(1, reading(1, value, unit="kWh"), transactionId=7)
        record.request(9, "StopTransaction", transactionId=7, meterStop=1234, timestamp=stamp(9))
        assert violating_frames(register_in_transaction(record.ledger), record) == frames


def test_transaction_data_has_readings_of_the_same_register() -> None:
    record = metered(5)
    record.stop(9, transactionData=[reading(9, 3)])
    assert violating_frames(register_in_transaction(record.ledger), record) == [4]


def two_transactions() -> StationRecord:
    record = StationRecord()
    record.start(0)
    record.stop(9)
    record.start(20, transaction_id=8)
    return record


def test_the_register_continues_across_transactions_as_a_recommendation() -> None:
    record = two_transactions()
    assert violating_frames(register_in_transaction(record.ledger), record) == []
    assert violating_frames(register_across_transactions(record.ledger), record) == [4]
    assert register_across_transactions(record.ledger).level is Level.SHOULD


def test_a_decrease_in_a_transaction_is_reported_once() -> None:
    record = metered(5, 2)
    assert violating_frames(register_across_transactions(record.ledger), record) == []


def test_the_main_meter_never_decreases() -> None:
    for connector_id, frames in ((0, [2]), (1, [])):
        record = StationRecord()
        for at, value in ((1, 900), (2, 800)):
            record.request(at, "MeterValues", connectorId=connector_id, meterValue=[reading(at, value)])
        assert violating_frames(register_in_transaction(record.ledger), record) == frames


def test_a_violation_in_an_earlier_case_is_not_reported_again() -> None:
    record = two_transactions()
    later = StationRecord()
    later.ledger = record.ledger
    for _ in range(3):
        later.request(30, "Heartbeat", {"currentTime": "2026-01-01T00:00:00Z"})
    later.frames[:5] = []
    assert violating_frames(register_across_transactions(record.ledger), later) == []


def test_an_implausible_increase_is_a_violation() -> None:
    for values, frames in (((0, 1_050), []), ((0, 5_000), [4]), ((0, "1.05"), [])):
        record = metered(*values)
        assert violating_frames(plausible_energy(record.ledger), record) == frames
    record = metered(0, 5, unit="kWh")
    assert violating_frames(plausible_energy(record.ledger), record) == [4]


def stopped(**context: object) -> StationRecord:
    record = StationRecord()
    record.start(0)
    record.stop(9, transactionData=[reading(9, 3, **context)])
    return record


def test_samples_at_start_and_end_equal_meter_start_and_meter_stop() -> None:
    for context, frames in (
        ({"context": "Transaction.End"}, [2]),
        ({"context": "Transaction.Begin"}, [2]),
        ({"context": "Transaction.Begin", "measurand": "Voltage"}, []),
        ({"context": "Transaction.Begin", "phase": "L1"}, []),
        ({"context": "Sample.Periodic"}, []),
    ):
        record = stopped(**context)
        assert violating_frames(meter_of_transaction(record.ledger), record) == frames
    record = metered("0.4", context="Transaction.Begin")
    assert violating_frames(meter_of_transaction(record.ledger), record) == []
    record = metered(40, context="Transaction.Begin")
    assert violating_frames(meter_of_transaction(record.ledger), record) == [2]


# transactionId


def test_meter_values_during_a_transaction_have_its_id() -> None:
    for at, frames in ((2, []), (20, [2]), (48, []), (60, [])):
        record = StationRecord()
        record.start(0)
        record.meter(at, reading(at))
        record.stop(max(at, 50), timestamp=50)
        assert violating_frames(transaction_of_values(record.ledger), record) == frames


def test_values_of_the_main_meter_or_of_another_connector_need_no_transaction() -> None:
    record = StationRecord()
    record.start(0, connector_id=2)
    record.meter(20, reading(20))
    record.request(21, "MeterValues", connectorId=2, meterValue=[reading(21, location="Inlet")])
    record.request(22, "MeterValues", connectorId=0, meterValue=[reading(22)])
    assert violating_frames(transaction_of_values(record.ledger), record) == []


@pytest.mark.parametrize(
    ("connector_id", "transaction_id", "frames"), [(1, 7, []), (0, 7, []), (1, 8, [2]), (2, 7, [2])]
)
def test_the_transaction_of_meter_values_is_one_of_their_connector(
    connector_id: int, transaction_id: int, frames: list[int]
) -> None:
    record = StationRecord()
    record.start(0)
    record.request(9, "MeterValues", connectorId=connector_id, transactionId=transaction_id, meterValue=[reading(9)])
    assert violating_frames(transaction_of_values(record.ledger), record) == frames


@pytest.mark.parametrize(("at", "sampled", "frames"), [(40, 40, [4]), (40, 20, []), (40, 33, [])])
def test_values_that_were_sampled_after_the_stop_have_another_transaction(
    at: float, sampled: float, frames: list[int]
) -> None:
    record = StationRecord()
    record.start(0)
    record.stop(30)
    record.meter(at, reading(sampled), transactionId=7)
    assert violating_frames(transaction_of_values(record.ledger), record) == frames


def test_without_an_id_from_the_csms_the_transaction_is_minus_1() -> None:
    record = StationRecord()
    record.meter(9, reading(9), transactionId=-1)
    assert violating_frames(transaction_of_values(record.ledger), record) == []


# context


@pytest.mark.parametrize(
    ("context", "at", "violates"),
    [
        ("Transaction.Begin", 10, False),
        ("Transaction.Begin", 13, False),
        ("Transaction.Begin", 30, True),
        ("Transaction.End", 30, False),
        ("Transaction.End", 10, True),
        ("Sample.Periodic", 20, False),
    ],
)
def test_the_context_fits_the_time(context: str, at: float, violates: bool) -> None:
    record = StationRecord()
    record.start(10)
    record.meter(29, reading(at, 5, context=context), transactionId=7)
    record.stop(30, transactionData=[reading(at, 5, context=context)])
    assert violating_frames(TIME_OF_CONTEXT, record) == ([2, 4] if violates else [])
