"""Which display messages are shown at a moment (O01, O02). Pure functions."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from enum import StrEnum

import msgspec

from plugfest.hardware.ports import FormattedText
from plugfest.station.device_model.variables import Component
from plugfest.station.model.connectors.connector_status import ConnectorStatus
from plugfest.station.model.transactions.events import ChargingState


class MessagePriority(StrEnum):
    """MessagePriorityEnumType, the highest first."""

    ALWAYS_FRONT = "AlwaysFront"
    IN_FRONT = "InFront"
    NORMAL_CYCLE = "NormalCycle"


class DisplayState(StrEnum):
    """The state of the station during which a message is shown (MessageStateEnumType)."""

    CHARGING = "Charging"
    FAULTED = "Faulted"
    IDLE = "Idle"
    UNAVAILABLE = "Unavailable"


class DisplayMessage(msgspec.Struct, frozen=True, kw_only=True):
    """A message of the CSMS for the display. Times in UTC."""

    id: int
    priority: MessagePriority
    content: FormattedText
    state: DisplayState | None = None
    """None: shown in every state."""
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    transaction_id: str | None = None
    display: Component | None = None

    def has_ended(self, now: datetime) -> bool:
        """Whether it has to be removed. O01.FR.07, O02.FR.07"""
        return self.ends_at is not None and self.ends_at <= now

    @property
    def is_never_due(self) -> bool:
        """Whether it ends before it begins."""
        return self.starts_at is not None and self.ends_at is not None and self.ends_at <= self.starts_at

    def is_due(self, now: datetime, state: DisplayState) -> bool:
        """Whether it may be shown. O01.FR.06, O02.FR.06"""
        started = self.starts_at is None or self.starts_at <= now
        return started and not self.has_ended(now) and self.state in (None, state)


def in_turn(messages: Iterable[DisplayMessage], now: datetime, state: DisplayState) -> tuple[DisplayMessage, ...]:
    """The messages that are shown in turn: those of the highest priority that has any."""
    due = [message for message in messages if message.is_due(now, state)]
    for priority in MessagePriority:  # O01.FR.12 to FR.15, O02.FR.14 to FR.17
        group = tuple(message for message in due if message.priority is priority)
        if group:
            return group
    return ()


def next_in_turn(turn: Sequence[DisplayMessage], shown: DisplayMessage | None) -> DisplayMessage | None:
    """The message after the one that is shown. O01.FR.14, O02.FR.16"""
    if not turn:
        return None
    return turn[(turn.index(shown) + 1) % len(turn)] if shown in turn else turn[0]


def replaced_by(message: DisplayMessage, stored: Iterable[DisplayMessage]) -> list[int]:
    """The ids of the stored messages that a new one replaces. O06.FR.01, O01.FR.16, O02.FR.18"""
    always = MessagePriority.ALWAYS_FRONT
    return [
        each.id for each in stored if each.id == message.id or (each.priority is always and message.priority is always)
    ]


def display_state(station: ConnectorStatus, charging: Collection[ChargingState | None]) -> DisplayState:
    """The state of a station from its status and the charging states of its EVSEs."""
    if station is ConnectorStatus.FAULTED:
        return DisplayState.FAULTED
    if station is ConnectorStatus.UNAVAILABLE:
        return DisplayState.UNAVAILABLE
    return DisplayState.CHARGING if ChargingState.CHARGING in charging else DisplayState.IDLE
