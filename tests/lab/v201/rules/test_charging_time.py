"""timeSpentCharging is the time with the charging state Charging."""

import pytest
from tests.lab.rules.evidence import violating_frames
from tests.lab.v201.rules.station_record import StationRecord

from plugfest.lab.v201.rules.charging_time import CHARGING_TIME


@pytest.mark.parametrize(("reported", "right"), [(60, True), (57, True), (50, False), (0, False), (200, False)])
def test_the_time_is_that_of_the_states(reported: int, right: bool) -> None:
    record = StationRecord()
    record.event(0, event_type="Started", info={"chargingState": "EVConnected"})
    record.event(10, seq_no=1, info={"chargingState": "Charging"})
    record.event(20, seq_no=2, info={"chargingState": "Charging"})
    record.event(70, seq_no=3, info={"chargingState": "SuspendedEV"})
    record.event(100, seq_no=4, event_type="Ended", info={"timeSpentCharging": reported})
    assert (violating_frames(CHARGING_TIME, record) == []) is right


def test_a_flow_counts_until_the_event() -> None:
    record = StationRecord()
    record.event(0, event_type="Started", info={"chargingState": "Charging"})
    record.event(60, seq_no=1, info={"timeSpentCharging": 60})
    assert violating_frames(CHARGING_TIME, record) == []
