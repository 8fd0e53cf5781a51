"""No message id is ever used for two requests."""

from collections.abc import Iterator

from plugfest.lab.rules.evidence import Evidence
from plugfest.lab.rules.rule import Breach, Rule


class _Used:
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
    return Rule("a new message id for each request", clause, _Used().judge)
