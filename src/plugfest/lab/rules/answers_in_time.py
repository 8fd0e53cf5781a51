"""The station answers as fast as its vendor says."""

from collections.abc import Iterator

from plugfest.lab.rules.evidence import Evidence
from plugfest.lab.rules.rule import Breach, Rule
from plugfest.products import performance_limits

INDICATOR = "response"
"""The key of the performance indicator, in every version's catalogue."""


def _judge(evidence: Evidence) -> Iterator[Breach]:
    limit = performance_limits(evidence.product).get(INDICATOR, evidence.settings.response_timeout)
    for one in evidence.asked:
        took = None if one.answered_at is None else one.answered_at - one.at
        if took is not None and took > limit:
            yield Breach(f"an answer to {one.action}Request within {limit:g} s", f"after {took:.1f} s", one.answered_in)


ANSWERS_IN_TIME = Rule("answers in time", "the vendor's limit of the OCPP response time", _judge)
