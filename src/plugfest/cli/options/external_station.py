"""The options for a station of the user: where the lab listens, and who operates the station."""

from functools import partial
from pathlib import Path
from typing import Final

import click

from plugfest.cli.options.adding import Command, add_options
from plugfest.cli.options.finite_range import FiniteRange
from plugfest.cli.options.password import file_option
from plugfest.lab.defaults import IDENTITY, PASSWORD
from plugfest.lab.operator.capabilities import Capability


class ExternalStationOption(click.Option):
    """An option for a station of the user."""


class CommandWithExternalStationOptions(click.Command):
    """Lists these options in a section of the help text of their own."""

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        for heading, external in (("Options", False), ("A station of your own", True)):
            with formatter.section(heading):
                options = (one for one in self.get_params(ctx) if isinstance(one, click.Option))
                records = (
                    one.get_help_record(ctx) for one in options if isinstance(one, ExternalStationOption) is external
                )
                formatter.write_dl([record for record in records if record is not None])


WITHIN: Final = 900.0
"""Seconds that a person has for commissioning the station, unless another time is given."""

WITHIN_OPTION: Final = click.option(
    "--within", type=FiniteRange(min=1), default=WITHIN, show_default=True, help="Seconds to wait for the station."
)

_option: Final = partial(click.option, cls=ExternalStationOption)

LISTEN_OPTION: Final = _option(
    "--listen", metavar="URL", help="Wait for your station, which connects to ws://HOST:PORT or wss://HOST:PORT."
)

OPERATOR_OPTIONS: Final = (
    _option(
        "--operator",
        metavar="WHO",
        help="Operator of the station: prompt (you), page (you, in the pages of plugfest serve), http=URL (a test"
        " fixture), station=URL (a plugfest station).",
    ),
    _option(
        "--cannot",
        multiple=True,
        type=click.Choice([str(capability) for capability in Capability]),
        metavar="ACTION",
        help="An action that the operator cannot do: cases that need it are not run; may be repeated. One of"
        f" {', '.join(Capability)}.",
    ),
    _option("--bell", is_flag=True, help="Ring the bell of the terminal at each instruction (--operator prompt)."),
    _option("--notify", is_flag=True, help="Show each instruction as a desktop notification (--operator prompt)."),
    _option("--ev", "ev_url", metavar="URL", help="URL of the EV emulator of the test fixture."),
)

CONNECTION_OPTIONS: Final = (
    _option(
        "--host", metavar="NAME", help="Host name by which the station reaches the lab, if it differs from --listen."
    ),
    _option("--identity", help=f"Identity of the station.  [default: {IDENTITY}]"),
    file_option(ExternalStationOption),
    _option(
        "--password",
        help="Password of the station. Other users of this computer can see it in the list of processes: prefer"
        f" --password-file.  [default: {PASSWORD}]",
    ),
    _option(
        "--pki",
        "pki_folder",
        type=click.Path(path_type=Path),
        metavar="DIR",
        help="Folder for the certificates of the lab, created if missing. The station has to trust DIR/root.pem."
        "  [default with wss://: ~/.local/share/plugfest/pki]",
    ),
    _option(
        "--station-root",
        "station_roots",
        multiple=True,
        type=click.Path(path_type=Path),
        metavar="FILE",
        help="Root certificate of the station's certificate (security profile 3).",
    ),
    _option("--no-qr", is_flag=True, help="Show no QR code of what to configure in the station."),
)


def external_station_options(command: Command) -> Command:
    """Add these options to a command."""
    return add_options(command, (LISTEN_OPTION, *OPERATOR_OPTIONS, *CONNECTION_OPTIONS))


def connection_options(command: Command) -> Command:
    """Add the options for a station that is only read."""
    return add_options(command, (LISTEN_OPTION, *CONNECTION_OPTIONS))
