"""What `plugfest station` prints: the events of the station, when it connects again, and on request every frame."""

import asyncio
from http import HTTPStatus
from typing import Final, NoReturn

import click

from plugfest.cli.terminal.standard_output import discard_further_output, echo, printable
from plugfest.clock import utc_now
from plugfest.link.errors import HandshakeFault, HandshakeRefused, LinkError
from plugfest.link.peer import Direction
from plugfest.ocpp.secrets.screen import without_passwords
from plugfest.ocpp.versions import V16, V201
from plugfest.station.control.event_lines import EventLines
from plugfest.station.setup.provisioning import Settings

PASSWORD_SETTINGS: Final = {V16.name: "AuthorizationKey", V201.name: "SecurityCtrlr.BasicAuthPassword"}
"""The option of `--set` for the password, by OCPP version."""


class StationConsole:
    """Prints lines with the time of day. `events` writes the events of the station."""

    def __init__(self, settings: Settings, ocpp_version: str) -> None:
        self._settings = settings
        self._ocpp_version = ocpp_version
        self._closed = asyncio.Event()
        self._close_reason = ""
        self.events = EventLines(self.line, ocpp_version, self._hint)

    def print(self, text: str) -> None:
        if not self._closed.is_set():
            try:
                echo(f"{utc_now():%H:%M:%S}  {text}")
            except OSError as error:
                discard_further_output()
                self._close_reason = error.strerror or str(error)
                self._closed.set()

    async def wait_until_closed(self) -> NoReturn:
        """Wait until standard output cannot be written any more. Raises ClickException."""
        await self._closed.wait()
        raise click.ClickException(f"cannot write to standard output any more: {self._close_reason}")

    def waiting(self, seconds: float) -> None:
        """Print when the station connects again."""
        self.print(f"next attempt to connect in {seconds:.0f} s")

    def line(self, text: str) -> None:
        """Print a line that may have any characters, and without passwords: it may go to a file that others read."""
        self.print(printable(without_passwords(text)))

    def misbehaviour(self, line: str) -> None:
        """Print what the station does wrong on demand."""
        self.line(f"misbehaves: {line}")

    def frame(self, direction: Direction, text: str, _: float) -> None:
        self.line(f"{'->' if direction is Direction.SENT else '<-'} {text}")

    def _hint(self, error: LinkError) -> str:
        if not isinstance(error, HandshakeRefused):
            return ""
        if error.http_status == HTTPStatus.UNAUTHORIZED:
            return " (wrong password? --password-file sets it)"
        if error.http_status == HTTPStatus.NOT_FOUND:
            return f" (is {self._settings.identity} known to the CSMS? --id sets the identity)"
        if error.fault is HandshakeFault.SUBPROTOCOL:
            return f" (this station supports OCPP {self._ocpp_version} only)"
        return ""
