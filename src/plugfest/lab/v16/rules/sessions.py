"""What started and stopped the transactions of a case: presented idTags, remote starts, and their answers."""

from collections.abc import Iterable, Iterator, Sequence
from math import inf
from typing import NamedTuple

from plugfest.lab.operator.actions import ActionKind
from plugfest.lab.recording.exchanges import Exchange
from plugfest.lab.rules.connection_timeline import connection_timeline
from plugfest.lab.rules.evidence import Evidence, SentRequest, once
from plugfest.ocpp.message import given
from plugfest.ocpp.v16 import messages as m
from plugfest.ocpp.v16 import types as t

LOCAL_REASONS = ("Local", None)
"""StopTransaction.reason of a local stop (4.10)."""

GRANTED = ("Accepted", "ConcurrentTx")
"""Authorization statuses with which a driver may charge; ConcurrentTx is only for StartTransaction (7.2)."""


class TokenStartAttempt(NamedTuple):
    """A presented idTag (in lower case), or a remote start. `connector_id` is None if the station chooses.

    `frame` is the index of the first frame that can follow from it.
    """

    id_tag: str
    connector_id: int | None
    frame: int
    at: float
    remote: bool

    def is_at(self, connector_id: int) -> bool:
        """Whether it can start a transaction at this connector."""
        return self.connector_id in (None, 0, connector_id)


class Transaction(NamedTuple):
    """A transaction that was reported in the case. `transaction_id` is None until the lab has answered."""

    start: SentRequest[m.StartTransactionRequest]
    transaction_id: int | None
    stop: SentRequest[m.StopTransactionRequest] | None

    @property
    def connector_id(self) -> int:
        return self.start.message.connector_id

    @property
    def id_tag(self) -> str:
        return self.start.message.id_tag.lower()

    @property
    def started_at(self) -> float:
        """The loop time of the start according to the station."""
        return self.start.exchange.loop_time(self.start.message.timestamp)

    @property
    def stopped_at(self) -> float:
        """The loop time of the stop according to the station."""
        return inf if self.stop is None else self.stop.exchange.loop_time(self.stop.message.timestamp)


@once
def start_attempts(evidence: Evidence) -> list[TokenStartAttempt]:
    """Everything after which a transaction may start, in order. A rejected remote start is none."""
    presented = (
        TokenStartAttempt(action.token.id_token.lower(), None, action.frame, action.began, remote=False)
        for action in evidence.actions_of(ActionKind.PRESENT_TOKEN)
        if action.token is not None
    )
    return sorted([*presented, *_remote_starts(evidence)], key=lambda attempt: attempt.frame)


def _remote_starts(evidence: Evidence) -> Iterator[TokenStartAttempt]:
    for exchange in evidence.lab_requests:
        request = exchange.request
        if isinstance(request, m.RemoteStartTransactionRequest) and _may_be_accepted(exchange):
            connector_id = given(request.connector_id)
            yield TokenStartAttempt(request.id_tag.lower(), connector_id, exchange.frame, exchange.at, remote=True)


def _may_be_accepted(exchange: Exchange) -> bool:
    return exchange.response is None or getattr(exchange.response, "status", None) == "Accepted"


@once
def transactions(evidence: Evidence) -> list[Transaction]:
    """Every transaction that was reported in the case, in order; a retry is the same transaction (3.7.1)."""
    stops: dict[int, SentRequest[m.StopTransactionRequest]] = {}
    for stop in evidence.sent(m.StopTransactionRequest):
        stops.setdefault(stop.message.transaction_id, stop)
    found: dict[m.StartTransactionRequest, Transaction] = {}
    for start in evidence.sent(m.StartTransactionRequest):
        earlier = found.get(start.message)
        response = start.exchange.response
        id = response.transaction_id if isinstance(response, m.StartTransactionResponse) else None
        first = start if earlier is None else earlier.start
        found[start.message] = Transaction(first, id, None if id is None else stops.get(id))
    return list(found.values())


class Authorizations:
    """Which attempts of a case may have authorized a driver, and which of them are still unused."""

    def __init__(self, evidence: Evidence) -> None:
        self._evidence = evidence
        self._timeline = connection_timeline(evidence)
        self.attempts = start_attempts(evidence)
        self.transactions = transactions(evidence)
        self._asked = list(evidence.sent(m.AuthorizeRequest))

    def granted(self, attempt: TokenStartAttempt, frame: int) -> bool:
        """Whether the attempt may have authorized a driver before this frame.

        The Authorize that belongs to it, if there is one, was answered before, unless the idTag was known locally or
        the station was offline (3.5).
        """
        asked = [each for each in self._asked if attempt.frame <= each.frame < self._next_attempt(attempt)]
        if not asked or attempt.id_tag in self._known_id_tags(attempt.frame) or not self._online(attempt):
            return True
        return any(_answered_before(each.exchange, frame) and _allows(each.exchange) for each in asked)

    def unused(self, frame: int, connector_id: int, id_tag: str | None = None) -> list[TokenStartAttempt]:
        """The attempts that authorized a driver at the connector before this frame and that no transaction has used.

        Every attempt counts once: for the transaction that it started, or for the one that it stopped.
        """
        attempts = [attempt for attempt in self.attempts if attempt.frame <= frame and self.granted(attempt, frame)]
        for transaction in self.transactions:
            if transaction.start.frame < frame:
                _use(attempts, [attempt for attempt in attempts if _may_have_started(attempt, transaction)])
            stop = transaction.stop
            if stop is not None and stop.frame < frame:
                _use(attempts, [attempt for attempt in attempts if _may_have_stopped(attempt, transaction, stop)])
        return [attempt for attempt in attempts if attempt.is_at(connector_id) and id_tag in (None, attempt.id_tag)]

    def _next_attempt(self, attempt: TokenStartAttempt) -> float:
        return min((other.frame for other in self.attempts if _follows(other, attempt)), default=inf)

    def _online(self, attempt: TokenStartAttempt) -> bool:
        """Whether the connection lasted for some time after the attempt."""
        margin = self._evidence.settings.time_tolerance / 2
        return self._timeline.is_connected(attempt.at + margin, margin=margin)

    def _known_id_tags(self, frame: int) -> set[str]:
        """The idTags that the station may have in its list or cache, from what the lab has sent before this frame."""
        exchanges = (each for each in self._evidence.exchanges if _answered_before(each, frame))
        return {id_tag for exchange in exchanges for id_tag in _accepted_id_tags(exchange)}


def _follows(other: TokenStartAttempt, attempt: TokenStartAttempt) -> bool:
    return other.id_tag == attempt.id_tag and other.frame > attempt.frame


def _answered_before(exchange: Exchange, frame: int) -> bool:
    return exchange.answered_in is not None and exchange.answered_in < frame


def _allows(exchange: Exchange) -> bool:
    response = exchange.response
    return not isinstance(response, m.AuthorizeResponse) or response.id_tag_info.status in GRANTED


def _accepted_id_tags(exchange: Exchange) -> Iterator[str]:
    """The idTags that are accepted according to this exchange."""
    request, response = exchange.request, exchange.response
    if isinstance(request, m.SendLocalListRequest):
        entries: Sequence[t.AuthorizationData] = given(request.local_authorization_list) or ()
        yield from (entry.id_tag.lower() for entry in entries)
    elif isinstance(request, m.AuthorizeRequest | m.StartTransactionRequest | m.StopTransactionRequest):
        id_tag, info = given(request.id_tag), given(getattr(response, "id_tag_info", None))
        if id_tag is not None and isinstance(info, t.IdTagInfo) and info.status in GRANTED:
            yield id_tag.lower()


def _use(attempts: list[TokenStartAttempt], candidates: Sequence[TokenStartAttempt]) -> None:
    """Remove one of the candidates, preferably one for a certain connector."""
    if candidates:
        attempts.remove(min(candidates, key=lambda attempt: (not attempt.connector_id, attempt.frame)))


def _may_have_started(attempt: TokenStartAttempt, transaction: Transaction) -> bool:
    before = attempt.frame <= transaction.start.frame
    return before and attempt.id_tag == transaction.id_tag and attempt.is_at(transaction.connector_id)


def _may_have_stopped(
    attempt: TokenStartAttempt, transaction: Transaction, stop: SentRequest[m.StopTransactionRequest]
) -> bool:
    id_tag = given(stop.message.id_tag)
    is_between = transaction.start.frame < attempt.frame <= stop.frame
    is_local = not attempt.remote and given(stop.message.reason) in LOCAL_REASONS
    return is_between and is_local and (id_tag is None or id_tag.lower() == attempt.id_tag)


def described(id_tags: Iterable[str]) -> str:
    """The idTags in a finding."""
    return " or ".join(dict.fromkeys(id_tags)) or "none"
