"""Which request of OCPP 1.6 takes back what another one did. Keys are put back by Configuration, cables by Hands."""

from collections.abc import Mapping
from typing import Any

from plugfest.lab.undo import Undo
from plugfest.ocpp.message import Request, Response
from plugfest.ocpp.v16 import messages as m
from plugfest.ocpp.v16 import types as t


def _operative_again(request: m.ChangeAvailabilityRequest, _: Response | None) -> Request[Any] | None:
    if request.type is t.ChangeAvailabilityType.Operative:
        return None
    return m.ChangeAvailabilityRequest(connector_id=request.connector_id, type=t.ChangeAvailabilityType.Operative)


def _list_emptied(request: m.SendLocalListRequest, response: m.SendLocalListResponse | None) -> Request[Any] | None:
    refused = response is not None and response.status != t.SendLocalListResponseStatus.Accepted
    if refused or not request.local_authorization_list:
        return None
    return m.SendLocalListRequest(list_version=request.list_version + 1, update_type=t.SendLocalListUpdateType.Full)


def _cancelled(request: m.ReserveNowRequest, response: m.ReserveNowResponse | None) -> Request[Any] | None:
    if response is not None and response.status != t.ReserveNowResponseStatus.Accepted:
        return None
    return m.CancelReservationRequest(reservation_id=request.reservation_id)


def _profile_cleared(
    request: m.SetChargingProfileRequest, response: m.SetChargingProfileResponse | None
) -> Request[Any] | None:
    if response is not None and response.status != t.SetChargingProfileResponseStatus.Accepted:
        return None
    return m.ClearChargingProfileRequest(id=request.cs_charging_profiles.charging_profile_id)


UNDO: Mapping[type[Request[Any]], Undo] = {
    m.ChangeAvailabilityRequest: _operative_again,
    m.SendLocalListRequest: _list_emptied,
    m.ReserveNowRequest: _cancelled,
    m.SetChargingProfileRequest: _profile_cleared,
}
