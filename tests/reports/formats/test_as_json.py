"""The JSON format, whose keys other programs rely on."""

import json

import pytest
from tests.reports import campaigns

from plugfest.reports.formats import as_json
from plugfest.reports.model.report import FamilyReport
from plugfest.reports.model.statements import DISCLAIMER


def test_the_keys_that_programs_rely_on_are_there() -> None:
    written = json.loads(as_json.text(campaigns.report()))
    assert {"product", "run", "cases", "summary", "statements", "frames"} <= written.keys()
    assert written["run"]["clock"] == "simulated"
    for one in written["cases"]:
        assert {"id", "name", "profile", "verdict", "checks", "duration_s", "findings"} <= one.keys()
        for finding in one["findings"]:
            assert {"requirement", "expected", "actual", "frame", "level"} <= finding.keys()


def test_a_finding_says_whether_it_breaks_the_specification_or_a_recommendation() -> None:
    failed = json.loads(as_json.text(campaigns.report()))["cases"][1]
    advised = json.loads(as_json.text(campaigns.report(of=campaigns.advised())))["cases"][0]
    assert failed["findings"][0]["level"] == "SHALL"
    assert (advised["verdict"], advised["findings"][0]["level"]) == ("PASS", "SHOULD")


def test_the_indicators_are_there_measured_or_not() -> None:
    response, triggered, *_ = json.loads(as_json.text(campaigns.report(clock="real")))["performance"]
    assert response == {
        "key": "response",
        "title": "OCPP response time",
        "description": campaigns.product().feature_catalog.indicator[0].description,
        "limit": 30,
        "measured": {"minimum": 0.5, "maximum": 0.5, "average": 0.5, "count": 1},
        "within_limit": True,
    }
    assert (triggered["measured"], triggered["within_limit"]) == ("not measurable", None)


def test_the_seed_of_the_order_is_in_the_report() -> None:
    assert json.loads(as_json.text(campaigns.report()))["run"]["shuffle"] is None
    assert json.loads(as_json.text(campaigns.report(shuffle=0)))["run"]["shuffle"] == 0


def test_a_failed_case_has_its_verdict_and_findings() -> None:
    written = json.loads(as_json.text(campaigns.report()))
    failed = written["cases"][1]
    assert (failed["id"], failed["verdict"], failed["checks"], failed["duration_s"]) == ("TC_E_09_CS", "FAIL", 12, 2.5)
    assert failed["findings"][0]["requirement"] == "E01.FR.07"
    assert failed["findings"][0]["frame"] == 2


def test_a_written_report_can_be_read() -> None:
    report = campaigns.report(clock="real")
    assert as_json.read(as_json.text(report).encode()) == report


def test_a_family_can_be_read() -> None:
    one = campaigns.report()
    family = FamilyReport(disclaimer=DISCLAIMER, name="f", title="F", representative=one, members=(one,))
    assert as_json.read(as_json.text(family).encode()) == family


def test_a_report_of_another_format_version_is_refused_as_such() -> None:
    later = as_json.text(campaigns.report()).replace('"format": 1', '"format": 2', 1).encode()
    for data in (later, b'{"kind": "product", "format": 2}'):
        with pytest.raises(
            as_json.NotAReport, match="a report of format version 2; this Plugfest reads format version 1"
        ):
            as_json.read(data)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('"started_at": "2026-01-01T09:30:00Z"', '"started_at": "2026-01-01T09:30:00"'),
        ('"summary": {', '"summary": {"CERTIFIED": 1,'),
        ('"columns": [', '"columns": [], "heads": ['),
    ],
)
def test_a_json_that_no_format_can_show_is_refused(old: str, new: str) -> None:
    written = as_json.text(campaigns.report())
    assert old in written
    with pytest.raises(as_json.NotAReport, match="not a Plugfest report"):
        as_json.read(written.replace(old, new, 1).encode())
