"""Every frame of the station keeps to OCPP-J and to the official JSON Schema of its message."""

from plugfest.lab.csms.csms import InvalidFrame
from plugfest.lab.ports import Clauses
from plugfest.lab.recording.record import Record
from plugfest.lab.rules.schema import SchemaJudge
from plugfest.lab.rules.unexpected import judge_frame
from plugfest.lab.verdict import Finding

MOST_FINDINGS = 20
"""Findings of one case: a station that sends more invalid frames repeats itself."""


class FrameJudge:
    """Judges each frame of a campaign once: those of a case, and those that came since the case before it."""

    def __init__(self, record: Record, ocpp_version: str, clauses: Clauses) -> None:
        self._record = record
        self._clauses = clauses
        self._schema_judge = SchemaJudge(ocpp_version, clauses.schema)
        self._refused: dict[int, Finding] = {}  # by frame: what our structs refused
        self._judged = 0

    def refuse(self, bad: InvalidFrame, frame: int) -> None:
        """Note a frame that the CSMS of the lab could not read."""
        self._refused[frame] = judge_frame(bad, frame, self._clauses)

    def judge(self) -> list[Finding]:
        """A finding for each breach in the frames that were not judged yet."""
        findings = list(self._refused.values())
        findings += self._schema_judge.judge(self._record.since(self._judged), but=self._refused)
        self._refused, self._judged = {}, len(self._record)
        return findings[:MOST_FINDINGS]
