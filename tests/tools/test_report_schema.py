"""The published schema of a report: current, and true of what is written."""

import json

import jsonschema_rs
import pytest
from tests.reports import campaigns
from tests.reports.signed import signed

from plugfest.clock import run_simulated
from plugfest.lab.selection import choose
from plugfest.lab.settings import LabSettings
from plugfest.products import load_product
from plugfest.products.plan.requested import RequestedCases
from plugfest.reports.build import CampaignDetails, build_report
from plugfest.reports.formats import as_json
from plugfest.reports.model.approval import Approval, Approver
from plugfest.reports.model.report import FamilyReport, Report
from plugfest.reports.model.statements import DISCLAIMER
from plugfest.rig.virtual import run_campaign
from tools import report_schema

VALIDATOR = jsonschema_rs.validator_for(report_schema.schema())


def errors(text: str | bytes) -> list[str]:
    return [error.message for error in VALIDATOR.iter_errors(json.loads(text))]


def real_report(product_name: str, *cases: str) -> Report:
    product, settings = load_product(product_name), LabSettings()
    choice = choose(product, RequestedCases(ids=cases))
    outcome = run_simulated(run_campaign(product, choice.chosen, settings=settings))
    details = CampaignDetails(
        clock="simulated",
        started_at=campaigns.START,
        duration_s=1.0,
        settings=settings,
        not_applicable=choose(product).not_applicable,
        approval=Approval(vendor=Approver(name="N", company="C")),
    )
    return build_report(product, outcome.results, outcome.frames, details)


def test_the_file_is_current() -> None:
    assert report_schema.SCHEMA.read_text(encoding="utf-8") == report_schema.text(), "python -m tools.report_schema"


def test_it_is_a_schema_that_needs_nothing_from_elsewhere() -> None:
    schema = report_schema.schema()
    jsonschema_rs.meta.validate(schema)
    assert "$id" not in json.dumps(schema)
    assert set(schema["$defs"]) >= {"Report", "FamilyReport", "CaseEntry", "SignatureLine"}


def test_every_object_in_it_is_described() -> None:
    for name, one in report_schema.schema()["$defs"].items():
        assert one.get("description") or "enum" in one, name


@pytest.mark.parametrize(
    ("product", "cases"), [("alpitronic-hyc-200-eu", ("TC_E_09", "TC_J_01")), ("reference-16-ac", ("TC_003",))]
)
def test_a_real_report_is_valid(product: str, cases: tuple[str, ...]) -> None:
    assert errors(as_json.text(real_report(product, *cases))) == []


@pytest.mark.parametrize("report", [campaigns.report(clock="real"), campaigns.report(of=campaigns.advised())])
def test_any_report_is_valid(report: Report) -> None:
    family = FamilyReport(disclaimer=DISCLAIMER, name="f", title="F", representative=report, members=(report,))
    assert errors(as_json.text(report)) == []
    assert errors(as_json.text(family)) == []


def test_a_signed_report_is_valid() -> None:
    assert errors(signed("json")) == []


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b'"verdict": "FAIL"', b'"verdict": "FAILED"'),
        (b'"format": 1,', b'"format": 2,'),
        (b'"kind": "product"', b'"kind": "certificate"'),
        (b'"checks": 12', b'"checks": "12"'),
        (b'"disclaimer"', b'"claim"'),
        (b'"public_key"', b'"key"'),
    ],
)
def test_what_is_none_is_not_valid(old: bytes, new: bytes) -> None:
    assert errors(signed("json").replace(old, new, 1))
