"""RequestStartTransaction, RequestStopTransaction, UnlockConnector and TriggerMessage of OCPP 2.0.1 (F01 to F06)."""

from functools import partial

from plugfest.ocpp.message import UNSET, UnsetType, given
from plugfest.ocpp.v201 import messages as m
from plugfest.ocpp.v201 import types as t
from plugfest.station.blocks.conversion.charging_profiles_v201 import profile_of
from plugfest.station.blocks.conversion.v201 import place_of, status_info, token_of
from plugfest.station.blocks.f_remote_control.boot_notification import send_boot_notification
from plugfest.station.blocks.f_remote_control.rules import (
    Reason,
    TriggerStatus,
    UnlockStatus,
    forbids_unlocking,
    must_be_checked,
    trigger_rejection,
)
from plugfest.station.context import Context
from plugfest.station.device_model.standard import claims
from plugfest.station.model.authorization.token_handler import RefusalReason, TokenHandler
from plugfest.station.model.authorization.tokens import Token
from plugfest.station.model.charging.charging import Charging
from plugfest.station.model.charging.charging_sessions import ChargingSessions
from plugfest.station.model.connectors.availability import Place
from plugfest.station.model.connectors.connectors import Connectors
from plugfest.station.model.smart_charging.charging_profiles import ChargingProfiles
from plugfest.station.model.smart_charging.profile import ProfilePurpose
from plugfest.station.model.transactions.events import StopReason, TriggerReason
from plugfest.station.model.triggerable_messages import TriggerableMessages

_START = t.RequestStartStopStatusEnumType


def register(context: Context) -> None:
    handlers, triggers = context.handlers, context.shared.get(TriggerableMessages)
    handlers.add(m.RequestStartTransactionRequest, partial(_start, context))
    handlers.add(m.RequestStopTransactionRequest, partial(_stop, context))
    handlers.add(m.TriggerMessageRequest, partial(_trigger, context))
    if _has_lock(context):
        handlers.add(m.UnlockConnectorRequest, partial(_unlock, context))
    triggers.add("BootNotification", partial(send_boot_notification, context), claim="C-29.6")
    triggers.add("Heartbeat", partial(_send_heartbeat, context))


# F01, F02


def _start(context: Context, request: m.RequestStartTransactionRequest) -> m.RequestStartTransactionResponse:
    token_handler = context.shared.get(TokenHandler)
    token, requested = token_of(request.id_token), given(request.evse_id)
    evse_id = requested
    if requested is None:
        evse_id = token_handler.select_evse(token, _group_of(request))  # F01.FR.20, F02.FR.22
    reason = _rejection_reason(context, token_handler, evse_id, token, _group_of(request))
    if evse_id is not None and reason is None:
        reason = _profile_problem(context, evse_id, request)
    if evse_id is None or reason is not None:
        return m.RequestStartTransactionResponse(status=_START.Rejected, status_info=reason or UNSET)
    _authorize_after_response(context, token_handler, evse_id, request)
    transaction = context.shared.get(ChargingSessions).at(evse_id).transaction
    return m.RequestStartTransactionResponse(
        status=_START.Accepted,
        transaction_id=UNSET if transaction is None else transaction.id,  # F01.FR.13
    )


def _group_of(request: m.RequestStartTransactionRequest) -> str | None:
    group = given(request.group_id_token)
    return None if group is None else group.id_token


def _rejection_reason(
    context: Context, token_handler: TokenHandler, evse_id: int | None, token: Token, group: str | None
) -> t.StatusInfoType | None:
    """Why nothing can be started at this EVSE, or at any (None); None if it can."""
    if not context.csms.accepted:
        return status_info("CSNotAccepted")  # B02.FR.05
    evses = context.hardware.evses
    if evse_id is not None and evse_id <= 0:
        return status_info("ValuePositiveOnly")  # Part 2, 1.44.1
    if evse_id is not None and evse_id not in evses:
        return status_info("UnknownEvse")
    reasons = [token_handler.refusal_reason(each, token, group) for each in (evses if evse_id is None else [evse_id])]
    if None in reasons:
        return None
    if set(reasons) == {RefusalReason.TRANSACTION}:
        return status_info("TxInProgress")  # F01.FR.23, F01.FR.24
    details = (f"EVSE {each}: {reason}" for each, reason in zip(evses, reasons, strict=True))
    return status_info("Unspecified", reasons[0] if evse_id is not None else ", ".join(details))


def _profile_problem(
    context: Context, evse_id: int, request: m.RequestStartTransactionRequest
) -> t.StatusInfoType | None:
    """Why the charging profile is not accepted; None if it is, and it is kept for the transaction. F01.FR.26, K05"""
    installed, data = context.shared.get(ChargingProfiles), given(request.charging_profile)
    if installed.rejection_reason is None:
        return None  # F01.FR.12, K05.FR.04: ignored without smart charging
    profile = None if data is None else profile_of(data, evse_id)
    if data is not None and profile is not None:
        if profile.purpose is not ProfilePurpose.TX or profile.transaction_id is not None:
            return status_info("InvalidProfile", "it is not for a new transaction")  # F01.FR.09, F01.FR.11
        if len(data.charging_schedule) > 1:
            return status_info("InvalidSchedule", "several schedules are for ISO 15118 only")  # K01.FR.34
        problem = installed.rejection_reason(profile)
        if problem is not None:
            return status_info(problem.reason_code, problem.text)
    installed.set_for_remote_start(evse_id, token_of(request.id_token), profile)  # F01.FR.10
    return None


def _authorize_after_response(
    context: Context, token_handler: TokenHandler, evse_id: int, request: m.RequestStartTransactionRequest
) -> None:
    """F01.FR.01 note: answer first, then authorize."""
    token = token_of(request.id_token)
    authorize_remote_start = context.device_model.boolean("AuthCtrlr", "AuthorizeRemoteStart")
    check = must_be_checked(token, authorize_remote_start=authorize_remote_start)

    async def authorize() -> None:
        await token_handler.authorize_remote_start(
            evse_id, token, request.remote_start_id, check=check, group=_group_of(request)
        )
        session = context.shared.get(ChargingSessions).at(evse_id)
        if session.transaction is not None:  # also one that started with the cable
            context.shared.get(ChargingProfiles).begin(session, session.transaction)

    def spawn() -> None:
        context.spawn(authorize(), "remote start")

    context.handlers.after_response(spawn)


# F03


def _stop(context: Context, request: m.RequestStopTransactionRequest) -> m.RequestStopTransactionResponse:
    known = context.shared.get(ChargingSessions).with_transaction(request.transaction_id) is not None
    if not known or not context.csms.accepted:
        reason = "TxNotFound" if context.csms.accepted else "CSNotAccepted"  # B02.FR.05
        return m.RequestStopTransactionResponse(status=_START.Rejected, status_info=status_info(reason))  # F03.FR.08
    context.handlers.after_response(partial(_stop_now, context, request.transaction_id))
    return m.RequestStopTransactionResponse(status=_START.Accepted)  # F03.FR.07


def _stop_now(context: Context, transaction_id: str) -> None:
    """F03.FR.02, F03.FR.03, F04.FR.02"""
    session = context.shared.get(ChargingSessions).with_transaction(transaction_id)
    if session is not None:
        context.shared.get(Charging).end_authorization(session, TriggerReason.REMOTE_STOP, StopReason.REMOTE)
        if session.evse_id is not None and session.evse_id in context.hardware.communications:
            context.hardware.communications[session.evse_id].stop()


# F05


def _has_lock(context: Context) -> bool:
    connectors = (each for evse in context.hardware.evses.values() for each in evse.connectors.values())
    return any(connector.retention_lock is not None for connector in connectors)


def _unlock(context: Context, request: m.UnlockConnectorRequest) -> m.UnlockConnectorResponse:
    status = _try_to_unlock(context, request.evse_id, request.connector_id)
    return m.UnlockConnectorResponse(
        status=t.UnlockStatusEnumType(status.value), status_info=_unlock_reason(context, request, status)
    )


def _unlock_reason(
    context: Context, request: m.UnlockConnectorRequest, status: UnlockStatus
) -> t.StatusInfoType | UnsetType:
    if status is UnlockStatus.UNKNOWN_CONNECTOR:
        return status_info("UnknownConnectorId" if request.evse_id in context.hardware.evses else "UnknownEvse")
    if status is UnlockStatus.ONGOING_AUTHORIZED_TRANSACTION:
        return status_info("TxInProgress")
    if status is UnlockStatus.UNLOCK_FAILED:
        connector = context.hardware.evses[request.evse_id].connectors[request.connector_id]
        if connector.retention_lock is None:
            return status_info("FixedCable")
        return status_info("InternalError", "the lock did not open")
    return UNSET


def _try_to_unlock(context: Context, evse_id: int, connector_id: int) -> UnlockStatus:
    evse = context.hardware.evses.get(evse_id)
    connector = None if evse is None else evse.connectors.get(connector_id)
    if connector is None:
        return UnlockStatus.UNKNOWN_CONNECTOR  # F05.FR.03
    session = context.shared.get(ChargingSessions).at(evse_id)
    if forbids_unlocking(session, connector_id):
        return UnlockStatus.ONGOING_AUTHORIZED_TRANSACTION
    lock = connector.retention_lock
    if lock is None or not lock.release():  # F05.FR.06: with or without a cable
        return UnlockStatus.UNLOCK_FAILED  # F05.FR.05
    context.shared.get(Charging).unlock(session)
    return UnlockStatus.UNLOCKED  # F05.FR.04


# F06


def _trigger(context: Context, request: m.TriggerMessageRequest) -> m.TriggerMessageResponse:
    message = context.shared.get(TriggerableMessages).get(request.requested_message.value)
    if message is None or not (message.claim is None or claims(context.product, message.claim)):
        return _trigger_answer(TriggerStatus.NOT_IMPLEMENTED)  # F06.FR.08
    place = place_of(request.evse)
    if message.send(place):  # F06.FR.04: the message follows the answer
        return _trigger_answer(TriggerStatus.ACCEPTED)
    reason = trigger_rejection(request.requested_message.value, place, context.shared.get(Connectors).statuses)
    return _trigger_answer(TriggerStatus.REJECTED, reason)


def _trigger_answer(status: TriggerStatus, reason: Reason | None = None) -> m.TriggerMessageResponse:
    return m.TriggerMessageResponse(
        status=t.TriggerMessageStatusEnumType(status.value),
        status_info=UNSET if reason is None else status_info(*reason),
    )


def _send_heartbeat(context: Context, place: Place) -> bool:
    context.handlers.after_response(partial(context.send_solicited, m.HeartbeatRequest()))
    return True
