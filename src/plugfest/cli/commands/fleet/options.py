"""The options of `plugfest fleet`."""

from pathlib import Path
from typing import Final

import click

from plugfest.cli.options.adding import Command, add_options
from plugfest.cli.options.finite_range import FiniteRange
from plugfest.cli.options.scenario import compress_option
from plugfest.fleet import IDENTITY_PATTERN

MAX_STATIONS: Final = 1_000_000
"""The plan of a fleet is made before its limits are known, and more would take minutes."""

_OPTIONS: Final = (
    click.argument("stations", type=click.IntRange(1, MAX_STATIONS), metavar="N"),
    click.option("--csms", "csms_url", required=True, metavar="URL", help="URL of the CSMS, e.g. ws://localhost:9000."),
    click.option(
        "--product",
        "products",
        multiple=True,
        required=True,
        metavar="PRODUCT_OR_FILE[=WEIGHT]",
        help="Product of the stations. May be repeated; a WEIGHT of 3 has three times as many stations as one of 1.",
    ),
    click.option(
        "--rate",
        type=FiniteRange(0, min_open=True),
        default=50.0,
        show_default=True,
        help="Connections that the whole fleet opens a second.",
    ),
    click.option(
        "--profile",
        "scenario",
        metavar="NAME_OR_FILE",
        help="Scenario of drivers, EVs and faults at each station; without it nothing happens there.",
    ),
    compress_option("the stations do"),
    click.option(
        "--duration",
        metavar="DURATION",
        help="End so long after the first connection, e.g. '90 s' or '1 h 30 min'.  [default: at Ctrl-C]",
    ),
    click.option(
        "--seed",
        type=int,
        default=1,
        show_default=True,
        help="All random choices follow from it: the same seed is the same fleet.",
    ),
    click.option(
        "--misbehave",
        multiple=True,
        metavar="[SHARE%:]MISBEHAVIOUR",
        help="Let the stations, or a share of them, misbehave: 10%:late:rate=0.2. May be repeated.",
    ),
    click.option(
        "--id",
        "identity",
        default=IDENTITY_PATTERN,
        show_default=True,
        metavar="PATTERN",
        help="Identities of the stations: {} stands for the number, {:05d} for five digits.",
    ),
    click.option("--first", type=click.IntRange(0), default=1, show_default=True, help="Number of the first station."),
    click.option(
        "--source",
        "sources",
        multiple=True,
        metavar="ADDRESS_OR_NETWORK",
        help="Addresses of this computer to connect from in turn, e.g. 127.0.0.0/24. May be repeated.",
    ),
    click.option(
        "--csms-root",
        "roots",
        multiple=True,
        type=click.Path(),
        metavar="FILE",
        help="Trusted root certificate of the CSMS, in PEM.",
    ),
    click.option(
        "--password-file",
        type=click.Path(path_type=Path, allow_dash=True),
        metavar="FILE",
        help="The first line is the password of each station; {id} in it stands for the identity."
        "  [default: the environment variable PLUGFEST_PASSWORD]",
    ),
    click.option(
        "--passwords",
        type=click.Path(),
        metavar="FILE",
        help="A line 'IDENTITY PASSWORD' for each station that has a password of its own.",
    ),
    click.option(
        "--certificates",
        type=click.Path(path_type=Path, file_okay=False, exists=True),
        metavar="DIR",
        help="Folder with the certificate chain IDENTITY.pem and the private key IDENTITY.key of each station"
        " (security profile 3).",
    ),
    click.option(
        "--set",
        "variables",
        multiple=True,
        metavar="COMPONENT.VARIABLE=VALUE",
        help="Set a variable of each station, or KEY=VALUE in OCPP 1.6. May be repeated.",
    ),
    click.option(
        "--store",
        "store_folder",
        type=click.Path(path_type=Path, file_okay=False),
        metavar="DIR",
        help="Keep the state of each station in a file of this folder; without it, it ends with the fleet.",
    ),
    click.option(
        "--jobs",
        "processes",
        type=click.IntRange(1),
        help="Number of processes.  [default: one for each processor, of the cluster with --ray]",
    ),
    click.option(
        "--ray",
        "ray_address",
        metavar="ADDRESS",
        help="Run the stations on this Ray cluster (extra `ray`), e.g. 192.168.1.10:6379, or auto.",
    ),
    click.option(
        "--result",
        "result_folder",
        type=click.Path(path_type=Path, file_okay=False),
        metavar="DIR",
        help="Folder for the result.  [default: a new one in ~/.local/share/plugfest/fleets]",
    ),
    click.option("--json", "json_file", metavar="FILE", help="Write the result as JSON too; - is standard output."),
)


def fleet_options(command: Command) -> Command:
    """Add these options to a command."""
    return add_options(command, _OPTIONS)
