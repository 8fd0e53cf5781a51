"""Runs the self-test on several processes: a job for the mutants of each case, each behaviour, each variant."""

import logging
from collections.abc import Iterable, Iterator, Sequence

import msgspec

from plugfest import clock
from plugfest.lab.case import CampaignCase
from plugfest.lab.selection import cases
from plugfest.lab.settings import LabSettings
from plugfest.products import Product, load_product
from plugfest.rig.processes import run_jobs
from plugfest.rig.selftest.behaviours.behaviour import FunctionNotFound
from plugfest.rig.selftest.behaviours.catalogue import CATALOGUE, by_name
from plugfest.rig.selftest.behaviours.run import UNCLAIMED_CASES_PRODUCT, behaviour_runs
from plugfest.rig.selftest.bench import written_cases_of
from plugfest.rig.selftest.mutants.explained import explanation
from plugfest.rig.selftest.mutants.mutant import Mutant
from plugfest.rig.selftest.mutants.run import ConformingStationFailed, run_mutants
from plugfest.rig.selftest.specification.report import SpecificationReport, specification_report
from plugfest.rig.selftest.specification.run import run_changes
from plugfest.rig.selftest.variants.report import VariantJob, VariantReport, run_variant


class MutantJob(msgspec.Struct, frozen=True):
    """The mutants of a case, and the product to run them on."""

    case_id: str
    product: str


class SpecificationJob(msgspec.Struct, frozen=True):
    """A sample of the changes of a case, and the product to run them on. `size` is the number of changes."""

    case_id: str
    product: str
    size: int
    seed: str


class BehaviourJob(msgspec.Struct, frozen=True):
    """A behaviour, the cases that have to detect it, and the products to run it on."""

    name: str
    cases: tuple[str, ...]
    products: tuple[str, ...]


class Survivor(msgspec.Struct, frozen=True):
    """A mutant that was not detected. `reason`: why the lab need not detect it; None: it is a gap."""

    mutant: str
    verdict: str
    reason: str | None


class BehaviourReport(msgspec.Struct, frozen=True):
    """The result of a case with a behaviour. `problem`: why it could not be run."""

    case_id: str
    product: str
    name: str
    requirement: str
    detected: bool = False
    verdict: str = ""
    problem: str | None = None


class CaseReport(msgspec.Struct, frozen=True):
    """The results of a case with its mutants and behaviours. `problem`: why the mutants could not be run.

    `proven_checks`: by message, the checks that a detected mutant has proven: a wrong field or another fault.
    """

    case_id: str
    product: str
    mutants: int = 0
    detected: int = 0
    proven_checks: dict[str, tuple[str, ...]] = {}
    survivors: tuple[Survivor, ...] = ()
    problem: str | None = None
    behaviours: tuple[BehaviourReport, ...] = ()
    specification: SpecificationReport | None = None
    variants: tuple[VariantReport, ...] = ()

    @property
    def behaviours_detected(self) -> int:
        return sum(each.detected for each in self.behaviours)

    @property
    def variants_accused(self) -> int:
        return sum(each.accused for each in self.variants)


AnyJob = MutantJob | SpecificationJob | BehaviourJob | VariantJob
AnyReport = CaseReport | SpecificationReport | BehaviourReport | VariantReport


def jobs(
    products: Sequence[str], case_ids: frozenset[str] = frozenset(), *, unclaimed: bool = False
) -> list[MutantJob]:
    """A job for each written case, with the first of the products that it applies to; only for `case_ids` if given.

    `unclaimed`: also for cases that apply to none of the products.
    """
    found: dict[str, MutantJob] = {}
    for name in products:
        for one in written_cases_of(name):
            found.setdefault(one.id, MutantJob(one.id, name))
    if unclaimed:
        for case_id in cases(load_product(UNCLAIMED_CASES_PRODUCT).ocpp_version):
            found.setdefault(case_id, MutantJob(case_id, UNCLAIMED_CASES_PRODUCT))
    return [job for job in found.values() if not case_ids or job.case_id in case_ids]


def specification_jobs(mutant_jobs: Iterable[MutantJob], size: int, seed: str) -> list[SpecificationJob]:
    """A job for the changes of each of these cases."""
    return [SpecificationJob(job.case_id, job.product, size, seed) for job in mutant_jobs]


def behaviour_jobs(products: Sequence[str], case_ids: frozenset[str] = frozenset()) -> list[BehaviourJob]:
    """A job for each behaviour with its cases that apply to the products; only with `case_ids` if given."""
    testable = {job.case_id for job in jobs(products, case_ids, unclaimed=UNCLAIMED_CASES_PRODUCT in products)}
    found = [
        BehaviourJob(one.name, tuple(case_id for case_id in one.cases if case_id in testable), tuple(products))
        for one in CATALOGUE
        if one.product is None or one.product in products
    ]
    return [job for job in found if job.cases]


def run(jobs_to_run: Sequence[AnyJob], processes: int) -> Iterator[AnyReport]:
    """Run the jobs and yield their reports as they finish."""
    for reports in run_jobs(run_job, jobs_to_run, processes):
        yield from reports


def run_job(job: AnyJob) -> list[AnyReport]:
    """Run a job without logging: wrong stations cause many errors in the logs."""
    logging.disable(logging.CRITICAL)
    match job:
        case MutantJob():
            return [_run_mutants(job)]
        case SpecificationJob():
            return [_run_changes(job)]
        case VariantJob():
            return list(run_variant(job))
    return list(_run_behaviour(job))


def _chosen(product: Product, case_id: str) -> CampaignCase:
    return CampaignCase(case_id, "", "", cases(product.ocpp_version)[case_id])


def _run_changes(job: SpecificationJob) -> SpecificationReport:
    """Run a sample of the changes of a case."""
    product = load_product(job.product)
    running = run_changes(product, _chosen(product, job.case_id), LabSettings(), size=job.size, seed=job.seed)
    try:
        outcomes = clock.run(running, simulated=True)
    except Exception as error:  # a change that crashes the lab must not end the self-test
        return SpecificationReport(job.case_id, job.product, product.ocpp_version, problem=_problem(error))
    return specification_report(job.case_id, product, outcomes)


def _problem(error: Exception) -> str:
    if isinstance(error, ConformingStationFailed):
        return str(error)
    return f"the lab failed: {type(error).__name__}: {error}"


def _run_mutants(job: MutantJob) -> CaseReport:
    """Run the mutants of a case."""
    product = load_product(job.product)
    chosen = _chosen(product, job.case_id)
    try:
        outcomes = clock.run(run_mutants(product, chosen, LabSettings()), simulated=True)
    except Exception as error:  # a mutant that crashes the lab must not end the self-test
        return CaseReport(job.case_id, job.product, problem=_problem(error))
    counted = [one for one in outcomes if one.detected or not one.mutant.probe]
    survivors = tuple(
        Survivor(str(one.mutant), one.result.verdict.value, explanation(one.mutant))
        for one in counted
        if not one.detected
    )
    return CaseReport(
        case_id=job.case_id,
        product=job.product,
        mutants=len(counted),
        detected=len(counted) - len(survivors),
        proven_checks=_proven_checks(one.mutant for one in counted if one.detected),
        survivors=survivors,
    )


def _proven_checks(detected: Iterable[Mutant]) -> dict[str, tuple[str, ...]]:
    """The checks of each message that the detected mutants have proven."""
    checks: dict[str, set[str]] = {}
    for mutant in detected:
        checks.setdefault(mutant.place.message, set()).update(mutant.checks)
    return {message: tuple(sorted(checks[message])) for message in sorted(checks)}


def _run_behaviour(job: BehaviourJob) -> Iterator[BehaviourReport]:
    """Run a behaviour with each of its cases."""
    behaviour = msgspec.structs.replace(by_name()[job.name], cases=job.cases)
    try:
        for one in behaviour_runs(behaviour, job.products):
            yield BehaviourReport(
                case_id=one.case_id,
                product=one.product,
                name=job.name,
                requirement=behaviour.requirement,
                detected=one.detected,
                verdict=one.verdict.value if one.verdict is not None else "",
                problem=one.problem,
            )
    except FunctionNotFound as error:
        for case_id in job.cases:
            yield BehaviourReport(case_id, "", job.name, behaviour.requirement, problem=str(error))


def by_case(reports: Iterable[AnyReport]) -> list[CaseReport]:
    """The reports combined, one for each case."""
    found: dict[str, CaseReport] = {}
    behaviours: dict[str, list[BehaviourReport]] = {}
    variants: dict[str, list[VariantReport]] = {}
    specification: list[SpecificationReport] = []
    for report in reports:
        match report:
            case CaseReport():
                found[report.case_id] = report
            case SpecificationReport():
                specification.append(report)
            case BehaviourReport():
                behaviours.setdefault(report.case_id, []).append(report)
            case VariantReport():
                variants.setdefault(report.case_id, []).append(report)
    for one in specification:
        case = found.get(one.case_id) or CaseReport(one.case_id, one.product)
        found[one.case_id] = msgspec.structs.replace(case, specification=one)
    for case_id, of_case in behaviours.items():
        case = found.get(case_id) or CaseReport(case_id, of_case[0].product)
        found[case_id] = msgspec.structs.replace(case, behaviours=tuple(sorted(of_case, key=lambda one: one.name)))
    for case_id, run_with in variants.items():
        case = found.get(case_id) or CaseReport(case_id, run_with[0].product)
        run_with.sort(key=lambda one: (one.name, one.product))
        found[case_id] = msgspec.structs.replace(case, variants=tuple(run_with))
    return list(found.values())
