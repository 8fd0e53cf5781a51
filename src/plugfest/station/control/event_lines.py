"""What happens to a station, in lines for people: its connection to the CSMS, errors in messages, refused requests."""

from collections.abc import Callable, Sequence
from typing import Final

from plugfest.link.errors import LinkError
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
from plugfest.ocpp.versions import by_name
from plugfest.station.connection.boot import BootReason, RegistrationStatus
from plugfest.station.station import Station

MAX_QUOTE_LENGTH: Final = 300
"""Longer texts of the CSMS are cut."""

MAX_DEFECTS: Final = 1000
"""Further defects and problems are not written."""

_SECURITY_EVENTS: Final = {
    "CertificateRejected": "certificate rejected",
    "CertificateNotDeleted": "certificate not deleted",
    "InvalidChargingStationCertificate": "certificate rejected: CertificateSigned",
}
"""Security events about a request of the CSMS whose answer does not always give the reason, in words."""


class EventLines:
    """Calls `write` with each line. The texts of the CSMS in it may have any character.

    `hint`: what the user can do about a failed connection, empty if nothing is known.
    """

    def __init__(
        self, write: Callable[[str], None], ocpp_version: str, hint: Callable[[LinkError], str] = lambda _: ""
    ) -> None:
        self._write = write
        self._ocpp_version = ocpp_version
        self._hint = hint
        self._last_failure = ""
        self._defects: set[tuple[str, MessageDefect]] = set()
        """The messages and their defects that were written."""
        self._time_was_ignored = False
        self._iso15118_problems: set[str] = set()

    def station_started(self, station: Station) -> None:
        """A power cycle of the station begins."""
        lifecycle = station.context.lifecycle
        lifecycle.connected.add(lambda: self._write(f"connected to {_csms(station)}"))
        lifecycle.registered.add(lambda status: self._registered(status, _csms(station)))
        lifecycle.reconnected.add(lambda seconds: self._write(f"reconnected after {seconds:.0f} s"))
        lifecycle.disconnected.add(lambda: self._disconnected(station.connection.problem))
        lifecycle.firmware_status.add(self._firmware)
        lifecycle.time_ignored.add(self._time_ignored)
        lifecycle.log_upload_failed.add(lambda reason: self._write(f"log not uploaded: {_quoted(reason)}"))
        lifecycle.iso15118_problem.add(self._iso15118_problem)
        lifecycle.security_event.add(self._security_event)
        reason = station.context.boot_reason
        if reason is not BootReason.POWER_UP:
            self._write(f"restarted: {reason}")

    def connection_failed(self, error: LinkError) -> None:
        """Write why the connection failed; a repeated reason is written once."""
        if str(error) != self._last_failure:
            self._write(f"{error}{self._hint(error)}")
        self._last_failure = str(error)

    def rpc_event(self, event: Event) -> None:
        """Write an error in a message of the CSMS."""
        match event:
            case CallRefused(action=action, code=code, description=description):
                call = action or "message"
                self._write(f"the station answers the CSMS's {call} with the error {self._error(code, description)}")
            case ErrorReceived(request=request, code=code, description=description, defects=defects):
                self._write_defects(f"answer to {request.action}", defects)
                self._write(f"the CSMS answers {request.action} with the error {self._error(code, description)}")
            case ResultReceived(request=request, defects=defects):
                self._write_defects(f"answer to {request.action}", defects)
            case CallReceived(action=action, defects=defects):
                self._write_defects(action, defects)
            case ResultInvalid(request=request, error=error):
                self._write(f"the CSMS's answer to {request.action} is invalid: {_quoted(str(error))}")
            case CallTimedOut(request=request):
                self._write(f"the CSMS does not answer {request.action}")
            case FrameIgnored(reason=reason, text=text):
                self._write(f"frame ignored: {reason}: {_quoted(text) or 'an empty text'}")

    def _firmware(self, status: str, reason: str) -> None:
        self._write(f"firmware update: {status}{f': {_quoted(reason)}' if reason else ''}")

    def _security_event(self, kind: str, tech_info: str) -> None:
        if kind in _SECURITY_EVENTS:
            self._write(f"{_SECURITY_EVENTS[kind]}: {_quoted(tech_info)}")

    def _time_ignored(self, reason: str) -> None:
        """Written once: a CSMS with such a clock sends a time with every heartbeat."""
        if not self._time_was_ignored:
            self._time_was_ignored = True
            self._write(f"the time of the CSMS is not used: {reason}")

    def _iso15118_problem(self, problem: str) -> None:
        """A repeated problem is written once: an EV tries again, and the station asks again."""
        if problem not in self._iso15118_problems and len(self._iso15118_problems) < MAX_DEFECTS:
            self._iso15118_problems.add(problem)
            self._write(_quoted(problem))

    def _disconnected(self, end: str) -> None:
        self._write(f"disconnected: {end}" if end else "disconnected")

    def _write_defects(self, message: str, defects: Sequence[MessageDefect]) -> None:
        """Write what is wrong with a message that is used nevertheless, each once."""
        for defect in defects:
            if (message, defect) not in self._defects and len(self._defects) < MAX_DEFECTS:
                self._defects.add((message, defect))
                self._write(f"the CSMS's {message} has {_quoted(str(defect))}; it is used nevertheless")

    def _error(self, code: ErrorCode | str, description: str) -> str:
        name = by_name(self._ocpp_version).errors.to_wire(code)
        return f"{name}: {_quoted(description)}" if description else name

    def _registered(self, status: RegistrationStatus, csms: str) -> None:
        self._last_failure = ""
        self._write(f"{csms} answers the BootNotification with {status}")


def _csms(station: Station) -> str:
    """The URL that the station is connected to."""
    profile = station.context.profiles.effective(station.device_model.integer("OCPPCommCtrlr", "ActiveNetworkProfile"))
    return "the CSMS" if profile is None else profile.url


def _quoted(text: str) -> str:
    return text if len(text) <= MAX_QUOTE_LENGTH else text[:MAX_QUOTE_LENGTH] + " …"
