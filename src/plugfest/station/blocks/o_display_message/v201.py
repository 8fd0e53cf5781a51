"""The display messages of OCPP 2.0.1 (O01 to O06)."""

from collections.abc import Iterator, Sequence
from functools import partial
from typing import Final

from plugfest.link.errors import LinkError
from plugfest.ocpp.message import UNSET, given
from plugfest.ocpp.v201 import messages as m
from plugfest.ocpp.v201 import types as t
from plugfest.station.blocks.conversion.times import in_utc
from plugfest.station.blocks.conversion.v201 import (
    component_of,
    component_type,
    message_content,
    status_info,
    text_of,
)
from plugfest.station.blocks.o_display_message.rules import Limits, SetStatus, decide, requested
from plugfest.station.context import Context, Offline
from plugfest.station.device_model.model import DeviceModel
from plugfest.station.model.charging.charging import Charging
from plugfest.station.model.charging.charging_sessions import ChargingSessions
from plugfest.station.model.connectors.connectors import Connectors
from plugfest.station.model.display.message_screen import MessageScreen
from plugfest.station.model.display.messages import DisplayMessages
from plugfest.station.model.display.pages import Pages
from plugfest.station.model.display.selection import DisplayMessage, DisplayState, MessagePriority, display_state
from plugfest.station.model.timers import Timers
from plugfest.station.model.transactions.transactions import Transactions

MESSAGES_PER_PART: Final = 10

_CONTROLLER: Final = "DisplayMessageCtrlr"


def register(context: Context) -> None:
    if not context.device_model.has(_CONTROLLER, "DisplayMessages") or context.hardware.display is None:
        return
    shared = context.shared
    messages = DisplayMessages(context.store, shared.get(ChargingSessions), shared.get(Timers), context.now)
    screen = MessageScreen(
        context.hardware.display,
        messages,
        shared.get(Pages),
        shared.get(Timers),
        now=context.now,
        state=partial(_state, context),
        enabled=lambda: context.device_model.boolean(_CONTROLLER, "Enabled"),
    )
    context.device_model.provide(_CONTROLLER, "DisplayMessages", lambda: str(len(messages)))
    _subscribe(context, messages, screen)
    handlers = _DisplayMessageHandlers(context, messages)
    context.handlers.add(m.SetDisplayMessageRequest, handlers.set)
    context.handlers.add(m.GetDisplayMessagesRequest, handlers.get)
    context.handlers.add(m.ClearDisplayMessageRequest, handlers.clear)
    messages.start()


def _subscribe(context: Context, messages: DisplayMessages, screen: MessageScreen) -> None:
    messages.on_change.append(screen.refresh)
    context.shared.get(Pages).on_arrival.append(screen.refresh)
    context.shared.get(Connectors).on_update_complete(screen.refresh)
    context.shared.get(Transactions).on_end(messages.end_transaction)
    context.lifecycle.clock_set.add(lambda jump: messages.update())
    context.device_model.watch(_CONTROLLER, "Enabled", lambda address, old, new: screen.refresh())


def _state(context: Context) -> DisplayState:
    charging = context.shared.get(Charging)
    states = [charging.charging_state(evse_id) for evse_id in context.hardware.evses]
    return display_state(context.shared.get(Connectors).station_status(), states)


class _DisplayMessageHandlers:
    """Handles the requests, and sends the messages that were requested."""

    def __init__(self, context: Context, messages: DisplayMessages) -> None:
        self._context = context
        self._messages = messages

    def set(self, request: m.SetDisplayMessageRequest) -> m.SetDisplayMessageResponse:
        message = _message(request.message)
        sessions = self._context.shared.get(ChargingSessions)
        decision = decide(
            message,
            _limits(self._context.device_model),
            enabled=self._context.device_model.boolean(_CONTROLLER, "Enabled"),
            known_transactions={each.transaction.id for each in sessions if each.transaction is not None},
            size_with=self._messages.size_with(message),
            now=self._context.now(),
        )
        if decision.status is SetStatus.ACCEPTED:
            self._messages.put(message)
        return m.SetDisplayMessageResponse(
            status=t.DisplayMessageStatusEnumType(decision.status.value),
            status_info=UNSET if decision.reason is None else status_info(decision.reason),
        )

    def get(self, request: m.GetDisplayMessagesRequest) -> m.GetDisplayMessagesResponse:
        priority, state = given(request.priority), given(request.state)
        found = requested(
            self._messages,
            given(request.id),
            None if priority is None else MessagePriority(priority),
            None if state is None else DisplayState(state),
        )
        if not found:  # O03.FR.06, O04.FR.02, O04.FR.07
            return m.GetDisplayMessagesResponse(status=t.GetDisplayMessagesStatusEnumType.Unknown)
        self._context.handlers.after_response(partial(self._start_notifying, request.request_id, found))
        return m.GetDisplayMessagesResponse(status=t.GetDisplayMessagesStatusEnumType.Accepted)

    def clear(self, request: m.ClearDisplayMessageRequest) -> m.ClearDisplayMessageResponse:
        cleared = self._messages.delete(request.id)
        status = t.ClearMessageStatusEnumType
        return m.ClearDisplayMessageResponse(status=status.Accepted if cleared else status.Unknown)  # O05.FR.01, FR.02

    def _start_notifying(self, request_id: int, found: Sequence[DisplayMessage]) -> None:
        self._context.spawn(self._notify(request_id, found), f"display messages {request_id}")

    async def _notify(self, request_id: int, found: Sequence[DisplayMessage]) -> None:
        for part, more in _parts(found):  # O03.FR.03, O03.FR.04
            notification = m.NotifyDisplayMessagesRequest(
                request_id=request_id,  # O03.FR.05
                tbc=more,
                message_info=[_message_info(message) for message in part],
            )
            try:
                await self._context.csms.call(notification)
            except (LinkError, Offline):
                return  # the CSMS can request them again


def _parts(found: Sequence[DisplayMessage]) -> Iterator[tuple[Sequence[DisplayMessage], bool]]:
    """The parts, and whether more follow."""
    for start in range(0, len(found), MESSAGES_PER_PART):
        end = start + MESSAGES_PER_PART
        yield found[start:end], end < len(found)


def _limits(model: DeviceModel) -> Limits:
    maximum = model.variable(_CONTROLLER, "DisplayMessages").characteristics.maximum
    return Limits(
        priorities=model.members(_CONTROLLER, "SupportedPriorities"),
        formats=model.members(_CONTROLLER, "SupportedFormats"),
        displays={each.address.component.key() for each in model if each.address.component.name == "Display"},
        messages=int(maximum or 0),
    )


def _message(info: t.MessageInfoType) -> DisplayMessage:
    state, display = given(info.state), given(info.display)
    content = text_of(info.message)
    assert content is not None
    return DisplayMessage(
        id=info.id,
        priority=MessagePriority(info.priority),
        content=content,
        state=None if state is None else DisplayState(state),
        starts_at=in_utc(given(info.start_date_time)),
        ends_at=in_utc(given(info.end_date_time)),
        transaction_id=given(info.transaction_id),
        display=None if display is None else component_of(display),
    )


def _message_info(message: DisplayMessage) -> t.MessageInfoType:
    return t.MessageInfoType(
        id=message.id,
        priority=t.MessagePriorityEnumType(message.priority),
        message=message_content(message.content),
        display=UNSET if message.display is None else component_type(message.display),
        state=UNSET if message.state is None else t.MessageStateEnumType(message.state),
        start_date_time=UNSET if message.starts_at is None else message.starts_at,
        end_date_time=UNSET if message.ends_at is None else message.ends_at,
        transaction_id=UNSET if message.transaction_id is None else message.transaction_id,
    )
