"""A rule for every case, and how its violations become findings."""

from collections.abc import Callable, Iterable, Iterator
from typing import Final

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


MAX_VIOLATIONS: Final = 20
"""Findings of one rule in one case: a station may flood the lab, but not the report."""


def apply_rules(rules: Iterable[Rule], evidence: Evidence) -> Iterator[Finding]:
    """A finding for each violation, in the order of the rules; of many violations of a rule the first ones."""
    for rule in rules:
        for violation in _first(list(rule.judge(evidence))):
            yield Finding(
                requirement=rule.requirement,
                expected=violation.expected,
                actual=violation.actual,
                step=f"every case: {rule.name}",
                frame=violation.frame,
                level=rule.level,
            )


def _first(violations: list[Violation]) -> Iterator[Violation]:
    more = len(violations) - MAX_VIOLATIONS
    if more <= 0:
        yield from violations
        return
    *first, last = violations[:MAX_VIOLATIONS]
    yield from first
    yield msgspec.structs.replace(last, actual=f"{last.actual}; the rule is broken {more} more times in this case")
