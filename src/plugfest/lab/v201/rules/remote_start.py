"""What a remote start sets off says so."""

from collections.abc import Iterator

from plugfest.lab.recording.exchanges import Exchange
from plugfest.lab.rules.evidence import Evidence
from plugfest.lab.rules.rule import Breach, Rule
from plugfest.lab.v201.rules.transactions import Event, Transaction, transactions
from plugfest.ocpp.message import given
from plugfest.ocpp.v201 import messages as m


def _accepted(evidence: Evidence) -> Iterator[tuple[m.RequestStartTransactionRequest, Exchange]]:
    for one in evidence.asked:
        started = isinstance(one.response, m.RequestStartTransactionResponse) and one.response.status == "Accepted"
        if started and isinstance(one.request, m.RequestStartTransactionRequest):
            yield one.request, one


def _judge(evidence: Evidence) -> Iterator[Breach]:
    for request, asked in _accepted(evidence):
        for transaction in transactions(evidence):
            if _remote_start_id(transaction) == request.remote_start_id:
                yield from _first_event(transaction, request, asked)


def _remote_start_id(transaction: Transaction) -> int | None:
    ids = (given(event.message.transaction_info.remote_start_id) for event in transaction.sent)
    return next((id for id in ids if id is not None), None)


def _first_event(
    transaction: Transaction, request: m.RequestStartTransactionRequest, asked: Exchange
) -> Iterator[Breach]:
    event = next((each for each in transaction.events if each.frame > asked.frame), None)
    if event is not None and not _says_so(event, request):
        yield Breach(
            f"triggerReason RemoteStart and remoteStartId {request.remote_start_id} in the first event after the"
            " RequestStartTransactionRequest",
            f"{event.message.trigger_reason}, {given(event.message.transaction_info.remote_start_id) or 'omitted'}",
            event.frame,
        )


def _says_so(event: Event, request: m.RequestStartTransactionRequest) -> bool:
    told = given(event.message.transaction_info.remote_start_id)
    return event.message.trigger_reason == "RemoteStart" and told == request.remote_start_id


REMOTE_START = Rule("RemoteStart in the first event after RequestStartTransaction", "F01.FR.19, F01.FR.25", _judge)
