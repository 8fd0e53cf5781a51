"""The whole self-test: each written case with a product that it applies to, on as many processes as wanted."""

import logging
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from multiprocessing import get_context

import msgspec

from plugfest import clock
from plugfest.lab.registry import cases
from plugfest.lab.selection import choose
from plugfest.lab.settings import LabSettings
from plugfest.products import load_product
from plugfest.products.selection import select
from plugfest.rig.mutants.explained import explanation
from plugfest.rig.mutants.selftest import NotHonest, selftest


class Job(msgspec.Struct, frozen=True):
    """One case with the product to run it on."""

    case_id: str
    product: str


class Survivor(msgspec.Struct, frozen=True):
    """A wrong station that the lab let pass, what was wrong with it, and why that is all right, if it is."""

    mutant: str
    verdict: str
    reason: str | None


class CaseReport(msgspec.Struct, frozen=True):
    """How a case did. `problem`: why it could not be tried."""

    case_id: str
    product: str
    mutants: int = 0
    killed: int = 0
    survivors: tuple[Survivor, ...] = ()
    problem: str | None = None


def jobs(products: Sequence[str], case_ids: frozenset[str] = frozenset()) -> list[Job]:
    """Each written case once, with the first of the products that asks for it; only these cases if any are named."""
    found: dict[str, Job] = {}
    for name in products:
        product = load_product(name)
        written = cases(product.ocpp_version)
        for one in select(product):
            if one.applies and one.id in written and (not case_ids or one.id in case_ids):
                found.setdefault(one.id, Job(one.id, name))
    return list(found.values())


def run(wanted: Sequence[Job], processes: int) -> Iterator[CaseReport]:
    """Run the jobs and yield their reports as they are done."""
    # Spawned, not forked: a process inherits neither loop nor sockets of this one.
    with ProcessPoolExecutor(max_workers=processes, mp_context=get_context("spawn")) as pool:
        for done in as_completed([pool.submit(run_job, job) for job in wanted]):
            yield done.result()


def run_job(job: Job) -> CaseReport:
    """Every mutant of one case. A wrong station makes the lab's and its own log loud: only the outcome is told."""
    logging.disable(logging.CRITICAL)
    product = load_product(job.product)
    try:
        outcomes = clock.run(selftest(product, choose(product, [job.case_id]).chosen[0], LabSettings()), simulated=True)
    except NotHonest as error:
        return CaseReport(job.case_id, job.product, problem=str(error))
    counted = [one for one in outcomes if one.killed or not one.mutant.probe]
    survivors = tuple(
        Survivor(str(one.mutant), one.result.verdict.value, explanation(one.mutant))
        for one in counted
        if not one.killed
    )
    return CaseReport(job.case_id, job.product, len(counted), len(counted) - len(survivors), survivors)
