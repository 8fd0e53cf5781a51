"""The numbers of a transaction's events have no gaps."""

from collections.abc import Iterator
from itertools import pairwise

from plugfest.lab.rules.evidence import Evidence
from plugfest.lab.rules.rule import Breach, Rule
from plugfest.lab.v201.rules.transactions import transactions


def _judge(evidence: Evidence) -> Iterator[Breach]:
    for transaction in transactions(evidence):
        for earlier, later in pairwise(transaction.events):
            expected = earlier.message.seq_no + 1
            if later.message.seq_no != expected:
                yield Breach(
                    f"TransactionEventRequest.seqNo {expected} after {earlier.message.seq_no}",
                    str(later.message.seq_no),
                    later.frame,
                )


SEQ_NO = Rule("seqNo without gaps", "E01.FR.07", _judge)
