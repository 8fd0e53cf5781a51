"""`plugfest certify`: a station, our virtual one or a foreign one, tested by the lab, and the report of it."""

import asyncio
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Protocol

import click
import msgspec
from rich.console import Console
from rich.text import Text

from plugfest import clock
from plugfest.cli import outcome
from plugfest.cli.foreign import CommandWithForeignOptions, ForeignOptions, foreign_options
from plugfest.cli.lab_settings import load_settings, promised
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
from plugfest.reports.build import Circumstances, build
from plugfest.reports.files import NotWritable, check_writable
from plugfest.reports.folder import PAGE, write_folder
from plugfest.reports.model import ClockName, Report
from plugfest.rig.outcome import CampaignOutcome
from plugfest.rig.virtual import run_campaign
from plugfest.security.profile import SecurityProfile

PASSED, NOT_PASSED, INTERRUPTED = 0, 1, 130
PIPED_WIDTH = 120
VIRTUAL = "virtual"

SECURITY_PROFILES = {
    "1.6": frozenset(SecurityProfile),
    "2.0.1": frozenset(SecurityProfile) - {SecurityProfile.UNSECURED},
}
"""The security profiles of each version."""


class Wish(msgspec.Struct, frozen=True):
    """What the command line asks for."""

    product: str
    cases: tuple[str, ...]
    clock: ClockName
    json_file: str | None
    report_folder: Path | None
    settings: LabSettings
    shuffle: int | None = None
    hands: str = VIRTUAL

    @property
    def simulated(self) -> bool:
        return self.clock == "simulated"

    def targets(self) -> list[Path]:
        """The files and folders to write."""
        json_file = [] if self.json_file in (None, "-") else [Path(self.json_file)]
        return json_file + ([] if self.report_folder is None else [self.report_folder / PAGE])


@click.command(
    cls=CommandWithForeignOptions,
    epilog="""\b
Examples:
  plugfest certify alpitronic-hyc-200-eu --report reports/hyc
  plugfest certify my-station.toml --case TC_E_09 --case TC_E_10
  plugfest certify chargepoint-ct4000 --json - --shuffle 7
  plugfest certify chargepoint-ct4000 --clock real
\b
Examples with a station of your own, where you plug in, or a test fixture does:
  plugfest certify my-station.toml --listen ws://192.168.1.10:9000 --operator prompt
  plugfest certify my-station.toml --listen wss://0.0.0.0:9000 --host lab.local --pki pki --operator prompt
  plugfest certify my-station.toml --listen ws://192.168.1.10:9000 --operator http=http://fixture:8080/api/v1""",
)
@click.argument("product", metavar="PRODUCT_OR_FILE")
@click.option(
    "--case", "case_ids", multiple=True, metavar="ID", help="Run only this case; may be given more than once."
)
@click.option(
    "--clock",
    "clock_name",
    type=click.Choice(["simulated", "real"]),
    help="Simulated time jumps over what nobody would do anything in; real time measures."
    "  [default: simulated; real with --listen]",
)
@click.option("--json", "json_file", metavar="FILE", help="Write the results as JSON; - is standard output.")
@click.option(
    "--report", "report_folder", type=click.Path(path_type=Path), metavar="DIR", help="Write the report here."
)
@click.option(
    "--security-profile",
    type=click.IntRange(0, 3),
    help="0: no security at all (OCPP 1.6 only). 1: basic authentication over plain TCP. 2: the same over TLS."
    " 3: TLS with a certificate of the station."
    f"  [default: {LabSettings().security_profile}; with --listen ws:// 1]",
)
@click.option(
    "--settings",
    "settings_file",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Timeouts, tokens and other settings of the lab, in TOML.",
)
@click.option(
    "--shuffle",
    type=click.IntRange(min=0),
    metavar="SEED",
    help="Run the cases in an order drawn from this number, the same for the same number.",
)
@foreign_options
def command(
    product: str,
    case_ids: tuple[str, ...],
    clock_name: ClockName | None,
    json_file: str | None,
    report_folder: Path | None,
    security_profile: int | None,
    shuffle: int | None,
    settings_file: Path | None,
    **options: Any,
) -> int:
    """Test a station of a product (a name of the catalog, or a PICS file) against every case that applies.

    It is our virtual station of that product, or with --listen a station of your own, which connects to the lab.

    Exit code 0: all passed; 1: a case did not; 2: could not run.
    """
    foreign = ForeignOptions(**options)
    try:
        foreign.check_together()
        clock_name = _clock(clock_name, foreign)
        pics = load_product(product)
        settings = _settings(settings_file, security_profile, foreign, promised(pics))
        _check_security_profile(settings.security_profile, pics)
        hands = foreign.hands or VIRTUAL
        wish = Wish(product, case_ids, clock_name, json_file, report_folder, settings, shuffle, hands)
        console = _console(wish)
        return certify(wish, _rig(foreign, console), console)
    except (ProductError, LabError, LinkError, NotWritable) as error:
        raise click.ClickException(str(error)) from None


def _clock(wanted: ClockName | None, foreign: ForeignOptions) -> ClockName:
    if foreign.listen is None:
        return wanted or "simulated"
    if wanted == "simulated":
        raise click.UsageError("--listen goes with the real clock: another process does not jump.")
    return "real"


def _settings(
    file: Path | None, security_profile: int | None, foreign: ForeignOptions, usual: dict[str, float]
) -> LabSettings:
    if foreign.listen is not None:
        return foreign.settings(file, security_profile, usual)
    if security_profile == 3:
        raise click.BadParameter("3 is for --listen wss://", param_hint="'--security-profile'")
    settings = load_settings(file, **usual)
    if security_profile is None:
        return settings
    return msgspec.structs.replace(settings, security_profile=security_profile)


def _check_security_profile(wanted: int, product: Product) -> None:
    lowest = min(SECURITY_PROFILES[product.ocpp_version])
    if wanted not in SECURITY_PROFILES[product.ocpp_version]:
        text = f"security profile {wanted} is none of OCPP {product.ocpp_version}, which {product.slug} speaks"
        raise click.UsageError(f"{text}: it has {lowest} to {max(SecurityProfile):d}.")


def _rig(foreign: ForeignOptions, console: Console) -> "Rig":
    if foreign.listen is None:
        return run_campaign
    return foreign.rig(lambda text: console.print(text, soft_wrap=True, markup=False))


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
    shown = view(console, simulated=wish.simulated, alone=wish.hands != "prompt")
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
        page = write_folder(wish.report_folder, report, log)
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
    began, started_at = loop.time(), clock.utc_now()
    async with shown.kept_fresh():
        ended = await rig(product, choice.chosen, settings=wish.settings, listeners=[shown.hear])
    circumstances = Circumstances(
        clock=wish.clock,
        started_at=started_at,
        duration_s=loop.time() - began,
        settings=wish.settings,
        hands=wish.hands,
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
        f", OCPP {product.ocpp_version}: {number}, {wish.clock} clock,"
        f" security profile {wish.settings.security_profile}{order}",
    )


def _interrupted(shown: View, wish: Wish) -> str:
    files = " Nothing was written: a report is about a whole run." if wish.targets() else ""
    return f"Interrupted after {shown.standing.sentence()}.{files}"
