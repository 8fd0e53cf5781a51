"""The results of the last self-test, as counts: `python -m tools.selftest_results build/selftest.json`.

Writes docs/selftest.csv from what `plugfest selftest --json` wrote: a line for each case, small enough to be committed.
Writes docs/selftest_unnoticed.csv: a line for each field of which a change was not noticed.
"""

import csv
import io
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Final

import msgspec

from plugfest.rig.selftest.specification.report import SpecificationReport, unnoticed_fields
from plugfest.rig.selftest.summary import CaseSummary
from plugfest.rig.selftest.summary import read as read_summaries

DOCS: Final = Path(__file__).resolve().parents[1] / "docs"
FILE: Final = DOCS / "selftest.csv"
UNNOTICED: Final = DOCS / "selftest_unnoticed.csv"


class Result(msgspec.Struct, frozen=True):
    """What a case did with the wrong stations.

    Of `mutants` it detected `detected`; of those that it did not, `explained` are permitted by the specification and
    `unexplained` are gaps. Of the behaviours written by hand it detected `behaviours` and `missed` the rest. `problem`
    says why it could not be tried. `changes` are the sample of those from the specification. `variants` is the number
    of runs with conforming stations, of which it accused `accused`.
    """

    id: str
    product: str
    mutants: int
    detected: int
    explained: int
    unexplained: int
    behaviours: int
    missed: int
    problem: str
    changes: int = 0
    noticed: int = 0
    permitted: int = 0
    unnoticed: int = 0
    variants: int = 0
    accused: int = 0


def result(case: CaseSummary) -> Result:
    """The counts of a case."""
    explained = sum(one.reason is not None for one in case.survivors)
    specification = case.specification or SpecificationReport(case.id, case.product, "")
    return Result(
        id=case.id,
        product=case.product,
        mutants=case.mutants,
        detected=case.detected,
        explained=explained,
        unexplained=len(case.survivors) - explained,
        behaviours=len(case.behaviours),
        missed=len(case.missed),
        problem=case.problem or specification.problem or "",
        changes=specification.changes,
        noticed=specification.noticed,
        permitted=sum(specification.permitted.values()),
        unnoticed=len(specification.unnoticed),
        variants=case.variants,
        accused=len(case.accused),
    )


class UnnoticedField(msgspec.Struct, frozen=True):
    """A field or message, a kind of change, and the number of its changes that were neither noticed nor permitted."""

    version: str
    target: str
    kind: str
    changes: int


def unnoticed(summaries: Iterable[CaseSummary]) -> list[UnnoticedField]:
    """The fields of each version, the most frequent first."""
    reports = [one.specification for one in summaries if one.specification is not None]
    return [
        UnnoticedField(version, *field)
        for version in sorted({one.version for one in reports})
        for field in unnoticed_fields(one for one in reports if one.version == version)
    ]


def written(results: Iterable[Result]) -> str:
    """The text of the file of results."""
    return _table(Result, results)


def written_unnoticed(fields: Iterable[UnnoticedField]) -> str:
    """The text of the file of fields."""
    return _table(UnnoticedField, fields)


def _table(kind: type[msgspec.Struct], rows: Iterable[msgspec.Struct]) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(kind.__struct_fields__)
    writer.writerows(msgspec.structs.astuple(one) for one in rows)
    return text.getvalue()


def read(text: str) -> list[Result]:
    """The results in such a file. Raises msgspec.ValidationError."""
    return msgspec.convert(list(csv.DictReader(io.StringIO(text))), type=list[Result], strict=False)


def read_unnoticed(text: str) -> list[UnnoticedField]:
    """The fields in such a file. Raises msgspec.ValidationError."""
    return msgspec.convert(list(csv.DictReader(io.StringIO(text))), type=list[UnnoticedField], strict=False)


def main(path: Path) -> None:
    summaries = read_summaries(path.read_bytes())
    FILE.write_text(written(map(result, summaries)), encoding="utf-8")
    UNNOTICED.write_text(written_unnoticed(unnoticed(summaries)), encoding="utf-8")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(Path(sys.argv[1]))
