"""Meter values of OCPP 2.0.1."""

import pytest
from tests.lab.rules.evidence import stamp, violating_frames
from tests.lab.v201.rules.station_record import StationRecord

from plugfest.lab.v201.rules.metering.meter_values import (
    EVENTS_FOR_METER_VALUES,
    METER_VALUE_TIMESTAMPS,
    PLAUSIBLE_ENERGY,
    REGISTER_IN_TRANSACTION,
    REGISTER_OF_EVSE,
    START_OF_REGISTER,
)
from plugfest.lab.verdict import Level


def test_a_meter_value_is_of_the_time_of_its_transaction() -> None:
    for timestamp, frames in ((11.0, []), (300.0, [2]), (-60.0, [2])):
        record = StationRecord()
        record.event(10, event_type="Started")
        values = [{"timestamp": stamp(timestamp), "sampledValue": [{"value": 1}]}]
        record.event(12, seq_no=1, meterValue=values)
        assert violating_frames(METER_VALUE_TIMESTAMPS, record) == frames


@pytest.mark.parametrize("reason", ["MeterValuePeriodic", "MeterValueClock"])
def test_an_event_sent_for_a_meter_value_contains_one(reason: str) -> None:
    record = StationRecord()
    record.event(10, reason, meterValue=[{"timestamp": stamp(10), "sampledValue": [{"value": 1}]}])
    record.event(20, "ChargingStateChanged", seq_no=1)
    assert violating_frames(EVENTS_FOR_METER_VALUES, record) == []
    record.event(30, reason, seq_no=2)
    assert violating_frames(EVENTS_FOR_METER_VALUES, record) == [4]


# Energy registers

EVSE_1 = {"evse": {"id": 1, "connectorId": 1}}


def reading(at: float, value: float, **sample: object) -> dict[str, object]:
    return {"timestamp": stamp(at), "sampledValue": [{"value": value} | sample]}


def metered(*values: float, **sample: object) -> StationRecord:
    """A transaction with a reading in each event."""
    record = StationRecord()
    for at, value in enumerate(values):
        record.event(
            at, seq_no=at, event_type="Updated" if at else "Started", meterValue=[reading(at, value, **sample)]
        )
    return record


def test_an_increasing_or_constant_register_conforms() -> None:
    assert violating_frames(REGISTER_IN_TRANSACTION, metered(5, 5, 7.5)) == []


def test_a_decreasing_register_is_a_violation() -> None:
    assert violating_frames(REGISTER_IN_TRANSACTION, metered(5, 7, 6)) == [4]


def test_other_measurands_may_decrease() -> None:
    assert violating_frames(REGISTER_IN_TRANSACTION, metered(5, 4, measurand="Power.Active.Import")) == []
    assert violating_frames(REGISTER_IN_TRANSACTION, metered(5, 4, measurand="Energy.Active.Net")) == []


@pytest.mark.parametrize("measurand", ["Energy.Active.Export.Register", "Energy.Reactive.Import.Register"])
def test_every_energy_register_is_judged(measurand: str) -> None:
    assert violating_frames(REGISTER_IN_TRANSACTION, metered(5, 4, measurand=measurand)) == [2]


def test_units_are_considered() -> None:
    record = StationRecord()
    for at, value, unit in ((0, 900.0, {"unit": "Wh"}), (1, 1.0, {"unit": "kWh"}), (2, 2.0, {"multiplier": 3})):
        values = [reading(at, value, unitOfMeasure=unit)]
        record.event(at, seq_no=at, event_type="Updated" if at else "Started", meterValue=values)
    assert violating_frames(REGISTER_IN_TRANSACTION, record) == []


@pytest.mark.parametrize(("multiplier", "frames"), [(400, []), (-(2**40), [2])])
def test_a_multiplier_may_be_any_integer(multiplier: int, frames: list[int]) -> None:
    record = StationRecord()
    for at, unit in enumerate(({"unit": "Wh"}, {"multiplier": multiplier})):
        values = [reading(at, 900.0, unitOfMeasure=unit)]
        record.event(at, seq_no=at, event_type="Updated" if at else "Started", meterValue=values)
    assert violating_frames(REGISTER_IN_TRANSACTION, record) == frames


def test_each_phase_has_its_own_register() -> None:
    record = StationRecord()
    values = [reading(0, 9.0, phase="L1"), reading(1, 5.0, phase="L2")]
    record.event(1, event_type="Started", meterValue=values)
    assert violating_frames(REGISTER_IN_TRANSACTION, record) == []


def test_readings_are_judged_in_chronological_order() -> None:
    record = StationRecord()
    record.event(5, event_type="Started", meterValue=[reading(5, 9.0), reading(1, 3.0)])
    assert violating_frames(REGISTER_IN_TRANSACTION, record) == []


def two_transactions(second: float) -> StationRecord:
    record = StationRecord()
    for number, value in enumerate((50.0, second)):
        at = float(10 * number)
        record.event(at, event_type="Started", transaction_id=f"T{number}", meterValue=[reading(at, value)], **EVSE_1)
    return record


def test_a_register_that_restarts_with_a_transaction_violates_a_recommendation_only() -> None:
    assert violating_frames(REGISTER_IN_TRANSACTION, two_transactions(0.0)) == []
    assert violating_frames(REGISTER_OF_EVSE, two_transactions(0.0)) == [2]
    assert violating_frames(REGISTER_OF_EVSE, two_transactions(50.0)) == []
    assert REGISTER_OF_EVSE.level is Level.SHOULD


def test_meter_values_requests_contain_readings_of_the_same_register() -> None:
    record = two_transactions(60.0)
    record.request(30, "MeterValues", {"evseId": 1, "meterValue": [reading(30, 55.0)]}, {})
    record.request(31, "MeterValues", {"evseId": 2, "meterValue": [reading(31, 5.0)]}, {})
    assert violating_frames(REGISTER_OF_EVSE, record) == [4]


def test_an_implausible_increase_is_a_violation() -> None:
    assert violating_frames(PLAUSIBLE_ENERGY, metered(0, 1_000)) == []
    assert violating_frames(PLAUSIBLE_ENERGY, metered(0, 100_000)) == [2]


def started_and_ended(start: float, again: float, **unit: object) -> StationRecord:
    record = StationRecord()
    record.event(0, event_type="Started", meterValue=[reading(0, start, context="Transaction.Begin")])
    values = [reading(0, again, context="Transaction.Begin", **unit), reading(9, 60.0, context="Transaction.End")]
    record.event(9, event_type="Ended", seq_no=1, meterValue=values)
    return record


def test_the_reading_of_the_start_does_not_change() -> None:
    assert violating_frames(START_OF_REGISTER, started_and_ended(50.0, 50.0)) == []
    assert violating_frames(START_OF_REGISTER, started_and_ended(50.0, 55.0)) == [2]


def test_the_reading_of_the_start_may_have_another_unit() -> None:
    kilo = {"unitOfMeasure": {"unit": "kWh"}}
    assert violating_frames(START_OF_REGISTER, started_and_ended(50.4, 0.05, **kilo)) == []


def test_readings_are_compared_within_their_last_digits() -> None:
    kwh = {"unit": "kWh"}
    for first, second, frames in ((12.3, 12.25, []), (12.3, 12.15, [2]), (12.35, 12.25, [2])):
        record = StationRecord()
        for at, value in enumerate((first, second)):
            event_type = "Updated" if at else "Started"
            values = [reading(at, value, unitOfMeasure=kwh)]
            record.event(at, seq_no=at, event_type=event_type, meterValue=values)
        assert violating_frames(REGISTER_IN_TRANSACTION, record) == frames
