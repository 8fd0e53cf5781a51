"""What every campaign comes to, whoever's station it is about."""

import msgspec

from plugfest.lab.recording.record import Frame
from plugfest.lab.verdict import CaseResult


class CampaignOutcome(msgspec.Struct, frozen=True):
    """What a campaign leaves behind: the verdicts, and every frame as evidence."""

    results: tuple[CaseResult, ...]
    frames: list[Frame]
