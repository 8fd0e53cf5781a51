"""Counts the checks of the running case and collects its findings."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import msgspec

from plugfest.lab.expectations import Comparison
from plugfest.lab.verdict import CaseFailed, Finding, Level
from plugfest.ocpp.message import Request, Response


class CheckedMessage(msgspec.Struct, frozen=True):
    """A message of the station that met its checks. `frame` is None for a response to a request of the lab."""

    step: str
    message: Request[Any] | Response
    checks: dict[str, object]
    frame: int | None


class Judge:
    """Step, requirement, checks and findings of one case."""

    def __init__(
        self,
        requirements: tuple[str, ...],
        on_finding: Callable[[Finding], None],
        contradictions_of: Callable[[Finding], tuple[str, ...]] = lambda _: (),
    ) -> None:
        self._default = ", ".join(requirements)
        self._on_finding = on_finding
        self._contradictions_of = contradictions_of
        self.step = ""
        self.requirement = self._default
        self.checks = 0
        self.findings: list[Finding] = []
        self.checked_messages: list[CheckedMessage] = []
        self._postponed: list[CaseFailed] | None = None

    def begin_step(self, step: str, requirement: str | None) -> None:
        """Begin a step: later findings have its name and requirement, by default those of the case."""
        self.step = step
        self.requirement = requirement or self._default

    def add_finding(
        self,
        expected: str,
        actual: str,
        *,
        frame: int | None = None,
        requirement: str | None = None,
        level: Level = Level.SHALL,
    ) -> None:
        """Add a finding: the station has broken a rule. The scenario continues."""
        self.add_findings(
            Finding(
                requirement=requirement or self.requirement,
                expected=expected,
                actual=actual,
                step=self.step,
                frame=frame,
                level=level,
            )
        )

    def add_obstacle(self, expected: str, actual: str) -> None:
        """Add a finding about no requirement: what prevents the judgement is not the fault of the station."""
        self.add_findings(Finding(requirement="", expected=expected, actual=actual, step=self.step))

    def add_findings(self, *findings: Finding) -> None:
        """Add findings, with the contradictions that they may follow from, and report each to the listener."""
        for one in findings:
            finding = msgspec.structs.replace(one, contradictions=self._contradictions_of(one))
            self.findings.append(finding)
            self._on_finding(finding)

    @property
    def failed(self) -> bool:
        """Whether a finding fails the case. A recommendation that is not followed does not."""
        return any(finding.fails for finding in self.findings)

    def check(self, holds: bool, expected: str, actual: object, *, frame: int | None = None) -> None:
        """Count one check. Raises CaseFailed if it does not hold."""
        self.checks += 1
        if not holds:
            self.add_finding(expected, str(actual), frame=frame)
            if self._postponed is None:
                raise CaseFailed(expected)
            self._postponed.append(CaseFailed(expected))

    @contextmanager
    def every_check(self) -> Iterator[None]:
        """Make every check of the block before the case fails: several may find something in one message.

        Raises:
            CaseFailed: at the end of the block, if a check did not hold.
        """
        if self._postponed is not None:  # the outer block raises
            yield
            return
        failures: list[CaseFailed] = []
        self._postponed = failures
        try:
            yield
        finally:
            self._postponed = None
        if failures:
            raise failures[0]

    def recommend(self, holds: bool, expected: str, actual: object, *, frame: int | None = None) -> None:
        """Count a check of a recommendation (SHOULD). If it does not hold, the case has a finding but does not fail."""
        self.checks += 1
        if not holds:
            self.add_finding(expected, str(actual), frame=frame, level=Level.SHOULD)

    def check_comparison(self, comparison: Comparison, *, frame: int | None, what: str) -> None:
        """Count the checks of a compared message. Raises CaseFailed after adding a finding for every difference."""
        self.checks += comparison.compared
        for difference in comparison.differences:
            self.add_finding(f"{what}.{difference.path} is {difference.expected}", difference.actual, frame=frame)
        if comparison.differences:
            raise CaseFailed(what)

    def record_checked(
        self, message: Request[Any] | Response, checks: dict[str, object], frame: int | None = None
    ) -> None:
        """Record which message met which checks: the evidence of a case that passed."""
        self.checked_messages.append(CheckedMessage(self.step, message, checks, frame))

    def fail_missing(self, what: str, checks: str, actual: str, *, frame: int | None = None) -> None:
        """Count a check and add the finding that an expected message did not come. Raises CaseFailed."""
        self.checks += 1
        self.add_finding(f"{what}" + (f" with {checks}" if checks else ""), actual, frame=frame)
        raise CaseFailed(what)
