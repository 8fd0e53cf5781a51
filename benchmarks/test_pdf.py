"""The time to create the PDFs of a report with 179 cases."""

import os
from pathlib import Path
from statistics import median

from benchmarks.test_campaign import CASES, PRODUCT, Figures, cost_of

from plugfest.reports.formats.as_pdf import evidence_pdf, pdf
from plugfest.reports.model.report import Report

ROUNDS = 5


def cpu_time() -> float:
    """CPU seconds of this process and its ended children."""
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system


def pdf_seconds(report: Report) -> float:
    """The CPU seconds for both PDFs."""
    started = cpu_time()
    pdf(report)
    evidence_pdf(report)
    return cpu_time() - started


def test_the_pdf_of_a_report(tmp_path: Path, figure: Figures) -> None:
    report = cost_of(PRODUCT, tmp_path).report
    assert len(report.cases) == CASES
    figure(f"the PDFs of a report of {CASES} cases", median(pdf_seconds(report) for _ in range(ROUNDS)), 3, "s")
