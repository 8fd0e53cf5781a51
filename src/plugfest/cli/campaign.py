"""Runs the campaigns of `plugfest certify`, prints their progress and writes the report."""

import asyncio
import os
from collections.abc import Sequence
from typing import Final, Protocol

import msgspec
from rich.console import Console
from rich.text import Text

from plugfest import clock
from plugfest.cli.options.outputs import Outputs
from plugfest.cli.terminal import summary
from plugfest.cli.terminal.log import collected_log
from plugfest.cli.terminal.progress import View, view
from plugfest.lab.case import CampaignCase
from plugfest.lab.engine import CampaignOutcome
from plugfest.lab.events import Listener
from plugfest.lab.selection import Choice, cases, choose
from plugfest.lab.settings import LabSettings
from plugfest.lab.verdict import LabError
from plugfest.products import Product, load_product
from plugfest.products.family import Family
from plugfest.reports.build import CampaignDetails, build_family_report, build_report, redactor_for
from plugfest.reports.model.report import Approval, ClockName, Report
from plugfest.reports.model.wording import counted

PASSED, NOT_PASSED, INTERRUPTED = 0, 1, 130
PIPE_WIDTH: Final = 120
VIRTUAL: Final = "virtual"


class CampaignRequest(msgspec.Struct, frozen=True):
    """The options of `plugfest certify`."""

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
        """The products to test; in a family the representative product first. Raises ProductError."""
        return (load_product(self.product),) if isinstance(self.product, str) else self.product.products


class RunCampaign(Protocol):
    """Puts a station of the product on the lab's bench and runs the cases."""

    async def __call__(
        self, product: Product, chosen: Sequence[CampaignCase], *, settings: LabSettings, listeners: Sequence[Listener]
    ) -> CampaignOutcome: ...


class CampaignInterrupted(Exception):
    """The user pressed Ctrl-C. The text has the progress of the campaign."""


class FinishedCampaign(msgspec.Struct, frozen=True):
    """The outcome of a campaign, and how it was run."""

    outcome: CampaignOutcome
    details: CampaignDetails


def certify(request: CampaignRequest, run_campaign: RunCampaign, console: Console) -> int:
    """Test the products and write the requested files. Returns the exit code.

    Raises:
        ProductError, LabError, LinkError, InvalidKey: the campaign cannot run.
        NotWritable: a file cannot be written.
    """
    planned = [(product, _choose_cases(product, request)) for product in request.products()]
    request.outputs.check()
    runner = CampaignRunner(request, run_campaign, console)
    try:
        reports = [runner.test(product, choice) for product, choice in planned]
    except CampaignInterrupted as interrupted:
        console.print(str(interrupted), soft_wrap=True, markup=False)
        return INTERRUPTED
    document = reports[0] if isinstance(request.product, str) else build_family_report(request.product, reports)
    request.outputs.write(
        document, runner.log, runner.signer, lambda text: console.print(text, soft_wrap=True, markup=False)
    )
    return PASSED if document.all_passed else NOT_PASSED


class CampaignRunner:
    """Runs one campaign after the other and collects their log."""

    def __init__(self, request: CampaignRequest, run_campaign: RunCampaign, console: Console) -> None:
        self.log: list[str] = []
        self.signer = request.outputs.signer()
        self._request = request
        self._run_campaign = run_campaign
        self._console = console

    def test(self, product: Product, choice: Choice) -> Report:
        """Run the campaign of a product, print its progress and summary. Raises CampaignInterrupted."""
        request, console = self._request, self._console
        if console.is_terminal or not isinstance(request.product, str):
            console.print(_title(product, choice, request))
        progress_view = view(console, simulated=request.simulated, exclusive=request.operator != "prompt")
        try:
            with progress_view, collected_log(console) as lines:
                campaign = clock.run(self._run(product, choice, progress_view), simulated=request.simulated)
        except KeyboardInterrupt:
            raise CampaignInterrupted(_interruption(progress_view, request)) from None
        outcome = campaign.outcome
        frames = outcome.frames
        redactor = redactor_for(frames, request.settings)
        self.log.extend(map(redactor.text, lines))
        report = build_report(
            product,
            outcome.results,
            frames,
            campaign.details,
            redactor,
            outcome.findings,
            outcome.missing_capabilities,
            outcome.contradictions,
            outcome.connections,
        )
        summary.show(console, report)
        return report

    async def _run(self, product: Product, choice: Choice, progress_view: View) -> FinishedCampaign:
        request = self._request
        loop = asyncio.get_running_loop()
        start, started_at = loop.time(), clock.utc_now()
        async with progress_view.refreshing():
            outcome = await self._run_campaign(
                product, choice.chosen, settings=request.settings, listeners=[progress_view.on_event]
            )
        details = CampaignDetails(
            clock=request.clock,
            started_at=started_at,
            duration_s=loop.time() - start,
            settings=request.settings,
            operator=request.operator,
            not_applicable=choice.not_applicable,
            left_out=choice.left_out,
            shuffle=request.shuffle,
            firmware_hash=request.firmware_hash,
            approval=request.approval,
            signer=self.signer,
        )
        return FinishedCampaign(outcome, details)


def _choose_cases(product: Product, request: CampaignRequest) -> Choice:
    choice = choose(product, request.cases, shuffle=request.shuffle)
    if not choice.chosen:
        raise LabError(f"no case of the OCPP {product.ocpp_version} test plan applies to {product.slug}")
    if not cases(product.ocpp_version):
        raise LabError(f"the lab implements no case of OCPP {product.ocpp_version}: it cannot test {product.slug}")
    return choice


def console_for(request: CampaignRequest) -> Console:
    """The console on standard output, or on standard error if a format is written to standard output."""
    console = Console(stderr=request.outputs.to_standard_output, highlight=False)
    if not console.is_terminal and "COLUMNS" not in os.environ:
        console.width = PIPE_WIDTH
    return console


def _title(product: Product, choice: Choice, request: CampaignRequest) -> Text:
    order = "" if request.shuffle is None else f", random order, seed {request.shuffle}"
    return Text.assemble(
        (f"{product.vendor} {product.model}", "bold"),
        f", OCPP {product.ocpp_version}: {counted(len(choice.chosen), 'case')}, {request.clock} clock,"
        f" security profile {request.settings.security_profile}{order}",
    )


def _interruption(progress_view: View, request: CampaignRequest) -> str:
    files = " No report was written: it needs a complete campaign." if request.outputs.requested else ""
    return f"Interrupted after {progress_view.progress.as_text()}.{files}"
