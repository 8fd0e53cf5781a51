"""Registers do not increase while the station reports that no energy is transferred."""

import pytest
from tests.lab.rules.evidence import stamp, violating_frames
from tests.lab.v201.rules.station_record import StationRecord

from plugfest.lab.v201.rules.metering.registers_at_rest import REGISTERS_AT_REST

FLOWING = (100, 130, 160)
"""Watt-hours each 10 s: 11 kW."""


def reported(state: str, *registers: float, first: float = 25) -> StationRecord:
    """Energy is transferred until 20 s, then `state` is reported, and a register each 10 s from `first`."""
    record = StationRecord()
    record.event(10, event_type="Started", info={"chargingState": "Charging"})
    record.event(20, seq_no=1, info={"chargingState": state})
    for number, register in enumerate(registers):
        at = first + 10 * number
        values = [{"timestamp": stamp(at), "sampledValue": [{"value": register}]}]
        record.event(at, "MeterValuePeriodic", seq_no=2 + number, meterValue=values)
    return record


@pytest.mark.parametrize("state", ["SuspendedEVSE", "EVConnected", "Idle"])
def test_a_register_that_goes_on_is_a_violation(state: str) -> None:
    assert violating_frames(REGISTERS_AT_REST, reported(state, *FLOWING)) == [8]


@pytest.mark.parametrize("state", ["Charging", "SuspendedEV"])
def test_a_register_may_increase_while_energy_is_offered(state: str) -> None:
    assert violating_frames(REGISTERS_AT_REST, reported(state, *FLOWING)) == []


@pytest.mark.parametrize(
    "registers",
    [
        pytest.param((100, 130, 130), id="the first reading is a late one"),
        pytest.param((100, 100, 1100), id="a coarse register reaches its next unit"),
        pytest.param((100, 100.5, 101), id="the consumption of an EV at rest"),
        pytest.param((100, 130), id="one increase only"),
    ],
)
def test_what_is_not_a_flow_is_permitted(registers: tuple[float, ...]) -> None:
    assert violating_frames(REGISTERS_AT_REST, reported("SuspendedEVSE", *registers)) == []


def test_energy_may_stop_late_by_the_tolerance() -> None:
    assert violating_frames(REGISTERS_AT_REST, reported("SuspendedEVSE", 100, 130, 160, 160, first=3)) == []


def test_energy_that_flows_again_ends_the_period() -> None:
    record = reported("SuspendedEVSE", 100, 130)
    record.event(40, seq_no=4, info={"chargingState": "Charging"})
    values = [{"timestamp": stamp(45), "sampledValue": [{"value": 160}]}]
    record.event(45, "MeterValuePeriodic", seq_no=5, meterValue=values)
    assert violating_frames(REGISTERS_AT_REST, record) == []
