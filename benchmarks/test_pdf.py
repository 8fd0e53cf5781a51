"""The time to create the PDFs of a report with 179 cases."""

import os
from collections.abc import Callable
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


def seconds(create: Callable[[Report], object], report: Report) -> float:
    """The median of the CPU seconds to create a PDF."""
    durations = []
    for _ in range(ROUNDS):
        started = cpu_time()
        create(report)
        durations.append(cpu_time() - started)
    return median(durations)


def test_the_pdfs_of_a_report(tmp_path: Path, figure: Figures) -> None:
    report = cost_of(PRODUCT, tmp_path).report
    assert len(report.cases) == CASES
    figure(f"the PDF of a report of {CASES} cases", seconds(pdf, report), 2, "s")
    figure(f"the PDF with the evidence of {CASES} cases", seconds(evidence_pdf, report), 3, "s")
