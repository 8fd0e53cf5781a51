"""`plugfest selftest`: wrong stations, one defect each, and which of them the lab notices."""

import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Literal

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from plugfest.products import ProductError, product_names
from plugfest.rig.selftest.campaign import (
    NOT_TRIED,
    AnyJob,
    AnyReport,
    CaseReport,
    behaviour_jobs,
    by_case,
    jobs,
    run,
)
from plugfest.rig.selftest.summary import written

FIRST = ("alpitronic-hyc-200-eu", "chargepoint-ct4000", "btc-power-gen4-l3a", "chargepoint-express-plus-power-link")
"""The products that a case is tried with first, if it applies to one of them."""

ENOUGH = 0.98
"""The share of generated mutants that the lab has to notice."""

NOTICED, NOT_NOTICED = 0, 1

Kind = Literal["generated", "behaviours"]


@click.command(
    epilog="""\b
Examples:
  plugfest selftest --case TC_E_09
  plugfest selftest --only behaviours
  plugfest selftest --product chargepoint-ct4000 --json mutants.json"""
)
@click.option("--product", "products", multiple=True, metavar="NAME_OR_FILE", help="Only cases of this product.")
@click.option("--case", "case_ids", multiple=True, metavar="ID", help="Only this case; may be given more than once.")
@click.option("--only", type=click.Choice(["generated", "behaviours"]), help="Only one of the two kinds.")
@click.option("--jobs", "processes", type=click.IntRange(1), default=os.cpu_count() or 1, show_default=True)
@click.option("--json", "json_file", type=click.Path(path_type=Path), metavar="FILE", help="Write the results as JSON.")
def command(
    products: tuple[str, ...], case_ids: tuple[str, ...], only: Kind | None, processes: int, json_file: Path | None
) -> int:
    """Put one defect after the other into a station and see whether the case that should notice it fails.

    Generated: for each check of a case the smallest change of a message that breaks it and still fits the schema; also
    messages left out, sent twice, not answered. Behaviours: stations that are wrong in what they do, written by hand
    from the requirements.

    Exit code 0: every case notices some wrong station, all together 98 percent of the generated ones and every
    behaviour. 1: a case is blind. 2: could not run.
    """
    try:
        wanted = _jobs(products, frozenset(_full(one) for one in case_ids), only)
    except ProductError as error:
        raise click.ClickException(str(error)) from None
    if not wanted:
        raise click.ClickException("none of these cases is written and applies to one of these products")
    reports = by_case(_run(wanted, processes, Console(stderr=True)))
    reports.sort(key=lambda report: report.case_id)
    console = Console(soft_wrap=True)
    _show(reports, console)
    if not products and not case_ids:
        for case_id, reason in NOT_TRIED.items():
            console.print(f"not tried: {case_id}: {reason}", style="yellow")
    if json_file is not None:
        json_file.write_bytes(written(reports))
    return NOTICED if _good(reports, only) else NOT_NOTICED


def _jobs(products: tuple[str, ...], case_ids: frozenset[str], only: Kind | None) -> list[AnyJob]:
    chosen = products or tuple(_every_product())
    generated = jobs(chosen, case_ids, unclaimed=not products) if only != "behaviours" else []
    behaviours = behaviour_jobs(chosen, case_ids) if only != "generated" else []
    return [*generated, *behaviours]


def _every_product() -> list[str]:
    return [*FIRST, *(name for name in product_names() if name not in FIRST)]


def _full(case_id: str) -> str:
    upper = case_id.upper()
    return upper if upper.endswith("_CS") else f"{upper}_CS"


def _run(wanted: Sequence[AnyJob], processes: int, console: Console) -> Iterator[AnyReport]:
    columns = (BarColumn(), MofNCompleteColumn(), TextColumn("{task.description}"), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as progress:
        task = progress.add_task("stations", total=sum(_size(job) for job in wanted))
        for report in run(wanted, processes):
            progress.update(task, advance=1, description=report.case_id)
            yield report


def _size(job: AnyJob) -> int:
    """How many reports it gives."""
    return len(getattr(job, "cases", (job,)))


def _show(reports: Sequence[CaseReport], console: Console) -> None:
    for report in reports:
        told = [f"{report.killed:4} of {report.mutants:4} mutants"] if report.product and report.mutants else []
        if report.behaviours:
            told.append(f"{report.behaviours_killed:2} of {len(report.behaviours):2} behaviours")
        console.print(f"{report.case_id}  {', '.join(told) or 'nothing'} detected  ({report.product})")
        for line, style in _complaints(report):
            console.print(f"    {line}", style=style, markup=False)
    for line in (_mutants_line(reports), _behaviours_line(reports)):
        if line:
            console.print(line)


def _complaints(report: CaseReport) -> Iterator[tuple[str, str]]:
    """What went unnoticed, and what could not be tried, with a style for each."""
    if report.problem is not None:
        yield f"could not be tried: {report.problem}", "red"
    for survivor in report.survivors:
        told = f"explained: {survivor.reason}" if survivor.reason else survivor.verdict
        yield f"survived: {survivor.mutant}: {told}", "yellow"
    for one in report.behaviours:
        if one.problem is not None:
            yield f"could not be tried: {one.name}: {one.problem}", "red"
        elif not one.killed:
            yield f"survived: {one.name} ({one.requirement}): {one.verdict}", "yellow"


def _mutants_line(reports: Sequence[CaseReport]) -> str:
    """All generated mutants together; nothing if none were tried."""
    mutants, killed, unexplained = _totals(reports)
    if not mutants:
        return ""
    tried = sum(1 for report in reports if report.mutants)
    return (
        f"generated: {tried} cases, {mutants} mutants, {killed} detected ({100 * killed / mutants:.1f} %),"
        f" {unexplained} survived without an explanation"
    )


def _behaviours_line(reports: Sequence[CaseReport]) -> str:
    """All behaviours together; nothing if none were tried."""
    every = [one for report in reports for one in report.behaviours]
    if not every:
        return ""
    names = {one.name for one in every}
    noticed = names - {one.name for one in every if not one.killed}
    cases = sum(1 for report in reports if report.behaviours)
    return f"behaviours: {cases} cases, {len(names)} stations, {len(noticed)} detected by every case that has to"


def _totals(reports: Sequence[CaseReport]) -> tuple[int, int, int]:
    survivors = [survivor for report in reports for survivor in report.survivors]
    return (
        sum(report.mutants for report in reports),
        sum(report.killed for report in reports),
        sum(survivor.reason is None for survivor in survivors),
    )


def _good(reports: Sequence[CaseReport], only: Kind | None) -> bool:
    mutants, killed, _ = _totals(reports)
    blind = [report for report in reports if report.problem or _blind(report, only)]
    unnoticed = [one for report in reports for one in report.behaviours if one.problem or not one.killed]
    return not blind and not unnoticed and killed >= ENOUGH * mutants


def _blind(report: CaseReport, only: Kind | None) -> bool:
    """A case that notices nothing; one about what a station does, and not what it says, has behaviours for that."""
    return only != "behaviours" and not report.killed and not report.behaviours_killed
