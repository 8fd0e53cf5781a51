"""Restores the station after each case. If that is not possible, it is tried once more before the next case.

If that is not possible either, the next case begins only if the operator can commission the station: its own restoring
can then have the station commissioned again.
"""

import msgspec

from plugfest.lab import events
from plugfest.lab.composition import Lab
from plugfest.lab.csms.runaway_limit import BURST_AT_BEGIN
from plugfest.lab.operator.operator import Operator
from plugfest.lab.restore.failure import failure
from plugfest.lab.restore.restorer import Restorer
from plugfest.lab.verdict import Finding, LabError
from plugfest.link.errors import LinkError

RESTORE = "restore"
"""The step after the scenario, in events and findings."""


class NotRestored(msgspec.Struct, frozen=True, kw_only=True):
    """The station is not idle since a case: `reason`. `stopped_case`: as in `Restorer.restore`."""

    case: str
    stopped_case: int | None
    reason: str


class BetweenCases:
    """Restores the station of one campaign, case by case."""

    def __init__(self, lab: Lab, operator: Operator, restorer: Restorer) -> None:
        self._lab = lab
        self._operator = operator
        self._restorer = restorer
        self._left: NotRestored | None = None

    @property
    def left(self) -> NotRestored | None:
        """What an earlier case has left, so that no case can be judged. None also if the station was never idle: what
        it has come with is not of a case.
        """
        return self._left if self._restorer.was_idle else None

    async def after_case(self, case_id: str, stopped_case: int | None) -> Finding | None:
        """Restore the station. The finding for the case that has just run, if that is not possible."""
        if self.left is not None and self.left.stopped_case is not None:
            stopped_case = self.left.stopped_case  # what it has left is ended too
        self._lab.emit(events.StepStarted(case_id, RESTORE))
        try:
            async with self._lab.runaway_limit.enforced():
                await self._restorer.restore(stopped_case)
        except (LabError, LinkError) as error:
            self._left = NotRestored(
                case=case_id,
                stopped_case=stopped_case,
                reason=_text(error),
            )
            return failure("the station is idle again after the case", error, self._lab.version.clauses.idle, RESTORE)
        self._restored()
        return None

    async def before_case(self, case_id: str) -> str | None:
        """Restore once more what a case before has left. Returns why the case cannot begin, None if it can."""
        left = self.left
        if left is None:
            return None
        self._lab.emit(events.StepStarted(case_id, RESTORE))
        try:
            # The station may still send what it has queued while the lab has refused it.
            async with self._lab.runaway_limit.enforced(BURST_AT_BEGIN):
                await self._restorer.restore_again(left.stopped_case)
        except (LabError, LinkError) as error:
            if self._operator.can_commission:
                self._left = None  # the restoring after this case can have the station commissioned again
                return None
            again = "" if _text(error) == left.reason else f"; tried again: {_text(error)}"
            return f"the station was not restored after {left.case}: {left.reason}{again}"
        self._restored()
        return None

    def _restored(self) -> None:
        self._left = None
        self._operator.note_restored()


def _text(error: Exception) -> str:
    return str(error) or type(error).__name__
