"""The measurands that are missing or repeated in a reading."""

import pytest

from plugfest.lab.v16.cases.core.readings import missing_measurands, repeated_samples
from plugfest.ocpp.message import UNSET
from plugfest.ocpp.v16 import types as t

REGISTER = t.SampledValue(value="1")
VOLTAGE = t.SampledValue(value="230", measurand=t.Measurand.Voltage)
VOLTAGE_L1 = t.SampledValue(value="230", measurand=t.Measurand.Voltage, phase=t.Phase.L1)


@pytest.mark.parametrize(
    ("configured", "samples", "missing"),
    [
        ({"Voltage"}, [VOLTAGE], set()),
        ({"Voltage"}, [VOLTAGE_L1], set()),
        ({"Voltage.L1"}, [VOLTAGE_L1], set()),
        ({"Voltage.L1"}, [VOLTAGE], {"Voltage.L1"}),
        ({"Voltage.L1", "Voltage.L2"}, [VOLTAGE_L1], {"Voltage.L2"}),
        ({"Energy.Active.Import.Register"}, [REGISTER], set()),
        ({"Energy.Active.Import.Register", "Voltage"}, [REGISTER], {"Voltage"}),
        ({"SoC"}, [], {"SoC"}),
    ],
)
def test_a_configured_measurand_that_no_sample_has_is_missing(
    configured: set[str], samples: list[t.SampledValue], missing: set[str]
) -> None:
    assert missing_measurands(frozenset(configured), samples) == missing


def test_a_sample_without_measurand_is_of_the_energy_register() -> None:
    assert REGISTER.measurand is UNSET
    assert not missing_measurands(frozenset({"Energy.Active.Import.Register"}), [REGISTER])


@pytest.mark.parametrize(
    ("samples", "repeated"),
    [
        ([REGISTER, VOLTAGE], []),
        ([VOLTAGE, VOLTAGE_L1], []),
        ([VOLTAGE_L1, VOLTAGE_L1], ["Voltage"]),
        ([REGISTER, REGISTER, VOLTAGE], ["Energy.Active.Import.Register"]),
    ],
)
def test_a_value_that_is_sampled_twice_is_repeated(samples: list[t.SampledValue], repeated: list[str]) -> None:
    assert repeated_samples(samples) == repeated
