"""The results of a case with changes of its messages, as data."""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Final

import msgspec

from plugfest.products import Product
from plugfest.rig.selftest.specification.change import Change, ChangeKind
from plugfest.rig.selftest.specification.permitted import permission
from plugfest.rig.selftest.specification.run import ChangeOutcome

MIN_EXPLAINED_SHARE: Final = 0.95
"""The share of the changes of each OCPP version that the lab has to notice, or the specification to permit."""


class Unnoticed(msgspec.Struct, frozen=True):
    """A change that the lab did not notice and the specification does not permit."""

    target: str
    kind: str
    change: str
    verdict: str


class SpecificationReport(msgspec.Struct, frozen=True, omit_defaults=True):
    """The changes of a case. `permitted` counts those that were not noticed, by the clause that permits them.

    `problem`: why they could not be run.
    """

    case_id: str
    product: str
    version: str
    changes: int = 0
    noticed: int = 0
    permitted: dict[str, int] = {}
    unnoticed: tuple[Unnoticed, ...] = ()
    problem: str | None = None


def specification_report(case_id: str, product: Product, outcomes: Sequence[ChangeOutcome]) -> SpecificationReport:
    """The outcomes of a case, rated by the permitted changes."""
    permitted: Counter[str] = Counter()
    unnoticed: list[Unnoticed] = []
    for outcome in outcomes:
        if outcome.noticed:
            continue
        change, rating = outcome.change, permission(product.ocpp_version, outcome.change)
        if rating is not None:
            permitted[rating.clause] += 1
        else:
            verdict = outcome.result.verdict.value
            unnoticed.append(Unnoticed(change.target, change.kind.value, _described(change), verdict))
    return SpecificationReport(
        case_id=case_id,
        product=product.slug,
        version=product.ocpp_version,
        changes=len(outcomes),
        noticed=sum(outcome.noticed for outcome in outcomes),
        permitted=dict(sorted(permitted.items())),
        unnoticed=tuple(unnoticed),
    )


def _described(change: Change) -> str:
    """The mutant, with the next message if the order of the two is changed."""
    is_moved = change.kind is ChangeKind.AFTER_NEXT
    return f"{change.mutant}, {change.value}" if is_moved else str(change.mutant)


class Score(msgspec.Struct, frozen=True):
    """The changes of all cases of an OCPP version."""

    version: str
    changes: int
    noticed: int
    permitted: int

    @property
    def explained_share(self) -> float:
        """The share of the changes that are noticed or permitted."""
        return (self.noticed + self.permitted) / self.changes if self.changes else 1.0

    @property
    def sufficient(self) -> bool:
        """Whether the share reaches the required one."""
        return self.explained_share >= MIN_EXPLAINED_SHARE


def scores(reports: Iterable[SpecificationReport]) -> list[Score]:
    """A score for each OCPP version that was run."""
    by_version: dict[str, list[SpecificationReport]] = {}
    for report in reports:
        by_version.setdefault(report.version, []).append(report)
    return [
        Score(
            version=version,
            changes=sum(one.changes for one in of_version),
            noticed=sum(one.noticed for one in of_version),
            permitted=sum(sum(one.permitted.values()) for one in of_version),
        )
        for version, of_version in sorted(by_version.items())
    ]


def unnoticed_fields(reports: Iterable[SpecificationReport]) -> list[tuple[str, str, int]]:
    """Target, kind of change and number of the unnoticed changes, the most frequent first."""
    counts = Counter((one.target, one.kind) for report in reports for one in report.unnoticed)
    return [
        (target, kind, count) for (target, kind), count in sorted(counts.items(), key=lambda one: (-one[1], one[0]))
    ]
