"""What the lab changed in the station, and the requests that put it back."""

from collections.abc import Callable, Mapping
from typing import Any

from plugfest.ocpp.message import Request, Response

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
