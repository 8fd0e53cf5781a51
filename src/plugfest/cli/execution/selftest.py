"""`plugfest selftest`: tests the lab with wrong stations, which have one defect each, and with conforming variants."""

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from plugfest.campaigns.choosing import requested_cases
from plugfest.cli.commands.selftest import Kind
from plugfest.cli.interruption import interruptible
from plugfest.cli.terminal.console import TerminalConsole
from plugfest.cli.values.parallel_runs import write_results
from plugfest.products import ProductError, load_product, product_names
from plugfest.products.plan import plan, withdrawn_cases
from plugfest.products.plan.requested import NotInPlan, RequestedCases
from plugfest.reports.model.wording import counted
from plugfest.rig.selftest.campaign import (
    AnyJob,
    AnyReport,
    CaseReport,
    behaviour_jobs,
    by_case,
    jobs,
    run,
    specification_jobs,
)
from plugfest.rig.selftest.specification.report import Score, SpecificationReport, scores, unnoticed_fields
from plugfest.rig.selftest.summary import written
from plugfest.rig.selftest.variants.report import VariantReport, variant_jobs

PREFERRED_PRODUCTS: Final = (
    "alpitronic-hyc-200-eu",
    "chargepoint-ct4000",
    "btc-power-gen4-l3a",
    "chargepoint-express-plus-power-link",
)
"""A case runs with the first of these products that it applies to, else with another one."""

MIN_DETECTED_SHARE: Final = 0.98
"""The share of generated mutants that the lab has to detect."""

SHOWN_FIELDS: Final = 20

DETECTED, NOT_DETECTED = 0, 1


def execute(
    products: tuple[str, ...],
    only: Kind | None,
    sample: int,
    seed: str,
    every_product: bool,
    processes: int,
    json_file: Path | None,
    **options: Any,
) -> int:
    """Run the stations, and print what was detected. Returns the exit code. Raises ClickException."""
    try:
        case_ids = _case_ids(products, requested_cases(options))
        planned = _jobs(products, case_ids, only, sample, seed, every_product=every_product)
    except (ProductError, NotInPlan) as error:
        raise click.ClickException(str(error)) from None
    if not planned:
        raise click.ClickException("none of these cases is implemented and applies to one of these products")
    found: list[AnyReport] = []
    problems = TerminalConsole(stderr=True)
    try:
        with interruptible() as interruption:
            for report in _run(planned, processes, problems):
                found.append(report)  # noqa: PERF402 - what is found stays when the loop is interrupted
        interrupted = False
    except KeyboardInterrupt:
        interrupted = True
    reports = sorted(by_case(found), key=lambda report: report.case_id)
    _show(reports, TerminalConsole(soft_wrap=True))
    write_results(json_file, written(reports))
    if interrupted:
        total = _planned_reports(planned)
        problems.print(f"{interruption.text} after {len(found)} of {total} results: what is above is not complete")
        return interruption.exit_code
    return DETECTED if _passed(reports, only) else NOT_DETECTED


def _jobs(
    products: tuple[str, ...],
    case_ids: frozenset[str],
    only: Kind | None,
    sample: int,
    seed: str,
    *,
    every_product: bool,
) -> list[AnyJob]:
    chosen = products or tuple(_all_products())
    generated = jobs(chosen, case_ids, unclaimed=not products)
    kinds: dict[Kind, Sequence[AnyJob]] = {
        "generated": generated,
        "specification": specification_jobs(generated, sample or sys.maxsize, seed),
        "behaviours": behaviour_jobs(chosen, case_ids),
        "variants": variant_jobs(chosen, case_ids, every_product=every_product),
    }
    return [job for kind, of_kind in kinds.items() if only in (None, kind) for job in of_kind]


def _all_products() -> list[str]:
    return [*PREFERRED_PRODUCTS, *(name for name in product_names() if name not in PREFERRED_PRODUCTS)]


def _case_ids(products: tuple[str, ...], requested: RequestedCases) -> frozenset[str]:
    """The ids of the requested cases; empty for every case. Raises ProductError, NotInPlan."""
    if requested.every_case:
        return frozenset()
    versions = sorted({load_product(name).ocpp_version for name in products or _all_products()})
    planned = [one for version in versions for one in plan(version)]
    withdrawn = [one for version in versions for one in withdrawn_cases(version)]
    return frozenset(one.id for one in requested.of(planned, withdrawn, versions))


def _run(planned: Sequence[AnyJob], processes: int, console: Console) -> Iterator[AnyReport]:
    columns = (BarColumn(), MofNCompleteColumn(), TextColumn("{task.description}"), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as progress:
        task = progress.add_task("stations", total=_planned_reports(planned))
        for report in run(planned, processes):
            progress.update(task, advance=1, description=report.case_id)
            yield report


def _planned_reports(planned: Sequence[AnyJob]) -> int:
    """The number of reports that jobs give, at most."""
    return sum(len(getattr(job, "cases", (job,))) for job in planned)


def _show(reports: Sequence[CaseReport], console: Console) -> None:
    for report in reports:
        counts = [f"{report.detected:4} of {report.mutants:4} mutants"] if report.product and report.mutants else []
        if report.behaviours:
            counts.append(f"{report.behaviours_detected:2} of {len(report.behaviours):2} behaviours")
        if report.specification is not None:
            counts.append(f"{report.specification.noticed:3} of {report.specification.changes:3} changes")
        totals = [f"{', '.join(counts)} detected"] if counts else []
        if report.variants:
            totals.append(f"{report.variants_accused} of {len(report.variants):2} variants accused")
        console.print(f"{report.case_id}  {', '.join(totals) or 'nothing detected'}  ({report.product})")
        for line, style in _problems(report):
            console.print(f"    {line}", style=style)
    specification = _specification_reports(reports)
    lines = (_mutants_line(reports), *map(_score_line, scores(specification)), *_fields_lines(specification))
    for line in (*lines, _behaviours_line(reports), _variants_line(reports)):
        if line:
            console.print(line)


def _problems(report: CaseReport) -> Iterator[tuple[str, str]]:
    """What was not detected or could not be run; each line with its style."""
    if report.problem is not None:
        yield f"could not be run: {report.problem}", "red"
    for survivor in report.survivors:
        result = f"explained: {survivor.reason}" if survivor.reason else survivor.verdict
        yield f"survived: {survivor.mutant}: {result}", "yellow"
    if report.specification is not None:
        yield from _unnoticed(report.specification)
    for behaviour in report.behaviours:
        if behaviour.problem is not None:
            yield f"could not be run: {behaviour.name}: {behaviour.problem}", "red"
        elif not behaviour.detected:
            yield f"survived: {behaviour.name} ({behaviour.requirement}): {behaviour.verdict}", "yellow"

    for variant in report.variants:
        if variant.accused:
            yield from _accusation(variant)


def _accusation(variant: VariantReport) -> Iterator[tuple[str, str]]:
    reason = variant.problem or variant.verdict
    yield f"accused: {variant.name} ({variant.requirement}) as {variant.product}: {reason}", "red"
    for one in variant.findings:
        yield f"    {one.level} {one.requirement} {one.step}: expected {one.expected}, got {one.actual}", "red"


def _unnoticed(report: SpecificationReport) -> Iterator[tuple[str, str]]:
    if report.problem is not None:
        yield f"could not be run: {report.problem}", "red"
    for one in report.unnoticed:
        yield f"unnoticed: {one.change}: {one.verdict}", "yellow"


def _score_line(score: Score) -> str:
    return (
        f"specification, OCPP {score.version}: {counted(score.changes, 'change')}, {score.noticed} noticed,"
        f" {score.permitted} permitted ({100 * score.explained_share:.1f} %)"
    )


def _fields_lines(reports: Sequence[SpecificationReport]) -> Iterator[str]:
    """The fields of the unnoticed changes, the most frequent first."""
    fields = unnoticed_fields(reports)
    for target, kind, count in fields[:SHOWN_FIELDS]:
        yield f"  {count:3} unnoticed: {target} {kind}"
    if len(fields) > SHOWN_FIELDS:
        yield f"      and {counted(len(fields) - SHOWN_FIELDS, 'other field')}"


def _mutants_line(reports: Sequence[CaseReport]) -> str:
    """The totals of the generated mutants; empty if there are none."""
    mutants, detected, unexplained = _totals(reports)
    if not mutants:
        return ""
    cases = sum(1 for report in reports if report.mutants)
    return (
        f"declared checks: {counted(cases, 'case')}, {counted(mutants, 'mutant')}, {detected} detected"
        f" ({100 * detected / mutants:.1f} %), {unexplained} survived without an explanation"
    )


def _behaviours_line(reports: Sequence[CaseReport]) -> str:
    """The totals of the behaviours; empty if there are none."""
    behaviours = [behaviour for report in reports for behaviour in report.behaviours]
    if not behaviours:
        return ""
    names = {behaviour.name for behaviour in behaviours}
    detected = names - {behaviour.name for behaviour in behaviours if not behaviour.detected}
    cases = sum(1 for report in reports if report.behaviours)
    total = f"{counted(cases, 'case')}, {counted(len(names), 'station')}"
    return f"behaviours: {total}, {len(detected)} detected by every case that has to"


def _variants_line(reports: Sequence[CaseReport]) -> str:
    """The totals of the variants; empty if there are none."""
    runs = sum(len(report.variants) for report in reports)
    if not runs:
        return ""
    cases = sum(1 for report in reports if report.variants)
    names = {variant.name for report in reports for variant in report.variants}
    accused = sum(report.variants_accused for report in reports)
    total = f"{counted(cases, 'case')}, {counted(len(names), 'station')}, {counted(runs, 'run')}"
    return f"variants: {total}, {counted(accused, 'accusation')}"


def _totals(reports: Sequence[CaseReport]) -> tuple[int, int, int]:
    """The number of mutants, of detected ones, and of those that survived without an explanation."""
    survivors = [survivor for report in reports for survivor in report.survivors]
    return (
        sum(report.mutants for report in reports),
        sum(report.detected for report in reports),
        sum(survivor.reason is None for survivor in survivors),
    )


def _passed(reports: Sequence[CaseReport], only: Kind | None) -> bool:
    mutants, detected, _ = _totals(reports)
    unfit = [report for report in reports if _has_problem(report) or _detects_nothing(report, only)]
    undetected = [one for report in reports for one in report.behaviours if one.problem or not one.detected]
    accused = any(report.variants_accused for report in reports)
    sufficient = all(score.sufficient for score in scores(_specification_reports(reports)))
    detects_mutants = detected >= MIN_DETECTED_SHARE * mutants
    return not unfit and not undetected and not accused and detects_mutants and sufficient


def _specification_reports(reports: Sequence[CaseReport]) -> list[SpecificationReport]:
    return [report.specification for report in reports if report.specification is not None]


def _has_problem(report: CaseReport) -> bool:
    return bool(report.problem or (report.specification is not None and report.specification.problem))


def _detects_nothing(report: CaseReport, only: Kind | None) -> bool:
    """Whether a case detects neither a mutant nor a behaviour; not judged if the mutants were not run."""
    return only in (None, "generated") and not report.detected and not report.behaviours_detected
