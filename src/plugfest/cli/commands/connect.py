"""`plugfest connect`: shows how to connect a station to the lab, and why it does not connect yet."""

import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final

import click
import msgspec
from rich.console import Console

from plugfest import clock
from plugfest.cli.options.external_station import ExternalStationOptions, connection_options
from plugfest.cli.options.lab_pki import with_lab_pki
from plugfest.cli.terminal.connection_lines import ConnectionLines
from plugfest.cli.terminal.console import TerminalConsole
from plugfest.cli.terminal.qr_code import qr_code
from plugfest.cli.terminal.standard_output import printable
from plugfest.lab import events
from plugfest.lab.ports import Commissioning
from plugfest.lab.recording.exchanges import parsed
from plugfest.lab.recording.record import Direction, Frame
from plugfest.lab.settings import LabSettings
from plugfest.lab.verdict import LabError
from plugfest.link.errors import LinkError
from plugfest.ocpp.frames import Call
from plugfest.products import Product, ProductError, load_product
from plugfest.reports.evidence.identity_mismatch import FIELDS
from plugfest.reports.evidence.payload import decoded
from plugfest.reports.files import NotReadable
from plugfest.rig.commissioning_guide import CommissioningGuide
from plugfest.rig.connection_check import wait_for_station
from plugfest.rig.pki_folder import PkiFolder

CONNECTED: Final = 0

WITHIN: Final = 900.0
"""Seconds that a person has for commissioning the station, unless another time is given."""


@click.command(
    epilog="""\b
Examples:
  plugfest connect my-station.toml --listen ws://192.168.1.10:9000
  plugfest connect my-station.toml --listen wss://0.0.0.0:9000 --host lab.local --show-password"""
)
@click.argument("product", metavar="PRODUCT_OR_FILE")
@connection_options
@click.option("--security-profile", type=click.IntRange(0, 3), help="As of plugfest certify.")
@click.option("--show-password", is_flag=True, help="Show the password too, also in the QR code.")
@click.option("--no-qr", is_flag=True, help="Show no QR code.")
@click.option(
    "--within", type=click.FloatRange(min=1), default=WITHIN, show_default=True, help="Seconds to wait for the station."
)
def command(
    product: str, security_profile: int | None, show_password: bool, no_qr: bool, within: float, **options: Any
) -> int:
    """Show how to connect your station to the lab, wait for it, and explain each attempt that fails.

    PRODUCT_OR_FILE is a product of the catalog or a PICS file; its OCPP version counts.

    What to configure is printed, and written to the folder of the PKI with the certificates to install. The addresses
    and the PKI are those that plugfest certify uses with the same options.

    Exit code 0: the station has connected and booted; 2: it has not.
    """
    if options["listen"] is None:
        raise click.UsageError("give --listen URL, the address for the station.")
    external = with_lab_pki(ExternalStationOptions(**options), os.environ)
    console = TerminalConsole()
    try:
        pics = load_product(product)
        settings = external.settings(None, security_profile, pics)
        settings = msgspec.structs.replace(settings, boot_timeout=within)
        frames = _wait(pics, settings, external.pki_folder, console, shows_password=show_password, qr=not no_qr)
    except (ProductError, LabError, LinkError, NotReadable) as error:
        raise click.ClickException(str(error)) from None
    for line in _names(frames):
        console.print(line, soft_wrap=True)
    return CONNECTED


def _wait(
    product: Product, settings: LabSettings, folder: Path | None, console: Console, *, shows_password: bool, qr: bool
) -> list[Frame]:
    pki = None if folder is None else PkiFolder(folder)
    lines = ConnectionLines(each_once=False)

    def announce(commissioning: Commissioning) -> None:
        guide = CommissioningGuide(commissioning, product.ocpp_version, pki, shows_password=shows_password)
        guide.write_files()
        console.print(guide.page(), soft_wrap=True)
        if qr and console.is_terminal:
            console.print(qr_code(guide.qr_text()))
        console.print(f"Waiting for the station, {settings.boot_timeout:g} s; Ctrl-C ends.", soft_wrap=True)

    def on_event(event: events.Event) -> None:
        for line in lines.lines(event):
            console.print(line, soft_wrap=True)

    return clock.run(wait_for_station(product, settings, pki, announce, [on_event]))


def _names(frames: Sequence[Frame]) -> Iterator[str]:
    """The names in the BootNotification of the station; that there was none, if it has not booted."""
    for frame in frames:
        message = parsed(frame.text) if frame.direction is Direction.FROM_STATION else None
        if isinstance(message, Call) and message.action == "BootNotification":
            request = decoded(message.payload)
            names = request.get("chargingStation", request) if isinstance(request, dict) else None
            if isinstance(names, dict):
                values = [f"{name} {next((names[key] for key in keys if key in names), '-')}" for name, *keys in FIELDS]
                yield printable(f"The station booted: {', '.join(values)}")
                return
    yield "The station sent no BootNotification: it did not restart."
