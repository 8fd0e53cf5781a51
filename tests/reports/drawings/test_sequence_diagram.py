"""The sequence diagram of a case: complete, well-formed, and safe with any text of a station."""

import json
from xml.etree import ElementTree

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.reports import conversations
from tests.reports.conversations import LAB, STATION, exchange
from tests.reports.drawings.text_places import misplaced

from plugfest.lab.verdict import Finding, Level
from plugfest.reports.drawings.sequence_diagram import diagram
from plugfest.reports.drawings.session_chart import session_chart
from plugfest.reports.evidence.charging_sessions import sessions_by_case
from plugfest.reports.model.report import Report

SVG = "{http://www.w3.org/2000/svg}"
BOOT = exchange(0, STATION, 1, "BootNotification", '{"reason":"PowerUp"}', '{"status":"Accepted","interval":300}')
RESET = exchange(72.4, LAB, 2, "Reset", '{"type":"Immediate"}', '{"status":"Accepted"}')
RECOMMENDED = Finding(requirement="G01.FR.08", expected="silence", actual="noise", frame=0, level=Level.SHOULD)


def drawn(report: Report) -> ElementTree.Element:
    return ElementTree.fromstring(diagram(report, report.cases[0]))


def words(report: Report) -> list[str]:
    """The lines of text with normalized whitespace."""
    return [" ".join("".join(text.itertext()).split()) for text in drawn(report).iter(f"{SVG}text")]


def layers(report: Report) -> set[str]:
    return {group.attrib["class"] for group in drawn(report).iter(f"{SVG}g")}


def test_a_frame_is_an_arrow_with_its_action_and_main_values() -> None:
    assert {"BootNotification PowerUp", "Accepted · interval 300 s"} <= set(words(conversations.report(*BOOT)))


def test_calls_are_solid_and_answers_dashed_in_the_colour_of_the_sender() -> None:
    assert {"line station", "line lab dashed"} <= layers(conversations.report(*BOOT))


def test_a_time_is_shown_where_it_changes() -> None:
    lines = words(conversations.report(*BOOT, *RESET))
    assert [one for one in lines if one in ("0.00 s", "0.10 s", "1:12.4", "1:12.5")] == [
        "0.00 s",
        "0.10 s",
        "1:12.4",
        "1:12.5",
    ]
    assert "72.3 s without messages" in lines


def test_steps_show_as_many_requirements_as_fit() -> None:
    rules = tuple(f"A01.FR.{number:02d}" for number in range(1, 12))
    lines = words(conversations.report(*BOOT, steps=(conversations.step("3", 0, *rules, checks=12),)))
    assert {"Step 3", "12 checks"} <= set(lines)
    (shown,) = [one for one in lines if one.startswith("A01.FR.01")]
    count = shown.count("A01.FR")
    assert 1 < count < len(rules)
    assert shown.endswith(f" + {len(rules) - count}")


def test_a_finding_is_a_red_arrow_with_expected_and_actual() -> None:
    report = conversations.report(*BOOT, findings=(conversations.finding(0, actual="the <b>fact</b>"),))
    assert {"line failure", "shade failure"} <= layers(report)
    assert {"\N{MULTIPLICATION SIGN} E01.FR.01 step 1", "Expected: something", "Actual: the <b>fact</b>"} <= set(
        words(report)
    )


def test_a_recommendation_is_not_a_red_arrow() -> None:
    report = conversations.report(*BOOT, findings=(RECOMMENDED,))
    assert "shade should" in layers(report)
    assert not {one for one in layers(report) if "failure" in one}
    assert "Recommendation G01.FR.08" in words(report)


def test_a_callerror_and_an_invalid_frame_have_a_colour_of_their_own() -> None:
    refused = (0.1, LAB, '[4,"1","NotSupported","",{}]')
    report = conversations.report(BOOT[0], refused, (0.2, STATION, "hello"))
    assert {"CALLERROR to BootNotification NotSupported", "not OCPP-J hello"} <= set(words(report))
    assert {"line should", "line should dashed"} <= layers(report)


def test_a_call_without_an_answer_is_labelled() -> None:
    assert "not answered in this case" in " ".join(words(conversations.report(BOOT[0])))


def test_it_is_an_image_with_a_title_and_a_description() -> None:
    report = conversations.report(*BOOT, findings=(conversations.finding(0),))
    root = drawn(report)
    assert root.attrib["role"] == "img"
    assert root.findtext(f"{SVG}title") == "TC_E_01_CS A <case>: sequence diagram"
    description = root.findtext(f"{SVG}desc") or ""
    assert description.startswith("2 frames between the station (left) and the lab (right). FAIL.")
    assert "E01.FR.01: expected something" in description


def test_everything_is_inside_the_drawing() -> None:
    root = drawn(
        conversations.report(
            *BOOT, *RESET, findings=(conversations.finding(None),), steps=(conversations.step("1", 4, "A"),)
        )
    )
    *_, width, height = (float(one) for one in root.attrib["viewBox"].split())
    for place in root.iter(f"{SVG}text"):
        assert 0 <= float(place.attrib["x"]) <= width
        assert 0 <= float(place.attrib["y"]) <= height


def test_the_same_report_gives_the_same_bytes() -> None:
    assert diagram(*_whole()) == diagram(*_whole())


def _whole() -> tuple[Report, object]:
    report = conversations.report(*BOOT, *RESET)
    return report, report.cases[0]


@pytest.mark.parametrize("text", ["<script>alert(1)</script>", "]]>", "&amp;", "\x00\x1b\u2028\ufffe", '"'])
def test_text_of_a_station_stays_text(text: str) -> None:
    report = conversations.report((0.0, STATION, text), findings=(conversations.finding(0, actual=text),))
    assert not list(drawn(report).iter(f"{SVG}script"))


NAMES = [
    *("meterValue", "sampledValue", "value", "unitOfMeasure", "multiplier", "unit", "phase", "timestamp"),
    *("transactionInfo", "transactionId", "evse", "id", "connectorId", "seqNo", "getVariableData", "component", "name"),
]
FIELDS = st.dictionaries(st.sampled_from(NAMES), st.deferred(lambda: VALUES), max_size=6)
VALUES: st.SearchStrategy[object] = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=20)
    | FIELDS
    | st.lists(FIELDS, max_size=3)
)


@settings(suppress_health_check=[HealthCheck.too_slow], max_examples=100)
@given(st.sampled_from(["TransactionEvent", "MeterValues", "StopTransaction", "GetVariables", "SetVariables"]), VALUES)
def test_any_payload_can_be_drawn(action: str, payload: object) -> None:
    report = conversations.report(*exchange(0, STATION, 1, action, json.dumps(payload), json.dumps(payload)))
    assert drawn(report).tag == f"{SVG}svg"
    assert misplaced(diagram(report, report.cases[0])) == []
    for session in sessions_by_case(report).get("TC_E_01_CS", ()):
        assert misplaced(session_chart(session)) == []


@settings(suppress_health_check=[HealthCheck.too_slow], max_examples=50)
@given(st.lists(st.tuples(st.floats(0, 1e5), st.sampled_from([STATION, LAB]), st.text(max_size=300)), max_size=6))
def test_any_frames_can_be_drawn(sent: list[conversations.TimedFrame]) -> None:
    report = conversations.report(*sorted(sent, key=lambda frame: frame[0]))
    assert drawn(report).tag == f"{SVG}svg"
    assert misplaced(diagram(report, report.cases[0])) == []


@settings(max_examples=50)
@given(
    st.text(max_size=40),
    st.lists(st.text(max_size=20), max_size=12),
    st.text(max_size=400),
    st.text(max_size=60),
)
def test_no_text_is_over_other_text(name: str, rules: list[str], actual: str, requirement: str) -> None:
    found = Finding(requirement=requirement, expected=actual, actual=actual, step=name, frame=0)
    report = conversations.report(*BOOT, *RESET, steps=(conversations.step(name, 0, *rules),), findings=(found,))
    assert misplaced(diagram(report, report.cases[0])) == []


def test_a_time_of_hours_fits_its_column() -> None:
    report = conversations.report((0.0, STATION, "a"), (359_999.0, STATION, "b"))
    assert "99 h 59" in words(report)
    assert misplaced(diagram(report, report.cases[0])) == []
