"""The results of a self-test as JSON, one line for each case, without times and ids: equal in every run."""

from collections.abc import Iterable

import msgspec

from plugfest.rig.selftest.campaign import CaseReport, Survivor
from plugfest.rig.selftest.specification.report import SpecificationReport


class CaseSummary(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The results of a case. `behaviours` are those that it detected, `missed` the others. `variants`: the number of
    runs with conforming variants, `accused`: the variants that it accused.

    `proven_checks`: by message, the checks that the mutants have proven.
    """

    id: str
    product: str
    mutants: int = 0
    detected: int = msgspec.field(default=0, name="killed")
    proven_checks: dict[str, tuple[str, ...]] = msgspec.field(default={}, name="noticed")
    survivors: tuple[Survivor, ...] = ()
    behaviours: tuple[str, ...] = ()
    missed: tuple[str, ...] = ()
    problem: str | None = None
    specification: SpecificationReport | None = None
    variants: int = 0
    accused: tuple[str, ...] = ()


def summary(report: CaseReport) -> CaseSummary:
    """A report without the details of its run."""
    return CaseSummary(
        id=report.case_id,
        product=report.product,
        mutants=report.mutants,
        detected=report.detected,
        proven_checks=report.proven_checks,
        survivors=report.survivors,
        behaviours=tuple(sorted(one.name for one in report.behaviours if one.detected)),
        missed=tuple(sorted(one.name for one in report.behaviours if not one.detected)),
        problem=report.problem,
        specification=report.specification,
        variants=len(report.variants),
        accused=tuple(f"{one.name} ({one.product})" for one in report.variants if one.accused),
    )


def written(reports: Iterable[CaseReport]) -> bytes:
    """The content of the file."""
    cases = sorted((summary(report) for report in reports), key=lambda one: one.id)
    return b"[\n" + b",\n".join(msgspec.json.encode(one) for one in cases) + b"\n]\n"


def read(text: bytes) -> list[CaseSummary]:
    """The cases of such a file. Raises msgspec.DecodeError if it is not valid."""
    return msgspec.json.decode(text, type=list[CaseSummary])
