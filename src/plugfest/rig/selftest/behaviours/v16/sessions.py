"""OCPP 1.6 sessions: messages that contradict what was presented, plugged in, requested or sent before."""

import asyncio
from typing import Any

import msgspec

from plugfest.ocpp.message import UNSET
from plugfest.ocpp.v16 import messages as m
from plugfest.ocpp.v16 import types as t
from plugfest.rig.selftest.behaviours.behaviour import Behaviour, Function, Patch, wrong_v16
from plugfest.rig.selftest.behaviours.builders import always, changed, later_changed, with_arguments, with_fields
from plugfest.station.blocks.b_provisioning.v16 import configuration
from plugfest.station.blocks.b_provisioning.v16.boot import RegistrationMessages16
from plugfest.station.blocks.c_authorization import v16 as authorization_block
from plugfest.station.blocks.conversion import v16 as conversion
from plugfest.station.blocks.e_transactions import v16 as transactions_block
from plugfest.station.blocks.f_remote_control import v16 as remote_control_block
from plugfest.station.blocks.k_smart_charging import v16 as smart_charging_block
from plugfest.station.connection.boot import RegistrationStatus
from plugfest.station.model.authorization.authorizer import Authorizer
from plugfest.station.model.authorization.token_handler import TokenHandler
from plugfest.station.model.authorization.tokens import TokenInfo
from plugfest.station.model.transactions import transactions
from plugfest.station.model.transactions.points import Point

FOREIGN = "FOREIGN"
"""An idTag that is neither presented nor requested in any case."""

FIRST_CONNECTOR = 1

_BACKGROUND = set[asyncio.Future[Any]]()


def _in_background(work: Any) -> None:
    task = asyncio.ensure_future(work)
    _BACKGROUND.add(task)
    task.add_done_callback(_BACKGROUND.discard)


# Authorize


def _starts_before_answer(original: Function) -> Function:
    """Accepts every idTag at once and asks the Central System a second later."""

    async def authorize(self: Authorizer, token: Any) -> TokenInfo:
        async def ask() -> None:
            await asyncio.sleep(1)
            await original(self, token)

        _in_background(ask())
        return TokenInfo()

    return authorize


def _ignores_answer(info: TokenInfo) -> TokenInfo:
    return TokenInfo(status="Accepted", group=info.group)


def _also_asks_for(id_tag: str) -> Patch:
    """Asks about another idTag, too."""

    def make(original: Function) -> Function:
        async def ask(context: Any, authorizer: Any, token: Any) -> Any:
            info = await original(context, authorizer, token)
            await context.csms.call(m.AuthorizeRequest(id_tag=id_tag))
            return info

        return ask

    return Patch(authorization_block, "_ask", make)


def _authorizes_stop(original: Function) -> Function:
    """Sends an Authorize for the idTag that stops its own transaction."""

    def stop_or_unlock(self: Any, token: Any, evse_id: int | None) -> bool:
        if any(session.authorization for session in self._sessions):
            _in_background(self._authorizer.ask(token))
        return bool(original(self, token, evse_id))

    return stop_or_unlock


def _at_first_connector(context: Any, ids: Any, event: Any) -> tuple[Any, ...]:
    """A transaction without an EVSE belongs to the first connector."""
    return context, ids, msgspec.structs.replace(event, evse_id=event.evse_id or FIRST_CONNECTOR)


# Other messages


def _request_before_boot(original: Function) -> Function:
    """Sends a Heartbeat before each BootNotification."""

    async def send(self: Any, peer: Any, reason: Any) -> Any:
        await peer.call(m.HeartbeatRequest())
        return await original(self, peer, reason)

    return send


def _request_after(status: RegistrationStatus) -> Patch:
    """Sends a Heartbeat after a BootNotification.conf with this status."""

    def make(original: Function) -> Function:
        async def send(self: Any, peer: Any, reason: Any) -> Any:
            answer = await original(self, peer, reason)
            if answer.status is status:
                await peer.call(m.HeartbeatRequest())
            return answer

        return send

    return Patch(RegistrationMessages16, "send_boot_notification", make)


def _values(change: Any) -> Patch:
    """Changes the MeterValues of a transaction."""

    def make(original: Function) -> Function:
        def send(context: Any, ids: Any, event: Any) -> None:
            plain = context.outbox.send

            def changed_send(request: Any, *args: Any, **kwargs: Any) -> Any:
                is_values = isinstance(request, m.MeterValuesRequest)
                return plain(change(request) if is_values else request, *args, **kwargs)

            context.outbox.send = changed_send
            try:
                original(context, ids, event)
            finally:
                context.outbox.send = plain

        return send

    return Patch(transactions_block, "_send_event", make)


def _replaced(**fields: object) -> Any:
    return lambda request: msgspec.structs.replace(request, **fields)


def _one_key_more(response: Any) -> Any:
    keys = response.configuration_key
    if keys is UNSET or len(keys) > 1:
        return response
    more = t.KeyValue(key="HeartbeatInterval", readonly=False, value="300")
    return msgspec.structs.replace(response, configuration_key=[*keys, more])


def _other_connector(response: Any) -> Any:
    if response.connector_id is UNSET:
        return response
    return msgspec.structs.replace(response, connector_id=response.connector_id + 1)


def _triggered_before_response(original: Function) -> Function:
    """Sends a triggered Heartbeat before the response."""

    async def trigger(context: Any, request: Any) -> Any:
        if request.requested_message == "Heartbeat":
            await context.csms.call(m.HeartbeatRequest())
            return m.TriggerMessageResponse(status=t.TriggerMessageResponseStatus.Accepted)
        return original(context, request)

    return trigger


def _with_reason(reason: t.StopTransactionReason) -> Patch:
    return Patch(transactions_block, "_stop", with_fields(reason=reason))


_REASON = t.StopTransactionReason

BEHAVIOURS: tuple[Behaviour, ...] = (
    # Registration
    wrong_v16(
        "sends a Heartbeat before BootNotification",
        "4.2",
        "TC_013 TC_016 TC_034",
        Patch(RegistrationMessages16, "send_boot_notification", _request_before_boot),
    ),
    wrong_v16("sends a Heartbeat while it is pending", "4.2", "TC_002", _request_after(RegistrationStatus.PENDING)),
    wrong_v16("sends a Heartbeat while it is rejected", "4.2", "TC_001", _request_after(RegistrationStatus.REJECTED)),
    # Authorize and StartTransaction
    wrong_v16(
        "starts the transaction before the Authorize",
        "4.1",
        "TC_003",
        Patch(Authorizer, "authorize", _starts_before_answer),
    ),
    wrong_v16(
        "starts a transaction with an idTag that was refused",
        "4.1",
        "TC_023_4",
        Patch(authorization_block, "_ask", later_changed(_ignores_answer)),
    ),
    wrong_v16("sends an Authorize for an idTag that was not presented", "4.1", "TC_003", _also_asks_for(FOREIGN)),
    wrong_v16(
        "sends an Authorize for the idTag that stops its own transaction",
        "4.1",
        "TC_068",
        Patch(TokenHandler, "_stop_or_unlock", _authorizes_stop),
    ),
    wrong_v16(
        "sends an Authorize for a remote start although AuthorizeRemoteTxRequests is false",
        "5.11",
        "TC_010",
        Patch(remote_control_block, "must_be_checked", always(True)),
    ),
    wrong_v16(
        "starts a transaction before the cable is plugged in",
        "4.9",
        "TC_004_1 TC_012",
        Patch(
            transactions,
            "starts",
            lambda original: lambda before, now, start: original(before, now, start | {Point.AUTHORIZED}),
        ),
        Patch(transactions_block, "_send_event", with_arguments(_at_first_connector)),
    ),
    # StopTransaction
    *(
        wrong_v16(f"reports reason {reason} for every stop", "7.36", cases, _with_reason(reason))
        for reason, cases in (
            (_REASON.EVDisconnected, "TC_012"),
            (_REASON.HardReset, "TC_003"),
            (_REASON.SoftReset, "TC_003"),
            (_REASON.Local, "TC_010"),
            (_REASON.PowerLoss, "TC_003"),
            (_REASON.Reboot, "TC_003"),
            (_REASON.UnlockCommand, "TC_003"),
            (_REASON.DeAuthorized, "TC_003"),
            (_REASON.EmergencyStop, "TC_003"),
        )
    ),
    wrong_v16(
        "stops every transaction with an idTag that was not presented",
        "6.49",
        "TC_012",
        Patch(transactions_block, "_stop", with_fields(id_tag=FOREIGN)),
    ),
    # Meter values
    wrong_v16("omits the transactionId of MeterValues", "4.7", "TC_070", _values(_replaced(transaction_id=UNSET))),
    wrong_v16("sends MeterValues with another transactionId", "4.7", "TC_070", _values(_replaced(transaction_id=999))),
    wrong_v16("sends MeterValues with another connectorId", "4.7", "TC_070", _values(_replaced(connector_id=2))),
    wrong_v16(
        "reports energy in ampere",
        "7.45",
        "TC_070 TC_071",
        Patch(conversion, "_sampled_value", with_fields(unit=t.UnitOfMeasure.A)),
    ),
    wrong_v16(
        "samples every value with context Transaction.End",
        "7.35",
        "TC_003",
        Patch(conversion, "_sampled_value", with_fields(context=t.ReadingContext.Transaction_End)),
    ),
    wrong_v16(
        "samples every value with context Trigger",
        "7.35",
        "TC_003 TC_012",
        Patch(conversion, "_sampled_value", with_fields(context=t.ReadingContext.Trigger)),
    ),
    # Responses
    wrong_v16(
        "returns a key that was not requested",
        "5.8",
        "TC_010 TC_011_1 TC_021",
        Patch(configuration, "_get", changed(_one_key_more)),
    ),
    wrong_v16(
        "returns the composite schedule of another connector",
        "6.22",
        "TC_066",
        Patch(smart_charging_block, "_get_composite", changed(_other_connector)),
    ),
    wrong_v16(
        "sends a triggered message before the response",
        "5.17",
        "TC_054",
        Patch(remote_control_block, "_trigger", _triggered_before_response),
    ),
)
