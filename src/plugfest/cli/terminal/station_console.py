"""What `plugfest station` prints: the connection to the CSMS, errors in its messages, and on request every frame."""

import asyncio
from collections.abc import Sequence
from http import HTTPStatus
from typing import Final, NoReturn

import click

from plugfest.cli.terminal.standard_output import discard_further_output, printable
from plugfest.clock import utc_now
from plugfest.link.errors import HandshakeFault, HandshakeRefused, LinkError
from plugfest.link.peer import Direction
from plugfest.ocpp.errors import ErrorCode
from plugfest.ocpp.events import (
    CallReceived,
    CallRefused,
    CallTimedOut,
    ErrorReceived,
    Event,
    FrameIgnored,
    ResultInvalid,
    ResultReceived,
)
from plugfest.ocpp.tolerant import MessageDefect
from plugfest.ocpp.versions import V16, V201, by_name
from plugfest.station.connection.boot import BootReason, RegistrationStatus
from plugfest.station.setup.provisioning import Settings
from plugfest.station.station import Station

MAX_QUOTE_LENGTH: Final = 300
"""Longer texts of the CSMS are cut."""

PASSWORD_SETTINGS: Final = {V16.name: "AuthorizationKey", V201.name: "SecurityCtrlr.BasicAuthPassword"}
"""The option of `--set` for the password, by OCPP version."""


_PRINTED_EVENTS: Final = {
    "CertificateRejected": "certificate rejected",
    "CertificateNotDeleted": "certificate not deleted",
    "InvalidChargingStationCertificate": "certificate rejected: CertificateSigned",
}
"""Security events about a request of the CSMS whose answer does not always give the reason, as they are printed."""


class StationConsole:
    """Prints lines with the time of day."""

    def __init__(self, settings: Settings, ocpp_version: str) -> None:
        self._settings = settings
        self._ocpp_version = ocpp_version
        self._last_failure = ""
        self._closed = asyncio.Event()
        self._close_reason = ""
        self._defects: set[tuple[str, MessageDefect]] = set()
        """The messages and their defects that were printed."""
        self._time_was_ignored = False
        self._iso15118_problems: set[str] = set()

    def print(self, text: str) -> None:
        if not self._closed.is_set():
            try:
                click.echo(f"{utc_now():%H:%M:%S}  {text}")
            except OSError as error:
                discard_further_output()
                self._close_reason = error.strerror or str(error)
                self._closed.set()

    async def wait_until_closed(self) -> NoReturn:
        """Wait until standard output cannot be written any more. Raises ClickException."""
        await self._closed.wait()
        raise click.ClickException(f"cannot write to standard output any more: {self._close_reason}")

    def station_started(self, station: Station) -> None:
        lifecycle = station.context.lifecycle
        lifecycle.connected.add(lambda: self.print(f"connected to {_csms(station)}"))
        lifecycle.registered.add(lambda status: self._registered(status, _csms(station)))
        lifecycle.reconnected.add(lambda seconds: self.print(f"reconnected after {seconds:.0f} s"))
        lifecycle.disconnected.add(lambda: self._disconnected(station.connection.last_end))
        lifecycle.firmware_status.add(self._firmware)
        lifecycle.time_ignored.add(self._time_ignored)
        lifecycle.log_upload_failed.add(lambda reason: self.print(f"log not uploaded: {_quoted(reason)}"))
        lifecycle.iso15118_problem.add(self._iso15118_problem)
        lifecycle.security_event.add(self._security_event)
        reason = station.context.boot_reason
        if reason is not BootReason.POWER_UP:
            self.print(f"restarted: {reason}")

    def _firmware(self, status: str, reason: str) -> None:
        self.print(f"firmware update: {status}{f': {_quoted(reason)}' if reason else ''}")

    def _security_event(self, kind: str, tech_info: str) -> None:
        if kind in _PRINTED_EVENTS:
            self.print(f"{_PRINTED_EVENTS[kind]}: {_quoted(tech_info)}")

    def _time_ignored(self, reason: str) -> None:
        """Printed once: a CSMS with such a clock sends a time with every heartbeat."""
        if not self._time_was_ignored:
            self._time_was_ignored = True
            self.print(f"the time of the CSMS is not used: {reason}")

    def _iso15118_problem(self, problem: str) -> None:
        """A repeated problem is printed once: an EV tries again, and the station asks again."""
        if problem not in self._iso15118_problems:
            self._iso15118_problems.add(problem)
            self.print(_quoted(problem))

    def _disconnected(self, end: str) -> None:
        self.print(f"disconnected: {printable(end)}" if end else "disconnected")

    def connection_failed(self, error: LinkError) -> None:
        """Print why the connection failed; a repeated reason is printed once."""
        if str(error) != self._last_failure:
            self.print(f"{error}{self._hint(error)}")
        self._last_failure = str(error)

    def waiting(self, seconds: float) -> None:
        """Print when the station connects again."""
        self.print(f"next attempt to connect in {seconds:.0f} s")

    def frame(self, direction: Direction, text: str, _: float) -> None:
        self.print(f"{'->' if direction is Direction.SENT else '<-'} {printable(text)}")

    def rpc_event(self, event: Event) -> None:
        """Print an error in a message of the CSMS."""
        match event:
            case CallRefused(action=action, code=code, description=description):
                call = action or "message"
                self.print(f"the station answers the CSMS's {call} with the error {self._error(code, description)}")
            case ErrorReceived(request=request, code=code, description=description, defects=defects):
                self._print_defects(f"answer to {request.action}", defects)
                self.print(f"the CSMS answers {request.action} with the error {self._error(code, description)}")
            case ResultReceived(request=request, defects=defects):
                self._print_defects(f"answer to {request.action}", defects)
            case CallReceived(action=action, defects=defects):
                self._print_defects(action, defects)
            case ResultInvalid(request=request, error=error):
                self.print(f"the CSMS's answer to {request.action} is invalid: {_quoted(str(error))}")
            case CallTimedOut(request=request):
                self.print(f"the CSMS does not answer {request.action}")
            case FrameIgnored(reason=reason, text=text):
                self.print(f"frame ignored: {reason}: {_quoted(text) or 'an empty text'}")

    def _print_defects(self, message: str, defects: Sequence[MessageDefect]) -> None:
        """Print what is wrong with a message that is used nevertheless, each once."""
        for defect in defects:
            if (message, defect) not in self._defects:
                self._defects.add((message, defect))
                self.print(f"the CSMS's {message} has {_quoted(str(defect))}; it is used nevertheless")

    def _error(self, code: ErrorCode | str, description: str) -> str:
        name = by_name(self._ocpp_version).errors.to_wire(code)
        return f"{printable(name)}: {_quoted(description)}" if description else printable(name)

    def _registered(self, status: RegistrationStatus, csms: str) -> None:
        self._last_failure = ""
        self.print(f"{csms} answers the BootNotification with {status}")

    def _hint(self, error: LinkError) -> str:
        if not isinstance(error, HandshakeRefused):
            return ""
        if error.http_status == HTTPStatus.UNAUTHORIZED:
            return f" (wrong password? --set {PASSWORD_SETTINGS[self._ocpp_version]}=...)"
        if error.http_status == HTTPStatus.NOT_FOUND:
            return f" (is {self._settings.identity} known to the CSMS? --id sets the identity)"
        if error.fault is HandshakeFault.SUBPROTOCOL:
            return f" (this station supports OCPP {self._ocpp_version} only)"
        return ""


def _csms(station: Station) -> str:
    """The URL that the station is connected to."""
    profile = station.context.profiles.effective(station.device_model.integer("OCPPCommCtrlr", "ActiveNetworkProfile"))
    return "the CSMS" if profile is None else profile.url


def _quoted(text: str) -> str:
    return printable(text if len(text) <= MAX_QUOTE_LENGTH else text[:MAX_QUOTE_LENGTH] + " …")
