"""Compares the results of two runs: what became better or worse, by case and by finding."""

from collections.abc import Iterable, Mapping
from typing import Final

import msgspec

from plugfest.lab.verdict import CaseResult, Finding, Verdict

WEIGHTS: Final = {Verdict.PASS: 2, Verdict.FAIL: 0}
"""The order of verdicts: every other verdict is between these, because nothing is known about the station."""

_UNKNOWN: Final = 1


class CaseChange(msgspec.Struct, frozen=True, kw_only=True):
    """A case that differs. A verdict is None in the run that does not have the case.

    `gone` are the findings that only the run before has, `new` those that only the run after has.
    """

    id: str
    name: str
    before: Verdict | None
    after: Verdict | None
    gone: tuple[Finding, ...] = ()
    new: tuple[Finding, ...] = ()


class Comparison(msgspec.Struct, frozen=True, kw_only=True):
    """The cases that differ. `others`: neither better nor worse, such as INCONCLUSIVE for another reason.

    `only_before` and `only_after` have a result in one run only. `equal` counts the cases that do not differ.
    """

    better: tuple[CaseChange, ...]
    worse: tuple[CaseChange, ...]
    others: tuple[CaseChange, ...]
    only_before: tuple[CaseChange, ...]
    only_after: tuple[CaseChange, ...]
    equal: int


def compare(before: Mapping[str, CaseResult], after: Mapping[str, CaseResult]) -> Comparison:
    """The comparison of two sets of results by the id of their case."""
    both = [_change(before[id], after[id]) for id in before if id in after]
    differing = [one for one in both if one.before != one.after or one.gone or one.new]
    weights = {one.id: _weight_change(one) for one in differing}
    return Comparison(
        better=tuple(one for one in differing if weights[one.id] > 0),
        worse=tuple(one for one in differing if weights[one.id] < 0),
        others=tuple(one for one in differing if weights[one.id] == 0),
        only_before=tuple(_only(one, before=one.verdict) for id, one in before.items() if id not in after),
        only_after=tuple(_only(one, after=one.verdict) for id, one in after.items() if id not in before),
        equal=len(both) - len(differing),
    )


def _change(before: CaseResult, after: CaseResult) -> CaseChange:
    known, found = set(map(_identity, before.findings)), set(map(_identity, after.findings))
    return CaseChange(
        id=after.id,
        name=after.name,
        before=before.verdict,
        after=after.verdict,
        gone=_without(before.findings, found),
        new=_without(after.findings, known),
    )


def _only(one: CaseResult, *, before: Verdict | None = None, after: Verdict | None = None) -> CaseChange:
    return CaseChange(id=one.id, name=one.name, before=before, after=after)


def _weight_change(change: CaseChange) -> int:
    """Positive if it became better: by its verdict, or with an equal verdict by its findings."""
    by_verdict = _weight(change.after) - _weight(change.before)
    return by_verdict or (bool(change.gone) - bool(change.new) if change.before == change.after else 0)


def _weight(verdict: Verdict | None) -> int:
    return _UNKNOWN if verdict is None else WEIGHTS.get(verdict, _UNKNOWN)


def _identity(finding: Finding) -> tuple[str, str, str]:
    """What makes two findings one: what came instead may differ from run to run, as a time does."""
    return finding.requirement, finding.step, finding.expected


def _without(findings: Iterable[Finding], known: set[tuple[str, str, str]]) -> tuple[Finding, ...]:
    return tuple(one for one in findings if _identity(one) not in known)
