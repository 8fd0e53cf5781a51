"""How a station of OCPP 2.0.1 is restored between two cases: commands, and the request that reverses another one."""

import contextlib
from collections.abc import Iterable, Mapping
from functools import partial
from typing import Any

from plugfest.lab.csms.csms import Csms
from plugfest.lab.restore.commands import NO_VALID_ANSWER, RestoreRequest, StationNotIdle
from plugfest.lab.v201.configuration import PASSWORD, Configuration
from plugfest.lab.v201.ledger import Ledger, ObservedTransaction
from plugfest.ocpp.message import UNSET, Request, Response, UnsetType, given
from plugfest.ocpp.v201 import messages as m
from plugfest.ocpp.v201 import types as t


class V201RestoreCommands:
    """The requests of the restorer."""

    def __init__(self, csms: Csms, ledger: Ledger, configuration: Configuration, *, timeout: float) -> None:
        self._csms = csms
        self._ledger = ledger
        self._configuration = configuration
        self._timeout = timeout

    async def stop_transactions(self) -> None:
        for transaction in self._ledger.ongoing():
            request = m.RequestStopTransactionRequest(transaction_id=transaction.transaction_id)
            response = await self._csms.call(request, timeout=self._timeout)
            if response.status != "Accepted":
                await self._check_ongoing(transaction)

    async def _check_ongoing(self, transaction: ObservedTransaction) -> None:
        """Request the transaction status. The end of a transaction without queued messages is not waited for."""
        request = m.GetTransactionStatusRequest(transaction_id=transaction.transaction_id)
        status = await self._csms.call(request, timeout=self._timeout)
        transaction.unknown_to_station = (
            not given(status.ongoing_indicator) and not status.messages_in_queue
        )  # E14.FR.01

    async def ask_for_statuses(self, places: Iterable[tuple[int, int]]) -> None:
        for evse_id, connector_id in places:
            evse = t.EVSEType(id=evse_id, connector_id=connector_id)
            await self._trigger(t.MessageTriggerEnumType.StatusNotification, evse)

    async def ask_for_transactions(self) -> None:
        await self._trigger(t.MessageTriggerEnumType.TransactionEvent)

    async def _trigger(self, message: t.MessageTriggerEnumType, evse: t.EVSEType | UnsetType = UNSET) -> None:
        with contextlib.suppress(*NO_VALID_ANSWER):  # the cases of F06 judge that
            request = m.TriggerMessageRequest(requested_message=message, evse=evse)
            await self._csms.call(request, timeout=self._timeout)

    async def make_operative(self, evse_id: int, connector_id: int, *, reserved: bool) -> None:
        """Station, EVSE and connector have an availability of their own (G03, G04). H01.FR.17"""
        connector = t.EVSEType(id=evse_id, connector_id=connector_id)
        if reserved:
            await self._change_availability("Inoperative", t.EVSEType(id=evse_id))
        for target in (UNSET, t.EVSEType(id=evse_id), connector):
            await self._change_availability("Operative", target)

    async def _change_availability(self, status: str, evse: t.EVSEType | UnsetType) -> None:
        with contextlib.suppress(*NO_VALID_ANSWER):  # the cases of G03 and G04 judge that
            request = m.ChangeAvailabilityRequest(operational_status=t.OperationalStatusEnumType(status), evse=evse)
            await self._csms.call(request, timeout=self._timeout)

    async def unlock(self, evse_id: int, connector_id: int) -> None:
        request = m.UnlockConnectorRequest(evse_id=evse_id, connector_id=connector_id)
        await self._csms.call(request, timeout=self._timeout)

    async def set_password(self, password: str) -> bool:
        data = t.SetVariableDataType(attribute_value=password, **PASSWORD.wire())
        request = m.SetVariablesRequest(set_variable_data=[data])
        response = await self._csms.call(request, timeout=self._timeout)
        status = response.set_variable_result[0].attribute_status
        if status not in ("Accepted", "RebootRequired"):
            raise StationNotIdle(f"the station rejects its previous password: {status}")
        return status == "RebootRequired"

    async def reset(self) -> None:
        await self._csms.call(m.ResetRequest(type=t.ResetEnumType.OnIdle), timeout=self._timeout)

    def connection_timeout(self) -> int | None:
        reported = (self._configuration.value("TxCtrlr.EVConnectionTimeOut") or "").strip()
        return int(reported) if reported.isdecimal() else None

    def ends_transaction(self, request: Request[Any] | None) -> bool:
        return isinstance(request, m.TransactionEventRequest) and request.event_type == "Ended"

    def shows_authorization(self, request: Request[Any] | None) -> bool:
        return isinstance(request, m.TransactionEventRequest) and (
            given(request.id_token) is not None or request.transaction_info.charging_state == "Charging"
        )

    async def forget_tokens(self) -> None:
        if self._configuration.is_true("AuthCacheCtrlr.Available"):
            with contextlib.suppress(*NO_VALID_ANSWER):  # the cases of C11 judge that
                await self._csms.call(m.ClearCacheRequest(), timeout=self._timeout)

    def check_restored(self, request: Request[Any], response: Response) -> None:
        """A list that is disabled authorizes no token, and need not be emptied."""
        disabled = self._configuration.value("LocalAuthListCtrlr.Enabled") == "false"
        if isinstance(response, m.SendLocalListResponse) and response.status != "Accepted" and not disabled:
            raise StationNotIdle(f"the local authorization list was not emptied: {response.status}")


def _operative_again(request: m.ChangeAvailabilityRequest, _: Response | None) -> Request[Any] | None:
    if request.operational_status == t.OperationalStatusEnumType.Operative:
        return None
    return m.ChangeAvailabilityRequest(operational_status=t.OperationalStatusEnumType.Operative, evse=request.evse)


def _list_emptied(request: m.SendLocalListRequest, response: m.SendLocalListResponse | None) -> Request[Any] | None:
    refused = response is not None and response.status != t.SendLocalListStatusEnumType.Accepted
    if refused or not request.local_authorization_list:
        return None
    return m.SendLocalListRequest(version_number=request.version_number + 1, update_type=t.UpdateEnumType.Full)


def _cancelled(request: m.ReserveNowRequest, response: m.ReserveNowResponse | None) -> Request[Any] | None:
    if response is not None and response.status != t.ReserveNowStatusEnumType.Accepted:
        return None
    return m.CancelReservationRequest(reservation_id=request.id)


def _profile_cleared(
    request: m.SetChargingProfileRequest, response: m.SetChargingProfileResponse | None
) -> Request[Any] | None:
    if response is not None and response.status != t.ChargingProfileStatusEnumType.Accepted:
        return None
    return m.ClearChargingProfileRequest(charging_profile_id=request.charging_profile.id)


def _cleared(request: m.SetDisplayMessageRequest, response: m.SetDisplayMessageResponse | None) -> Request[Any] | None:
    if response is not None and response.status != t.DisplayMessageStatusEnumType.Accepted:
        return None
    return m.ClearDisplayMessageRequest(id=request.message.id)


def _monitors_cleared(
    request: m.SetVariableMonitoringRequest, response: m.SetVariableMonitoringResponse | None
) -> Request[Any] | None:
    """What replaces a monitor, or may have set one whose id is not known, is reversed by the base (N03.FR.04)."""
    if response is None or any(given(data.id) is not None for data in request.set_monitoring_data):
        return m.SetMonitoringBaseRequest(monitoring_base=t.MonitoringBaseEnumType.FactoryDefault)
    ids = [id for result in response.set_monitoring_result if (id := given(result.id)) is not None]
    return m.ClearVariableMonitoringRequest(id=ids) if ids else None


def _base_restored(
    configuration: Configuration, request: m.SetMonitoringBaseRequest, response: m.SetMonitoringBaseResponse | None
) -> Request[Any] | None:
    if response is not None and response.status != t.GenericDeviceModelStatusEnumType.Accepted:
        return None
    before = configuration.value("MonitoringCtrlr.ActiveMonitoringBase") or t.MonitoringBaseEnumType.All
    return m.SetMonitoringBaseRequest(monitoring_base=t.MonitoringBaseEnumType(before))


def _level_restored(
    configuration: Configuration, request: m.SetMonitoringLevelRequest, _: object
) -> Request[Any] | None:
    before = configuration.value("MonitoringCtrlr.ActiveMonitoringLevel") or ""
    return m.SetMonitoringLevelRequest(severity=int(before) if before.isdecimal() else LOWEST_SEVERITY)


def restore_requests(configuration: Configuration) -> Mapping[type[Request[Any]], RestoreRequest]:
    """Which request reverses another one, for a station with this configuration at the start of the campaign."""
    return {
        **RESTORE_REQUESTS,
        m.SetMonitoringBaseRequest: partial(_base_restored, configuration),
        m.SetMonitoringLevelRequest: partial(_level_restored, configuration),
    }


LOWEST_SEVERITY = 9
"""Reports the events of all monitors (N05.FR.03)."""

RESTORE_REQUESTS: Mapping[type[Request[Any]], RestoreRequest] = {
    m.ChangeAvailabilityRequest: _operative_again,
    m.SendLocalListRequest: _list_emptied,
    m.ReserveNowRequest: _cancelled,
    m.SetVariableMonitoringRequest: _monitors_cleared,
    m.SetDisplayMessageRequest: _cleared,
    m.SetChargingProfileRequest: _profile_cleared,
}
"""Which request reverses another one. Configuration restores the variables, Operator unplugs the cables."""
