"""Campaigns for an assistant: each in a process of its own, in simulated time."""

import asyncio
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import msgspec

from plugfest.api.errors import LabFailed
from plugfest.reports.files import NotReadable, read_bytes
from plugfest.reports.formats import as_json
from plugfest.reports.model.report import CaseEntry, Document

_COULD_NOT_RUN: Final = 2


class CaseVerdict(msgspec.Struct, frozen=True, kw_only=True):
    """A case, its verdict, and a line for each finding."""

    id: str
    name: str
    verdict: str
    findings: list[str]


class Verdicts(msgspec.Struct, frozen=True, kw_only=True):
    """What a report has. It is a self-test and no certificate of the OCA."""

    product: str
    passed: bool
    before_the_first_case: list[str]
    cases: list[CaseVerdict]


async def run_cases(product: str, case_ids: Sequence[str]) -> list[Verdicts]:
    """Test the virtual station of a product. Raises LabFailed, with the line that the command has printed."""
    options = [option for each in case_ids for option in ("--case", each)]
    running = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", "plugfest", "certify", product, *options, "--json", "-"),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        report, printed = await running.communicate()
    except asyncio.CancelledError:
        running.terminate()
        await running.wait()
        raise
    if running.returncode is None or running.returncode >= _COULD_NOT_RUN or running.returncode < 0:
        lines = printed.decode(errors="replace").strip().splitlines()
        raise LabFailed(lines[-1] if lines else f"the campaign ended with exit code {running.returncode}")
    return verdicts(as_json.read(report))


def read_report(path: Path) -> list[Verdicts]:
    """The verdicts in a report.json. Raises LabFailed."""
    try:
        return verdicts(as_json.read(read_bytes(path)))
    except (NotReadable, as_json.NotAReport) as error:
        raise LabFailed(str(error)) from None


def verdicts(document: Document) -> list[Verdicts]:
    """The verdicts of each product in a report."""
    return [
        Verdicts(
            product=report.product.slug,
            passed=report.all_passed,
            before_the_first_case=[each.line for each in report.run.findings],
            cases=[_verdict(each) for each in report.cases],
        )
        for report in document.reports
    ]


def _verdict(case: CaseEntry) -> CaseVerdict:
    return CaseVerdict(
        id=case.id, name=case.name, verdict=str(case.verdict), findings=[each.line for each in case.findings]
    )
