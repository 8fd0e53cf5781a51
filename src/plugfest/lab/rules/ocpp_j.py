"""No message id is ever used for two requests."""

from collections.abc import Iterator
from itertools import pairwise

from plugfest.lab.recording.exchanges import Exchange
from plugfest.lab.rules.evidence import Evidence
from plugfest.lab.rules.rule import Breach, Rule
from plugfest.products import performance_limits


class _UsedMessageIds:
    """Every message id of a campaign."""

    def __init__(self) -> None:
        self._ids = set[str]()

    def judge(self, evidence: Evidence) -> Iterator[Breach]:
        for one in evidence.said:
            if one.message_id in self._ids:
                yield Breach("a message id that the station has not used before", one.message_id, one.frame)
            self._ids.add(one.message_id)


def message_ids(clause: str) -> Rule:
    """Also a message that is tried again has an id of its own, on whatever connection."""
    return Rule("a new message id for each request", clause, _UsedMessageIds().judge)


SHORTEST_TIMEOUT = 2.0
"""Seconds. After more than that the station may have given up on the answer, and may go on."""


def one_call_at_a_time(clause: str) -> Rule:
    """No request while an earlier one was waiting for its answer, which it then got."""
    return Rule("one request at a time", clause, _judge_order_of_calls)


def _judge_order_of_calls(evidence: Evidence) -> Iterator[Breach]:
    for before, one in pairwise(evidence.said):
        if _sent_before_answer(before, one):
            yield Breach(f"{one.action}Request after the answer to the request before it", "before it", one.frame)


def _sent_before_answer(before: Exchange, one: Exchange) -> bool:
    return one.at - before.at < SHORTEST_TIMEOUT and before.answered_in is not None and before.answered_in > one.frame


RESPONSE_TIME_INDICATOR = "response"
"""The key of the performance indicator, in every version's catalogue."""


def _judge_response_time(evidence: Evidence) -> Iterator[Breach]:
    limit = performance_limits(evidence.product).get(RESPONSE_TIME_INDICATOR, evidence.settings.response_timeout)
    for one in evidence.asked:
        took = None if one.answered_at is None else one.answered_at - one.at
        if took is not None and took > limit:
            yield Breach(f"an answer to {one.action}Request within {limit:g} s", f"after {took:.1f} s", one.answered_in)


ANSWERS_IN_TIME = Rule("answers in time", "the vendor's limit of the OCPP response time", _judge_response_time)
