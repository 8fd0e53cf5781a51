"""Readings of a meter as OCPP's measurands."""

import pytest

from plugfest.hardware.ports import Reading
from plugfest.station.model.metering.measurands import Measurement, SampledValue, measure

AC = Reading(
    energy_import=1234.5678,
    energy_export=0.0,
    voltages=(230.0, 231.0, 229.0),
    currents=(16.0, 16.0, 0.0),
    power_factor=0.98,
    frequency=50.0,
)
DC = Reading(
    energy_import=10.0, energy_export=0.0, voltages=(400.0,), currents=(100.0,), power_factor=1.0, frequency=None
)


def values(measured: Measurement, *names: str) -> list[tuple[str | None, float]]:
    return [(value.phase, value.value) for value in measure(measured, names)]


def test_a_quantity_with_phases_is_reported_for_each() -> None:
    measured = Measurement(reading=AC, offered=22_080.0, offered_phases=3)
    assert values(measured, "Current.Import") == [("L1", 16.0), ("L2", 16.0), ("L3", 0.0)]  # part 2, J 2.3
    assert values(measured, "Voltage") == [("L1-N", 230.0), ("L2-N", 231.0), ("L3-N", 229.0)]
    assert values(measured, "Current.Offered") == [(None, 32.0)]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Voltage.L1", ("L1", 230.0)),
        ("Voltage.L2-N", ("L2-N", 231.0)),
        ("Current.Import.L3", ("L3", 0.0)),
    ],
)
def test_one_phase_of_a_measurand(name: str, expected: tuple[str, float]) -> None:
    assert values(Measurement(reading=AC), name) == [expected]  # 1.6, 9.1.17
    assert len(values(Measurement(reading=AC), name.rpartition(".")[0], name)) == 3


def test_direct_current_has_no_phases_and_no_frequency() -> None:
    measured = Measurement(reading=DC, offered=50_000.0, state_of_charge=55.5)
    assert values(measured, "Current.Import", "Voltage") == [(None, 100.0), (None, 400.0)]
    assert values(measured, "Frequency") == []
    assert values(measured, "Power.Active.Import", "Power.Offered") == [(None, 40_000.0), (None, 50_000.0)]


def test_only_the_state_of_charge_is_measured_in_the_ev() -> None:
    found = measure(
        Measurement(reading=DC, state_of_charge=55.5),
        ["SoC", "Current.Import", "Power.Active.Import", "Energy.Active.Import.Register"],
    )
    assert [value.measurand for value in found if value.location == "EV"] == ["SoC"]


def test_the_register_is_reported_as_the_meter_shows_it() -> None:
    (value,) = measure(Measurement(reading=AC), ["Energy.Active.Import.Register"])
    assert value == SampledValue(
        measurand="Energy.Active.Import.Register", value=1234.568, unit="Wh", location="Outlet"
    )  # J02.FR.17


def test_interval_is_what_flowed_since_the_last_sample() -> None:
    name = "Energy.Active.Import.Interval"
    assert values(Measurement(reading=DC, energy_before=4.0), name) == [(None, 6.0)]
    assert values(Measurement(reading=DC), name) == [(None, 0.0)]


def test_reactive_power_follows_from_the_power_factor() -> None:
    ((_, reactive),) = values(Measurement(reading=AC), "Power.Reactive.Import")
    apparent = AC.power / AC.power_factor
    assert reactive**2 + AC.power**2 == pytest.approx(apparent**2)


def test_what_is_not_measured_is_left_out() -> None:
    assert measure(Measurement(reading=DC), ["SoC", "Power.Offered", "Nonsense"]) == ()
