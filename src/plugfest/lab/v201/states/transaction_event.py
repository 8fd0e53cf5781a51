"""TransactionEventRequest: expected, tracked and checked.

Every reusable state of Part 6 notes for which TxStartPoint and TxStopPoint it leads to a TransactionEventRequest; see
`transaction_points`.
"""

from plugfest.lab.csms.inbox import ReceivedRequest
from plugfest.lab.expectations import has, meets, one_of, shown
from plugfest.lab.settings import Token
from plugfest.lab.v201.bench import Bench
from plugfest.lab.v201.known_state import is_idle
from plugfest.lab.verdict import NotEquipped
from plugfest.ocpp.message import UNSET
from plugfest.ocpp.v201 import messages as m

Event = ReceivedRequest[m.TransactionEventRequest]


def is_token(token: Token) -> has:
    """The check that an idToken is this token, without regard to case (identifierString)."""
    same = meets(token.id_token, lambda value: str(value).lower() == token.id_token.lower())
    return has(id_token=same, type=token.type)


def transaction_under_test(bench: Bench) -> str:
    """The transactionId of the transaction under test. Raises NotEquipped if the station has reported none."""
    if bench.known_state.transaction_id is None:
        raise NotEquipped("the scenario requires a transactionId, and the station has reported no transaction")
    return bench.known_state.transaction_id


async def transaction_event(
    bench: Bench, event_type: object, /, *, within: float | None = None, **checks: object
) -> Event:
    """Expect a TransactionEventRequest of this eventType and track the transaction.

    Part 6 section 2.1: the first event after a RequestStartTransaction has triggerReason RemoteStart, in place of what
    the step expects, and remoteStartId; the first event after an authorization has its idToken, and the
    reservationId of the reservation that it has used.
    """
    if event_type == "Updated" and is_idle(bench.known_state.conditions):
        event_type = one_of("Updated", "Ended")
    expected_info = checks.pop("transaction_info", None)
    info: dict[str, object] = dict(expected_info.checks) if isinstance(expected_info, has) else {}
    if bench.known_state.ongoing:
        info["transaction_id"] = bench.known_state.transaction_id  # another EVSE may send events at the same time
    if bench.known_state.remote_start_id is not None:
        checks["trigger_reason"] = one_of("RemoteStart")
        info["remote_start_id"] = bench.known_state.remote_start_id
    if bench.known_state.unreported_token is not None:
        token = bench.known_state.unreported_token
        checks.setdefault("id_token", is_token(token))
    if bench.known_state.unreported_reservation_id is not None:
        checks["reservation_id"] = bench.known_state.unreported_reservation_id  # E01.FR.13, E02.FR.03, E03.FR.03
    if info:
        checks["transaction_info"] = has(**info)
    event = await bench.expect(m.TransactionEventRequest, within=within, event_type=event_type, **checks)
    bench.known_state.remote_start_id = bench.known_state.unreported_token = None
    bench.known_state.unreported_reservation_id = None
    track_transaction(bench, event)
    return event


def track_transaction(bench: Bench, event: Event) -> None:
    """Note the transaction of an event, and whether it is ongoing."""
    if event.message.event_type == "Started":
        bench.known_state.stopped_reasons = ()
    bench.known_state.ongoing = event.message.event_type != "Ended"
    bench.known_state.transaction_id = event.message.transaction_info.transaction_id


def check_stopped_reason(bench: Bench, event: Event, *reasons: object) -> None:
    """An event that ends the transaction has one of these stoppedReasons."""
    info = event.message.transaction_info
    if event.message.event_type == "Ended":
        bench.check(
            info.stopped_reason in reasons,
            f"transactionInfo.stoppedReason {' or '.join(shown(reason) for reason in reasons)}",
            shown(info.stopped_reason),
            frame=event.frame.index,
        )


def last_charging_state(bench: Bench) -> object:
    """The last chargingState in the events of the transaction under test that a check has matched; UNSET if none."""
    transaction = bench.ledger.transactions.get(bench.known_state.transaction_id or "")
    waiting = [one.message for one in bench.csms.inbox.unconsumed()]
    events = sorted(transaction.events if transaction else (), key=lambda event: event.message.seq_no)
    reported = (
        event.message.transaction_info.charging_state
        for event in reversed(events)
        if not any(event.message is message for message in waiting)
    )
    return next((state for state in reported if state is not UNSET), UNSET)


def evse_under_test(bench: Bench) -> object:
    """The check that `evse` is the EVSE and the connector under test."""
    return has(id=bench.settings.evse_id, connector_id=bench.settings.connector_id)
