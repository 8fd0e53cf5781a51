"""A rule for every case, and how its violations become findings."""

from collections.abc import Callable, Iterable, Iterator

import msgspec

from plugfest.lab.rules.evidence import Evidence
from plugfest.lab.verdict import Finding, Level


class Violation(msgspec.Struct, frozen=True):
    """One violation of a rule. `frame` is an index into the record."""

    expected: str
    actual: str
    frame: int | None = None


class Rule(msgspec.Struct, frozen=True):
    """A rule for every case. `judge` may keep state between cases: create the rules anew for each campaign."""

    name: str
    requirement: str
    judge: Callable[[Evidence], Iterator[Violation]]
    level: Level = Level.SHALL


def apply_rules(rules: Iterable[Rule], evidence: Evidence) -> Iterator[Finding]:
    """A finding for each violation, in the order of the rules."""
    for rule in rules:
        for violation in rule.judge(evidence):
            yield Finding(
                requirement=rule.requirement,
                expected=violation.expected,
                actual=violation.actual,
                step=f"every case: {rule.name}",
                frame=violation.frame,
                level=rule.level,
            )
