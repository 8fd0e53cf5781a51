"""The whole self-test, on as many processes as wanted: generated mutants case by case, written ones one by one."""

import logging
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from multiprocessing import get_context

import msgspec

from plugfest import clock
from plugfest.lab.case import CampaignCase
from plugfest.lab.selection import cases
from plugfest.lab.settings import LabSettings
from plugfest.products import load_product
from plugfest.products.selection import select
from plugfest.rig.selftest.behaviours.catalogue import CATALOGUE, by_name
from plugfest.rig.selftest.behaviours.patch import PlaceVanished
from plugfest.rig.selftest.behaviours.run import ABLE, behaviour_runs
from plugfest.rig.selftest.mutants.explained import explanation
from plugfest.rig.selftest.mutants.mutant import Mutant
from plugfest.rig.selftest.mutants.run import NotHonest, selftest

NOT_TRIED = {"TC_B_24_CS": "no station of ours keeps reservations in OCPP 2.0.1"}
"""Cases that nothing can be proven of, with the reason."""


class Job(msgspec.Struct, frozen=True):
    """The generated mutants of one case, with the product to run them on."""

    case_id: str
    product: str


class BehaviourJob(msgspec.Struct, frozen=True):
    """A wrong behaviour, the cases that have to notice it, and the products to try it on."""

    name: str
    cases: tuple[str, ...]
    products: tuple[str, ...]


class Survivor(msgspec.Struct, frozen=True):
    """A wrong station that the lab let pass, what was wrong with it, and why that is all right, if it is."""

    mutant: str
    verdict: str
    reason: str | None


class BehaviourReport(msgspec.Struct, frozen=True):
    """How a case did with a wrong behaviour. `problem`: why it could not be tried."""

    case_id: str
    product: str
    name: str
    requirement: str
    killed: bool = False
    verdict: str = ""
    problem: str | None = None


class CaseReport(msgspec.Struct, frozen=True):
    """How a case did, with generated mutants and with written ones. `problem`: why the first could not be tried.

    `noticed`: by message, what of it the case has proven to look at: a field that was wrong, or that it was left out.
    """

    case_id: str
    product: str
    mutants: int = 0
    killed: int = 0
    noticed: dict[str, tuple[str, ...]] = {}
    survivors: tuple[Survivor, ...] = ()
    problem: str | None = None
    behaviours: tuple[BehaviourReport, ...] = ()

    @property
    def behaviours_killed(self) -> int:
        return sum(one.killed for one in self.behaviours)


AnyJob = Job | BehaviourJob
AnyReport = CaseReport | BehaviourReport


def jobs(products: Sequence[str], case_ids: frozenset[str] = frozenset(), *, unclaimed: bool = False) -> list[Job]:
    """Each written case once, with the first of the products that asks for it; only these cases if any are named.

    `unclaimed`: what none of them asks for too, with a product that can do more than it claims.
    """
    found: dict[str, Job] = {}
    for name in products:
        product = load_product(name)
        written = cases(product.ocpp_version)
        for one in select(product):
            if one.applies and one.id in written:
                found.setdefault(one.id, Job(one.id, name))
    if unclaimed:
        for case_id in cases(load_product(ABLE).ocpp_version):
            found.setdefault(case_id, Job(case_id, ABLE))
    return [job for job in found.values() if job.case_id not in NOT_TRIED and (not case_ids or job.case_id in case_ids)]


def behaviour_jobs(products: Sequence[str], case_ids: frozenset[str] = frozenset()) -> list[BehaviourJob]:
    """Each wrong behaviour with its cases that these products ask for; only with these cases if any are named."""
    wanted = {job.case_id for job in jobs(products, case_ids, unclaimed=ABLE in products)}
    found = [
        BehaviourJob(one.name, tuple(case_id for case_id in one.cases if case_id in wanted), tuple(products))
        for one in CATALOGUE
        if one.product is None or one.product in products
    ]
    return [job for job in found if job.cases]


def run(wanted: Sequence[AnyJob], processes: int) -> Iterator[AnyReport]:
    """Run the jobs and yield their reports as they are done."""
    # Spawned, not forked: a process inherits neither loop nor sockets of this one.
    with ProcessPoolExecutor(max_workers=processes, mp_context=get_context("spawn")) as pool:
        for done in as_completed([pool.submit(run_job, job) for job in wanted]):
            yield from done.result()


def run_job(job: AnyJob) -> list[AnyReport]:
    """A wrong station makes the lab's and its own log loud: only the outcome is told."""
    logging.disable(logging.CRITICAL)
    return [_generated(job)] if isinstance(job, Job) else list(_behaved(job))


def _generated(job: Job) -> CaseReport:
    """Every mutant of one case."""
    product = load_product(job.product)
    chosen = CampaignCase(job.case_id, "", "", cases(product.ocpp_version)[job.case_id])
    try:
        outcomes = clock.run(selftest(product, chosen, LabSettings()), simulated=True)
    except NotHonest as error:
        return CaseReport(job.case_id, job.product, problem=str(error))
    except Exception as error:  # a mutant that breaks the lab must not end the self-test
        return CaseReport(job.case_id, job.product, problem=f"the lab broke: {type(error).__name__}: {error}")
    counted = [one for one in outcomes if one.killed or not one.mutant.probe]
    survivors = tuple(
        Survivor(str(one.mutant), one.result.verdict.value, explanation(one.mutant))
        for one in counted
        if not one.killed
    )
    return CaseReport(
        case_id=job.case_id,
        product=job.product,
        mutants=len(counted),
        killed=len(counted) - len(survivors),
        noticed=_noticed(one.mutant for one in counted if one.killed),
        survivors=survivors,
    )


def _noticed(killed: Iterable[Mutant]) -> dict[str, tuple[str, ...]]:
    """The checks of each kind of message that some mutant has shown to be made."""
    checks: dict[str, set[str]] = {}
    for mutant in killed:
        checks.setdefault(mutant.place.message, set()).update(mutant.checks)
    return {message: tuple(sorted(checks[message])) for message in sorted(checks)}


def _behaved(job: BehaviourJob) -> Iterator[BehaviourReport]:
    """One wrong behaviour with each of its cases."""
    behaviour = msgspec.structs.replace(by_name()[job.name], cases=job.cases)
    try:
        for one in behaviour_runs(behaviour, job.products):
            yield BehaviourReport(
                case_id=one.case_id,
                product=one.product,
                name=job.name,
                requirement=behaviour.requirement,
                killed=one.killed,
                verdict=one.verdict.value if one.verdict is not None else "",
                problem=one.problem,
            )
    except PlaceVanished as error:
        for case_id in job.cases:
            yield BehaviourReport(case_id, "", job.name, behaviour.requirement, problem=str(error))


def by_case(reports: Iterable[AnyReport]) -> list[CaseReport]:
    """The reports put together, one for each case."""
    found: dict[str, CaseReport] = {}
    behaviours: dict[str, list[BehaviourReport]] = {}
    for report in reports:
        if isinstance(report, CaseReport):
            found[report.case_id] = report
        else:
            behaviours.setdefault(report.case_id, []).append(report)
    for case_id, of_case in behaviours.items():
        case = found.get(case_id) or CaseReport(case_id, of_case[0].product)
        found[case_id] = msgspec.structs.replace(case, behaviours=tuple(sorted(of_case, key=lambda one: one.name)))
    return list(found.values())
