"""Jobs of the self-test for variants, and their reports."""

from collections.abc import Collection, Iterator, Sequence

import msgspec

from plugfest.lab.verdict import Finding
from plugfest.products import load_product
from plugfest.rig.selftest.variants.catalogue import CATALOGUE, by_name
from plugfest.rig.selftest.variants.run import cases_of, variant_runs


class VariantJob(msgspec.Struct, frozen=True):
    """A variant, and the cases to run it with as one product."""

    name: str
    cases: tuple[str, ...]
    product: str


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
    found: list[VariantJob] = []
    for variant in CATALOGUE:
        planned: set[str] = set()
        for name, product in loaded.items():
            chosen = [id for id in cases_of(variant, product) if not case_ids or id in case_ids]
            left = tuple(id for id in chosen if every_product or id not in planned)
            planned.update(left)
            if left:
                found.append(VariantJob(variant.name, left, name))
    return found


def run_variant(job: VariantJob) -> Iterator[VariantReport]:
    """Run a variant with its cases."""
    variant = by_name()[job.name]
    for one in variant_runs(variant, load_product(job.product), job.cases):
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
