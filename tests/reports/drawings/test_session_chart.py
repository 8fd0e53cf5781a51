"""The chart of a charging session: a panel for each quantity, and no text over other text."""

from xml.etree import ElementTree

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.reports.drawings.text_places import misplaced

from plugfest.reports.drawings.session_chart import session_chart
from plugfest.reports.evidence.charging_sessions import ORDER, ChargingSession, Panel

SVG = "{http://www.w3.org/2000/svg}"
POWER = Panel(quantity="power", lines={"": ((0.0, 0.0), (60.0, 11.0), (120.0, 10.5))})
CURRENT = Panel(quantity="current", lines=dict.fromkeys(("L1", "L2", "L3"), ((0.0, 16.0), (120.0, 15.0))))
VOLTAGE = Panel(quantity="voltage", lines={"L1-N": ((0.0, 229.0), (120.0, 231.0))})

lines = st.lists(st.tuples(st.floats(0, 1e6), st.floats(-1e9, 1e9)), min_size=1, max_size=8).map(
    lambda points: tuple(sorted(points))
)
panels = st.builds(
    Panel, quantity=st.sampled_from(ORDER), lines=st.dictionaries(st.text(max_size=12), lines, min_size=1, max_size=8)
)


def chart(*panels: Panel, connector: str = "EVSE 1") -> str:
    return session_chart(ChargingSession(transaction_id="7ac18e0b", connector=connector, panels=panels))


def words(svg: str) -> list[str]:
    return ["".join(text.itertext()) for text in ElementTree.fromstring(svg).iter(f"{SVG}text")]


def test_each_quantity_has_a_panel_with_its_unit() -> None:
    assert {"Power, kW", "Current, A", "Voltage, V"} <= set(words(chart(POWER, CURRENT, VOLTAGE)))


def test_phases_have_a_legend_and_a_total_has_none() -> None:
    assert {"L1", "L2", "L3"} <= set(words(chart(CURRENT)))
    assert "total" not in words(chart(POWER))


def test_the_axis_of_power_begins_at_zero_and_that_of_voltage_where_its_values_are() -> None:
    assert {"0", "5", "10", "15"} <= set(words(chart(POWER)))
    assert {"229", "230", "231"} <= set(words(chart(VOLTAGE)))
    assert "0" not in words(chart(VOLTAGE))


def test_the_time_axis_is_in_a_unit_that_suits() -> None:
    assert {"0 min", "1 min", "2 min"} <= set(words(chart(POWER)))


def test_it_is_an_image_with_the_values_in_words() -> None:
    root = ElementTree.fromstring(chart(POWER, CURRENT))
    assert root.attrib["role"] == "img"
    assert root.findtext(f"{SVG}title") == "EVSE 1, transaction 7ac18e0b"
    description = root.findtext(f"{SVG}desc") or ""
    assert description.startswith("Power, kW: 3 values from 0 to 11; Current, A (L1): 2 values from 15 to 16")


@settings(deadline=None, max_examples=40)
@given(st.lists(panels, min_size=1, max_size=5))
def test_any_session_is_drawn_without_text_over_text(some: list[Panel]) -> None:
    assert misplaced(chart(*some)) == []
