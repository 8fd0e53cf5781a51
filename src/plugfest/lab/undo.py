"""What the lab changed in the station, and the requests that put it back."""

from collections.abc import Callable, Mapping
from typing import Any

from plugfest.ocpp.message import Request, Response
from plugfest.ocpp.v201 import messages as m
from plugfest.ocpp.v201 import types as t

Undo = Callable[[Any, Any], Request[Any] | None]


def _operative_again(request: m.ChangeAvailabilityRequest, _: Response | None) -> Request[Any] | None:
    if request.operational_status == t.OperationalStatusEnumType.Operative:
        return None
    return m.ChangeAvailabilityRequest(operational_status=t.OperationalStatusEnumType.Operative, evse=request.evse)


def _list_emptied(request: m.SendLocalListRequest, _: Response | None) -> Request[Any] | None:
    if not request.local_authorization_list:
        return None
    return m.SendLocalListRequest(version_number=request.version_number + 1, update_type=t.UpdateEnumType.Full)


def _cancelled(request: m.ReserveNowRequest, response: m.ReserveNowResponse | None) -> Request[Any] | None:
    if response is not None and response.status != t.ReserveNowStatusEnumType.Accepted:
        return None
    return m.CancelReservationRequest(reservation_id=request.id)


UNDO: Mapping[type[Request[Any]], Undo] = {
    m.ChangeAvailabilityRequest: _operative_again,
    m.SendLocalListRequest: _list_emptied,
    m.ReserveNowRequest: _cancelled,
}
"""Which request takes back what another did. Variables are put back by Configuration, cables by Hands."""


class UndoList:
    """The requests to send after the case, newest change first."""

    def __init__(self, table: Mapping[type[Request[Any]], Undo]) -> None:
        self._table = table
        self._requests: list[Request[Any]] = []

    def note(self, request: Request[Any], response: Response | None) -> None:
        """Remember how to take back what this request did, if it did something: without a response, nobody knows."""
        undo = self._table.get(type(request))
        back = undo(request, response) if undo else None
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
