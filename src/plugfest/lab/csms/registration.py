"""The registration of the station: the newest answer to its BootNotification, and what it may send until accepted."""

from collections.abc import Callable
from typing import Any

from plugfest.link.peer import Refusal
from plugfest.ocpp.errors import ErrorCode
from plugfest.ocpp.message import Request, Response

BOOT, ACCEPTED, REJECTED = "BootNotification", "Accepted", "Rejected"

Instructions = Callable[[Request[Any]], frozenset[str]]
"""The requests, by their actions, that a request of the lab instructs a pending station to send."""


class Registration:
    """Registered until a BootNotification gets another answer: the station may have booted before the campaign.

    `instructions`: those of a version whose CSMS refuses other requests of a station that is not accepted.
    """

    def __init__(self, instructions: Instructions | None = None) -> None:
        self._instructions = instructions
        self._instructed: frozenset[str] = frozenset()
        self._status = ACCEPTED

    @property
    def accepted(self) -> bool:
        return self._status == ACCEPTED

    def note_answer(self, request: Request[Any], response: Response) -> None:
        """The lab answers a request of the station."""
        if request.action == BOOT:
            self._status = str(getattr(response, "status", ACCEPTED))
            if self.accepted:
                self._instructed = frozenset()

    def note_request(self, request: Request[Any]) -> None:
        """The lab sends a request."""
        if self._instructions is not None:
            self._instructed |= self._instructions(request)

    def check(self, request: Request[Any]) -> None:
        """Raise Refusal for a request that the station must not send yet."""
        if self._instructions is None or self.accepted or request.action == BOOT:
            return
        if self._status == REJECTED or request.action not in self._instructed:  # B02.FR.09, B03.FR.07
            raise Refusal(ErrorCode.SecurityError, f"the status of the BootNotificationResponse is {self._status}")
