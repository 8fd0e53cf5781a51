"""Transactions that the station starts offline with a token that the CSMS rejects after the reconnection."""

from collections.abc import Sequence

from plugfest.lab.checks.outage import offline
from plugfest.lab.expectations import described, differences, has, one_of, present
from plugfest.lab.settings import Token
from plugfest.lab.v201.answers import transaction_event_answer
from plugfest.lab.v201.bench import Bench
from plugfest.lab.v201.states.authorized import id_token
from plugfest.lab.v201.states.offline import back_online, present_and_settle, queued_events
from plugfest.lab.v201.states.transaction_event import Event, track_transaction, transaction_event
from plugfest.lab.v201.states.transaction_points import suspension_ends
from plugfest.ocpp.v201 import messages as m


async def authorized_offline(bench: Bench, *, seconds: float) -> None:
    """The connection is lost, the driver presents a token that the station knows, and `seconds` pass."""
    bench.known_state.token = bench.tokens.valid
    await offline(bench)
    await present_and_settle(bench, bench.known_state.token)
    if not bench.known_state.conditions.ev_connected:  # the lock blocked plug-in before the authorization (AQ-2)
        await bench.operator.plug_in(bench.settings.evse_id, bench.settings.connector_id)
    await bench.wait(seconds)
    bench.known_state.update(authorized=True, ev_connected=True, energy_transfer=True)


async def token_invalid_after_reconnect(bench: Bench) -> list[Event]:
    """The station reconnects, reports the transaction and gets idTokenInfo Invalid. Returns the reported events."""
    bench.csms.answers.override(m.TransactionEventRequest, transaction_event_answer("Invalid"))
    outage = await back_online(bench)
    events = await queued_events(bench, outage)
    track_transaction(bench, events[-1])
    return events


def check_charging_reported(bench: Bench, events: Sequence[Event], token: Token) -> None:
    """The events of the time offline contain the token and the start of the energy transfer."""
    _check_any_event(bench, events, id_token=id_token(token), offline=True)
    _check_any_event(bench, events, trigger_reason="ChargingStateChanged", offline=True)


def _check_any_event(bench: Bench, events: Sequence[Event], **checks: object) -> None:
    matches = any(differences(event.message, checks).matches for event in events)
    bench.check(matches, f"a TransactionEventRequest with {described(checks)}", f"none in {len(events)} events")


async def energy_suspended(bench: Bench) -> None:
    """StopTxOnInvalidId false: the transaction continues without energy transfer, or ends with it (E05.FR.02)."""
    ends = await suspension_ends(bench)
    await transaction_event(
        bench,
        "Ended" if ends else "Updated",
        trigger_reason="ChargingStateChanged" if not ends else present,
        transaction_info=has(charging_state=one_of("SuspendedEVSE", "EVConnected") if ends else "SuspendedEVSE"),
    )
    bench.known_state.update(authorized=not ends, energy_transfer=False)  # erratum 2.17: ends with the transaction


async def no_more_charging(bench: Bench) -> None:
    """No energy is transferred after the rejection."""
    charging = has(charging_state="Charging")
    await bench.silence(m.TransactionEventRequest, seconds=bench.settings.silence, transaction_info=charging)
