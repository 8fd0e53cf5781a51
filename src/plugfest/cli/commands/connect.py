"""`plugfest connect`: shows how to connect a station to the lab, and why it does not connect yet."""

import click

from plugfest.cli.calling import executed_by
from plugfest.cli.options.external_station import WITHIN_OPTION, connection_options
from plugfest.cli.options.product import product_argument


@click.command(
    epilog="""\b
Examples:
  plugfest connect my-station.toml --listen ws://192.168.1.10:9000
  plugfest connect my-station.toml --listen wss://0.0.0.0:9000 --host lab.local --show-password"""
)
@product_argument
@connection_options
@click.option("--security-profile", type=click.IntRange(0, 3), help="As of plugfest certify.")
@click.option("--show-password", is_flag=True, help="Show also a password that you have given, in the QR code too.")
@WITHIN_OPTION
@executed_by("connect")
def command() -> None:
    """Show how to connect your station to the lab, wait for it, and explain each attempt that fails.

    PRODUCT_OR_FILE is a product of the catalog or a PICS file; its OCPP version counts.

    What to configure is printed, and written to the folder of the PKI with the certificates to install. The addresses
    and the PKI are those that plugfest certify uses with the same options.

    Exit code 0: the station has connected and booted; 2: it has not.
    """
