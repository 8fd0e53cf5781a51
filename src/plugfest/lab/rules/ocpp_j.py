"""Rules of OCPP-J: unique message ids, one request at a time, and the response time."""

from collections.abc import Iterator
from itertools import pairwise
from typing import Final

from plugfest.lab.recording.exchanges import Exchange
from plugfest.lab.rules.evidence import Evidence
from plugfest.lab.rules.rule import Rule, Violation
from plugfest.products import performance_limits

MAX_IDS: Final = 2000
"""Message ids of the station that are remembered: more than it sends between two reboots, after which a counter that
begins anew repeats them. A campaign may last for weeks."""

SHORTEST_TIMEOUT = 2.0
"""Seconds after which a station may have given up waiting for an answer and may send its next request."""

RESPONSE_TIME_INDICATOR = "response"
"""The key of the performance indicator in the catalog of every version."""


def unique_message_ids(clause: str) -> Rule:
    """Each request has a new message id, also a retry and also after a reconnection."""
    return Rule("unique message ids", clause, _UsedMessageIds().judge)


class _UsedMessageIds:
    """The message ids that the station has used last in a campaign."""

    def __init__(self) -> None:
        self._ids = dict[int, None]()  # hashes of the newest ones

    def judge(self, evidence: Evidence) -> Iterator[Violation]:
        for exchange in evidence.station_requests:
            seen = hash(exchange.message_id)
            if seen in self._ids:
                yield Violation(
                    "a message id that the station has not used before",
                    f"message id {exchange.message_id} again",
                    exchange.frame,
                )
            self._ids[seen] = None
            if len(self._ids) > MAX_IDS:
                del self._ids[next(iter(self._ids))]


def one_request_at_a_time(clause: str) -> Rule:
    """No request before the answer to the previous one."""
    return Rule("one request at a time", clause, _judge_order_of_requests)


def _judge_order_of_requests(evidence: Evidence) -> Iterator[Violation]:
    for previous, exchange in pairwise(evidence.station_requests):
        if _sent_before_answer(previous, exchange):
            yield Violation(
                f"{exchange.action}Request after the answer to {previous.action}Request",
                "sent before that answer",
                exchange.frame,
            )


def _sent_before_answer(previous: Exchange, exchange: Exchange) -> bool:
    return (
        exchange.at - previous.at < SHORTEST_TIMEOUT
        and previous.answered_in is not None
        and previous.answered_in > exchange.frame
    )


def _judge_response_time(evidence: Evidence) -> Iterator[Violation]:
    limit = performance_limits(evidence.product).get(RESPONSE_TIME_INDICATOR, evidence.settings.response_timeout)
    for exchange in evidence.lab_requests:
        seconds = None if exchange.answered_at is None else exchange.answered_at - exchange.at
        if seconds is not None and seconds > limit:
            yield Violation(
                f"an answer to {exchange.action}Request within {limit:g} s",
                f"an answer after {seconds:.1f} s",
                exchange.answered_in,
            )


RESPONSE_TIME = Rule("response time", "the vendor's limit for the OCPP response time", _judge_response_time)
