"""A campaign from the command line: one product, or a family of them; what is seen of it, and what it leaves behind."""

import asyncio
import os
from collections.abc import Sequence
from typing import Protocol

import msgspec
from rich.console import Console
from rich.text import Text

from plugfest import clock
from plugfest.cli.options.outputs import Outputs
from plugfest.cli.terminal import summary
from plugfest.cli.terminal.log import kept_log
from plugfest.cli.terminal.progress import View, view
from plugfest.lab.case import CampaignCase
from plugfest.lab.engine import CampaignOutcome
from plugfest.lab.events import Listener
from plugfest.lab.selection import Choice, cases, choose
from plugfest.lab.settings import LabSettings
from plugfest.lab.verdict import LabError
from plugfest.products import Product, load_product
from plugfest.products.family import Family
from plugfest.reports.build import Circumstances, build, family_report, redaction_of
from plugfest.reports.model.report import Approval, ClockName, Report

PASSED, NOT_PASSED, INTERRUPTED = 0, 1, 130
PIPED_WIDTH = 120
VIRTUAL = "virtual"


class CampaignRequest(msgspec.Struct, frozen=True):
    """What the command line asks for."""

    product: str | Family
    cases: tuple[str, ...]
    clock: ClockName
    outputs: Outputs
    settings: LabSettings
    shuffle: int | None = None
    operator: str = VIRTUAL
    firmware_hash: str | None = None
    approval: Approval = Approval()

    @property
    def simulated(self) -> bool:
        return self.clock == "simulated"

    def products(self) -> tuple[Product, ...]:
        """What is to be tested, a representative before the members of its family. Raises ProductError."""
        return (load_product(self.product),) if isinstance(self.product, str) else self.product.products


class Rig(Protocol):
    """Puts a station of the product on the lab's bench and runs the cases."""

    async def __call__(
        self, product: Product, chosen: Sequence[CampaignCase], *, settings: LabSettings, listeners: Sequence[Listener]
    ) -> CampaignOutcome: ...


def certify(request: CampaignRequest, rig: Rig, console: Console) -> int:
    """Run the campaign and write what is asked for. Returns the exit code.

    Raises:
        ProductError, LabError, LinkError, NotWritable, BadKey: it could not run, or its results could not be written.
    """
    planned = [(product, _choice(product, request)) for product in request.products()]
    request.outputs.check()
    runner = Runner(request, rig, console)
    try:
        reports = [runner.test(product, choice) for product, choice in planned]
    except Interrupted as interrupted:
        console.print(str(interrupted), soft_wrap=True, markup=False)
        return INTERRUPTED
    document = reports[0] if isinstance(request.product, str) else family_report(request.product, reports)
    request.outputs.write(
        document, runner.log, runner.signer, lambda text: console.print(text, soft_wrap=True, markup=False)
    )
    return PASSED if document.all_passed else NOT_PASSED


class Interrupted(Exception):
    """Somebody ended a campaign; the text tells how far it had come."""


class Runner:
    """Runs the campaigns of a wish one after the other, and keeps what was logged meanwhile."""

    def __init__(self, request: CampaignRequest, rig: Rig, console: Console) -> None:
        self.log: list[str] = []
        self.signer = request.outputs.signer()
        self._request = request
        self._rig = rig
        self._console = console

    def test(self, product: Product, choice: Choice) -> Report:
        """The report of one product's campaign, which is shown meanwhile. Raises Interrupted."""
        request, console = self._request, self._console
        if console.is_terminal or not isinstance(request.product, str):
            console.print(_title(product, choice, request))
        shown = view(console, simulated=request.simulated, alone=request.operator != "prompt")
        try:
            with shown, kept_log(console) as lines:
                campaign = clock.run(self._campaign(product, choice, shown), simulated=request.simulated)
        except KeyboardInterrupt:
            raise Interrupted(_interrupted(shown, request)) from None
        frames = campaign.outcome.frames
        redaction = redaction_of(frames, request.settings)
        self.log.extend(map(redaction.text, lines))
        report = build(product, campaign.outcome.results, frames, campaign.circumstances, redaction)
        summary.show(console, report)
        return report

    async def _campaign(self, product: Product, choice: Choice, shown: View) -> "Campaign":
        request = self._request
        loop = asyncio.get_running_loop()
        began, started_at = loop.time(), clock.utc_now()
        async with shown.kept_fresh():
            ended = await self._rig(product, choice.chosen, settings=request.settings, listeners=[shown.hear])
        circumstances = Circumstances(
            clock=request.clock,
            started_at=started_at,
            duration_s=loop.time() - began,
            settings=request.settings,
            operator=request.operator,
            not_applicable=choice.not_applicable,
            left_out=choice.left_out,
            shuffle=request.shuffle,
            firmware_hash=request.firmware_hash,
            approval=request.approval,
            signer=self.signer,
        )
        return Campaign(ended, circumstances)


def _choice(product: Product, request: CampaignRequest) -> Choice:
    choice = choose(product, request.cases, shuffle=request.shuffle)
    if not choice.chosen:
        raise LabError(f"no case of the OCPP {product.ocpp_version} plan applies to {product.slug}")
    if not cases(product.ocpp_version):
        raise LabError(f"no case for OCPP {product.ocpp_version} is written yet: {product.slug} cannot be tested")
    return choice


class Campaign(msgspec.Struct, frozen=True):
    """A campaign that ended, and how it was run."""

    outcome: CampaignOutcome
    circumstances: Circumstances


def console_of(request: CampaignRequest) -> Console:
    """Where people look: standard output, or standard error where that is for a file."""
    console = Console(stderr=request.outputs.to_standard_output, highlight=False)
    if not console.is_terminal and "COLUMNS" not in os.environ:
        console.width = PIPED_WIDTH
    return console


def _title(product: Product, choice: Choice, request: CampaignRequest) -> Text:
    number = "1 case" if len(choice.chosen) == 1 else f"{len(choice.chosen)} cases"
    order = "" if request.shuffle is None else f", order of seed {request.shuffle}"
    return Text.assemble(
        (f"{product.vendor} {product.model}", "bold"),
        f", OCPP {product.ocpp_version}: {number}, {request.clock} clock,"
        f" security profile {request.settings.security_profile}{order}",
    )


def _interrupted(shown: View, request: CampaignRequest) -> str:
    files = " Nothing was written: a report is about a whole run." if request.outputs.wanted else ""
    return f"Interrupted after {shown.standing.sentence()}.{files}"
