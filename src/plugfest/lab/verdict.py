"""Verdicts, findings and results of cases, and the exceptions that end a case."""

import enum

import msgspec


class Verdict(enum.StrEnum):
    """The closed set of outcomes of a case. A verdict is never softened after the run."""

    PASS = "PASS"
    FAIL = "FAIL"  # the station broke a rule
    INCONCLUSIVE = "INCONCLUSIVE"  # the initial state was not reached or restored, or the operator did not act
    NOT_APPLICABLE = "NOT APPLICABLE"  # the PICS does not require this case
    NOT_IMPLEMENTED = "NOT IMPLEMENTED"  # the lab has no code for this case yet
    ERROR = "ERROR"  # the lab failed


class Level(enum.StrEnum):
    """The level of a requirement in the terms of RFC 2119."""

    SHALL = "SHALL"  # a violation fails the case
    SHOULD = "SHOULD"  # a recommendation: a finding, but the case does not fail


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """One rule that the station broke: what was expected, what came, and the frame that shows it.

    `contradictions`: between the PICS and the station; the finding may follow from them.
    """

    requirement: str
    expected: str
    actual: str
    step: str = ""
    frame: int | None = None  # index into the record of the campaign
    level: Level = Level.SHALL
    contradictions: tuple[str, ...] = ()

    @property
    def fails(self) -> bool:
        """Whether it decides the verdict."""
        return self.level is Level.SHALL


class StepTaken(msgspec.Struct, frozen=True, kw_only=True):
    """A step of a case: `frame` is the index of the first frame after it began, `checks` the number of its checks."""

    step: str
    requirement: str
    frame: int
    checks: int = 0


class AbandonedAttempt(msgspec.Struct, frozen=True, kw_only=True):
    """An attempt at a case that does not count: why, its frames, and what it had found until then."""

    reason: str
    frames: tuple[int, int]  # first index into the record, and the last one plus 1
    findings: tuple[Finding, ...] = ()


class CaseResult(msgspec.Struct, frozen=True, kw_only=True):
    """The outcome of one case. `checks` is the number of checks that were evaluated; durations are in seconds.

    `scenario` is the index of the first frame after the preparation, None if the initial state was not reached.
    `abandoned`: the attempts that a person has ended, in which the lab stood still, or whose operator actions were not
    confirmed.
    """

    id: str
    name: str
    profile: str
    verdict: Verdict
    checks: int = 0
    duration_s: float = 0.0
    findings: tuple[Finding, ...] = ()
    frames: tuple[int, int] = (0, 0)  # first index into the record, and the last one plus 1
    steps: tuple[StepTaken, ...] = ()
    scenario: int | None = None
    abandoned: tuple[AbandonedAttempt, ...] = ()


class LabError(Exception):
    """Base of the exceptions that the lab raises about a case."""


class CaseFailed(LabError):
    """A check failed and the scenario ends; the findings are in the judge."""


class OperatorFailed(LabError):
    """The operator could not do a requested action: nothing is known about the station."""


class OperatorTooSlow(OperatorFailed):
    """The operator did not confirm the action in time: it may have been done, or may still be done later."""


class NotCapable(OperatorFailed):
    """The operator has no means for this kind of action: requesting it again is of no use."""


class CableHeld(OperatorFailed):
    """The cable cannot be unplugged because it is locked. The case decides whether it may be."""


class NotEquipped(LabError):
    """The lab or the station lacks something that the case requires: nothing is known about the station."""


class NotConfigurable(LabError):
    """The station cannot be configured as the case requires."""
