"""What the person at the terminal hears of a station."""

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
"""Characters of what a CSMS said."""


class StationConsole:
    """What the person at the terminal hears."""

    def __init__(self, settings: Settings, ocpp_version: str) -> None:
        self._settings = settings
        self._ocpp_version = ocpp_version
        self._last_failure = ""
        self._unheard = asyncio.Event()
        self._why_unheard = ""

    def say(self, text: str) -> None:
        if not self._unheard.is_set():
            try:
                click.echo(f"{utc_now():%H:%M:%S}  {text}")
            except OSError as error:
                standard_output.give_up()
                self._why_unheard = error.strerror or str(error)
                self._unheard.set()

    async def unheard(self) -> NoReturn:
        """Wait until nobody takes what is said any more. Raises ClickException."""
        await self._unheard.wait()
        raise click.ClickException(f"standard output cannot be written any more: {self._why_unheard}")

    def started(self, station: Station) -> None:
        lifecycle = station.context.lifecycle
        lifecycle.connected.add(lambda: self.say(f"connected to {_csms(station)}"))
        lifecycle.registered.add(lambda status: self._registered(status, _csms(station)))
        lifecycle.reconnected.add(lambda seconds: self.say(f"connected again after {seconds:.0f} s"))
        lifecycle.disconnected.add(lambda: self.say("the connection is closed"))
        reason = station.context.boot_reason
        if reason is not BootReason.POWER_UP:
            self.say(f"started again: {reason}")

    def failed(self, error: LinkError) -> None:
        """Say why there is no connection; only once while the reason stays the same."""
        if str(error) != self._last_failure:
            self.say(f"{error}{self._advice(error)}; the station keeps trying")
        self._last_failure = str(error)

    def frame(self, direction: Direction, text: str, _: float) -> None:
        self.say(f"{'->' if direction is Direction.SENT else '<-'} {_printable(text)}")

    def event(self, event: Event) -> None:
        """Say what is wrong with what the CSMS sent: it has to know."""
        match event:
            case CallRefused(action=action, code=code, description=description):
                self.say(f"the CSMS's {action or 'message'} is refused with {code}: {_short(description)}")
            case ErrorReceived(request=request, code=code, description=description):
                self.say(f"the CSMS answers {request.action} with the error {code}: {_short(description)}")
            case ResultInvalid(request=request, error=error):
                self.say(f"the CSMS's answer to {request.action} is not valid: {_short(str(error))}")
            case CallTimedOut(request=request):
                self.say(f"the CSMS does not answer {request.action}")
            case FrameIgnored(reason=reason, text=text):
                self.say(f"ignored: {reason}: {_short(text)}")

    def _registered(self, status: RegistrationStatus, csms: str) -> None:
        self._last_failure = ""
        words = {RegistrationStatus.ACCEPTED: "accepts", RegistrationStatus.PENDING: "puts off"}
        self.say(f"{csms} {words.get(status, 'rejects')} this station")

    def _advice(self, error: LinkError) -> str:
        if not isinstance(error, HandshakeRefused):
            return ""
        if error.http_status == HTTPStatus.UNAUTHORIZED:
            return " (wrong password? --set SecurityCtrlr.BasicAuthPassword=...)"
        if error.http_status == HTTPStatus.NOT_FOUND:
            return f" (does it know {self._settings.identity}? --id names the station)"
        if error.fault is HandshakeFault.SUBPROTOCOL:
            return f" (this station speaks OCPP {self._ocpp_version} only)"
        return ""


def _csms(station: Station) -> str:
    """Where the station is connected to."""
    profile = station.context.profiles.effective(station.device_model.integer("OCPPCommCtrlr", "ActiveNetworkProfile"))
    return "the CSMS" if profile is None else profile.url


def _short(text: str) -> str:
    return _printable(text if len(text) <= LONGEST_QUOTE else text[:LONGEST_QUOTE] + " …")


def _printable(text: str) -> str:
    """A text as one line that does nothing to a terminal."""
    return text if text.isprintable() else re.sub(r"[^ -~\u00a0-\U0010ffff]", "\N{REPLACEMENT CHARACTER}", text)
