"""Remote start and stop, UnlockConnector, and the trigger messages of OCPP 1.6 (5.11 to 5.18)."""

import logging
from functools import partial
from typing import Final

from plugfest.ocpp.message import UnsetType, given
from plugfest.ocpp.v16 import messages as m
from plugfest.ocpp.v16 import types as t
from plugfest.station.blocks.conversion.v16 import profile_of, token_of
from plugfest.station.blocks.f_remote_control.boot_notification import send_boot_notification
from plugfest.station.blocks.f_remote_control.rules import TriggerStatus, must_be_checked
from plugfest.station.context import Context
from plugfest.station.device_model.standard import claims
from plugfest.station.model.authorization.token_handler import TokenHandler
from plugfest.station.model.authorization.tokens import Token
from plugfest.station.model.charging.charging import Charging
from plugfest.station.model.charging.charging_sessions import ChargingSession, ChargingSessions
from plugfest.station.model.connectors.availability import Place
from plugfest.station.model.smart_charging.charging_profiles import ChargingProfiles
from plugfest.station.model.smart_charging.profile import ProfilePurpose
from plugfest.station.model.transactions.events import StopReason, TriggerReason
from plugfest.station.model.transactions.transaction_ids import TransactionIds
from plugfest.station.model.triggerable_messages import TriggerableMessages

_log = logging.getLogger(__name__)

_START = t.RemoteStartTransactionResponseStatus
_STOP = t.RemoteStopTransactionResponseStatus
_UNLOCK = t.UnlockConnectorResponseStatus

_REMOTE_START_ID: Final = 0
"""OCPP 1.6 has no ids of remote starts."""


def register(context: Context) -> None:
    handlers, triggers = context.handlers, context.shared.get(TriggerableMessages)
    handlers.add(m.RemoteStartTransactionRequest, partial(_start, context))
    handlers.add(m.RemoteStopTransactionRequest, partial(_stop, context))
    handlers.add(m.UnlockConnectorRequest, partial(_unlock, context))
    handlers.add(m.ExtendedTriggerMessageRequest, partial(_trigger_extended, context))
    if claims(context.product, "RT-0"):
        handlers.add(m.TriggerMessageRequest, partial(_trigger, context))
    triggers.add("BootNotification", partial(send_boot_notification, context))  # erratum 3.35
    triggers.add("Heartbeat", partial(_send_heartbeat, context))


# 5.11


def _start(context: Context, request: m.RemoteStartTransactionRequest) -> m.RemoteStartTransactionResponse:
    token_handler = context.shared.get(TokenHandler)
    connector_id, token = given(request.connector_id), token_of(request.id_tag)
    evse_id = token_handler.select_evse(token) if connector_id is None else connector_id
    known = evse_id in context.hardware.evses
    if evse_id is None or not known or not context.csms.accepted or not token_handler.is_free(evse_id, token):
        return m.RemoteStartTransactionResponse(status=_START.Rejected)
    if not _accepts_profile(context, request, evse_id, token):
        return m.RemoteStartTransactionResponse(status=_START.Rejected)
    setting = context.device_model.boolean("AuthCtrlr", "AuthorizeRemoteStart")
    check = must_be_checked(token, authorize_remote_start=setting)

    def authorize() -> None:
        context.spawn(
            token_handler.authorize_remote_start(evse_id, token, _REMOTE_START_ID, check=check), "remote start"
        )

    context.handlers.after_response(authorize)
    return m.RemoteStartTransactionResponse(status=_START.Accepted)


def _accepts_profile(context: Context, request: m.RemoteStartTransactionRequest, evse_id: int, token: Token) -> bool:
    """Whether the charging profile of a remote start is accepted; True without one (5.11, 5.16.2)."""
    profiles, data = context.shared.get(ChargingProfiles), given(request.charging_profile)
    if profiles.rejection_reason is None:
        return True  # without smart charging the profile is ignored
    profile = None if data is None else profile_of(data, evse_id)
    if data is not None and profile is not None:
        invalid = profile.purpose is not ProfilePurpose.TX or given(data.transaction_id) is not None
        problem = profiles.rejection_reason(profile)
        if invalid or problem is not None:
            text = "its profile is not for a new transaction" if invalid or problem is None else problem.text
            _log.info("RemoteStartTransaction rejected: %s", text)
            return False
    profiles.set_for_remote_start(evse_id, token, profile)
    return True


# 5.12


def _stop(context: Context, request: m.RemoteStopTransactionRequest) -> m.RemoteStopTransactionResponse:
    if not context.csms.accepted or _transaction(context, request.transaction_id) is None:
        return m.RemoteStopTransactionResponse(status=_STOP.Rejected)
    context.handlers.after_response(partial(_stop_now, context, request.transaction_id))
    return m.RemoteStopTransactionResponse(status=_STOP.Accepted)


def _stop_now(context: Context, transaction_id: int) -> None:
    session = _transaction(context, transaction_id)
    if session is not None:
        context.shared.get(Charging).end_authorization(session, TriggerReason.REMOTE_STOP, StopReason.REMOTE)


def _transaction(context: Context, transaction_id: int) -> ChargingSession | None:
    """The session with the ongoing transaction that has this id at the CSMS."""
    own_id = context.shared.get(TransactionIds).own_id(transaction_id)
    return None if own_id is None else context.shared.get(ChargingSessions).with_transaction(own_id)


# 5.18


def _unlock(context: Context, request: m.UnlockConnectorRequest) -> m.UnlockConnectorResponse:
    evse = context.hardware.evses.get(request.connector_id)
    lock = None if evse is None else evse.connectors[1].retention_lock
    if lock is None:
        return m.UnlockConnectorResponse(status=_UNLOCK.NotSupported)  # erratum 3.87
    session = context.shared.get(ChargingSessions).at(request.connector_id)
    if session.transaction is not None:
        context.shared.get(Charging).end_transaction(session, TriggerReason.REMOTE_STOP, StopReason.UNLOCK_COMMAND)
    if not lock.release():
        return m.UnlockConnectorResponse(status=_UNLOCK.UnlockFailed)
    context.shared.get(Charging).unlock(session)
    return m.UnlockConnectorResponse(status=_UNLOCK.Unlocked)


# 5.17 and the security whitepaper 5.5


def _trigger(context: Context, request: m.TriggerMessageRequest) -> m.TriggerMessageResponse:
    status = _try_to_trigger(context, request.requested_message.value, request.connector_id)
    return m.TriggerMessageResponse(status=t.TriggerMessageResponseStatus(status.value))


def _trigger_extended(context: Context, request: m.ExtendedTriggerMessageRequest) -> m.ExtendedTriggerMessageResponse:
    name = request.requested_message.value
    status = _try_to_trigger(context, _EXTENDED.get(name, name), request.connector_id)
    return m.ExtendedTriggerMessageResponse(status=t.TriggerMessageStatusEnumType(status.value))


_EXTENDED: Final = {"FirmwareStatusNotification": "SignedFirmwareStatusNotification"}
"""In the whitepaper this name stands for another message than in Edition 2 (L01)."""


def _try_to_trigger(context: Context, name: str, connector_id: int | UnsetType) -> TriggerStatus:
    message = context.shared.get(TriggerableMessages).get(name)
    if message is None:
        return TriggerStatus.NOT_IMPLEMENTED
    return TriggerStatus.ACCEPTED if message.send(Place(given(connector_id))) else TriggerStatus.REJECTED


def _send_heartbeat(context: Context, place: Place) -> bool:
    context.handlers.after_response(partial(context.send_solicited, m.HeartbeatRequest()))
    return True
