"""The requests with which the lab restores a station between two cases. Each OCPP version has its own."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Protocol

from plugfest.lab.verdict import LabError
from plugfest.link.errors import CallErrorReceived, CallTimeout, InvalidResult
from plugfest.ocpp.message import Request, Response

NO_VALID_ANSWER = (CallErrorReceived, CallTimeout, InvalidResult)
"""What may come instead of an answer while the connection lasts."""


class StationNotIdle(LabError):
    """The station cannot be restored to the idle state that a case starts from."""


class RestoreCommands(Protocol):
    """The requests that the restorer sends to a station. Raises LinkError."""

    async def stop_transactions(self) -> None:
        """Stop every ongoing transaction."""

    async def ask_for_statuses(self, places: Iterable[tuple[int, int]]) -> None:
        """Have the station report the status of connectors, given as EVSE and connector, if it is able to."""

    async def ask_for_transactions(self) -> None:
        """Have the station report its transactions, if it is able to."""

    async def make_operative(self, evse_id: int, connector_id: int, *, reserved: bool) -> None:
        """Make a connector operative. If it is reserved, make it inoperative before, which ends any reservation."""

    async def unlock(self, evse_id: int, connector_id: int) -> None:
        """Unlock a connector."""

    async def set_password(self, password: str) -> bool:
        """Set the password of the station. Returns whether it takes effect after a reset. Raises StationNotIdle."""

    async def reset(self) -> None:
        """Reset the station when no transaction is ongoing."""

    def connection_timeout(self) -> int | None:
        """Seconds from an authorization to its end if no EV is plugged in; None if the station does not report it."""

    def ends_transaction(self, request: Request[Any] | None) -> bool:
        """Whether a request of the station reports the end of a transaction."""

    def shows_authorization(self, request: Request[Any] | None) -> bool:
        """Whether a request of the station shows that a driver is authorized."""

    async def forget_tokens(self) -> None:
        """Clear the authorization cache of the station."""

    def check_restored(self, request: Request[Any], response: Response) -> None:
        """Raise StationNotIdle if the station has refused a request of the restore list that it has to accept."""


RestoreRequest = Callable[[Any, Any], Request[Any] | None]
"""From a request and its response (None if none came) to the request that reverses it; None if there is no effect."""


class RestoreList:
    """The requests to send after the case, in reverse order of the changes."""

    def __init__(self, table: Mapping[type[Request[Any]], RestoreRequest]) -> None:
        self._table = table
        self._requests: list[Request[Any]] = []

    def note(self, request: Request[Any], response: Response | None) -> None:
        """Add the request that reverses this one. Without a response it may have had an effect."""
        build = self._table.get(type(request))
        reversing = build(request, response) if build else None
        if reversing is not None:
            self._requests.append(reversing)

    def take(self) -> list[Request[Any]]:
        """Everything to send, newest first; what reverses several changes once, when it reverses the oldest of them.

        The list is empty afterwards.
        """
        taken: list[Request[Any]] = []
        for request in self._requests:
            if request not in taken:
                taken.append(request)
        self._requests.clear()
        return taken[::-1]

    def put_back(self, requests: Sequence[Request[Any]]) -> None:
        """Add requests that were taken and not sent, in the order of `take`."""
        self._requests[:0] = requests[::-1]
