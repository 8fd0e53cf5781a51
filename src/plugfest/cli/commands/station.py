"""`plugfest station`: runs a product's charging station against a CSMS."""

from pathlib import Path
from typing import Final

import click

from plugfest.cli.calling import executed_by
from plugfest.cli.options.misbehaviour import misbehaviour_options
from plugfest.cli.options.password import file_option
from plugfest.cli.options.product import product_argument
from plugfest.cli.options.scenario import scenario_options
from plugfest.environment_variables import STORE_KEY_FILE

ROOT_USES: Final = ("ManufacturerRootCertificate", "V2GRootCertificate", "MORootCertificate")


@click.command(
    epilog="""\b
Examples:
  plugfest station chargepoint-ct4000 --csms ws://localhost:9000 --id CS001
  plugfest station my-station.toml --csms wss://csms.example --csms-root root.pem
  plugfest station chargepoint-ct4000 --csms ws://localhost:9000 --control 8080 --frames
  plugfest station chargepoint-ct4000 --csms ws://localhost:9000 --scenario commute
  plugfest station chargepoint-ct4000 --csms ws://localhost:9000 --misbehave doubled --misbehave leaves-gaps"""
)
@product_argument
@click.option("--csms", "csms_url", required=True, metavar="URL", help="URL of the CSMS, e.g. ws://localhost:9000.")
@click.option("--id", "identity", default="CS001", show_default=True, help="Identity of the station.")
@click.option(
    "--store",
    "store_file",
    metavar="FILE",
    help="File for the persistent state of the station; without it, the state ends with the process.",
)
@click.option(
    "--store-key",
    type=click.Path(path_type=Path),
    envvar=STORE_KEY_FILE,
    metavar="FILE",
    help="File of the key that encrypts the secrets in the store; it is created if it is missing.  [default: the file"
    f" of the store with .key; environment variable {STORE_KEY_FILE}]",
)
@click.option(
    "--set",
    "variables",
    multiple=True,
    metavar="COMPONENT.VARIABLE=VALUE",
    help="Set a variable, or KEY=VALUE for a configuration key of OCPP 1.6; may be repeated.",
)
@file_option()
@click.option(
    "--security-profile",
    type=click.IntRange(0, 3),
    help="Security profile; by default it follows from URL, password and certificate.",
)
@click.option(
    "--csms-root",
    "roots",
    multiple=True,
    type=click.Path(),
    metavar="FILE",
    help="Trusted root certificate of the CSMS, in PEM.",
)
@click.option(
    "--root",
    "other_roots",
    multiple=True,
    metavar="USE=FILE",
    help=f"Root certificate of another use, in PEM; USE is {', '.join(ROOT_USES)}. May be repeated.",
)
@click.option(
    "--certificate",
    type=click.Path(),
    metavar="FILE",
    help="Certificate chain of the station, in PEM (security profile 3).",
)
@click.option("--key", type=click.Path(), metavar="FILE", help="Private key of the certificate, in PEM.")
@click.option(
    "--control",
    "control_at",
    metavar="[HOST:]PORT",
    help="Serve the HTTP control API here; see /openapi.json. Other machines need a token.",
)
@click.option("--frames", is_flag=True, help="Print every message.")
@click.option(
    "--strict", is_flag=True, help="Do not use an answer of the CSMS that violates the schema; to test a CSMS."
)
@click.option("--compression", is_flag=True, help="Offer the compression of WebSocket messages (RFC 7692).")
@click.option("--times-utc", is_flag=True, help="Read a time of the CSMS without a zone as UTC.")
@scenario_options
@misbehaviour_options
@executed_by("station")
def command() -> None:
    """Run a charging station of a product against a CSMS until Ctrl-C.

    PRODUCT_OR_FILE is a product of the catalog or a PICS file. The password for HTTP Basic authentication comes from
    --password-file or PLUGFEST_PASSWORD. It is a variable: --set SecurityCtrlr.BasicAuthPassword=..., in OCPP 1.6 also
    --set AuthorizationKey=..., sets it too, but other users of this computer can see it in the list of processes.
    """
