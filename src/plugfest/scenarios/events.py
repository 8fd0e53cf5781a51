"""What happens at the steps of a scenario, and its failure."""

from enum import StrEnum

import msgspec

from plugfest.scenarios.model import PlacedStep
from plugfest.toml_files.problems import dotted


class StepState(StrEnum):
    """What has happened at a step."""

    BEGUN = "begun"
    DONE = "done"
    REFUSED = "refused"
    """The operation is not possible now."""
    NOT_REACHED = "not reached"
    """What was waited for did not happen."""


class StepEvent(msgspec.Struct, frozen=True, kw_only=True):
    """Something happened at a step. `text`: what the step does, with its values; `evse_id`: that of the driver."""

    placed: PlacedStep
    state: StepState
    evse_id: int | None
    text: str
    reason: str = ""

    def __str__(self) -> str:
        place = "" if self.evse_id is None else f"EVSE {self.evse_id}: "
        state = "" if self.state in (StepState.BEGUN, StepState.DONE) else f": {self.state}"
        return f"{place}{self.text}{state}{f': {self.reason}' if self.reason else ''}"


class ScenarioFailed(Exception):
    """A step could not be done and has the policy "fail". The text is one line with file, line and reason."""

    def __init__(self, file: str, placed: PlacedStep, reason: str) -> None:
        place = file if placed.line is None else f"{file}:{placed.line}"
        super().__init__(f"{place}: {dotted(placed.key)}: {reason}")
        self.placed = placed
