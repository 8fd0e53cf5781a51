"""Units of sampled values of OCPP 1.6."""

import pytest
from tests.lab.v16.rules.station_record import StationRecord, reading, violating_frames

from plugfest.lab.v16.rules.sampled_values import UNITS


@pytest.mark.parametrize(
    ("sample", "violates"),
    [
        ({}, False),
        ({"unit": "kWh"}, False),
        ({"unit": "A"}, True),
        ({"measurand": "Voltage", "unit": "V"}, False),
        ({"measurand": "Voltage", "unit": "W"}, True),
        ({"measurand": "Voltage"}, False),  # the default is for energy only (7.43)
        ({"measurand": "Temperature", "unit": "Celcius"}, False),
        ({"measurand": "Frequency"}, False),
        ({"measurand": "Power.Factor", "unit": "Percent"}, False),
    ],
)
def test_the_unit_is_one_of_the_measurand(sample: dict[str, object], violates: bool) -> None:
    record = StationRecord()
    record.meter(1, reading(1, 5, **sample))
    record.stop(2, transactionData=[reading(2, 5, **sample)])
    assert violating_frames(UNITS, record) == ([0, 2] if violates else [])
