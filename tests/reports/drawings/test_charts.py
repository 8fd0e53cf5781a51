"""The charts of a campaign: complete, well-formed, and empty without data."""

from xml.etree import ElementTree

from tests.reports import conversations
from tests.reports.conversations import LAB, STATION, exchange

from plugfest.reports.drawings.charts import energy_and_power, response_times

SVG = "{http://www.w3.org/2000/svg}"


def answered(action: str, number: int, after: float) -> list[conversations.TimedFrame]:
    return [(number, LAB, f'[2,"{number}","{action}",{{}}]'), (number + after, STATION, f'[3,"{number}",{{}}]')]


def metered(number: int, energy: float, *, evse: int = 1, run: str = "T") -> list[conversations.TimedFrame]:
    payload = (
        f'{{"transactionInfo":{{"transactionId":"{run}"}},"evse":{{"id":{evse}}},"meterValue":[{{"sampledValue":['
        f'{{"value":{energy}}},{{"value":11000,"measurand":"Power.Active.Import"}}]}}]}}'
    )
    return exchange(60 * number, STATION, number, "TransactionEvent", payload)


MEASURED = conversations.report(
    *answered("Reset", 1, 0.002),
    *answered("GetVariables", 3, 0.004),
    *answered("GetVariables", 5, 0.5),
    *answered("GetVariables", 7, 0.006),
    clock="real",
)
METERED = conversations.report(*metered(1, 500), *metered(2, 1500), *metered(3, 0, evse=2, run="U"))


def words(svg: str) -> list[str]:
    return ["".join(text.itertext()) for text in ElementTree.fromstring(svg).iter(f"{SVG}text")]


def layer(svg: str, name: str) -> ElementTree.Element:
    return next(group for group in ElementTree.fromstring(svg).iter(f"{SVG}g") if group.attrib["class"] == name)


def test_each_action_is_a_row_the_slowest_on_top() -> None:
    strips = [one for one in words(response_times(MEASURED)) if "maximum" in one or "once" in one]
    assert strips == ["GetVariables 3 times, median 6 ms, maximum 500 ms", "Reset once, 2 ms"]


def test_an_answer_is_a_dot() -> None:
    assert len(layer(response_times(MEASURED), "fill station")) == 4


def test_the_axis_is_logarithmic_and_includes_the_limit() -> None:
    texts = words(response_times(MEASURED))
    assert [one for one in texts if one in ("1 ms", "10 ms", "100 ms", "1 s", "10 s", "100 s")][::2] == [
        "1 ms",
        "10 ms",
        "100 ms",
        "1 s",
        "10 s",
        "100 s",
    ]
    assert "limit 30 s" in texts


def test_a_response_time_of_zero_is_drawn() -> None:
    assert "Reset once, 0 ms" in words(response_times(conversations.report(*answered("Reset", 1, 0), clock="real")))


def test_a_simulated_clock_measures_no_response_times() -> None:
    assert response_times(conversations.report(*answered("Reset", 1, 0.002))) == ""


def test_without_answers_there_is_no_chart_of_response_times() -> None:
    assert response_times(conversations.report((0.0, LAB, '[2,"1","Reset",{}]'), clock="real")) == ""


def test_energy_and_power_have_a_panel_each_and_a_line_per_connector() -> None:
    texts = words(energy_and_power(METERED))
    assert {"EVSE 1", "EVSE 2", "Energy, kWh", "Power, kW", "1.5"} <= set(texts)
    assert {"0 min", "1 min", "2 min"} <= set(texts)


def test_a_line_does_not_connect_transactions() -> None:
    report = conversations.report(*metered(1, 500), *metered(2, 1500), *metered(3, 1600, run="U"))
    path = layer(energy_and_power(report), "line series-0").find(f"{SVG}path")
    assert path is not None
    assert path.attrib["d"].count("L") == 2  # energy and power, between the first two


def test_without_metering_there_is_no_chart() -> None:
    assert energy_and_power(MEASURED) == ""


def test_a_constant_zero_is_drawn() -> None:
    assert "0" in words(energy_and_power(conversations.report(*metered(1, 0))))


def test_charts_are_images_with_a_title_and_a_description() -> None:
    for svg in (response_times(MEASURED), energy_and_power(METERED)):
        root = ElementTree.fromstring(svg)
        assert root.attrib["role"] == "img"
        assert root.findtext(f"{SVG}title")
        assert root.findtext(f"{SVG}desc")


def test_the_same_report_gives_the_same_bytes() -> None:
    again = conversations.report(*metered(1, 500), *metered(2, 1500), *metered(3, 0, evse=2, run="U"))
    assert energy_and_power(METERED) == energy_and_power(again)
