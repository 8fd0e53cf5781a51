"""The results of a self-test in a file that only changes when the lab does: no times, no ids, a line for each case."""

from collections.abc import Iterable

import msgspec

from plugfest.rig.selftest.campaign import CaseReport, Survivor


class CaseSummary(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """How a case did. `behaviours` are those that it noticed, `missed` those that it should have.

    `noticed`: by message, the checks that some generated mutant has proven.
    """

    id: str
    product: str
    mutants: int = 0
    killed: int = 0
    noticed: dict[str, tuple[str, ...]] = {}
    survivors: tuple[Survivor, ...] = ()
    behaviours: tuple[str, ...] = ()
    missed: tuple[str, ...] = ()
    problem: str | None = None


def summary(report: CaseReport) -> CaseSummary:
    """A report without what only its own run is interested in."""
    return CaseSummary(
        id=report.case_id,
        product=report.product,
        mutants=report.mutants,
        killed=report.killed,
        noticed=report.noticed,
        survivors=report.survivors,
        behaviours=tuple(sorted(one.name for one in report.behaviours if one.killed)),
        missed=tuple(sorted(one.name for one in report.behaviours if not one.killed)),
        problem=report.problem,
    )


def written(reports: Iterable[CaseReport]) -> bytes:
    """The text of the file."""
    cases = sorted((summary(report) for report in reports), key=lambda one: one.id)
    return b"[\n" + b",\n".join(msgspec.json.encode(one) for one in cases) + b"\n]\n"


def read(text: bytes) -> list[CaseSummary]:
    """The cases of such a file. Raises msgspec.DecodeError if it is none."""
    return msgspec.json.decode(text, type=list[CaseSummary])
