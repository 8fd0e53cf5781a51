"""What requests of OCPP 1.6 make of the connectors: connector n is the only one of EVSE n."""

from collections.abc import Iterable
from typing import Any

from plugfest.lab.rules.connector_facts import ConnectorFacts, Level, Place
from plugfest.ocpp.message import Request, given
from plugfest.ocpp.v16 import messages as m

STATION = 0
"""The connectorId of the charge point itself."""


class V16Facts(ConnectorFacts):
    """The charge point and each connector are switched each by itself (5.2)."""

    def _levels(self, place: Place) -> Iterable[Level]:
        return (None, None), (place[0], None)

    def _switch(self, request: Request[Any]) -> tuple[Level, bool] | None:
        if not isinstance(request, m.ChangeAvailabilityRequest):
            return None
        return (request.connector_id or None, None), request.type == "Inoperative"

    def _starts(self, request: Request[Any], evse_id: int) -> bool:
        if not isinstance(request, m.RemoteStartTransactionRequest):
            return False
        return given(request.connector_id) in (None, STATION, evse_id)

    def _reserves(self, request: Request[Any], evse_id: int) -> bool:
        """Of a connector, of any one of them, or of the charge point as a whole (5.13)."""
        return isinstance(request, m.ReserveNowRequest) and request.connector_id in (STATION, evse_id)

    def _closes(self, request: Request[Any]) -> bool:
        return isinstance(request, m.ResetRequest | m.UpdateFirmwareRequest | m.SignedUpdateFirmwareRequest)
