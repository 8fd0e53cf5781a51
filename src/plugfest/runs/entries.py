"""The entries of a sitting: its begin and end, and the events of the lab that a report or a watcher needs."""

from datetime import datetime
from typing import Annotated, Final, Literal

import msgspec

from plugfest.lab import events
from plugfest.lab.settings import LabSettings
from plugfest.lab.verdict import CaseResult, Finding
from plugfest.runs.waits import LabWaits


class SittingBegan(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """A sitting began: with which software, settings, clock and operator, and with which PICS file.

    `jobs`: how many processes share the cases, each with a sitting of its own that has the same begin.
    """

    started_at: Annotated[datetime, msgspec.Meta(tz=True)]
    software: str
    clock: Literal["simulated", "real"]
    operator: str
    settings: LabSettings
    pics_sha256: str = ""
    jobs: int = 1


class CaseEnded(msgspec.Struct, frozen=True, tag=True):
    """A case has its verdict."""

    result: CaseResult


class SittingEnded(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """A sitting ended, after so many seconds of the campaign's clock. One that was killed has no such entry."""

    duration_s: float


ProgressEvent = (
    events.CampaignStarted
    | events.CaseStarted
    | events.StepStarted
    | events.LeftChanged
    | events.AttemptAbandoned
    | events.CampaignPaused
    | events.CampaignResumed
    | events.LabStoodStill
)
"""The events that are kept for who watches the run."""

RecordedEvent = (
    ProgressEvent
    | events.CapabilitiesMissing
    | events.ContradictionsFound
    | events.FrameRecorded
    | events.ConnectionLogged
    | events.FindingMade
)
"""The events that are kept as they are. A finding of a case is also in its result; one before the first case is not."""

Entry = SittingBegan | RecordedEvent | LabWaits | CaseEnded | SittingEnded

_ENCODER: Final = msgspec.json.Encoder()
_DECODER: Final = msgspec.json.Decoder(Entry)


class NotAnEntry(ValueError):
    """A line that is not an entry of this version."""


def to_line(entry: Entry) -> bytes:
    """The entry as a line of JSON."""
    return _ENCODER.encode(entry) + b"\n"


def from_line(line: bytes) -> Entry:
    """The entry in a line. Raises NotAnEntry."""
    try:
        entry: Entry = _DECODER.decode(line)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise NotAnEntry(str(error)) from error
    return entry


def entry_of(event: events.Event) -> Entry | None:
    """What a sitting keeps of an event; None for one that a report does not need."""
    match event:
        case events.CaseFinished(result=result):
            findings = tuple(map(_encodable, result.findings))
            abandoned = tuple(
                msgspec.structs.replace(attempt, findings=tuple(map(_encodable, attempt.findings)))
                for attempt in result.abandoned
            )
            return CaseEnded(msgspec.structs.replace(result, findings=findings, abandoned=abandoned))
        case events.FindingMade(case=case, finding=finding):
            return events.FindingMade(case, _encodable(finding))
        case (
            events.CapabilitiesMissing()
            | events.ContradictionsFound()
            | events.FrameRecorded()
            | events.ConnectionLogged()
            | events.CampaignStarted()
            | events.CaseStarted()
            | events.StepStarted()
            | events.LeftChanged()
            | events.AttemptAbandoned()
            | events.CampaignPaused()
            | events.CampaignResumed()
            | events.LabStoodStill()
        ):
            return event
    return None


def _encodable(finding: Finding) -> Finding:
    """The finding with lone surrogates as escapes: a station may send them in JSON, and UTF-8 cannot encode them."""
    texts = {name: getattr(finding, name) for name in ("expected", "actual", "step")}
    changed = {name: text.encode(errors="backslashreplace").decode() for name, text in texts.items()}
    return finding if changed == texts else msgspec.structs.replace(finding, **changed)
