"""Stations with another display: what they show, when, and how they report their display messages."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import msgspec

from plugfest.hardware.ports import FormattedText
from plugfest.ocpp.message import UNSET, given
from plugfest.ocpp.v201 import messages as m
from plugfest.ocpp.v201 import types as t
from plugfest.rig.selftest.behaviours.behaviour import Function, Patch
from plugfest.rig.selftest.behaviours.builders import with_fields
from plugfest.rig.selftest.variants.changes import changing
from plugfest.rig.selftest.variants.variant import Variant, permitted_v201
from plugfest.station.blocks.o_display_message import v201 as block
from plugfest.station.model.connectors.connector_status import ConnectorStatus
from plugfest.station.model.connectors.connectors import Connectors
from plugfest.station.model.display.message_screen import MessageScreen
from plugfest.station.model.display.prices import Prices
from plugfest.station.model.display.selection import DisplayMessage, DisplayState
from plugfest.station.model.timers import Timers

LATE = 3.0
"""Seconds, within the tolerance."""


def _one_message_per_part(original: Function) -> Function:
    def parts(found: Sequence[Any]) -> Iterator[tuple[Sequence[Any], bool]]:
        return ((found[at : at + 1], at + 1 < len(found)) for at in range(len(found)))

    return parts


def _reversed(report: m.NotifyDisplayMessagesRequest) -> m.NotifyDisplayMessagesRequest:
    return msgspec.structs.replace(report, message_info=list(reversed(given(report.message_info) or [])) or UNSET)


def _with_display(report: m.NotifyDisplayMessagesRequest) -> m.NotifyDisplayMessagesRequest:
    display = t.ComponentType(name="Display")
    reported = [msgspec.structs.replace(each, display=display) for each in given(report.message_info) or ()]
    return msgspec.structs.replace(report, message_info=reported or UNSET)


def _late_timer(original: Function) -> Function:
    def set_timer(self: Any, name: str, seconds: float, action: Any) -> None:
        original(self, name, seconds + LATE if name == "display messages" else seconds, action)

    return set_timer


def _charging_in_transaction(original: Function) -> Function:
    def display_state(station: Any, charging: Any) -> DisplayState:
        state: DisplayState = original(station, charging)
        in_transaction = state is DisplayState.IDLE and any(each is not None for each in charging)
        return DisplayState.CHARGING if in_transaction else state

    return display_state


def _faulted_with_one_connector(original: Function) -> Function:
    def station_status(self: Connectors) -> ConnectorStatus:
        faulted = ConnectorStatus.FAULTED in self.statuses.values()
        return ConnectorStatus.FAULTED if faulted else original(self)

    return station_status


def _shown_late(original: Function) -> Function:
    """Shows each message some seconds after it is due."""

    def show(self: Any, message: DisplayMessage | None, turn: Any) -> None:
        self._timers.cancel("late message")
        if message is None or message == self._shown:
            original(self, message, turn)
        else:
            self._timers.set("late message", LATE, lambda: original(self, message, turn))

    return show


def _amount(text: Callable[[float], str]) -> Function:
    return lambda self, cost: FormattedText(text(cost))


VARIANTS: tuple[Variant, ...] = (
    permitted_v201(
        "one display message in each part",
        "O03.FR.03, O04.FR.04",
        "no size is required",
        Patch(block, "_parts", _one_message_per_part),
    ),
    permitted_v201(
        "display messages in reverse order",
        "O03.FR.02",
        "no order is required",
        filter=changing(m.NotifyDisplayMessagesRequest, _reversed),
    ),
    permitted_v201(
        "reports the display of every message",
        "O01.FR.20",
        "a message without a display is for the main one",
        filter=changing(m.NotifyDisplayMessagesRequest, _with_display),
    ),
    permitted_v201(
        "begins and ends a display message 3 s late",
        "Part 6 section 2.1",
        "within the tolerance",
        Patch(Timers, "set", _late_timer),
    ),
    permitted_v201(
        "shows a display message 3 s after it is due",
        "O01.FR.12",
        "no time is required",
        Patch(MessageScreen, "_show", _shown_late),
    ),
    permitted_v201(
        "counts as Charging during the whole transaction",
        "Part 2 section 3.53",
        "Charging is not defined further",
        Patch(block, "display_state", _charging_in_transaction),
    ),
    permitted_v201(
        "counts as Faulted when one connector is",
        "Part 2 section 3.53",
        "Faulted is not defined further",
        Patch(Connectors, "station_status", _faulted_with_one_connector),
    ),
    permitted_v201(
        "can store a thousand display messages",
        "DisplayMessageCtrlr.DisplayMessages",
        "no limit is required",
        Patch(block, "_limits", with_fields(messages=1000)),
    ),
    permitted_v201(
        "shows a cost with a comma and the sign of the currency",
        "I02.FR.03",
        "no notation is required",
        Patch(Prices, "_amount", lambda original: _amount(lambda cost: f"€ {cost:.2f}".replace(".", ","))),
    ),
    permitted_v201(
        "shows a cost in words and without decimals",
        "I02.FR.03",
        "no notation is required",
        Patch(Prices, "_amount", lambda original: _amount(lambda cost: f"Your cost: {int(cost)} euro")),
    ),
)
