"""Ids that the lab has assigned in its requests, and ids of transactions in answers to it."""

from collections.abc import Iterator
from typing import Any, NamedTuple

from plugfest.lab.recording.exchanges import Exchange
from plugfest.lab.rules.evidence import Evidence
from plugfest.lab.rules.rule import Rule, Violation
from plugfest.lab.v201.rules.transactions import Event, Transaction, transactions
from plugfest.ocpp.message import Request, given
from plugfest.ocpp.v201 import messages as m


def _is_refused(exchange: Exchange) -> bool:
    """Whether the station has answered, and not with status Accepted. Without an answer it may have accepted."""
    return exchange.answered_at is not None and getattr(exchange.response, "status", None) != "Accepted"


# Remote start


class RemoteStart(NamedTuple):
    """A RequestStartTransactionRequest that was accepted, or may have been."""

    request: m.RequestStartTransactionRequest
    exchange: Exchange


def _remote_starts(evidence: Evidence) -> list[RemoteStart]:
    return [
        RemoteStart(exchange.request, exchange)
        for exchange in evidence.lab_requests
        if isinstance(exchange.request, m.RequestStartTransactionRequest) and not _is_refused(exchange)
    ]


def _judge_remote_start_ids(evidence: Evidence) -> Iterator[Violation]:
    starts = _remote_starts(evidence)
    for transaction in transactions(evidence):
        for event in transaction.received:
            remote_start_id = given(event.message.transaction_info.remote_start_id)
            if remote_start_id is None:
                continue
            start = next((each for each in starts if each.request.remote_start_id == remote_start_id), None)
            if start is None or start.exchange.frame > event.frame:
                yield Violation(
                    "TransactionEventRequest.transactionInfo.remoteStartId of an accepted"
                    " RequestStartTransactionRequest",
                    f"remoteStartId {remote_start_id}",
                    event.frame,
                )
            else:
                yield from _judge_remote_token(event, start.request)


def _judge_remote_token(event: Event, request: m.RequestStartTransactionRequest) -> Iterator[Violation]:
    id_token = given(event.message.id_token)
    if id_token is None or event.message.trigger_reason != "RemoteStart":
        return
    if id_token.id_token.lower() != request.id_token.id_token.lower():
        yield Violation(
            f"TransactionEventRequest.idToken {request.id_token.id_token} of the RequestStartTransactionRequest with"
            f" remoteStartId {request.remote_start_id}",
            id_token.id_token,
            event.frame,
        )


REMOTE_START_IDS = Rule("remoteStartId of a remote start", "F01.FR.25, F02.FR.01", _judge_remote_start_ids)


def _judge_started_transaction(evidence: Evidence) -> Iterator[Violation]:
    """The transactionId in RequestStartTransactionResponse: of a transaction that was started before."""
    seen = transactions(evidence)
    for start in _remote_starts(evidence):
        if not isinstance(start.exchange.response, m.RequestStartTransactionResponse):
            continue
        transaction_id = given(start.exchange.response.transaction_id)
        waiting = [each for each in seen if _waits_for_authorization(each, start)]
        if transaction_id is None and waiting:
            yield Violation(
                f"RequestStartTransactionResponse.transactionId {waiting[0].id}, of the transaction that was started"
                " and is not authorized",
                "omitted",
                start.exchange.answered_in,
            )
        elif transaction_id is not None and not any(_may_be_named(each, transaction_id, start) for each in seen):
            yield Violation(
                "RequestStartTransactionResponse.transactionId of a transaction at the requested EVSE",
                f"transactionId {transaction_id}",
                start.exchange.answered_in,
            )


def _waits_for_authorization(transaction: Transaction, start: RemoteStart) -> bool:
    """Whether the transaction was reported before the request at its EVSE, without an authorization or an end."""
    before = [event.message for event in transaction.received if event.frame < start.exchange.frame]
    answered = start.exchange.answered_in
    ended = any(
        event.message.event_type == "Ended" and (answered is None or event.frame < answered)
        for event in transaction.received
    )
    evse_id = given(start.request.evse_id)
    authorized = any(given(each.id_token) or given(each.transaction_info.remote_start_id) for each in before)
    return bool(before) and not ended and not authorized and transaction.evse_id == evse_id is not None


def _may_be_named(transaction: Transaction, transaction_id: str, start: RemoteStart) -> bool:
    evse_id = given(start.request.evse_id)
    return transaction.id == transaction_id and (
        evse_id is None or transaction.evse_id is None or transaction.evse_id == evse_id
    )


STARTED_TRANSACTION = Rule("transactionId in RequestStartTransactionResponse", "F01.FR.13", _judge_started_transaction)


# Transactions of earlier cases


def no_event_of_earlier_transactions() -> Rule:
    """No event of a transaction whose end was answered in an earlier case."""
    return Rule("no event of an ended transaction", "E06", _EndedTransactions().judge)


class _EndedTransactions:
    """The transactions that have ended in a campaign."""

    def __init__(self) -> None:
        self._ids = set[str]()

    def judge(self, evidence: Evidence) -> Iterator[Violation]:
        ended = set[str]()
        for event in evidence.sent(m.TransactionEventRequest):
            transaction_id = event.message.transaction_info.transaction_id
            # A second Started event violates TRANSACTION_IDS.
            if transaction_id in self._ids and event.message.event_type != "Started":
                yield Violation(
                    f"no TransactionEventRequest of transaction {transaction_id}, which has ended",
                    f"eventType {event.message.event_type}",
                    event.frame,
                )
            if event.message.event_type == "Ended" and event.exchange.response is not None:
                ended.add(transaction_id)
        self._ids |= ended


# Reports


REPORTS: dict[type[Request[Any]], tuple[type[Request[Any]], ...]] = {
    m.NotifyReportRequest: (m.GetBaseReportRequest, m.GetReportRequest),
    m.NotifyMonitoringReportRequest: (m.GetMonitoringReportRequest,),
    m.NotifyCustomerInformationRequest: (m.CustomerInformationRequest,),
    m.ReportChargingProfilesRequest: (m.GetChargingProfilesRequest,),
    m.NotifyDisplayMessagesRequest: (m.GetDisplayMessagesRequest,),
}
"""The messages with the parts of a report, and the requests for it."""


def report_request_ids() -> Rule:
    """The requestId of the request for the report."""
    return Rule("requestId in every report", "B07.FR.04, B08.FR.04, N02.FR.04, K09.FR.01", _ReportIds().judge)


class _ReportIds:
    """The ids of the reports that were requested in a campaign. A report may go on after its case."""

    def __init__(self) -> None:
        self._ids = set[tuple[str, int]]()

    def judge(self, evidence: Evidence) -> Iterator[Violation]:
        for exchange in evidence.exchanges:
            request_id = given(getattr(exchange.request, "request_id", None))
            if not isinstance(request_id, int):
                continue
            requests = None if exchange.request is None else REPORTS.get(type(exchange.request))
            if requests is None:
                self._ids.add((exchange.action, request_id))
            elif evidence.began_idle and not any((request.action, request_id) in self._ids for request in requests):
                names = " or ".join(f"{request.action}Request" for request in requests)
                yield Violation(
                    f"{exchange.action}Request.requestId of a {names}", f"requestId {request_id}", exchange.frame
                )
