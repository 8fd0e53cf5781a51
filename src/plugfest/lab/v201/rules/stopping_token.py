"""The event that tells of a stop by the driver names the token that he stopped with."""

from collections.abc import Iterator

from plugfest.lab.operator.actions import ActionKind
from plugfest.lab.rules.evidence import Evidence
from plugfest.lab.rules.rule import Breach, Rule
from plugfest.lab.v201.rules.transactions import transactions
from plugfest.lab.verdict import Level
from plugfest.ocpp.message import given


def _judge(evidence: Evidence) -> Iterator[Breach]:
    presented = [action.frame for action in evidence.done(ActionKind.PRESENT_TOKEN)]
    for transaction in transactions(evidence):
        for event in transaction.sent:
            stopped = event.message.trigger_reason == "StopAuthorized"
            by_token = any(frame <= event.frame for frame in presented)
            if stopped and by_token and given(event.message.id_token) is None:
                yield Breach(
                    "TransactionEventRequest.idToken with triggerReason StopAuthorized", "omitted", event.frame
                )


STOPPING_TOKEN = Rule("idToken of a stop", "E07.FR.02", _judge, Level.SHOULD)
