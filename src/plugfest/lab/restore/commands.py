"""The requests by which the lab puts a station back between two cases. Each OCPP version has its own."""

from collections.abc import Callable, Mapping
from typing import Any, Protocol

from plugfest.lab.verdict import LabError
from plugfest.ocpp.message import Request, Response


class StationNotIdle(LabError):
    """The station does not come back to the state that a case starts from."""


class RestoreCommands(Protocol):
    """What the restorer asks of a station. Raises LinkError."""

    async def stop_transactions(self) -> None:
        """Have every transaction that is going on stopped."""

    async def unlock(self, evse_id: int, connector_id: int) -> None:
        """Have a cable released."""

    async def set_password(self, password: str) -> bool:
        """Give the station a password; whether it takes a reset to use it. Raises NotIdle."""

    async def reset(self) -> None:
        """Have the station boot as soon as nobody charges."""

    async def forget_tokens(self) -> None:
        """Have the station forget whom the CSMS has authorized."""


RestoreRequest = Callable[[Any, Any], Request[Any] | None]


class RestoreList:
    """The requests to send after the case, newest change first."""

    def __init__(self, table: Mapping[type[Request[Any]], RestoreRequest]) -> None:
        self._table = table
        self._requests: list[Request[Any]] = []

    def note(self, request: Request[Any], response: Response | None) -> None:
        """Remember how to take back what this request did, if it did something: without a response, nobody knows."""
        build = self._table.get(type(request))
        back = build(request, response) if build else None
        if back is not None:
            self._requests.append(back)

    def take(self) -> list[Request[Any]]:
        """Everything to send, newest first, each once; the list is empty afterwards."""
        back: list[Request[Any]] = []
        while self._requests:
            request = self._requests.pop()
            if request not in back:
                back.append(request)
        return back
