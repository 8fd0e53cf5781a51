"""The output of `plugfest station`."""

import asyncio
import re
from http import HTTPStatus
from typing import NoReturn

import click

from plugfest.cli.terminal import standard_output
from plugfest.clock import utc_now
from plugfest.link.errors import HandshakeFault, HandshakeRefused, LinkError
from plugfest.link.peer import Direction
from plugfest.ocpp.events import CallRefused, CallTimedOut, ErrorReceived, Event, FrameIgnored, ResultInvalid
from plugfest.station.connection.boot import BootReason, RegistrationStatus
from plugfest.station.setup.provisioning import Settings
from plugfest.station.station import Station

LONGEST_QUOTE = 300
"""Maximum length of a quoted text of the CSMS, in characters."""


class StationConsole:
    """Prints what happens to the station and what is wrong with the messages of the CSMS."""

    def __init__(self, settings: Settings, ocpp_version: str) -> None:
        self._settings = settings
        self._ocpp_version = ocpp_version
        self._last_failure = ""
        self._closed = asyncio.Event()
        self._close_reason = ""

    def print(self, text: str) -> None:
        if not self._closed.is_set():
            try:
                click.echo(f"{utc_now():%H:%M:%S}  {text}")
            except OSError as error:
                standard_output.give_up()
                self._close_reason = error.strerror or str(error)
                self._closed.set()

    async def wait_until_closed(self) -> NoReturn:
        """Wait until standard output is closed. Raises ClickException."""
        await self._closed.wait()
        raise click.ClickException(f"standard output cannot be written any more: {self._close_reason}")

    def started(self, station: Station) -> None:
        lifecycle = station.context.lifecycle
        lifecycle.connected.add(lambda: self.print(f"connected to {_csms(station)}"))
        lifecycle.registered.add(lambda status: self._registered(status, _csms(station)))
        lifecycle.reconnected.add(lambda seconds: self.print(f"connected again after {seconds:.0f} s"))
        lifecycle.disconnected.add(lambda: self.print("the connection is closed"))
        reason = station.context.boot_reason
        if reason is not BootReason.POWER_UP:
            self.print(f"started again: {reason}")

    def failed(self, error: LinkError) -> None:
        """Print why the connection attempt failed, once per reason."""
        if str(error) != self._last_failure:
            self.print(f"{error}{self._advice(error)}; the station keeps trying")
        self._last_failure = str(error)

    def frame(self, direction: Direction, text: str, _: float) -> None:
        self.print(f"{'->' if direction is Direction.SENT else '<-'} {_printable(text)}")

    def event(self, event: Event) -> None:
        """Print what is wrong with a message of the CSMS."""
        match event:
            case CallRefused(action=action, code=code, description=description):
                self.print(
                    f"the station answers the CSMS's {action or 'message'} with the error {code}: {_short(description)}"
                )
            case ErrorReceived(request=request, code=code, description=description):
                self.print(f"the CSMS answers {request.action} with the error {code}: {_short(description)}")
            case ResultInvalid(request=request, error=error):
                self.print(f"the CSMS's answer to {request.action} is invalid: {_short(str(error))}")
            case CallTimedOut(request=request):
                self.print(f"the CSMS does not answer {request.action}")
            case FrameIgnored(reason=reason, text=text):
                self.print(f"ignored: {reason}: {_short(text)}")

    def _registered(self, status: RegistrationStatus, csms: str) -> None:
        self._last_failure = ""
        words = {RegistrationStatus.ACCEPTED: "accepts", RegistrationStatus.PENDING: "answers Pending to"}
        self.print(f"{csms} {words.get(status, 'rejects')} this station")

    def _advice(self, error: LinkError) -> str:
        if not isinstance(error, HandshakeRefused):
            return ""
        if error.http_status == HTTPStatus.UNAUTHORIZED:
            return " (wrong password? --set SecurityCtrlr.BasicAuthPassword=...)"
        if error.http_status == HTTPStatus.NOT_FOUND:
            return f" (unknown station identity {self._settings.identity}? --id sets it)"
        if error.fault is HandshakeFault.SUBPROTOCOL:
            return f" (this station supports only OCPP {self._ocpp_version})"
        return ""


def _csms(station: Station) -> str:
    """The URL of the CSMS."""
    profile = station.context.profiles.effective(station.device_model.integer("OCPPCommCtrlr", "ActiveNetworkProfile"))
    return "the CSMS" if profile is None else profile.url


def _short(text: str) -> str:
    return _printable(text if len(text) <= LONGEST_QUOTE else text[:LONGEST_QUOTE] + " …")


def _printable(text: str) -> str:
    """The text as one line without terminal control characters."""
    return text if text.isprintable() else re.sub(r"[^ -~\u00a0-\U0010ffff]", "\N{REPLACEMENT CHARACTER}", text)
