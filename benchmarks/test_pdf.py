"""What it costs to print a report with the evidence of 179 cases."""

import os
from pathlib import Path
from statistics import median

from benchmarks.test_campaign import CASES, PRODUCT, Figures, cost_of

from plugfest.reports.formats.as_pdf import pdf
from plugfest.reports.model.report import Report

ROUNDS = 5


def processor_time() -> float:
    """Seconds of this process and of its children that ended; others on the machine do not count."""
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system


def seconds(report: Report) -> float:
    """Of one PDF, from the report to the bytes."""
    began = processor_time()
    pdf(report)
    return processor_time() - began


def test_the_pdf_of_a_report(tmp_path: Path, figure: Figures) -> None:
    report = cost_of(PRODUCT, tmp_path).report
    assert len(report.cases) == CASES
    figure(f"the PDF of a report of {CASES} cases", median(seconds(report) for _ in range(ROUNDS)), 3, "s")
