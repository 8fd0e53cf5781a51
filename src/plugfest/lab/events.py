"""The events of a campaign, for its listeners: terminal, reports, web. Listeners do not influence the campaign."""

from collections.abc import Callable

import msgspec

from plugfest.lab.claims.contradictions import Contradiction
from plugfest.lab.csms.connection_log import LoggedConnection
from plugfest.lab.judge import CheckedMessage
from plugfest.lab.operator.left import LeftAtStation
from plugfest.lab.operator.missing_capabilities import MissingCapability
from plugfest.lab.recording.record import Frame
from plugfest.lab.verdict import CaseResult, Finding


class PlannedCase(msgspec.Struct, frozen=True):
    """A case that the campaign will run."""

    id: str
    name: str
    profile: str


class CampaignStarted(msgspec.Struct, frozen=True, tag=True):
    """A campaign of so many cases begins. `planned`: the cases in their order."""

    product: str
    total: int
    planned: tuple[PlannedCase, ...] = ()


class CapabilitiesMissing(msgspec.Struct, frozen=True, tag=True):
    """The operator cannot do everything that the cases of the campaign may need."""

    missing: tuple[MissingCapability, ...]


class ContradictionsFound(msgspec.Struct, frozen=True, tag=True):
    """The PICS claims what the station does not report."""

    contradictions: tuple[Contradiction, ...]


class StationConnected(msgspec.Struct, frozen=True):
    """The station has opened a WebSocket: from which address, with which TLS version and cipher suite, if any."""

    remote: str
    tls: str = ""

    @property
    def line(self) -> str:
        """The event in one line."""
        return f"station connected from {self.remote}, {self.tls or 'without TLS'}"


class LeftChanged(msgspec.Struct, frozen=True, tag=True):
    """What the operator has left at the station has changed, or is about to change."""

    left: LeftAtStation


class CaseStarted(msgspec.Struct, frozen=True, tag=True):
    """A case begins."""

    id: str
    name: str
    number: int


class ScenarioStarted(msgspec.Struct, frozen=True):
    """The station has reached the initial state, and the scenario of the running case begins."""

    case: str


class StepStarted(msgspec.Struct, frozen=True, tag=True):
    """A step of the running case begins; after the last one, the restoring of the station."""

    case: str
    step: str


class WaitBegan(msgspec.Struct, frozen=True):
    """The lab waits for this, for at most so many seconds."""

    awaited: str
    within: float


class WaitEnded(msgspec.Struct, frozen=True):
    """The wait that began last is over."""


class AttemptAbandoned(msgspec.Struct, frozen=True, tag=True):
    """An attempt at a case does not count. The case may start again."""

    case: str
    reason: str


class CampaignPaused(msgspec.Struct, frozen=True, tag=True):
    """The campaign waits until a person resumes it."""


class CampaignResumed(msgspec.Struct, frozen=True, tag=True):
    """A pause is over."""


class LabStoodStill(msgspec.Struct, frozen=True):
    """The lab could not act for some time, or its clock was set: `reason`. What was running starts again."""

    reason: str


class FrameRecorded(msgspec.Struct, frozen=True, tag=True):
    """A frame was sent or received."""

    frame: Frame


class ConnectionLogged(msgspec.Struct, frozen=True, tag=True):
    """A connection has ended, or an attempt to connect has failed."""

    connection: LoggedConnection


class FindingMade(msgspec.Struct, frozen=True, tag=True):
    """The running case has a finding; `case` is empty before the first case."""

    case: str
    finding: Finding


class CaseFinished(msgspec.Struct, frozen=True):
    """A case has its verdict. `checked_messages`: the messages of the station that met their checks."""

    result: CaseResult
    checked_messages: tuple[CheckedMessage, ...] = ()


class CampaignFinished(msgspec.Struct, frozen=True):
    """The last case has its verdict."""

    results: tuple[CaseResult, ...]


Event = (
    CampaignStarted
    | CapabilitiesMissing
    | ContradictionsFound
    | StationConnected
    | LeftChanged
    | CaseStarted
    | ScenarioStarted
    | StepStarted
    | WaitBegan
    | WaitEnded
    | AttemptAbandoned
    | CampaignPaused
    | CampaignResumed
    | LabStoodStill
    | FrameRecorded
    | ConnectionLogged
    | FindingMade
    | CaseFinished
    | CampaignFinished
)
Listener = Callable[[Event], None]
