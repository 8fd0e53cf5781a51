"""A rig for the tests of `plugfest certify` that returns the verdicts it is given."""

import asyncio
import io
from collections.abc import Callable, Sequence
from pathlib import Path

from rich.console import Console

from plugfest.cli.campaign import CampaignRequest, RunCampaign, certify
from plugfest.cli.values.outputs import Outputs
from plugfest.lab import events
from plugfest.lab.case import CampaignCase
from plugfest.lab.engine import CampaignOutcome
from plugfest.lab.operator.left import NOTHING_LEFT
from plugfest.lab.recording.record import Frame
from plugfest.lab.settings import LabSettings
from plugfest.lab.verdict import CaseResult, Finding, Verdict
from plugfest.products import Product
from plugfest.products.family import Family
from plugfest.products.plan.requested import RequestedCases

PRODUCT = "alpitronic-hyc-200-eu"


Judge = Callable[[CampaignCase], Verdict]


class FakeRig:
    """Gives each case the verdict of `judge` after a second."""

    def __init__(self, judge: Judge = lambda _: Verdict.PASS) -> None:
        self.judge = judge
        self.settings = LabSettings()
        self.after_case: Callable[[], None] = lambda: None
        self.left = NOTHING_LEFT

    async def __call__(
        self,
        product: Product,
        chosen: Sequence[CampaignCase],
        *,
        settings: LabSettings,
        listeners: Sequence[events.Listener] = (),
        archive: Sequence[Frame] = (),
    ) -> CampaignOutcome:
        self.settings = settings

        def emit(event: events.Event) -> None:
            for listener in listeners:
                listener(event)

        emit(events.CampaignStarted(product.slug, len(chosen)))
        results = []
        for number, one in enumerate(chosen, 1):
            emit(events.CaseStarted(one.id, one.name, number))
            emit(events.LeftChanged(self.left))
            await asyncio.sleep(1)
            results.append(self._result(one))
            emit(events.CaseFinished(results[-1]))
            self.after_case()
        emit(events.CampaignFinished(tuple(results)))
        return CampaignOutcome(tuple(results), [])

    def _result(self, one: CampaignCase) -> CaseResult:
        verdict = self.judge(one)
        finding = Finding(requirement="E01.FR.07", expected="seqNo 0", actual="seqNo 1", step="step 3", frame=7)
        return CaseResult(
            id=one.id,
            name=one.name,
            profile=one.profile,
            verdict=verdict,
            checks=3,
            duration_s=1.0,
            findings=(finding,) if verdict is Verdict.FAIL else (),
        )


def request(
    *cases: str,
    product: str | Family = PRODUCT,
    json_file: str | None = None,
    report: Path | None = None,
    profile: int = 2,
    shuffle: int | None = None,
) -> CampaignRequest:
    return CampaignRequest(
        product,
        RequestedCases(ids=cases),
        "simulated",
        Outputs(json_file=json_file, report_folder=report),
        LabSettings(security_profile=profile),
        shuffle,
    )


def run(asked: CampaignRequest, rig: RunCampaign | None = None, *, terminal: bool = False) -> tuple[int, str]:
    """The exit code and what was printed."""
    console = Console(file=io.StringIO(), width=140, force_terminal=terminal, color_system=None)
    code = certify(asked, rig or FakeRig(), console)
    assert isinstance(console.file, io.StringIO)
    return code, console.file.getvalue()


def fails(*ids: str) -> FakeRig:
    return FakeRig(lambda one: Verdict.FAIL if one.id in ids else Verdict.PASS)
