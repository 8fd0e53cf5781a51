"""Sessions that the station began by itself while offline, and that the CSMS refuses as soon as it hears of them."""

from collections.abc import Sequence

from plugfest.lab.checks.outage import offline
from plugfest.lab.expectations import described, differences, has, one_of, present
from plugfest.lab.settings import Token
from plugfest.lab.v201.answers import transaction_event_answer
from plugfest.lab.v201.bench import Bench
from plugfest.lab.v201.states.authorized import id_token
from plugfest.lab.v201.states.offline import back_online, present_and_settle, queued_events
from plugfest.lab.v201.states.transaction_event import Event, stop_points, track_transaction, transaction_event
from plugfest.ocpp.v201 import messages as m


async def authorized_offline(bench: Bench, *, seconds: float) -> None:
    """The connection breaks and the driver presents his token, which the station knows; so many seconds pass."""
    bench.known_state.token = bench.tokens.valid
    await offline(bench)
    await present_and_settle(bench, bench.known_state.token)
    if not bench.known_state.facts.ev_connected:  # a lock kept the driver out (AQ-2)
        await bench.operator.plug_in(bench.settings.evse_id, bench.settings.connector_id)
    await bench.wait(seconds)
    bench.known_state.become(authorized=True, ev_connected=True, energy_transfer=True)


async def refused_on_return(bench: Bench) -> list[Event]:
    """The station comes back, tells of the session and learns that the token is invalid. Returns what it told."""
    bench.csms.answers.use(m.TransactionEventRequest, transaction_event_answer("Invalid"))
    outage = await back_online(bench)
    events = await queued_events(bench, outage)
    track_transaction(bench, events[-1])
    return events


def tells_of_charging(bench: Bench, events: Sequence[Event], token: Token) -> None:
    """The events of the time offline name the token and say that energy began to flow."""
    _one_of_them(bench, events, id_token=id_token(token), offline=True)
    _one_of_them(bench, events, trigger_reason="ChargingStateChanged", offline=True)


def _one_of_them(bench: Bench, events: Sequence[Event], **checks: object) -> None:
    fitting = any(differences(event.message, checks).matches for event in events)
    bench.check(fitting, f"a TransactionEventRequest with {described(checks)}", f"none of {len(events)}")


async def energy_suspended(bench: Bench) -> None:
    """StopTxOnInvalidId is false: the transaction goes on without energy, or ends with it (E05.FR.02)."""
    ends = "EnergyTransfer" in stop_points(bench)
    await transaction_event(
        bench,
        "Ended" if ends else "Updated",
        trigger_reason="ChargingStateChanged" if not ends else present,
        transaction_info=has(charging_state=one_of("SuspendedEVSE", "EVConnected") if ends else "SuspendedEVSE"),
    )
    bench.known_state.become(authorized=not ends, energy_transfer=False)  # erratum 2.17: it ends with the transaction


async def energy_stays_off(bench: Bench) -> None:
    """After the refusal no energy flows again."""
    charging = has(charging_state="Charging")
    await bench.silence(m.TransactionEventRequest, seconds=bench.settings.time_tolerance, transaction_info=charging)
