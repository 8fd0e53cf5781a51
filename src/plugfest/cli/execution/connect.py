"""`plugfest connect`: shows how to connect a station to the lab, and why it does not connect yet."""

import os
from collections.abc import Iterator, Sequence
from typing import Any, Final

import click
import msgspec
from rich.console import Console

from plugfest import clock
from plugfest.cli.terminal.commissioning import waiting
from plugfest.cli.terminal.console import TerminalConsole
from plugfest.cli.terminal.standard_output import printable
from plugfest.cli.values.defaults import with_defaults
from plugfest.cli.values.external_station import ExternalStationOptions
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
from plugfest.rig.connection_check import wait_for_station
from plugfest.rig.pki_folder import PkiFolder

CONNECTED: Final = 0


def execute(product: str, security_profile: int | None, show_password: bool, within: float, **options: Any) -> int:
    """Wait for the station. Returns the exit code. Raises ClickException."""
    if options["listen"] is None:
        raise click.UsageError("give --listen URL, the address for the station.")
    console = TerminalConsole()
    try:
        external = with_defaults(ExternalStationOptions(**options), os.environ)
        pics = load_product(product)
        settings = external.settings(None, security_profile, pics)
        settings = msgspec.structs.replace(settings, boot_timeout=within)
        frames = _wait(pics, settings, external, console, shows_password=show_password)
    except (ProductError, LabError, LinkError, NotReadable) as error:
        raise click.ClickException(str(error)) from None
    for line in _names(frames):
        console.print(line, soft_wrap=True)
    return CONNECTED


def _wait(
    product: Product, settings: LabSettings, external: ExternalStationOptions, console: Console, *, shows_password: bool
) -> list[Frame]:
    pki = None if external.pki_folder is None else PkiFolder(external.pki_folder)
    with waiting(console, qr=not external.no_qr) as screen:
        frames = wait_for_station(
            product, settings, pki, screen.announce, [screen.on_event], shows_password=shows_password
        )
        return clock.run(frames)


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
