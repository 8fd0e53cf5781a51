"""What a rule may look at when a case has ended: the conversation, the hands, the connections."""

from collections.abc import Iterator
from typing import Any, Generic, TypeVar

import msgspec

from plugfest.lab.csms.span import Span
from plugfest.lab.operator.actions import ActionKind, OperatorAction
from plugfest.lab.recording.exchanges import Exchange
from plugfest.lab.recording.record import Direction
from plugfest.lab.settings import LabSettings
from plugfest.ocpp.message import Request
from plugfest.products import Product

Q = TypeVar("Q", bound=Request[Any])


class Told(msgspec.Struct, Generic[Q], frozen=True):
    """A request of the station that could be read, and its exchange."""

    message: Q
    exchange: Exchange

    @property
    def at(self) -> float:
        return self.exchange.at

    @property
    def frame(self) -> int:
        return self.exchange.frame


class Evidence(msgspec.Struct, frozen=True, kw_only=True):
    """A case from the first frame of its preparation to the last one of its scenario.

    `spans` are the connections of the whole campaign; `known` names the transactions that began before the case.
    """

    product: Product
    settings: LabSettings
    exchanges: tuple[Exchange, ...]
    actions: tuple[OperatorAction, ...] = ()
    spans: tuple[Span, ...] = ()
    known: frozenset[object] = frozenset()

    @property
    def said(self) -> Iterator[Exchange]:
        """What the station asked."""
        return (one for one in self.exchanges if one.by is Direction.FROM_STATION)

    @property
    def asked(self) -> Iterator[Exchange]:
        """What the lab asked."""
        return (one for one in self.exchanges if one.by is Direction.FROM_LAB)

    def told(self, kind: type[Q]) -> Iterator[Told[Q]]:
        """The requests of one kind that the station sent, in their order."""
        return (Told(one.request, one) for one in self.said if isinstance(one.request, kind))

    def done(self, *kinds: ActionKind) -> Iterator[OperatorAction]:
        """What the hands did of these kinds, in order."""
        return (action for action in self.actions if action.kind in kinds)
