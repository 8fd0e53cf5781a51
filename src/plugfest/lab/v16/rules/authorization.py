"""Authorize of OCPP 1.6, and transactions with nothing but an authorized idTag (4.1, 5.11)."""

from collections.abc import Iterator

from plugfest.lab.operator.actions import ActionKind
from plugfest.lab.rules.evidence import Evidence, SentRequest
from plugfest.lab.rules.rule import Rule, Violation
from plugfest.lab.v16.rules.configuration_keys import key_value
from plugfest.lab.v16.rules.sessions import (
    LOCAL_REASONS,
    Authorizations,
    TokenStartAttempt,
    Transaction,
    described,
    start_attempts,
    transactions,
)
from plugfest.ocpp.message import given
from plugfest.ocpp.v16 import messages as m

AUTHORIZE_REMOTE = "AuthorizeRemoteTxRequests"


class _PendingIdTags:
    """The idTags of the case before that no transaction has used: they may still be authorized."""

    def __init__(self) -> None:
        self._id_tags = frozenset[str]()

    def take(self, evidence: Evidence) -> frozenset[str]:
        """Those of the case before; remembers those of this case."""
        before = self._id_tags
        used = {transaction.id_tag for transaction in transactions(evidence)}
        self._id_tags = frozenset(attempt.id_tag for attempt in start_attempts(evidence)) - used
        return before


def authorize_id_tag() -> Rule:
    """The idTag of an Authorize was presented, remotely started or reserved before (4.1, 5.11, 5.13)."""
    pending = _PendingIdTags()

    def judge(evidence: Evidence) -> Iterator[Violation]:
        before = pending.take(evidence)
        for sent in evidence.sent(m.AuthorizeRequest):
            known = [*_id_tags_until(evidence, sent.frame), *before]
            if sent.message.id_tag.lower() not in known and evidence.began_idle:
                yield Violation(
                    f"AuthorizeRequest.idTag presented, remotely started or reserved before: {described(known)}",
                    sent.message.id_tag,
                    sent.frame,
                )

    return Rule("idTag of an Authorize", "section 4.1", judge)


def _id_tags_until(evidence: Evidence, frame: int) -> Iterator[str]:
    """The idTags of the attempts and the reservations before this frame; a rejected remote start counts, too."""
    yield from (attempt.id_tag for attempt in start_attempts(evidence) if attempt.frame <= frame)
    for exchange in evidence.lab_requests:
        request = exchange.request
        if isinstance(request, m.ReserveNowRequest | m.RemoteStartTransactionRequest) and exchange.frame < frame:
            yield request.id_tag.lower()


def start_authorized() -> Rule:
    """A transaction starts only with an idTag that has been authorized, and that no other transaction has used."""
    pending = _PendingIdTags()

    def judge(evidence: Evidence) -> Iterator[Violation]:
        before = pending.take(evidence)
        authorizations = Authorizations(evidence)
        for transaction in authorizations.transactions:
            is_new = _began_in_case(evidence, transaction) and transaction.id_tag not in before
            start = transaction.start
            if is_new and not authorizations.unused(start.frame, transaction.connector_id, transaction.id_tag):
                yield Violation(
                    f"StartTransactionRequest of connector {transaction.connector_id} after its idTag"
                    f" {start.message.id_tag} was presented or remotely started, and authorized",
                    _reason(authorizations, transaction),
                    start.frame,
                )

    return Rule("transaction only after authorization", "section 4.1", judge)


def _began_in_case(evidence: Evidence, transaction: Transaction) -> bool:
    """Whether it was not queued from an earlier case or from the time before the lab."""
    first = min((exchange.at for exchange in evidence.exchanges), default=0.0)
    return evidence.began_idle and transaction.started_at >= first - evidence.settings.time_tolerance


def _reason(authorizations: Authorizations, transaction: Transaction) -> str:
    frame = transaction.start.frame
    attempts = [attempt for attempt in authorizations.attempts if attempt.frame <= frame]
    same = [attempt for attempt in attempts if attempt.id_tag == transaction.id_tag]
    if not same:
        return f"presented or remotely started until then: {described(attempt.id_tag for attempt in attempts)}"
    if not any(attempt.is_at(transaction.connector_id) for attempt in same):
        return "remotely started at another connector"
    granted = [attempt for attempt in same if authorizations.granted(attempt, frame)]
    return "used by an earlier transaction" if granted else "not yet authorized"


def _judge_authorize_at_stop(evidence: Evidence) -> Iterator[Violation]:
    for transaction in transactions(evidence):
        stop = transaction.stop
        if stop is not None and given(stop.message.reason) in LOCAL_REASONS:
            yield from _authorized_to_stop(evidence, transaction, stop)


def _authorized_to_stop(
    evidence: Evidence, transaction: Transaction, stop: SentRequest[m.StopTransactionRequest]
) -> Iterator[Violation]:
    """The presentation that stopped the transaction is the last one before the stop."""
    attempts = [attempt for attempt in start_attempts(evidence) if not attempt.remote and attempt.frame <= stop.frame]
    presented = max(attempts, key=lambda attempt: attempt.frame, default=None)
    if presented is None or not _stops_own(presented, transaction):
        return
    for sent in evidence.sent(m.AuthorizeRequest):
        if presented.frame <= sent.frame < stop.frame and sent.message.id_tag.lower() == presented.id_tag:
            yield Violation(
                f"no AuthorizeRequest for the idTag that started transaction {transaction.transaction_id}, to stop it",
                f"AuthorizeRequest.idTag {sent.message.id_tag}",
                sent.frame,
            )


def _stops_own(attempt: TokenStartAttempt, transaction: Transaction) -> bool:
    return attempt.id_tag == transaction.id_tag and attempt.frame > transaction.start.frame


AUTHORIZE_AT_STOP = Rule("no Authorize to stop with the same idTag", "section 4.1", _judge_authorize_at_stop)


def _judge_authorize_after_remote_start(evidence: Evidence) -> Iterator[Violation]:
    locally = {attempt.id_tag: attempt.frame for attempt in reversed(start_attempts(evidence)) if not attempt.remote}
    for attempt in start_attempts(evidence):
        if attempt.remote and key_value(evidence, AUTHORIZE_REMOTE, attempt.frame) == "false":
            for sent in evidence.sent(m.AuthorizeRequest):
                id_tag = sent.message.id_tag.lower()
                presented = locally.get(id_tag, sent.frame + 1) <= sent.frame
                if (
                    id_tag == attempt.id_tag
                    and sent.frame > attempt.frame
                    and not presented
                    and not _reserved(evidence, attempt)
                ):
                    yield Violation(
                        f"no AuthorizeRequest for a remote start while {AUTHORIZE_REMOTE} is false",
                        f"AuthorizeRequest.idTag {sent.message.id_tag}",
                        sent.frame,
                    )


def _reserved(evidence: Evidence, attempt: TokenStartAttempt) -> bool:
    """Whether the lab has reserved a connector: the station may look for the parent idTag (5.13)."""
    requests = (exchange.request for exchange in evidence.lab_requests if exchange.frame < attempt.frame)
    return any(isinstance(request, m.ReserveNowRequest) for request in requests)


AUTHORIZE_AFTER_REMOTE_START = Rule(
    "no Authorize for a remote start without authorization", "section 5.11", _judge_authorize_after_remote_start
)


def _judge_cable(evidence: Evidence) -> Iterator[Violation]:
    plug_ins = list(evidence.actions_of(ActionKind.PLUG_IN))
    for transaction in transactions(evidence):
        frame = transaction.start.frame
        connectors = sorted({str(action.evse_id) for action in plug_ins if action.frame <= frame})
        if str(transaction.connector_id) not in connectors and _began_in_case(evidence, transaction):
            yield Violation(
                f"StartTransactionRequest of connector {transaction.connector_id} after a cable was plugged in there",
                f"plugged in until then: {'connector ' + ' and '.join(connectors) if connectors else 'nothing'}",
                frame,
            )


# Without a cable the connector is Preparing, and there is no transaction yet.
CABLE_FIRST = Rule("transaction only with a cable", "sections 4.9 and 7.7", _judge_cable)
