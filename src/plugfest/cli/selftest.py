"""`plugfest selftest`: wrong stations, one defect each, and which of them the lab notices."""

import os
from collections.abc import Sequence
from pathlib import Path

import click
import msgspec
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from plugfest.products import ProductError, product_names
from plugfest.rig.mutants.campaign import CaseReport, Job, jobs, run

FIRST = ("alpitronic-hyc-200-eu", "chargepoint-ct4000", "btc-power-gen4-l3a", "chargepoint-express-plus-power-link")
"""The products that a case is tried with first, if it applies to one of them."""

ENOUGH = 0.98
"""The share of wrong stations that the lab has to notice."""

NOTICED, NOT_NOTICED = 0, 1


@click.command(
    epilog="""\b
Examples:
  plugfest selftest --case TC_E_09
  plugfest selftest --product chargepoint-ct4000 --json mutants.json"""
)
@click.option("--product", "products", multiple=True, metavar="NAME_OR_FILE", help="Only cases of this product.")
@click.option("--case", "case_ids", multiple=True, metavar="ID", help="Only this case; may be given more than once.")
@click.option("--jobs", "processes", type=click.IntRange(1), default=os.cpu_count() or 1, show_default=True)
@click.option("--json", "json_file", type=click.Path(path_type=Path), metavar="FILE", help="Write the results as JSON.")
def command(products: tuple[str, ...], case_ids: tuple[str, ...], processes: int, json_file: Path | None) -> int:
    """Put one defect after the other on the wire and see whether the case that should notice it fails.

    For each check of a case: the smallest change of a message that breaks it and still fits the schema. Also messages
    left out, sent twice, not answered.

    Exit code 0: every case notices some, and all together 98 percent of the mutants, but for those that are explained.
    1: a case is blind. 2: could not run.
    """
    try:
        wanted = jobs(products or _every_product(), frozenset(_full(one) for one in case_ids))
    except ProductError as error:
        raise click.ClickException(str(error)) from None
    if not wanted:
        raise click.ClickException("none of these cases is written and applies to one of these products")
    console = Console(stderr=True)
    reports = _run(wanted, processes, console)
    _show(reports, Console(soft_wrap=True))
    if json_file is not None:
        json_file.write_bytes(msgspec.json.format(msgspec.json.encode(reports)))
    return NOTICED if _good(reports) else NOT_NOTICED


def _every_product() -> list[str]:
    return [*FIRST, *(name for name in product_names() if name not in FIRST)]


def _full(case_id: str) -> str:
    upper = case_id.upper()
    return upper if upper.endswith("_CS") else f"{upper}_CS"


def _run(wanted: Sequence[Job], processes: int, console: Console) -> list[CaseReport]:
    columns = (BarColumn(), MofNCompleteColumn(), TextColumn("{task.description}"), TimeRemainingColumn())
    reports: list[CaseReport] = []
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as progress:
        task = progress.add_task("cases", total=len(wanted))
        for report in run(wanted, processes):
            reports.append(report)
            progress.update(task, advance=1, description=f"{report.case_id} {report.killed}/{report.mutants}")
    order = {job.case_id: number for number, job in enumerate(wanted)}
    return sorted(reports, key=lambda report: order[report.case_id])


def _show(reports: Sequence[CaseReport], console: Console) -> None:
    for report in reports:
        console.print(f"{report.case_id}  {report.killed:4} of {report.mutants:4} noticed  ({report.product})")
        if report.problem is not None:
            console.print(f"    could not be tried: {report.problem}", style="red", markup=False)
        for survivor in report.survivors:
            told = f"explained: {survivor.reason}" if survivor.reason else survivor.verdict
            console.print(f"    survived: {survivor.mutant}: {told}", style="yellow", markup=False)
    mutants, killed, unexplained = _totals(reports)
    share = f"{100 * killed / mutants:.1f} %" if mutants else "none"
    console.print(
        f"{len(reports)} cases, {mutants} mutants, {killed} noticed ({share}),"
        f" {unexplained} survived without an explanation"
    )


def _totals(reports: Sequence[CaseReport]) -> tuple[int, int, int]:
    survivors = [survivor for report in reports for survivor in report.survivors]
    return (
        sum(report.mutants for report in reports),
        sum(report.killed for report in reports),
        sum(survivor.reason is None for survivor in survivors),
    )


def _good(reports: Sequence[CaseReport]) -> bool:
    mutants, killed, _ = _totals(reports)
    return all(report.killed for report in reports) and killed >= ENOUGH * mutants
