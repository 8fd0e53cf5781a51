"""What a rule is: a name, the clause that it holds a station to, and a judge of the evidence."""

from collections.abc import Callable, Iterable, Iterator

import msgspec

from plugfest.lab.rules.evidence import Evidence
from plugfest.lab.verdict import Finding, Level


class Breach(msgspec.Struct, frozen=True):
    """A place where a rule was broken. `frame` is an index into the record."""

    expected: str
    actual: str
    frame: int | None = None


class Rule(msgspec.Struct, frozen=True):
    """A rule for every case. Its judge may remember from case to case: make the rules anew for each campaign."""

    name: str
    requirement: str
    judge: Callable[[Evidence], Iterator[Breach]]
    level: Level = Level.SHALL


def judge_every(rules: Iterable[Rule], evidence: Evidence) -> Iterator[Finding]:
    """A finding for each breach of each rule, in the order of the rules."""
    for rule in rules:
        for breach in rule.judge(evidence):
            yield Finding(
                requirement=rule.requirement,
                expected=breach.expected,
                actual=breach.actual,
                step=f"every case: {rule.name}",
                frame=breach.frame,
                level=rule.level,
            )
