"""From when on the lab may send a CALL on a new connection: a station that has booted sends BootNotification first."""

from typing import Any

from plugfest.lab.csms.registration import BOOT
from plugfest.ocpp.message import UNSET, Request, Response

GRACE = 5.0
"""Seconds after which a station that has sent nothing on a new connection counts as one that has not booted."""

RESET_STATUSES = frozenset({"Accepted", "Scheduled"})


class FirstMessage:
    """What the station has to send first on the newest connection (B01.FR.01, 1.6 section 4.2).

    After a reset that is BootNotification, for which the lab waits `boot_timeout` seconds. Else the station may just
    have lost the connection: any CALL of it, or `GRACE` seconds without one, shows that.
    """

    def __init__(self, boot_timeout: float) -> None:
        self._boot_timeout = boot_timeout
        self._reset_requested = False
        self._needs_boot = False
        self.received = True
        self.deadline = 0.0

    def connected(self, now: float) -> None:
        """A new connection began at this loop time in seconds."""
        self._needs_boot = self._reset_requested
        self.received = False
        self.deadline = now + (self._boot_timeout if self._needs_boot else GRACE)

    def note_response(self, request: Request[Any], response: Response) -> None:
        """The station has answered a request of the lab."""
        if request.action == "Reset" and getattr(request, "evse_id", UNSET) is UNSET:
            self._reset_requested = getattr(response, "status", None) in RESET_STATUSES

    def note_request(self, request: Request[Any]) -> None:
        """The station has sent a CALL."""
        if request.action == BOOT:
            self._reset_requested = self._needs_boot = False
        self.received = self.received or not self._needs_boot
