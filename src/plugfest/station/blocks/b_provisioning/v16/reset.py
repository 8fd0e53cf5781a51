"""Reset of OCPP 1.6 (5.14, errata 3.36 and 3.82)."""

import asyncio
from functools import partial
from typing import Final

from plugfest.ocpp.v16.messages import ResetRequest, ResetResponse
from plugfest.ocpp.v16.types import ResetResponseStatus, ResetType
from plugfest.station.connection.boot import BootReason
from plugfest.station.connection.connection import READING_SECONDS
from plugfest.station.connection.outbox import FORCED_RESET_SECONDS
from plugfest.station.context import Context
from plugfest.station.model.charging.charging import Charging
from plugfest.station.model.transactions.events import StopReason, TriggerReason
from plugfest.station.model.transactions.transactions import Transactions

_REASONS: Final = {ResetType.Hard: StopReason.HARD_RESET, ResetType.Soft: StopReason.SOFT_RESET}


def register(context: Context) -> None:
    context.handlers.add(ResetRequest, partial(_reset, context))


def _reset(context: Context, request: ResetRequest) -> ResetResponse:
    if not context.activity.interruptible:
        return ResetResponse(status=ResetResponseStatus.Rejected)  # firmware is being installed
    context.handlers.after_response(lambda: _start_reset(context, request.type))
    return ResetResponse(status=ResetResponseStatus.Accepted)


def _start_reset(context: Context, kind: ResetType) -> None:
    context.spawn(_reset_now(context, kind), "reset")


async def _reset_now(context: Context, kind: ResetType) -> None:
    for session in list(context.shared.get(Transactions).ongoing()):
        context.shared.get(Charging).end_transaction(session, TriggerReason.RESET_COMMAND, _REASONS[kind])
    await context.lifecycle.reset_now.notify(None)
    await context.outbox.drain(context.message_timeout if kind is ResetType.Soft else FORCED_RESET_SECONDS)
    await asyncio.sleep(READING_SECONDS)
    context.request_reboot(BootReason.REMOTE_RESET)
