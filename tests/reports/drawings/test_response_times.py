"""The chart of response times: complete, well-formed, and empty without data."""

from xml.etree import ElementTree

from tests.reports import conversations
from tests.reports.conversations import LAB, STATION

from plugfest.reports.drawings.response_times import response_times

SVG = "{http://www.w3.org/2000/svg}"


def answered(action: str, number: int, after: float) -> list[conversations.TimedFrame]:
    return [(number, LAB, f'[2,"{number}","{action}",{{}}]'), (number + after, STATION, f'[3,"{number}",{{}}]')]


MEASURED = conversations.report(
    *answered("Reset", 1, 0.002),
    *answered("GetVariables", 3, 0.004),
    *answered("GetVariables", 5, 0.5),
    *answered("GetVariables", 7, 0.006),
    clock="real",
)


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


def test_a_long_name_leaves_space_for_the_times() -> None:
    action = "GetInstalledCertificateIdsOfVendor"
    report = conversations.report(*answered(action, 1, 0.1), *answered(action, 3, 0.2), clock="real")
    assert f"{action} 2 times, up to 200 ms" in words(response_times(report))


def test_it_is_an_image_with_a_title_and_a_description() -> None:
    root = ElementTree.fromstring(response_times(MEASURED))
    assert root.attrib["role"] == "img"
    assert root.findtext(f"{SVG}title")
    assert root.findtext(f"{SVG}desc")
