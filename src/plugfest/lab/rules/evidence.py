"""What the rules judge when a case has ended: requests and answers, operator actions, connections."""

from collections.abc import Iterator
from typing import Any, Generic, TypeVar

import msgspec

from plugfest.lab.csms.csms import ConnectionPeriod
from plugfest.lab.operator.actions import ActionKind, OperatorAction
from plugfest.lab.recording.exchanges import Exchange
from plugfest.lab.recording.record import Direction
from plugfest.lab.settings import LabSettings
from plugfest.ocpp.message import Request
from plugfest.products import Product

Q = TypeVar("Q", bound=Request[Any])


class SentRequest(msgspec.Struct, Generic[Q], frozen=True):
    """A valid request of the station, and its exchange."""

    message: Q
    exchange: Exchange

    @property
    def at(self) -> float:
        return self.exchange.at

    @property
    def frame(self) -> int:
        return self.exchange.frame


class Evidence(msgspec.Struct, frozen=True, kw_only=True):
    """What was recorded from the first frame of a case's preparation to the last frame of the restoring after it.

    `earlier` are the exchanges shortly before, `connection_periods` the connections of the whole campaign;
    `known_transactions` are the ids of the transactions that began before the case.
    """

    product: Product
    settings: LabSettings
    exchanges: tuple[Exchange, ...]
    earlier: tuple[Exchange, ...] = ()
    actions: tuple[OperatorAction, ...] = ()
    connection_periods: tuple[ConnectionPeriod, ...] = ()
    known_transactions: frozenset[object] = frozenset()

    @property
    def station_requests(self) -> Iterator[Exchange]:
        """The exchanges that the station began, in order."""
        return (exchange for exchange in self.exchanges if exchange.by is Direction.FROM_STATION)

    @property
    def recent_station_requests(self) -> list[Exchange]:
        """Those of the station shortly before the case and in it, in order: what else it had to send."""
        return [each for each in (*self.earlier, *self.exchanges) if each.by is Direction.FROM_STATION]

    @property
    def lab_requests(self) -> Iterator[Exchange]:
        """The exchanges that the lab began, in order."""
        return (exchange for exchange in self.exchanges if exchange.by is Direction.FROM_LAB)

    def sent(self, kind: type[Q]) -> Iterator[SentRequest[Q]]:
        """The valid requests of one type that the station sent, in order."""
        return (
            SentRequest(exchange.request, exchange)
            for exchange in self.station_requests
            if isinstance(exchange.request, kind)
        )

    def commissioned(self, since: int, exchange: Exchange) -> bool:
        """Whether the station was commissioned between the frame `since` and the exchange, or during it."""
        return any(
            action.frame <= exchange.frame and (since < action.frame or exchange.at <= action.ended)
            for action in self.actions_of(ActionKind.COMMISSION)
        )

    def actions_of(self, *kinds: ActionKind) -> Iterator[OperatorAction]:
        """The operator actions of these kinds, in order."""
        return (action for action in self.actions if action.kind in kinds)
