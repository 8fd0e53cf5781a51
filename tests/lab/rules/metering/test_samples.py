"""Samples of every version: units, locations and phases."""

from datetime import UTC, datetime, timedelta

import pytest

from plugfest.lab.rules.metering.samples import Sample, omitted_units, other_places, wrong_units

START = datetime(2026, 1, 1, tzinfo=UTC)
REGISTER = "Energy.Active.Import.Register"


def sample(
    at: float = 0,
    measurand: str = REGISTER,
    location: str = "Outlet",
    phase: str | None = None,
    unit: str | None = "Wh",
) -> Sample:
    return Sample(
        scope="EVSE 1",
        at=START + timedelta(seconds=at),
        measurand=measurand,
        context="Sample.Periodic",
        location=location,
        phase=phase,
        unit=unit,
        frame=int(at),
    )


@pytest.mark.parametrize(
    ("measurand", "unit", "right"),
    [
        (REGISTER, "kWh", True),
        (REGISTER, "W", False),
        ("Energy.Reactive.Net", "varh", True),
        ("Energy.Reactive.Net", "Wh", False),
        ("Power.Active.Import", "kW", True),
        ("Power.Active.Import", "kWh", False),
        ("Current.Offered", "A", True),
        ("SoC", "Percent", True),
        ("Power.Factor", "anything", True),
        ("Voltage", None, True),
    ],
)
def test_a_unit_is_one_of_its_measurand(measurand: str, unit: str | None, right: bool) -> None:
    assert (list(wrong_units([sample(measurand=measurand, unit=unit)])) == []) is right


def test_an_omitted_unit_is_watt_hours() -> None:
    assert list(omitted_units([sample(unit=None)])) == []
    assert [one.actual for one in omitted_units([sample(measurand="Voltage", unit=None)])] == ["omitted: Wh"]
    assert list(omitted_units([sample(measurand="Voltage", unit="A")])) == []


def test_a_measurand_has_the_same_locations_in_every_sampling() -> None:
    assert list(other_places([sample(0), sample(10)])) == []
    (found,) = other_places([sample(0), sample(10, location="Inlet"), sample(20)])
    assert (found.expected, found.actual, found.frame) == (
        f"{REGISTER} of EVSE 1 sampled at Outlet, as before",
        "Inlet",
        10,
    )


def test_a_measurand_has_the_same_phases_in_every_sampling() -> None:
    all_phases = [sample(at, phase=phase) for at in (0, 10) for phase in ("L1", "L2", "L3")]
    assert list(other_places(all_phases)) == []
    assert [one.actual for one in other_places(all_phases[:-1])] == ["Outlet L1, Outlet L2"]


def test_an_overall_value_beside_the_phases_is_optional() -> None:
    assert list(other_places([sample(0, phase="L1"), sample(0), sample(10, phase="L1")])) == []


def test_other_measurands_may_have_other_locations() -> None:
    assert list(other_places([sample(0), sample(0, "Voltage", "Inlet"), sample(10, "SoC", "EV")])) == []
