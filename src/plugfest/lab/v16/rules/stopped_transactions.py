"""StopTransaction of OCPP 1.6: its reason and its idTag agree with what has happened (4.10, 6.49, 7.36)."""

from collections.abc import Callable, Iterator
from typing import NamedTuple

from plugfest.lab.operator.actions import ActionKind
from plugfest.lab.recording.exchanges import Exchange
from plugfest.lab.rules.evidence import Evidence, SentRequest
from plugfest.lab.rules.rule import Rule, Violation
from plugfest.lab.v16.ledger import Ledger
from plugfest.lab.v16.rules.sessions import (
    TokenStartAttempt,
    Transaction,
    described,
    start_attempts,
    transactions,
)
from plugfest.lab.verdict import Level
from plugfest.ocpp.message import given
from plugfest.ocpp.v16 import messages as m


class Stop(NamedTuple):
    """The stop of a transaction that began in the case. What caused it has happened before the frame `until`."""

    evidence: Evidence
    transaction: Transaction
    request: SentRequest[m.StopTransactionRequest]
    until: int

    @property
    def since(self) -> float:
        """The loop time before which nothing can have stopped the transaction."""
        started = min(self.transaction.started_at, self.transaction.start.at)
        return started - self.evidence.settings.time_tolerance

    def acted(self, *kinds: ActionKind, evse_id: int | None = None) -> bool:
        """Whether the operator was asked for such an act during the transaction."""
        return any(
            action.frame <= self.until and action.ended >= self.since and evse_id in (None, action.evse_id)
            for action in self.evidence.actions_of(*kinds)
        )

    def asked(self, matches: Callable[[Exchange], bool]) -> bool:
        """Whether the lab has sent such a request during the transaction."""
        return any(
            exchange.frame < self.until and exchange.at >= self.since and matches(exchange)
            for exchange in self.evidence.lab_requests
        )


def _deauthorized(stop: Stop) -> bool:
    """A lost response may also have refused the idTag."""
    response = stop.transaction.start.exchange.response
    return not isinstance(response, m.StartTransactionResponse) or response.id_tag_info.status != "Accepted"


def _disconnected(stop: Stop) -> bool:
    return stop.acted(ActionKind.UNPLUG, ActionKind.LEAVE, evse_id=stop.transaction.connector_id)


def _reset(kind: str) -> Callable[[Stop], bool]:
    def is_reset(exchange: Exchange) -> bool:
        return isinstance(exchange.request, m.ResetRequest) and exchange.request.type == kind

    return lambda stop: stop.asked(is_reset)


def _rebooted(stop: Stop) -> bool:
    boots = stop.evidence.sent(m.BootNotificationRequest)
    return any(boot.frame > stop.transaction.start.frame for boot in boots)


def _remotely_stopped(stop: Stop) -> bool:
    def stops(exchange: Exchange) -> bool:
        request = exchange.request
        transaction_id = stop.request.message.transaction_id
        return isinstance(request, m.RemoteStopTransactionRequest) and request.transaction_id == transaction_id

    return stop.asked(stops)


def _unlocked(stop: Stop) -> bool:
    def unlocks(exchange: Exchange) -> bool:
        request = exchange.request
        connector_id = stop.transaction.connector_id
        return isinstance(request, m.UnlockConnectorRequest) and request.connector_id == connector_id

    return stop.asked(unlocks)


def _locally_stopped(stop: Stop) -> bool:
    """An idTag was presented that did not start the transaction: the one that stops it, if that is named."""
    stopping = given(stop.request.message.id_tag)
    start = stop.transaction.start
    attempts = [each for each in _presentations(stop) if stopping is None or each.id_tag == stopping.lower()]
    starting = [
        attempt for attempt in attempts if attempt.frame <= start.frame and attempt.id_tag == stop.transaction.id_tag
    ]
    others = [attempt for attempt in attempts if attempt not in starting[:1]]
    was_queued = start.at - stop.transaction.started_at > stop.evidence.settings.time_tolerance
    return any(attempt.frame > start.frame or was_queued for attempt in others)


def _came_back(stop: Stop) -> bool:
    """The idTag that started the transaction was presented again, and did not start another one."""
    transaction, tolerance = stop.transaction, stop.evidence.settings.time_tolerance
    others = [each for each in transactions(stop.evidence) if each.start.message != transaction.start.message]
    return any(
        attempt.id_tag == transaction.id_tag
        and (attempt.frame > transaction.start.frame or attempt.at > transaction.started_at + tolerance)
        and not any(each.id_tag == attempt.id_tag and each.start.frame >= attempt.frame for each in others)
        for attempt in _presentations(stop)
    )


def _presentations(stop: Stop) -> list[TokenStartAttempt]:
    attempts = start_attempts(stop.evidence)
    return [attempt for attempt in attempts if not attempt.remote and attempt.frame <= stop.until]


LOCAL = "Local"

CAUSES: dict[str, tuple[str, Callable[[Stop], bool]]] = {
    "DeAuthorized": ("a StartTransactionResponse that does not accept the idTag", _deauthorized),
    "EmergencyStop": ("an emergency stop", lambda stop: stop.acted(ActionKind.FAULT)),
    "EVDisconnected": ("the cable was unplugged", _disconnected),
    "HardReset": ("a ResetRequest with type Hard", _reset("Hard")),
    LOCAL: ("an idTag was presented to stop it", _locally_stopped),
    "PowerLoss": ("the power was switched off", lambda stop: stop.acted(ActionKind.POWER_OFF)),
    "Reboot": ("the station has booted", _rebooted),
    "Remote": ("a RemoteStopTransactionRequest", _remotely_stopped),
    "SoftReset": ("a ResetRequest with type Soft", _reset("Soft")),
    "UnlockCommand": ("an UnlockConnectorRequest", _unlocked),
}
"""What each reason requires to have happened, in words and as a condition (7.36); Other requires nothing."""


def has_cause(stop: Stop) -> bool | None:
    """Whether what its reason requires has happened; None if the reason requires nothing."""
    cause = CAUSES.get(given(stop.request.message.reason) or LOCAL)
    return None if cause is None else cause[1](stop)


def stops(evidence: Evidence) -> Iterator[Stop]:
    """The stops of the transactions that began in the case."""
    for transaction in transactions(evidence):
        if transaction.stop is not None and evidence.began_idle:
            yield Stop(evidence, transaction, transaction.stop, transaction.stop.frame)


def _judge_reason(evidence: Evidence) -> Iterator[Violation]:
    for stop in stops(evidence):
        reason = given(stop.request.message.reason)
        cause = None if reason is None else CAUSES.get(reason)
        if cause is not None and not cause[1](stop):
            yield Violation(
                f"StopTransactionRequest.reason {reason} only after {cause[0]}",
                "it has not happened",
                stop.request.frame,
            )


def _judge_omitted_reason(evidence: Evidence) -> Iterator[Violation]:
    for stop in stops(evidence):
        if given(stop.request.message.reason) is None and not _locally_stopped(stop):
            yield Violation(
                "StopTransactionRequest.reason unless the driver has stopped the transaction at the station",
                "omitted",
                stop.request.frame,
            )


def _judge_known_id_tag(evidence: Evidence) -> Iterator[Violation]:
    """A charge point sends the idTag if it is known (6.49): that of the driver who came back to stop."""
    for stop in stops(evidence):
        message = stop.request.message
        if given(message.id_tag) is None and (given(message.reason) or LOCAL) == LOCAL and _came_back(stop):
            yield Violation(
                f"StopTransactionRequest.idTag {stop.transaction.start.message.id_tag}, which was presented to stop",
                "omitted",
                stop.request.frame,
            )


REASON = Rule("reason of a stop", "section 7.36", _judge_reason)
KNOWN_ID_TAG = Rule("idTag of a driver who stops", "section 6.49", _judge_known_id_tag)
OMITTED_REASON = Rule("omitted reason of a stop", "section 4.10", _judge_omitted_reason, Level.SHOULD)


def stop_id_tag(ledger: Ledger) -> Rule:
    """The idTag of a StopTransaction started the transaction, or was presented before."""

    def judge(evidence: Evidence) -> Iterator[Violation]:
        for sent in evidence.sent(m.StopTransactionRequest):
            id_tag, transaction = given(sent.message.id_tag), ledger.transactions.get(sent.message.transaction_id)
            if id_tag is None or transaction is None or transaction.start is None:
                continue
            if not evidence.began_idle:
                continue  # another driver may have stopped it
            presented = [
                attempt.id_tag
                for attempt in start_attempts(evidence)
                if not attempt.remote and attempt.frame <= sent.frame
            ]
            allowed = [transaction.start.id_tag.lower(), *presented]
            if id_tag.lower() not in allowed:
                yield Violation(f"StopTransactionRequest.idTag {described(allowed)}", id_tag, sent.frame)

    return Rule("idTag of a StopTransaction", "section 6.49", judge)
