"""How a station of OCPP 1.6 is restored between two cases: commands, and the request that reverses another one."""

import contextlib
from collections.abc import Iterable, Mapping
from typing import Any

from plugfest.lab.csms.csms import Csms
from plugfest.lab.restore.commands import NO_VALID_ANSWER, RestoreRequest, StationNotIdle
from plugfest.lab.v16.configuration import AUTHORIZATION_KEY, Configuration
from plugfest.lab.v16.ledger import STATION, Ledger
from plugfest.ocpp.message import UNSET, Request, Response, UnsetType
from plugfest.ocpp.v16 import messages as m
from plugfest.ocpp.v16 import types as t


class V16RestoreCommands:
    """The requests of the restorer."""

    def __init__(self, csms: Csms, ledger: Ledger, configuration: Configuration, *, timeout: float) -> None:
        self._csms = csms
        self._ledger = ledger
        self._configuration = configuration
        self._timeout = timeout
        self._accepted_stops = set[tuple[int, int]]()  # transactionId and the number of boots

    async def stop_transactions(self) -> None:
        """Stop each transaction. One request is enough until the next boot: its StopTransaction may be on its way."""
        for transaction in self._ledger.ongoing():
            stop = transaction.transaction_id, self._ledger.boots
            if stop in self._accepted_stops:
                continue
            request = m.RemoteStopTransactionRequest(transaction_id=transaction.transaction_id)
            response = await self._csms.call(request, timeout=self._timeout)
            if response.status == t.RemoteStopTransactionResponseStatus.Accepted:
                self._accepted_stops.add(stop)
            else:
                # It is not ongoing (5.12). A StopTransaction that is still queued comes without a request.
                transaction.unknown_to_station = True

    async def ask_for_statuses(self, places: Iterable[tuple[int, int]]) -> None:
        for number, _ in places:
            await self._trigger(t.TriggerMessageRequestedMessage.StatusNotification, number)

    async def ask_for_transactions(self) -> None:
        """The values of a connector have the id of its transaction (4.7)."""
        await self._trigger(t.TriggerMessageRequestedMessage.MeterValues)

    async def _trigger(self, message: t.TriggerMessageRequestedMessage, connector_id: int | UnsetType = UNSET) -> None:
        with contextlib.suppress(*NO_VALID_ANSWER):  # TC_054 judges that
            request = m.TriggerMessageRequest(requested_message=message, connector_id=connector_id)
            await self._csms.call(request, timeout=self._timeout)

    async def make_operative(self, evse_id: int, connector_id: int, *, reserved: bool) -> None:
        """The charge point and each connector have an availability of their own (5.2); 5.13 ends the reservation."""
        if reserved:
            await self._change_availability(t.ChangeAvailabilityType.Inoperative, evse_id)
        for target in (STATION, evse_id):
            await self._change_availability(t.ChangeAvailabilityType.Operative, target)

    async def _change_availability(self, type: t.ChangeAvailabilityType, connector_id: int) -> None:
        with contextlib.suppress(*NO_VALID_ANSWER):  # the cases of ChangeAvailability judge that
            request = m.ChangeAvailabilityRequest(connector_id=connector_id, type=type)
            await self._csms.call(request, timeout=self._timeout)

    async def unlock(self, evse_id: int, connector_id: int) -> None:
        await self._csms.call(m.UnlockConnectorRequest(connector_id=evse_id), timeout=self._timeout)

    async def set_password(self, password: str) -> bool:
        request = m.ChangeConfigurationRequest(key=AUTHORIZATION_KEY, value=password_on_the_wire(password))
        response = await self._csms.call(request, timeout=self._timeout)
        if response.status not in ("Accepted", "RebootRequired"):
            raise StationNotIdle(f"the station rejects its previous password: {response.status}")
        return response.status == t.ChangeConfigurationResponseStatus.RebootRequired

    async def reset(self) -> None:
        await self._csms.call(m.ResetRequest(type=t.ResetType.Soft), timeout=self._timeout)

    def connection_timeout(self) -> int | None:
        return self._configuration.number("ConnectionTimeOut")

    def ends_transaction(self, request: Request[Any] | None) -> bool:
        return isinstance(request, m.StopTransactionRequest)

    def shows_authorization(self, request: Request[Any] | None) -> bool:
        return isinstance(request, m.StartTransactionRequest)

    async def forget_tokens(self) -> None:
        if self._configuration.has("AuthorizationCacheEnabled"):
            with contextlib.suppress(*NO_VALID_ANSWER):  # TC_061 judges that
                await self._csms.call(m.ClearCacheRequest(), timeout=self._timeout)

    def check_restored(self, request: Request[Any], response: Response) -> None:
        """A list that is disabled authorizes no idTag, and need not be emptied."""
        disabled = self._configuration.value("LocalAuthListEnabled") == "false"
        if isinstance(response, m.SendLocalListResponse) and response.status != "Accepted" and not disabled:
            raise StationNotIdle(f"the local authorization list was not emptied: {response.status}")


def password_on_the_wire(password: str) -> str:
    """The value of AuthorizationKey: the password in hexadecimal (whitepaper 7.2, OCPP-J 6.2.2)."""
    return password.encode().hex()


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


RESTORE_REQUESTS: Mapping[type[Request[Any]], RestoreRequest] = {
    m.ChangeAvailabilityRequest: _operative_again,
    m.SendLocalListRequest: _list_emptied,
    m.ReserveNowRequest: _cancelled,
    m.SetChargingProfileRequest: _profile_cleared,
}
"""Which request reverses another one. Configuration restores the keys, Operator unplugs the cables."""
