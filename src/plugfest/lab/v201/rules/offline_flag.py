"""What happened while the station was offline says so, and nothing else does."""

from collections.abc import Iterator

from plugfest.lab.rules.evidence import Evidence
from plugfest.lab.rules.line import Line, undelivered
from plugfest.lab.rules.rule import Breach, Rule
from plugfest.lab.v201.rules.transactions import event_exchanges, happened, transactions


def _judge(evidence: Evidence) -> Iterator[Breach]:
    line = Line(evidence)
    margin = evidence.settings.time_tolerance
    delayed = list(undelivered(event_exchanges(evidence)))
    for transaction in transactions(evidence):
        for event in transaction.sent:
            at, flag = happened(event), event.message.offline is True
            if line.is_down(at, margin=margin) and not flag:
                yield Breach("TransactionEventRequest.offline true: there was no connection", "not", event.frame)
            elif flag and line.is_up(at, margin=margin) and not any(one.holds(at) for one in delayed):
                yield Breach("TransactionEventRequest.offline false or omitted: it was connected", "true", event.frame)


OFFLINE_FLAG = Rule("offline on what happened offline", "E04.FR.03", _judge)
