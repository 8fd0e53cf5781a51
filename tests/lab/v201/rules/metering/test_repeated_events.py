"""The samples of one moment are sent once."""

import pytest
from tests.lab.rules.evidence import stamp, violating_frames
from tests.lab.v201.rules.station_record import StationRecord

from plugfest.lab.v201.rules.metering.repeated_events import REPEATED_EVENTS

SAMPLE: dict[str, object] = {"value": 1.0, "measurand": "Voltage", "phase": "L1"}


def periodic(record: StationRecord, seq_no: int, *samples: dict[str, object], at: float = 5.0) -> StationRecord:
    values = [{"timestamp": stamp(at), "sampledValue": list(samples)}]
    record.event(seq_no + 10, "MeterValuePeriodic", timestamp=at, seq_no=seq_no, meterValue=values)
    return record


def test_the_same_samples_in_another_event_are_a_violation() -> None:
    record = periodic(periodic(StationRecord(), 0, SAMPLE), 1, SAMPLE | {"location": "Outlet"})
    assert violating_frames(REPEATED_EVENTS, record) == [2]


@pytest.mark.parametrize("other", [{"phase": "L2"}, {"measurand": "Current.Import"}, {"location": "EV"}])
def test_the_samples_of_a_moment_may_be_split(other: dict[str, object]) -> None:
    record = periodic(periodic(StationRecord(), 0, SAMPLE), 1, SAMPLE | other)
    assert violating_frames(REPEATED_EVENTS, record) == []


def test_a_part_of_a_split_may_repeat_a_sample() -> None:
    record = periodic(periodic(StationRecord(), 0, SAMPLE), 1, SAMPLE, SAMPLE | {"phase": "L2"})
    assert violating_frames(REPEATED_EVENTS, record) == []


def test_the_samples_of_another_moment_are_others() -> None:
    record = periodic(periodic(StationRecord(), 0, SAMPLE), 1, SAMPLE, at=6.0)
    assert violating_frames(REPEATED_EVENTS, record) == []


def test_a_retry_is_no_repeated_event() -> None:
    record = periodic(periodic(StationRecord(), 0, SAMPLE), 0, SAMPLE)
    assert violating_frames(REPEATED_EVENTS, record) == []
