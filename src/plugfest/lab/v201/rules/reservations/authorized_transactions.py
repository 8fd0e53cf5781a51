"""The transactions of a case that the lab knows the authorization of."""

from collections.abc import Iterator
from typing import NamedTuple

from plugfest.lab.rules.evidence import Evidence, once
from plugfest.lab.v201.rules.reservations.lifetimes import Authorization, authorizations, key
from plugfest.lab.v201.rules.transactions import Event, Transaction, transactions
from plugfest.ocpp.message import given

NOT_STARTING = frozenset({"StopAuthorized", "RemoteStop", "Deauthorized", "MeterValuePeriodic", "MeterValueClock"})
"""The trigger reasons of events whose idToken does not show who was authorized."""


class AuthorizedTransaction(NamedTuple):
    """The first event of a transaction with an idToken, and the act that authorized it."""

    transaction: Transaction
    event: Event
    authorization: Authorization


@once
def authorized_transactions(evidence: Evidence) -> list[AuthorizedTransaction]:
    return list(_authorized(evidence))


def _authorized(evidence: Evidence) -> Iterator[AuthorizedTransaction]:
    for transaction in transactions(evidence):
        for event in transaction.events:
            id_token = given(event.message.id_token)
            if id_token is None or event.message.trigger_reason in NOT_STARTING:
                continue
            before = [each for each in authorizations(evidence) if each.frame <= event.frame]
            own = [each for each in before if each.token == key(id_token) and _is_at(transaction, each.evse_id)]
            if own:
                yield AuthorizedTransaction(transaction, event, own[-1])
            break


def _is_at(transaction: Transaction, evse_id: int | None) -> bool:
    return None in (transaction.evse_id, evse_id) or transaction.evse_id == evse_id
