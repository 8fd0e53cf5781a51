"""The changes from the specification, in the documentation: scores, fields that are not noticed, permitted changes.

docs/selftest.csv has the counts of each case; docs/selftest_unnoticed.csv has the fields whose changes no case noticed.
"""

from collections.abc import Iterable, Iterator
from typing import Final, Literal

from plugfest.lab.selection import cases
from plugfest.rig.selftest.specification.permitted import table
from tools import selftest_results

Version = Literal["1.6", "2.0.1"]
VERSIONS: Final[tuple[Version, ...]] = ("1.6", "2.0.1")


def sections() -> Iterator[str]:
    """The lines of the page."""
    results = selftest_results.read(selftest_results.FILE.read_text(encoding="utf-8"))
    fields = selftest_results.read_unnoticed(selftest_results.UNNOTICED.read_text(encoding="utf-8"))
    yield from (
        "## Changes from the specification",
        "",
        "The second score of the self-test does not depend on what a case checks. For every message of a scenario each"
        " field gets another value, is omitted or is added; each message is omitted, repeated, delayed or moved; each"
        " state is contradicted. A sample of the changes is run. A change that is not noticed is permitted by a clause,"
        " or it is a gap. *Declared checks* is the score of the mutants that are generated from the checks.",
        "",
        "| OCPP | Declared checks | Changes | Noticed | Permitted | Noticed or permitted |",
        "|---|---|---|---|---|---|",
        *(_score(version, results) for version in VERSIONS),
        "",
        "### Not noticed",
        "",
        "| OCPP | Field or message | Change | Number |",
        "|---|---|---|---|",
        *(f"| {one.version} | {one.target} | {one.kind} | {one.changes} |" for one in fields),
        "",
    )
    for version in VERSIONS:
        yield from _permitted(version)


def _score(version: Version, results: Iterable[selftest_results.Result]) -> str:
    of_version = [one for one in results if one.id in cases(version)]
    changes, noticed = sum(one.changes for one in of_version), sum(one.noticed for one in of_version)
    permitted = sum(one.permitted for one in of_version)
    declared = f"{sum(one.detected for one in of_version)} of {sum(one.mutants for one in of_version)}"
    share = f"{100 * (noticed + permitted) / changes:.1f} %" if changes else ""
    return f"| {version} | {declared} | {changes} | {noticed} | {permitted} | {share} |"


def _permitted(version: Version) -> Iterator[str]:
    yield from (
        f"### Permitted in OCPP {version}",
        "",
        "Used only where a case does not require more. *Value*: from one value to another, where not every value is"
        " permitted.",
        "",
        "| Field or message | Change | Value | Clause | Reason |",
        "|---|---|---|---|---|",
    )
    for one in table(version):
        values = [" or ".join(texts) for texts in (one.old, one.new) if texts != ("*",)]
        row = (", ".join(one.target), ", ".join(one.kinds), " to ".join(values), one.clause, one.reason)
        yield f"| {' | '.join(cell.replace('*', chr(92) + '*') for cell in row)} |"
    yield ""
