"""Runs the worlds of many seeds on several processes."""

import logging
from collections.abc import Iterable, Iterator

import msgspec

from plugfest.rig.processes import run_jobs
from plugfest.rig.simulation.defects import DEFECTS, Detection, detect
from plugfest.rig.simulation.invariants.rules import Violation
from plugfest.rig.simulation.run import run_world
from plugfest.rig.simulation.worlds.generation import generate

SEEDS_PER_JOB = 10


class SeedReport(msgspec.Struct, frozen=True, kw_only=True):
    """What has become of a world. `seconds` simulated."""

    seed: int
    product: str
    violation: Violation | None
    events: int
    frames: int
    seconds: float


class SeedsJob(msgspec.Struct, frozen=True):
    """The worlds of some seeds. `product`: of all of them; None: each has its own."""

    seeds: tuple[int, ...]
    product: str | None


class DefectJob(msgspec.Struct, frozen=True):
    """A planted defect by its number, and the number of seeds that it is run with."""

    number: int
    seeds: int


def run_seeds(seeds: Iterable[int], product: str | None, processes: int) -> Iterator[SeedReport]:
    """The reports as they are complete; of endless seeds, until the caller stops."""
    jobs = (SeedsJob(each, product) for each in _groups(seeds))
    for reports in run_jobs(run_seeds_job, jobs, processes):
        yield from reports


def run_seeds_job(job: SeedsJob) -> list[SeedReport]:
    return [report_of_seed(seed, job.product) for seed in job.seeds]


def report_of_seed(seed: int, product: str | None) -> SeedReport:
    outcome = run_world(generate(seed, product))
    return SeedReport(
        seed=seed,
        product=outcome.world.product,
        violation=outcome.violation,
        events=len(outcome.world.events),
        frames=len(outcome.frames),
        seconds=outcome.seconds,
    )


def detect_defects(seeds: int, processes: int) -> Iterator[Detection]:
    """In which seeds each planted defect is found."""
    return run_jobs(run_defect_job, [DefectJob(number, seeds) for number in range(len(DEFECTS))], processes)


def run_defect_job(job: DefectJob) -> Detection:
    logging.getLogger().setLevel(logging.ERROR)
    return detect(DEFECTS[job.number], range(1, job.seeds + 1))


def _groups(seeds: Iterable[int]) -> Iterator[tuple[int, ...]]:
    group: list[int] = []
    for seed in seeds:
        group.append(seed)
        if len(group) == SEEDS_PER_JOB:
            yield tuple(group)
            group = []
    if group:
        yield tuple(group)
