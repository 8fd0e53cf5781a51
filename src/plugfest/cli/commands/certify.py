"""`plugfest certify`: tests a virtual station, or a station of the user, and writes a report."""

from pathlib import Path
from typing import Final, get_args

import click

from plugfest.campaigns.order import Order
from plugfest.cli.calling import executed_by
from plugfest.cli.options.approval import approval_options
from plugfest.cli.options.cases import COMBINATION, case_options
from plugfest.cli.options.external_station import external_station_options
from plugfest.cli.options.outputs import output_options
from plugfest.cli.options.product import optional_product_argument
from plugfest.cli.options.run import CommandWithRun, run_options
from plugfest.lab.defaults import SECURITY_PROFILE

MAX_JOBS: Final = 64


def check_subject(product: str | None, family_name: str | None) -> None:
    """Check that there is either a product or a family. Raises UsageError."""
    if (product is None) == (family_name is None):
        raise click.UsageError("give either a product or --family.")


def _check(
    product: str | None, family_name: str | None, resumed_run: Path | None, repeated_run: Path | None, **_: object
) -> None:
    if resumed_run is None and repeated_run is None:  # a run that is continued may have no product that can be read
        check_subject(product, family_name)


@click.command(
    cls=CommandWithRun,
    epilog=f"""\b
{COMBINATION}
\b
Examples:
  plugfest certify alpitronic-hyc-200-eu --report reports/hyc
  plugfest certify my-station.toml --report reports/mine --reference 2026-117 --tested-by "A. Lovelace" --sign-pdf lab
  plugfest certify my-station.toml --case TC_E_03 --case TC_E_10
  plugfest certify my-station.toml --block E --order walking
  plugfest certify chargepoint-ct4000 --json - --shuffle 7
  plugfest certify chargepoint-ct4000 --clock real --jobs 4
  plugfest certify --family alpitronic-hypercharger --report reports/hypercharger
  plugfest certify --resume runs/hyc
\b
Examples with a station of your own, operated by you or by a test fixture:
  plugfest certify my-station.toml --listen ws://192.168.1.10:9000 --operator prompt
  plugfest certify my-station.toml --listen wss://0.0.0.0:9000 --host lab.local --pki pki --operator prompt
  plugfest certify my-station.toml --listen ws://192.168.1.10:9000 --operator http=http://fixture:8080/api/v1""",
)
@optional_product_argument
@click.option("--family", "family_name", metavar="NAME_OR_FILE", help="Test every product of a family.")
@case_options
@click.option(
    "--clock",
    "clock_name",
    type=click.Choice(["simulated", "real"]),
    help="Simulated time skips the waiting; real time also measures performance."
    "  [default: simulated; real with --listen]",
)
@output_options
@click.option(
    "--security-profile",
    type=click.IntRange(0, 3),
    help="0: none (OCPP 1.6 only). 1: basic authentication. 2: TLS with basic authentication. 3: TLS with client"
    f" certificate.  [default: {SECURITY_PROFILE}; 1 with --listen ws://]",
)
@click.option(
    "--settings",
    "settings_file",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Timeouts, tokens and other settings of the lab, in TOML.",
)
@click.option(
    "--order",
    type=click.Choice(get_args(Order)),
    help="plan: as in the test plan. walking: cases that need the same actions at the station, and the same"
    " commissioning, follow one another.  [default: as given by --case, else plan]",
)
@click.option(
    "--shuffle",
    type=click.IntRange(min=0),
    metavar="SEED",
    help="Run the cases in random order; equal seeds give equal orders.",
)
@click.option(
    "--firmware-image",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Firmware image of the station; the report has its SHA-256.",
)
@click.option(
    "--jobs",
    type=click.IntRange(1, MAX_JOBS),
    default=1,
    show_default=True,
    help="Number of processes that share the cases, each with a virtual station of its own.",
)
@click.option("--frames", is_flag=True, help="Print each frame as it is sent or received.")
@approval_options
@run_options
@external_station_options
@executed_by("certify", check=_check)
def command() -> None:
    """Test a product with every case that applies to it.

    PRODUCT_OR_FILE is a product of the catalog or a PICS file.

    The station is Plugfest's virtual station, or with --listen a station of your own that connects to the lab.

    Each case is kept in the folder of the run as it ends: --resume continues a run that was interrupted.

    Exit code 0: all cases passed; 1: a case did not pass; 2: could not run.
    """
