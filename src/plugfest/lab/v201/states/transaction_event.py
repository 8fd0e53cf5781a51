"""TransactionEventRequest, and what TxStartPoint and TxStopPoint make of it.

Every reusable state of Part 6 notes for which TxStartPoint and TxStopPoint it leads to a TransactionEventRequest. The
answer is computed here, from the facts before and after an action of the lab.
"""

from plugfest.lab.csms.inbox import ReceivedRequest
from plugfest.lab.expectations import has, one_of
from plugfest.lab.v201.bench import Bench
from plugfest.lab.v201.known_state import Facts, deserted, starts, stops
from plugfest.ocpp.v201 import messages as m

Event = ReceivedRequest[m.TransactionEventRequest]


def start_points(bench: Bench) -> frozenset[str]:
    """The configured TxStartPoint."""
    return bench.configuration.members("TxCtrlr.TxStartPoint")


def stop_points(bench: Bench) -> frozenset[str]:
    """The configured TxStopPoint; PowerPathClosed is "exactly the same as" two others (Part 2 section 2.6.6.2)."""
    points = bench.configuration.members("TxCtrlr.TxStopPoint")
    return points | {"EVConnected", "Authorized"} if "PowerPathClosed" in points else points


def expected_event_type(bench: Bench, before: Facts) -> str | None:
    """The eventType that going from `before` to the facts of now has to show; None if no transaction is concerned."""
    after = bench.known_state.facts
    if not bench.known_state.ongoing:
        return "Started" if starts(start_points(bench), before, after) else None
    return "Ended" if stops(stop_points(bench), before, after) else "Updated"


async def transaction_event(
    bench: Bench, event_type: object, /, *, within: float | None = None, **checks: object
) -> Event:
    """Wait for a TransactionEvent of this type and note what it means for the transaction on the bench.

    Part 6 section 2.1: the first event after a RequestStartTransaction says RemoteStart and carries remoteStartId,
    whatever else the step asks of triggerReason; the first event after an authorization names its token.
    """
    if event_type == "Updated" and deserted(bench.known_state.facts):
        event_type = one_of("Updated", "Ended")
    asked = checks.pop("transaction_info", None)
    info: dict[str, object] = dict(asked.checks) if isinstance(asked, has) else {}
    if bench.known_state.ongoing:
        info["transaction_id"] = bench.known_state.transaction_id  # two EVSEs may tell of theirs at the same time
    if bench.known_state.remote_start_id is not None:
        checks["trigger_reason"] = one_of("RemoteStart")
        info["remote_start_id"] = bench.known_state.remote_start_id
    if bench.known_state.untold_token is not None:
        token = bench.known_state.untold_token
        checks.setdefault("id_token", has(id_token=token.id_token, type=token.type))
    if info:
        checks["transaction_info"] = has(**info)
    event = await bench.expect(m.TransactionEventRequest, within=within, event_type=event_type, **checks)
    bench.known_state.remote_start_id = bench.known_state.untold_token = None
    track_transaction(bench, event)
    return event


def track_transaction(bench: Bench, event: Event) -> None:
    """Follow the transaction: under way from Started, gone with Ended."""
    bench.known_state.ongoing = event.message.event_type != "Ended"
    bench.known_state.transaction_id = event.message.transaction_info.transaction_id


def evse_under_test(bench: Bench) -> object:
    """The check that an event names the EVSE and the connector under test."""
    return has(id=bench.settings.evse_id, connector_id=bench.settings.connector_id)
