"""Reset of the station or of one EVSE (B11, B12)."""

import asyncio

from plugfest.ocpp.message import UNSET, given
from plugfest.ocpp.v201.messages import ResetRequest, ResetResponse
from plugfest.ocpp.v201.types import ResetEnumType, ResetStatusEnumType
from plugfest.station.blocks.conversion.v201 import status_info
from plugfest.station.connection.boot import BootReason
from plugfest.station.connection.connection import READING_SECONDS
from plugfest.station.connection.outbox import FORCED_RESET_SECONDS
from plugfest.station.context import Context
from plugfest.station.device_model.standard import claims


def register(context: Context) -> None:
    context.handlers.add(ResetRequest, ResetHandler(context).reset)


class ResetHandler:
    """Handles Reset."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._scheduled: frozenset[int | None] = frozenset()

    def reset(self, request: ResetRequest) -> ResetResponse:
        evse_id = given(request.evse_id)
        if evse_id is not None and not claims(self._context.product, "C-13"):
            return _answer(ResetStatusEnumType.Rejected, "UnsupportedParam")  # B11.FR.09, B12.FR.09
        if evse_id is not None and evse_id not in self._context.hardware.evses:
            return _answer(ResetStatusEnumType.Rejected, "UnknownEvse")
        if request.type is ResetEnumType.Immediate and not self._context.activity.interruptible:
            return _answer(ResetStatusEnumType.Rejected, "FwUpdateInProgress")  # B11.FR.06, B12.FR.10
        if request.type is ResetEnumType.OnIdle and self._context.activity.busy(evse_id):
            self._schedule(evse_id)
            return _answer(ResetStatusEnumType.Scheduled)  # B12.FR.01
        forced = request.type is ResetEnumType.Immediate
        self._reset_after_response(evse_id, FORCED_RESET_SECONDS if forced else self._context.message_timeout)
        return _answer(ResetStatusEnumType.Accepted)  # B11.FR.03, B12.FR.02

    def _schedule(self, evse_id: int | None) -> None:
        if evse_id in self._scheduled:
            return
        self._scheduled |= {evse_id}
        self._context.lifecycle.reset_scheduled.notify(evse_id)
        self._context.spawn(self._reset_when_idle(evse_id), "scheduled reset")

    async def _reset_when_idle(self, evse_id: int | None) -> None:
        await self._context.activity.wait_until_idle(evse_id)  # B12.FR.03, B12.FR.07
        await self._reset(evse_id, BootReason.SCHEDULED_RESET, self._context.message_timeout)
        self._scheduled -= {evse_id}

    def _reset_after_response(self, evse_id: int | None, seconds: float) -> None:
        def start() -> None:
            self._context.spawn(self._reset(evse_id, BootReason.REMOTE_RESET, seconds), "reset")

        self._context.handlers.after_response(start)

    async def _reset(self, evse_id: int | None, reason: BootReason, seconds: float) -> None:
        """`seconds`: how long it waits for queued messages."""
        await self._context.lifecycle.reset_now.notify(evse_id)  # B12.FR.04, B12.FR.08
        await self._context.outbox.drain(seconds)  # the rest is sent after the reset (B12.FR.05)
        if evse_id is None:
            await asyncio.sleep(READING_SECONDS)
            self._context.request_reboot(reason)
        else:
            await self._context.lifecycle.evse_reset.notify(evse_id)


def _answer(status: ResetStatusEnumType, reason: str | None = None) -> ResetResponse:
    return ResetResponse(status=status, status_info=UNSET if reason is None else status_info(reason))
