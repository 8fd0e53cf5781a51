"""The JSON form, whose keys other programs rely on."""

import json
from pathlib import Path

from tests.reports import campaigns

from plugfest.reports import as_json


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
        "description": campaigns.product().catalogue.indicator[0].description,
        "limit": 30,
        "measured": {"minimum": 0.5, "maximum": 0.5, "average": 0.5, "count": 1},
        "within_limit": True,
    }
    assert (triggered["measured"], triggered["within_limit"]) == ("not measurable", None)


def test_the_seed_of_the_order_is_told() -> None:
    assert json.loads(as_json.text(campaigns.report()))["run"]["shuffle"] is None
    assert json.loads(as_json.text(campaigns.report(shuffle=0)))["run"]["shuffle"] == 0


def test_a_failed_case_reads_as_it_was_judged() -> None:
    written = json.loads(as_json.text(campaigns.report()))
    failed = written["cases"][1]
    assert (failed["id"], failed["verdict"], failed["checks"], failed["duration_s"]) == ("TC_E_09_CS", "FAIL", 12, 2.5)
    assert failed["findings"][0]["requirement"] == "E01.FR.07"
    assert failed["findings"][0]["frame"] == 2


def test_the_file_holds_the_same_text(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "report.json"
    as_json.write(path, campaigns.report())
    assert path.read_text(encoding="utf-8") == as_json.text(campaigns.report())
