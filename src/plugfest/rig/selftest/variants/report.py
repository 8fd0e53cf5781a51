"""Jobs of the self-test for variants, and their reports."""

from collections.abc import Collection, Iterator, Mapping, Sequence

import msgspec

from plugfest.lab.verdict import Finding
from plugfest.products import load_product
from plugfest.rig.selftest.bench import written_cases_of
from plugfest.rig.selftest.variants.catalogue import CATALOGUE, by_name
from plugfest.rig.selftest.variants.run import cases_of, variant_runs
from plugfest.rig.selftest.variants.scenarios import new_cases
from plugfest.rig.selftest.variants.variant import same_product


class VariantJob(msgspec.Struct, frozen=True):
    """A variant, and the cases to run it with as one product.

    `run_before`: the cases that it is run with as products before this one.
    """

    name: str
    cases: tuple[str, ...]
    product: str
    run_before: Mapping[str, tuple[str, ...]] = {}


class VariantReport(msgspec.Struct, frozen=True):
    """The result of a case with a variant. `findings`: what the lab accused it of. `problem`: why it could not run."""

    case_id: str
    product: str
    name: str
    requirement: str
    accused: bool
    verdict: str
    findings: tuple[Finding, ...] = ()
    problem: str | None = None


def variant_jobs(
    products: Sequence[str], case_ids: Collection[str] = (), *, every_product: bool = False
) -> list[VariantJob]:
    """A job for each variant and product, with the cases that no earlier product has; with all if `every_product`."""
    loaded = {name: load_product(name) for name in products}
    applicable = {name: written_cases_of(name) for name in products}
    found: list[VariantJob] = []
    for variant in CATALOGUE:
        planned: dict[str, tuple[str, ...]] = {}
        for name, product in loaded.items():
            unchanged = applicable[name] if variant.product is same_product else None
            chosen = [id for id in cases_of(variant, product, unchanged) if not case_ids or id in case_ids]
            known = {id for ids in planned.values() for id in ids}
            left = tuple(id for id in chosen if every_product or id not in known)
            if left:
                found.append(VariantJob(variant.name, left, name, dict(planned) if every_product else {}))
                planned[name] = left
    return found


def run_variant(job: VariantJob) -> Iterator[VariantReport]:
    """Run a variant with those of its cases in which it has an effect that no earlier run has shown."""
    variant = by_name()[job.name]
    chosen = new_cases(variant, job.product, job.cases, job.run_before)
    for one in variant_runs(variant, load_product(job.product), chosen) if chosen else ():
        yield VariantReport(
            case_id=one.case_id,
            product=job.product,
            name=job.name,
            requirement=variant.requirement,
            accused=one.accused,
            verdict=one.verdict.value,
            findings=one.accusations,
            problem=one.problem,
        )
