"""The cases of a report as JUnit XML for continuous integration.

A suite is a certification profile of a product. FAIL is a failure; a case without a result is an error with the
verdict as its type: INCONCLUSIVE, ERROR, NOT IMPLEMENTED. Only NOT APPLICABLE is skipped, so only PASS is green.
"""

import re
from collections.abc import Iterator, Sequence
from typing import Final
from xml.etree import ElementTree

from plugfest.lab.verdict import Verdict
from plugfest.reports.model.report import CaseEntry, Document, NotApplicable, Report

ELEMENTS: Final = {
    Verdict.FAIL: "failure",
    Verdict.INCONCLUSIVE: "error",
    Verdict.NOT_APPLICABLE: "skipped",
    Verdict.NOT_IMPLEMENTED: "error",
    Verdict.ERROR: "error",
}

NO_FINDING: Final = {
    Verdict.NOT_IMPLEMENTED: "the case applies, but this version of the lab does not implement it",
    Verdict.ERROR: "no result because of an error in the lab",
}

MAX_TEXT_LENGTH: Final = 2000
"""Longer findings and frames are cut; the JSON has them in full."""

_NOT_IN_XML: Final = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def text(document: Document) -> str:
    """The XML document; its declaration names UTF-8."""
    root = ElementTree.Element("testsuites", name="Plugfest self-test report")
    for report in document.reports:
        profiles = [case.profile for case in report.cases] + [case.profile for case in report.not_applicable]
        for profile in dict.fromkeys(profiles):
            _add_suite(root, report, profile)
    _count(root, [case for suite in root for case in suite if case.tag == "testcase"])
    del root.attrib["skipped"]  # in the schema of Jenkins only suites have it
    ElementTree.indent(root)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{ElementTree.tostring(root, encoding="unicode")}\n'


def _add_suite(root: ElementTree.Element, report: Report, profile: str) -> None:
    cases = [case for case in report.cases if case.profile == profile]
    skipped = [case for case in report.not_applicable if case.profile == profile]
    product = report.product
    suite = _element(
        root,
        "testsuite",
        name=f"{product.vendor} {product.model}: {profile}",
        id=str(len(root)),
        package=product.slug,
        hostname="localhost",
        timestamp=f"{report.run.started_at:%Y-%m-%dT%H:%M:%S}",
    )
    properties = _element(suite, "properties")
    for name, value in _properties(report):
        _element(properties, "property", name=name, value=value)
    added = [_add_case(suite, case, report) for case in cases]
    added += [_add_skipped(suite, case, report) for case in skipped]
    _count(suite, added)


def _properties(report: Report) -> Iterator[tuple[str, str]]:
    yield "disclaimer", report.disclaimer
    yield "firmware version", report.product.firmware_version
    yield "specification", report.product.specification
    yield "config id", report.product.config_id
    yield "clock", report.run.clock
    yield "laboratory", report.laboratory.fingerprint or "not signed"
    yield from (("statement", statement) for statement in report.statements)


def _add_case(suite: ElementTree.Element, case: CaseEntry, report: Report) -> ElementTree.Element:
    element = _testcase(suite, case, report, case.duration_s)
    findings = sorted(case.findings, key=lambda finding: finding.is_recommendation)  # what decided the verdict first
    lines = [_shortened(finding.line) for finding in findings]
    if not case.passed:
        message = lines[0] if lines else NO_FINDING.get(case.verdict, "")
        rule = findings[0].requirement if findings and case.verdict is Verdict.FAIL else case.verdict
        outcome = _element(element, ELEMENTS[case.verdict], type=rule, message=message)
        outcome.text = _clean("\n".join(lines))
    frames = [_shortened(finding.frame_text) for finding in findings if finding.frame_text]
    output = [*lines, *frames] if case.passed else frames
    if output:
        _element(element, "system-out").text = _clean("\n".join(output))
    return element


def _add_skipped(suite: ElementTree.Element, case: NotApplicable, report: Report) -> ElementTree.Element:
    element = _testcase(suite, case, report, 0.0)
    _element(element, "skipped", message=case.reason)
    return element


def _testcase(
    suite: ElementTree.Element, case: CaseEntry | NotApplicable, report: Report, seconds: float
) -> ElementTree.Element:
    return _element(
        suite,
        "testcase",
        name=f"{case.id} {case.name}",
        classname=f"{report.product.slug}.{case.profile}",
        time=f"{seconds:.3f}",
    )


def _count(element: ElementTree.Element, cases: Sequence[ElementTree.Element]) -> None:
    element.set("tests", str(len(cases)))
    for name, tag in (("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
        element.set(name, str(sum(case.find(tag) is not None for case in cases)))
    element.set("time", f"{sum(float(case.get('time', 0)) for case in cases):.3f}")


def _element(parent: ElementTree.Element, tag: str, **attributes: str) -> ElementTree.Element:
    return ElementTree.SubElement(parent, tag, {name: _clean(value) for name, value in attributes.items()})


def _shortened(text: str) -> str:
    return text if len(text) <= MAX_TEXT_LENGTH else text[:MAX_TEXT_LENGTH] + " …"


def _clean(text: str) -> str:
    """The text with the characters replaced that XML forbids even when escaped."""
    return _NOT_IN_XML.sub("\N{REPLACEMENT CHARACTER}", text)
