"""No transaction id is ever used for two transactions."""

from collections.abc import Iterator

from plugfest.lab.rules.evidence import Evidence
from plugfest.lab.rules.rule import Breach, Rule
from plugfest.ocpp.v201 import messages as m


def _judge(evidence: Evidence) -> Iterator[Breach]:
    """Of two that begin in one case the second is found by its Started event already."""
    for told in evidence.told(m.TransactionEventRequest):
        transaction_id = told.message.transaction_info.transaction_id
        if told.message.event_type == "Started" and transaction_id in evidence.known:
            yield Breach("a transactionId that the station has not used before", transaction_id, told.frame)


TRANSACTION_IDS = Rule("a new id for each transaction", "E01.FR.08", _judge)
