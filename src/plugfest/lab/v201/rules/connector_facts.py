"""What requests of OCPP 2.0.1 make of the connectors."""

from collections.abc import Iterable
from typing import Any

from plugfest.lab.rules.connector_facts import ConnectorFacts, Level, Place
from plugfest.ocpp.message import Request, given
from plugfest.ocpp.v201 import messages as m


class V201Facts(ConnectorFacts):
    """The station, an EVSE and a connector are switched each by itself (G03, G04)."""

    def _levels(self, place: Place) -> Iterable[Level]:
        evse_id, connector_id = place
        return (None, None), (evse_id, None), (evse_id, connector_id)

    def _switch(self, request: Request[Any]) -> tuple[Level, bool] | None:
        if not isinstance(request, m.ChangeAvailabilityRequest):
            return None
        evse = given(request.evse)
        level = (None, None) if evse is None or evse.id == 0 else (evse.id, given(evse.connector_id))
        return level, request.operational_status == "Inoperative"

    def _starts(self, request: Request[Any], evse_id: int) -> bool:
        return isinstance(request, m.RequestStartTransactionRequest) and given(request.evse_id) in (None, evse_id)

    def _reserves(self, request: Request[Any], evse_id: int) -> bool:
        return isinstance(request, m.ReserveNowRequest) and given(request.evse_id) in (None, evse_id)

    def _closes(self, request: Request[Any]) -> bool:
        return isinstance(request, m.ResetRequest | m.UpdateFirmwareRequest)  # B12, L01.FR.07
