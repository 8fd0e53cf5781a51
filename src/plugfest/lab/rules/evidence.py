"""What the rules judge when a case has ended: requests and answers, operator actions, connections."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cached_property, wraps
from typing import Any, Generic, TypeVar, cast

import msgspec

from plugfest.lab.csms.csms import ConnectionPeriod
from plugfest.lab.operator.actions import ActionKind, OperatorAction
from plugfest.lab.recording.exchanges import Exchange
from plugfest.lab.recording.record import Direction
from plugfest.lab.settings import LabSettings
from plugfest.ocpp.message import Request
from plugfest.products import Product

Q = TypeVar("Q", bound=Request[Any])
T = TypeVar("T")


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


class Evidence(msgspec.Struct, frozen=True, kw_only=True, dict=True):
    """What was recorded from the first frame of a case's preparation to the last frame of the restoring after it.

    `earlier` are the exchanges shortly before, `connection_periods` the connections of the whole campaign;
    `known_transactions` are the ids of the transactions that began before the case. `began_idle`: whether the lab has
    found the station idle before the first frame. Until then it may bring anything with it, from another CSMS or from
    a time offline: a cable, an authorization, a transaction, a reservation, the id of a request. What the lab has seen
    is judged as always. `clock_steps`: by how many seconds the clock of the computer was ahead of that of the lab, each
    time that it was set: a station may follow it.
    """

    product: Product
    settings: LabSettings
    exchanges: tuple[Exchange, ...]
    earlier: tuple[Exchange, ...] = ()
    actions: tuple[OperatorAction, ...] = ()
    connection_periods: tuple[ConnectionPeriod, ...] = ()
    known_transactions: frozenset[object] = frozenset()
    began_idle: bool = True
    clock_steps: tuple[float, ...] = ()

    @cached_property
    def station_requests(self) -> tuple[Exchange, ...]:
        """The exchanges that the station began, in order."""
        return tuple(exchange for exchange in self.exchanges if exchange.by is Direction.FROM_STATION)

    @cached_property
    def recent_station_requests(self) -> tuple[Exchange, ...]:
        """Those of the station shortly before the case and in it, in order: what else it had to send."""
        earlier = (each for each in self.earlier if each.by is Direction.FROM_STATION)
        return (*earlier, *self.station_requests)

    @cached_property
    def lab_requests(self) -> tuple[Exchange, ...]:
        """The exchanges that the lab began, in order."""
        return tuple(exchange for exchange in self.exchanges if exchange.by is Direction.FROM_LAB)

    @cached_property
    def frames(self) -> frozenset[int]:
        """The frames of the requests."""
        return frozenset(exchange.frame for exchange in self.exchanges)

    def sent(self, kind: type[Q]) -> Sequence[SentRequest[Q]]:
        """The valid requests of one type that the station sent, in order."""
        return cast("Sequence[SentRequest[Q]]", self._sent_by_type.get(kind, ()))

    @cached_property
    def _sent_by_type(self) -> Mapping[type[Request[Any]], Sequence[SentRequest[Any]]]:
        found: dict[type[Request[Any]], list[SentRequest[Any]]] = defaultdict(list)
        for exchange in self.station_requests:
            if exchange.request is not None:
                found[type(exchange.request)].append(SentRequest(exchange.request, exchange))
        return found

    @cached_property
    def _derived(self) -> dict[Callable[["Evidence"], object], object]:
        return {}

    def derived(self, function: Callable[["Evidence"], T]) -> T:
        """What the function derives from the evidence; computed once."""
        if function not in self._derived:
            self._derived[function] = function(self)
        return cast(T, self._derived[function])

    def commissioned(self, since: int, exchange: Exchange) -> bool:
        """Whether the station was commissioned between the frame `since` and the exchange, or during it."""
        return any(
            action.frame <= exchange.frame and (since < action.frame or exchange.at <= action.ended)
            for action in self.actions_of(ActionKind.COMMISSION)
        )

    # The time before the lab

    def is_before_lab(self, at: float) -> bool:
        """Whether a loop time is before the first connection of the station in the campaign.

        What is dated then may be delivered until the station was found idle: the lab has waited for its queue.
        """
        return not self.began_idle and bool(self.connection_periods) and at < self.connection_periods[0].began

    def actions_of(self, *kinds: ActionKind) -> Iterator[OperatorAction]:
        """The operator actions of these kinds, in order."""
        return (action for action in self.actions if action.kind in kinds)


def once(function: Callable[[Evidence], T]) -> Callable[[Evidence], T]:
    """The function is called once for each evidence: several rules need what it returns, and none may change it."""

    @wraps(function)
    def derived(evidence: Evidence) -> T:
        return evidence.derived(function)

    return derived
