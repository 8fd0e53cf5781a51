"""The charts of a charging session."""

import re
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from plugfest.station.control.samples import Sample
from plugfest.web.stations.charts import BOTTOM, RIGHT, TOP, charts


def sample(at: float, power: float, soc: float | None = 20.0) -> Sample:
    current = power / 690
    return Sample(
        at=at,
        power=power,
        offered=11_000,
        currents=(current,) * 3,
        voltages=(230.0,) * 3,
        state_of_charge=soc,
        energy=at * power / 3600,
    )


def points(path: str) -> list[tuple[float, float]]:
    return [(float(x), float(y)) for x, y in re.findall(r"([\d.]+) ([\d.]+)", path)]


def test_nothing_is_drawn_without_samples() -> None:
    assert charts([]) == []


def test_each_quantity_has_its_present_value() -> None:
    found = {each.title: each.value for each in charts([sample(0, 0), sample(60, 6900)])}
    assert found == {
        "Power": "6.90 kW",
        "Current, 3 phases": "10.0 · 10.0 · 10.0 A",
        "Voltage, 3 phases": "230 · 230 · 230 V",
        "State of charge": "20.0 %",
        "Energy": "0.115 kWh",
    }


def test_an_unknown_state_of_charge_has_no_line() -> None:
    chart = next(each for each in charts([sample(0, 0, None)]) if each.title == "State of charge")
    assert (chart.value, chart.lines) == ("- %", ())


def test_a_constant_value_is_one_straight_line() -> None:
    power = charts([sample(at, 6900) for at in range(200)])[0].lines[1]
    assert len(points(power.path)) == 2


@given(st.lists(st.floats(0, 11_000), min_size=1, max_size=100))
def test_every_point_is_within_the_chart_and_near_the_line(powers: list[float]) -> None:
    chart = charts([sample(at, power) for at, power in enumerate(powers)])[0]
    top = max(float(text) for _, text in chart.ticks)
    line = points(chart.lines[1].path)
    assert all(0 <= x <= RIGHT and TOP <= y <= BOTTOM for x, y in line)
    for at, power in enumerate(powers):
        x, y = at / max(len(powers) - 1, 1) * RIGHT, BOTTOM - power / 1000 / top * (BOTTOM - TOP)
        assert abs(_height(line, x) - y) < 1.0


def _height(line: list[tuple[float, float]], x: float) -> float:
    for (x1, y1), (x2, y2) in pairwise(line):
        if x1 - 0.06 <= x <= x2 + 0.06:
            return y1 + (y2 - y1) * (x - x1) / max(x2 - x1, 1e-9)
    return line[0][1]
