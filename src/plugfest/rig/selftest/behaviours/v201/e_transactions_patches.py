"""Patches for wrong stations of block E: transaction events, start and stop points, delivery."""

import asyncio
from datetime import timedelta
from typing import Any

import msgspec

from plugfest.ocpp.message import UNSET, given
from plugfest.ocpp.v201 import messages as m
from plugfest.ocpp.v201 import types as t
from plugfest.rig.selftest.behaviours.builders import (
    always,
    except_when,
    later_with_fields,
    with_fields,
)
from plugfest.rig.selftest.behaviours.patch import Function, Patch
from plugfest.station.blocks.e_transactions import v201 as block
from plugfest.station.connection.outbox import Outbox
from plugfest.station.model import station_model
from plugfest.station.model.transactions import points, transactions
from plugfest.station.model.transactions.events import StopReason
from plugfest.station.model.transactions.points import Point

TRIGGER = t.TriggerReasonEnumType
STATE = t.ChargingStateEnumType
KIND = t.TransactionEventEnumType

BAYS = "reference-ac"
"""With sensors in its parking bays."""


# What events say


def event(**fields: object) -> Patch:
    """Every event with other fields."""
    return Patch(block, "request_for", with_fields(**fields))


def info(**fields: object) -> Patch:
    """Every transactionInfo with other fields."""
    return Patch(block, "_transaction_info", with_fields(**fields))


def trigger(told: str, instead: str) -> Patch:
    """One trigger reason told as another."""
    return event(
        trigger_reason=lambda event: TRIGGER(instead) if event.trigger_reason == told else event.trigger_reason
    )


def state(told: str, instead: str) -> Patch:
    return info(charging_state=lambda info: STATE(instead) if info.charging_state == told else info.charging_state)


def key_kind(told: str, instead: str) -> Patch:
    return event(event_type=lambda event: KIND(instead) if event.event_type == told else event.event_type)


def lost(holds: Any) -> Patch:
    """Events that are never sent."""

    def is_lost(self: Any, request: Any, *rest: Any) -> bool:
        return isinstance(request, m.TransactionEventRequest) and bool(holds(request))

    return Patch(Outbox, "send", except_when(is_lost))


def other_type(event: m.TransactionEventRequest) -> Any:
    token = given(event.id_token)
    if token is None:
        return UNSET
    return msgspec.structs.replace(token, type=t.IdTokenEnumType.Local)


def first_driver(right: Function) -> Function:
    """Whoever stops or comes later is told as the first one."""
    known: list[t.IdTokenType] = []

    def request_for(event: Any) -> m.TransactionEventRequest:
        request: m.TransactionEventRequest = right(event)
        token = given(request.id_token)
        if token is None:
            return request
        known.append(token)
        return msgspec.structs.replace(request, id_token=known[0])

    return request_for


def evse_only(event: m.TransactionEventRequest) -> Any:
    evse = given(event.evse)
    return UNSET if evse is None else t.EVSEType(id=evse.id)


def later_by(seconds: float) -> Any:
    return lambda event: event.timestamp + timedelta(seconds=seconds)


# When a transaction starts and ends


def settings(**fields: object) -> Patch:
    """Charging by other settings than those of the device model."""
    return Patch(station_model, "charging_settings", with_fields(**fields))


def start_ignores(point: Point) -> Patch:
    return Patch(transactions, "starts", lambda right: lambda before, now, start: right(before, now, start - {point}))


STAYS = Patch(transactions, "is_abandoned", always(False))
"""A transaction that nobody is at any more goes on."""


def stop_ignores(point: Point) -> Patch:
    return Patch(points, "_stop_points", lambda right: lambda stop: right(stop) - {point})


def ignores_power_path(right: Function) -> Function:
    return lambda stop: right(stop - {Point.POWER_PATH_CLOSED})


def with_reason(told: StopReason, instead: StopReason) -> Patch:
    def another(info: t.TransactionType) -> Any:
        return t.ReasonEnumType(instead.value) if info.stopped_reason == told.value else info.stopped_reason

    return info(stopped_reason=another)


def free_for_all(right: Function) -> Function:
    """Energy for everybody who plugs in."""

    def start_or_stop(self: Any, session: Any, path: Any) -> None:
        if session.state.connected and session.connector_id and not path.delivering:
            path.deliver(session.connector_id)
        elif not session.state.connected:
            right(self, session, path)

    return start_or_stop


def asks_first(right: Function) -> Function:
    """A driver who wants to stop is asked about at the CSMS."""

    def recognize(self: Any, token: Any, evse_id: int | None) -> bool:
        if any(session.authorization for session in self._sessions):
            self._pending = asyncio.ensure_future(self._authorizer.authorize(token))
        return bool(right(self, token, evse_id))

    return recognize


# What is not delivered


def last_after(attempts: int) -> Patch:
    return Patch(Outbox, "_is_last", lambda right: lambda self, queue, failures, error: failures >= attempts)


def again_after(wait: Any) -> Patch:
    def make(right: Function) -> Function:
        def failed(self: Any, queue: Any, key: str, request: Any, error: Any) -> None:
            right(self, queue, key, request, error)
            if queue is not None and key in queue.messages:
                setting = self._device_model.integer
                interval = setting("OCPPCommCtrlr", "MessageAttemptInterval", instance="TransactionEvent")
                queue.retry_at = asyncio.get_running_loop().time() + wait(interval, queue.messages[key].failures)

        return failed

    return Patch(Outbox, "_failed", make)


def status(**fields: object) -> Patch:
    return Patch(block, "_get_status", later_with_fields(**fields))
