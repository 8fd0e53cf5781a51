"""Runs the campaigns of `plugfest certify`, keeps them in the folder of the run, prints progress, writes the report."""

import asyncio
import os
import shlex
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager, nullcontext
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final, Protocol

import msgspec
from rich.console import Console
from rich.text import Text

from plugfest import clock
from plugfest.campaigns.choosing import choose_cases, in_order
from plugfest.campaigns.order import Order
from plugfest.campaigns.sittings import left_cases, report_of_sittings, sitting_of
from plugfest.cli.interruption import interruptible
from plugfest.cli.parallel_campaign import ParallelCampaign, SharedCampaign
from plugfest.cli.terminal import summary
from plugfest.cli.terminal.console import TerminalConsole
from plugfest.cli.terminal.log import collected_log, print_error
from plugfest.cli.terminal.progress import View, view
from plugfest.cli.values.outputs import Outputs
from plugfest.garbage_collection import collect_less_often, no_collection
from plugfest.lab.case import CampaignCase
from plugfest.lab.engine import CampaignImpossible, CampaignOutcome
from plugfest.lab.events import Listener
from plugfest.lab.operator.control import CampaignQuit
from plugfest.lab.recording.record import Frame
from plugfest.lab.selection import Choice
from plugfest.lab.settings import LabSettings
from plugfest.lab.verdict import LabError
from plugfest.products import Product, load_product, pics_text
from plugfest.products.family import Family
from plugfest.products.plan.requested import RequestedCases
from plugfest.reports.build import SOFTWARE, CampaignDetails, build_family_report
from plugfest.reports.model.approval import Approval
from plugfest.reports.model.report import ClockName, Report
from plugfest.reports.model.wording import counted
from plugfest.runs.entries import SittingBegan
from plugfest.runs.folder import ProductFolder, RunFolder
from plugfest.runs.sitting import Sitting, SittingWriter

PASSED, NOT_PASSED = 0, 1
PIPE_WIDTH: Final = 120
VIRTUAL: Final = "virtual"


class CampaignRequest(msgspec.Struct, frozen=True):
    """The options of `plugfest certify`."""

    product: str | Family
    cases: RequestedCases
    clock: ClockName
    outputs: Outputs
    settings: LabSettings
    shuffle: int | None = None
    order: Order | None = None  # None: as requested
    operator: str = VIRTUAL
    firmware_hash: str | None = None
    approval: Approval = Approval()
    run: RunFolder | None = None  # None: nothing is kept
    repeats: bool = False  # of a run that is continued, the cases that did not pass
    frames: bool = False  # printed as they come
    jobs: int = 1  # processes that share the cases, each with a virtual station of its own

    @property
    def simulated(self) -> bool:
        return self.clock == "simulated"

    def products(self) -> tuple[Product, ...]:
        """The products to test; in a family the representative product first. Raises ProductError."""
        return (load_product(self.product),) if isinstance(self.product, str) else self.product.products


class RunCampaign(Protocol):
    """Puts a station of the product on the lab's bench and runs the cases."""

    async def __call__(
        self,
        product: Product,
        chosen: Sequence[CampaignCase],
        *,
        settings: LabSettings,
        listeners: Sequence[Listener],
        archive: Sequence[Frame],
    ) -> CampaignOutcome: ...


class CampaignInterrupted(Exception):
    """Ctrl-C or SIGTERM. The text has the progress of the campaign."""


def certify(request: CampaignRequest, run_campaign: RunCampaign, console: Console) -> int:
    """Test the products and write the requested files. Returns the exit code.

    Raises:
        ProductError, LabError, LinkError, InvalidKey: the campaign cannot run. If no station could be tested, the
            report has been written.
        NotWritable: a file cannot be written.
        RunError: the folder of the run cannot be read or created.
    """
    with no_collection():
        planned = [(product, _choice(product, request)) for product in request.products()]
    request.outputs.check()
    runner = CampaignRunner(request, run_campaign, console)
    collect_less_often()
    try:
        with interruptible() as interruption, request.run.locked() if request.run else nullcontext():
            reports = [runner.test(product, choice) for product, choice in planned]
    except CampaignInterrupted as interrupted:
        console.print(f"{interruption.text} {interrupted}", soft_wrap=True)
        return interruption.exit_code
    except KeyboardInterrupt:  # once more, while the campaign ended
        console.print(f"{interruption.text}.{_how_to_continue(request)}", soft_wrap=True)
        return interruption.exit_code
    document = reports[0] if isinstance(request.product, str) else build_family_report(request.product, reports)
    request.outputs.write(document, runner.log, runner.signers, lambda text: console.print(text, soft_wrap=True))
    if runner.impossible is not None:
        raise runner.impossible
    return PASSED if document.all_passed else NOT_PASSED


class CampaignRunner:
    """Runs one campaign after the other and collects their log."""

    def __init__(self, request: CampaignRequest, run_campaign: RunCampaign, console: Console) -> None:
        self.log: list[str] = []
        self.signers = request.outputs.signers()
        self.impossible: CampaignImpossible | None = None
        """Why a campaign could not begin. Its report has what was recorded until then."""
        self._request = request
        self._run_campaign = run_campaign
        self._console = console

    def test(self, product: Product, choice: Choice) -> Report:
        """Run the cases of a product that the run still lacks, print the progress and the summary.

        Raises CampaignInterrupted.
        """
        request, console = self._request, self._console
        if console.is_terminal or not isinstance(request.product, str):
            console.print(_title(product, choice, request))
        with self._folder(product) as folder:
            return self._test(product, choice, folder)

    def _test(self, product: Product, choice: Choice, folder: ProductFolder | None) -> Report:
        request, console = self._request, self._console
        sittings = [] if folder is None else folder.sittings()
        left = left_cases(choice, sittings, repeats=request.repeats)
        jobs = min(request.jobs, len(left))
        lines: list[str] = []
        with ExitStack() as kept:  # while the file of the sitting is open, its frames can be read
            if jobs > 1 and folder is not None:
                self._sit_in_parallel(product, left, folder, lines, jobs)
                sittings = folder.sittings()
            elif left or not sittings:
                sittings.append(self._sit(product, left, folder, lines, kept))
            details = partial(
                CampaignDetails,
                not_applicable=choice.not_applicable,
                left_out=choice.left_out,
                unfinished=len(left_cases(choice, sittings, repeats=False)),
                shuffle=request.shuffle,
                firmware_hash=request.firmware_hash,
                approval=request.approval,
                signer=self.signers.lab,
                evidence=request.outputs.requested,
            )
            report, redactor = report_of_sittings(product, sittings, details)
            reason = "" if self.impossible is None else redactor.text(str(self.impossible))  # the command's last line
            if request.outputs.requested:
                self.log.extend(map(redactor.text, lines))
        summary.show(console, report, printed=reason)
        return report

    @contextmanager
    def _folder(self, product: Product) -> Iterator[ProductFolder | None]:
        """The part of the run about the product. Processes that share the cases need one, else it is temporary."""
        run, pics = self._request.run, pics_text(self._name_of(product))
        if run is not None:
            yield run.product(product.slug, pics)
        elif self._request.jobs > 1:
            with TemporaryDirectory(prefix="plugfest-") as temporary:
                yield RunFolder(Path(temporary)).product(product.slug, pics)
        else:
            yield None

    def _name_of(self, product: Product) -> str:
        """The name or the path of the PICS file."""
        return self._request.product if isinstance(self._request.product, str) else product.slug

    def _sit(
        self,
        product: Product,
        chosen: Sequence[CampaignCase],
        folder: ProductFolder | None,
        lines: list[str],
        kept: ExitStack,
    ) -> Sitting:
        """Run these cases. The log of the campaign is added to `lines`, the open file of the sitting to `kept`.

        Raises CampaignInterrupted.
        """
        request, console = self._request, self._console
        progress_view, began = self._view(), self._began(folder)
        writer = kept.enter_context(_writing(folder, began, console))
        try:
            with progress_view, collected_log(console) as collected:
                campaign = clock.run(
                    self._campaign(product, chosen, progress_view, writer),
                    simulated=request.simulated,
                    watched=True,
                )
        except (KeyboardInterrupt, CampaignQuit):
            is_kept = writer is not None and writer.problem is None
            raise CampaignInterrupted(_interruption(progress_view, request, kept=is_kept)) from None
        outcome, duration_s = campaign
        if writer is not None:
            writer.end(duration_s, outcome.missing_capabilities)
        lines += collected
        return sitting_of(began, outcome, duration_s, tuple(one.id for one in chosen))

    def _sit_in_parallel(
        self, product: Product, chosen: Sequence[CampaignCase], folder: ProductFolder, lines: list[str], jobs: int
    ) -> None:
        """Run these cases in several processes, each with a sitting in the folder. As `_sit`; raises also LabError."""
        request, console = self._request, self._console
        progress_view, began = self._view(), self._began(folder, jobs)
        shared = SharedCampaign(product, chosen, request.settings, request.simulated, progress_view.shows_steps)
        with ExitStack() as stack:
            writers = [stack.enter_context(closing(folder.begin_sitting(began))) for _ in range(jobs)]
            on_error = partial(print_error, console)
            campaign = ParallelCampaign(shared, writers, progress_view, lines.append, on_error)
            try:
                with progress_view:
                    self.impossible = campaign.run() or self.impossible
            except KeyboardInterrupt:
                kept = request.run is not None
                raise CampaignInterrupted(_interruption(progress_view, request, kept=kept)) from None
            except LabError as error:
                raise LabError(f"{error}.{_how_to_continue(request)}") from None

    def _view(self) -> View:
        request = self._request
        attended = request.operator == "prompt"
        return view(self._console, simulated=request.simulated, attended=attended, frames=request.frames)

    def _began(self, folder: ProductFolder | None, jobs: int = 1) -> SittingBegan:
        request = self._request
        return SittingBegan(
            started_at=clock.SystemClock().now(),
            software=SOFTWARE,
            clock=request.clock,
            operator=request.operator,
            settings=msgspec.structs.replace(request.settings, firmware=None),
            pics_sha256="" if folder is None else folder.pics_sha256(),
            jobs=jobs,
        )

    async def _campaign(
        self, product: Product, chosen: Sequence[CampaignCase], progress_view: View, writer: SittingWriter | None
    ) -> tuple[CampaignOutcome, float]:
        """The outcome, and the duration in seconds of the campaign's clock."""
        loop = asyncio.get_running_loop()
        start = loop.time()
        kept = [] if writer is None else [writer.on_event]
        archive: Sequence[Frame] = () if writer is None else writer.frames
        listeners = [*kept, progress_view.on_event]  # a case that was printed is on the disk
        async with progress_view.refreshing():
            try:
                outcome = await self._run_campaign(
                    product, chosen, settings=self._request.settings, listeners=listeners, archive=archive
                )
            except CampaignImpossible as impossible:
                self.impossible, outcome = impossible, impossible.outcome
        return outcome, loop.time() - start


@contextmanager
def _writing(folder: ProductFolder | None, began: SittingBegan, console: Console) -> Iterator[SittingWriter | None]:
    """Keeps a sitting in the folder of the run. Raises RunError."""
    if folder is None:
        yield None
        return
    writer = folder.begin_sitting(began)
    try:
        yield writer
    finally:
        problem = writer.problem
        writer.close()
        if problem is not None:
            console.print(f"The run is not complete on the disk: {problem}", soft_wrap=True)


def _choice(product: Product, request: CampaignRequest) -> Choice:
    choice = choose_cases(product, request.cases, request.shuffle)
    return in_order(choice, request.order, product, request.settings)


def console_for(request: CampaignRequest) -> Console:
    """The console on standard output, or on standard error if a format is written to standard output."""
    console = TerminalConsole(stderr=request.outputs.to_standard_output)
    if not console.is_terminal and "COLUMNS" not in os.environ:
        console.width = PIPE_WIDTH
    return console


def _title(product: Product, choice: Choice, request: CampaignRequest) -> Text:
    order = "" if request.order is None else f", {request.order} order"
    if request.shuffle is not None:
        order = f", random order, seed {request.shuffle}"
    return Text.assemble(
        (f"{product.vendor} {product.model}", "bold"),
        f", OCPP {product.ocpp_version}: {counted(len(choice.chosen), 'case')}, {request.clock} clock,"
        f" security profile {request.settings.security_profile}{order}",
    )


def _interruption(progress_view: View, request: CampaignRequest, *, kept: bool) -> str:
    progress = progress_view.progress
    text = f"after {progress.as_text()}." if progress.total else "before the first case."
    left = () if request.operator == VIRTUAL else progress.left.lines()
    return "\n".join(
        [text + (_how_to_continue(request) if kept else " Nothing was kept."), *(f"  {one}" for one in left)]
    )


def _how_to_continue(request: CampaignRequest) -> str:
    if request.run is None:
        return ""
    folder = shlex.quote(str(request.run.path))
    return (
        f" Finished cases are in the run {folder}.\n"
        f"  Continue:       plugfest certify --resume {folder}\n"
        f"  Report so far:  plugfest report {folder} --to report"
    )
