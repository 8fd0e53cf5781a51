"""`plugfest certify`: a virtual station of a product, tested by the lab, and the report of it."""

import asyncio
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

import click
import msgspec
from rich.console import Console
from rich.text import Text

from plugfest import clock
from plugfest.cli import outcome
from plugfest.cli.log import kept_log
from plugfest.cli.progress import View, view
from plugfest.lab.engine import Chosen
from plugfest.lab.events import Listener
from plugfest.lab.registry import cases
from plugfest.lab.selection import Choice, choose
from plugfest.lab.settings import LabSettings
from plugfest.lab.verdict import LabError
from plugfest.link.errors import LinkError
from plugfest.products import Product, ProductError, load_product
from plugfest.reports import as_json
from plugfest.reports.files import NotWritable, check_writable
from plugfest.reports.folder import PAGE, write_folder
from plugfest.reports.model import Circumstances, ClockName, Report, build
from plugfest.rig.virtual import CampaignOutcome, run_campaign

PASSED, NOT_PASSED, INTERRUPTED = 0, 1, 130
PIPED_WIDTH = 120


class Wish(msgspec.Struct, frozen=True):
    """What the command line asks for."""

    product: str
    cases: tuple[str, ...]
    clock: ClockName
    json_file: str | None
    report_folder: Path | None
    security_profile: int
    shuffle: int | None = None

    @property
    def simulated(self) -> bool:
        return self.clock == "simulated"

    def targets(self) -> list[Path]:
        """The files and folders to write."""
        json_file = [] if self.json_file in (None, "-") else [Path(self.json_file)]
        return json_file + ([] if self.report_folder is None else [self.report_folder / PAGE])


@click.command(
    epilog="""\b
Examples:
  plugfest certify alpitronic-hyc-200-eu --report reports/hyc
  plugfest certify my-station.toml --case TC_E_09 --case TC_E_10
  plugfest certify chargepoint-ct4000 --json - --shuffle 7
  plugfest certify chargepoint-ct4000 --clock real"""
)
@click.argument("product", metavar="PRODUCT_OR_FILE")
@click.option(
    "--case", "case_ids", multiple=True, metavar="ID", help="Run only this case; may be given more than once."
)
@click.option(
    "--clock",
    "clock_name",
    type=click.Choice(["simulated", "real"]),
    default="simulated",
    show_default=True,
    help="Simulated time jumps over what nobody would do anything in; real time measures.",
)
@click.option("--json", "json_file", metavar="FILE", help="Write the results as JSON; - is standard output.")
@click.option(
    "--report", "report_folder", type=click.Path(path_type=Path), metavar="DIR", help="Write the report here."
)
@click.option(
    "--security-profile",
    type=click.IntRange(1, 2),
    default=LabSettings().security_profile,
    show_default=True,
    help="1: basic authentication over plain TCP. 2: the same over TLS.",
)
@click.option(
    "--shuffle",
    type=click.IntRange(min=0),
    metavar="SEED",
    help="Run the cases in an order drawn from this number, the same for the same number.",
)
def command(
    product: str,
    case_ids: tuple[str, ...],
    clock_name: ClockName,
    json_file: str | None,
    report_folder: Path | None,
    security_profile: int,
    shuffle: int | None,
) -> int:
    """Test a virtual station of a product (a name of the catalog, or a PICS file) against every case that applies.

    Exit code 0: all passed; 1: a case did not; 2: could not run.
    """
    wish = Wish(product, case_ids, clock_name, json_file, report_folder, security_profile, shuffle)
    try:
        return certify(wish, run_campaign, _console(wish))
    except (ProductError, LabError, LinkError, NotWritable) as error:
        raise click.ClickException(str(error)) from None


class Rig(Protocol):
    """Puts a station of the product on the lab's bench and runs the cases."""

    async def __call__(
        self, product: Product, chosen: Sequence[Chosen], *, settings: LabSettings, listeners: Sequence[Listener]
    ) -> CampaignOutcome: ...


def certify(wish: Wish, rig: Rig, console: Console) -> int:
    """Run the campaign and write what is asked for. Returns the exit code.

    Raises:
        ProductError, LabError, LinkError, NotWritable: it could not run, or its results could not be written.
    """
    product = load_product(wish.product)
    choice = _choice(product, wish)
    for target in wish.targets():
        check_writable(target)
    if console.is_terminal:
        console.print(_title(product, choice, wish))
    shown = view(console, simulated=wish.simulated)
    try:
        with shown, kept_log(console) as log:
            campaign = clock.run(_campaign(product, choice, wish, rig, shown), simulated=wish.simulated)
    except KeyboardInterrupt:
        console.print(_interrupted(shown, wish), soft_wrap=True, markup=False)
        return INTERRUPTED
    report = build(product, campaign.outcome.results, campaign.outcome.frames, campaign.circumstances)
    outcome.show(console, report)
    _write_results(report, wish)
    if wish.report_folder is not None:
        page = write_folder(wish.report_folder, report, product, campaign.outcome.frames, log)
        console.print(f"Report: {page}", soft_wrap=True, markup=False)
    return PASSED if report.all_passed else NOT_PASSED


def _write_results(report: Report, wish: Wish) -> None:
    if wish.json_file == "-":
        click.echo(as_json.text(report), nl=False)
    elif wish.json_file is not None:
        as_json.write(Path(wish.json_file), report)


def _choice(product: Product, wish: Wish) -> Choice:
    choice = choose(product, wish.cases, shuffle=wish.shuffle)
    if not choice.chosen:
        raise LabError(f"no case of the OCPP {product.ocpp_version} plan applies to {product.slug}")
    if not cases(product.ocpp_version):
        raise LabError(f"no case for OCPP {product.ocpp_version} is written yet: {product.slug} cannot be tested")
    return choice


class Campaign(msgspec.Struct, frozen=True):
    """A campaign that ended, and how it was run."""

    outcome: CampaignOutcome
    circumstances: Circumstances


async def _campaign(product: Product, choice: Choice, wish: Wish, rig: Rig, shown: View) -> Campaign:
    loop = asyncio.get_running_loop()
    settings = LabSettings(security_profile=wish.security_profile)
    began, started_at = loop.time(), clock.utc_now()
    async with shown.kept_fresh():
        ended = await rig(product, choice.chosen, settings=settings, listeners=[shown.hear])
    circumstances = Circumstances(
        clock=wish.clock,
        started_at=started_at,
        duration_s=loop.time() - began,
        settings=settings,
        not_applicable=choice.not_applicable,
        narrowed=bool(wish.cases),
        shuffle=wish.shuffle,
    )
    return Campaign(ended, circumstances)


def _console(wish: Wish) -> Console:
    """Where people look: standard output, or standard error where standard output is for the JSON."""
    console = Console(stderr=wish.json_file == "-", highlight=False)
    if not console.is_terminal and "COLUMNS" not in os.environ:
        console.width = PIPED_WIDTH
    return console


def _title(product: Product, choice: Choice, wish: Wish) -> Text:
    number = "1 case" if len(choice.chosen) == 1 else f"{len(choice.chosen)} cases"
    order = "" if wish.shuffle is None else f", order of seed {wish.shuffle}"
    return Text.assemble(
        (f"{product.vendor} {product.model}", "bold"),
        f", OCPP {product.ocpp_version}: {number}, {wish.clock} clock, security profile {wish.security_profile}{order}",
    )


def _interrupted(shown: View, wish: Wish) -> str:
    files = " Nothing was written: a report is about a whole run." if wish.targets() else ""
    return f"Interrupted after {shown.standing.sentence()}.{files}"
