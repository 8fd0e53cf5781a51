"""The results of the last self-test, as counts: `python -m tools.selftest_results build/selftest.json`.

Writes docs/selftest.csv from what `plugfest selftest --json` wrote: a line for each case, small enough to be committed.
"""

import csv
import io
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Final

import msgspec

from plugfest.rig.selftest.specification.report import SpecificationReport
from plugfest.rig.selftest.summary import CaseSummary
from plugfest.rig.selftest.summary import read as read_summaries

FILE: Final = Path(__file__).resolve().parents[1] / "docs" / "selftest.csv"


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


def written(results: Iterable[Result]) -> str:
    """The text of the file."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(Result.__struct_fields__)
    writer.writerows(msgspec.structs.astuple(one) for one in results)
    return text.getvalue()


def read(text: str) -> list[Result]:
    """The results in such a file. Raises msgspec.ValidationError."""
    return msgspec.convert(list(csv.DictReader(io.StringIO(text))), type=list[Result], strict=False)


def main(path: Path) -> None:
    FILE.write_text(written(map(result, read_summaries(path.read_bytes()))), encoding="utf-8")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(Path(sys.argv[1]))
