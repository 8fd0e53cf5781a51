"""What the lab says of a case, and why."""

import enum

import msgspec


class Verdict(enum.StrEnum):
    """The closed set of outcomes of a case. A verdict is never softened after the run."""

    PASS = "PASS"
    FAIL = "FAIL"  # the station broke a rule
    INCONCLUSIVE = "INCONCLUSIVE"  # the state to test from was not reached, or the hands did not act
    NOT_APPLICABLE = "NOT APPLICABLE"  # the PICS does not ask for this case
    NOT_IMPLEMENTED = "NOT IMPLEMENTED"  # the lab has no code for this case yet
    ERROR = "ERROR"  # the lab broke


class Level(enum.StrEnum):
    """What a rule is in the words of RFC 2119, and so how much it weighs."""

    SHALL = "SHALL"  # whoever breaks it breaks the specification
    SHOULD = "SHOULD"  # a recommendation: told, and no reason to fail


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """One rule that the station did not keep: what was asked, what came, and the frame that shows it."""

    requirement: str
    expected: str
    actual: str
    step: str = ""
    frame: int | None = None  # index into the record of the campaign
    level: Level = Level.SHALL

    @property
    def fails(self) -> bool:
        """Whether it decides the verdict."""
        return self.level is Level.SHALL


class StepTaken(msgspec.Struct, frozen=True, kw_only=True):
    """A step of a case: `frame` is the index of the first frame after it began, `checks` how many were made in it."""

    step: str
    requirement: str
    frame: int
    checks: int = 0


class CaseResult(msgspec.Struct, frozen=True, kw_only=True):
    """The outcome of one case. `checks` counts the checks that were really evaluated; durations are in seconds.

    `scenario` is the index of the first frame after the preparation, None where the station did not get there.
    """

    id: str
    name: str
    profile: str
    verdict: Verdict
    checks: int = 0
    duration_s: float = 0.0
    findings: tuple[Finding, ...] = ()
    frames: tuple[int, int] = (0, 0)  # first and behind-last index into the record
    steps: tuple[StepTaken, ...] = ()
    scenario: int | None = None


class LabError(Exception):
    """Base of what the lab raises about a case."""


class CaseFailed(LabError):
    """The scenario cannot go on; the findings are on the bench."""


class OperatorFailed(LabError):
    """The operator could not do what was asked: nothing is known about the station."""


class OperatorTooSlow(OperatorFailed):
    """The operator did not say in time that it was done: it may have been done, or be done yet."""


class CableHeld(OperatorFailed):
    """The cable does not come out: it is locked. Whether it may be is for the case to say."""


class NotEquipped(LabError):
    """The lab was not given what the case needs: nothing is known about the station."""


class NotConfigurable(LabError):
    """The station cannot be brought into the configuration that the case starts from."""
