"""EnergyTransferStarted and EnergyTransferSuspended."""

from plugfest.lab.expectations import has, one_of, present
from plugfest.lab.v201.bench import Bench
from plugfest.lab.v201.states.authorized import authorized, id_token
from plugfest.lab.v201.states.ev_connected import plug_in
from plugfest.lab.v201.states.points import Event, event_type_now, start_points, transaction_event, under_test
from plugfest.ocpp.message import UNSET

PLUGGED = one_of("CablePluggedIn", "ChargingStateChanged")


async def energy_transfer_started(bench: Bench, *, how: str | None = None) -> None:
    """Energy flows: authorize if nobody is, plug in if nothing is, and see the station charge."""
    if bench.known_state.facts.energy_transfer:
        return
    if not bench.known_state.facts.authorized:
        await authorized(bench, how=how)
    if not bench.known_state.facts.ev_connected:
        await _connect(bench)
    await charging(bench)


async def _connect(bench: Bench) -> None:
    """Part 1: the cable goes in after the authorization."""
    before = bench.known_state.facts
    await plug_in(bench)
    event_type = event_type_now(bench, before)
    if event_type is not None and (event_type == "Updated" or "EVConnected" in start_points(bench)):
        await transaction_event(
            bench,
            event_type,
            trigger_reason=PLUGGED,
            transaction_info=has(charging_state=one_of("EVConnected", "SuspendedEVSE", "Charging")),
            evse=under_test(bench),
        )


async def charging(bench: Bench) -> None:
    """Part 2: the power path closes and energy flows."""
    points = start_points(bench)
    if not bench.known_state.ongoing and "PowerPathClosed" in points:
        await _started_by_power_path(bench)
    elif not bench.known_state.ongoing and "DataSigned" in points:
        await transaction_event(bench, "Started", trigger_reason="SignedDataReceived")
    before = bench.known_state.facts
    bench.known_state.become(energy_transfer=True)
    event_type = event_type_now(bench, before)
    if event_type is not None and not _charging_was_told(bench):
        await transaction_event(
            bench,
            event_type,
            trigger_reason="ChargingStateChanged",
            transaction_info=has(charging_state="Charging"),
        )


async def _started_by_power_path(bench: Bench) -> Event:
    """The event of the power path that closes: by the cable, or by the authorization, whichever came last.

    Part 6 speaks of it in three places: here with ChargingStateChanged and SuspendedEVSE, in EVConnectedPreSession and
    in Authorized with what closed the path and EVConnected or Charging too. No station knows which of them it is in.
    """
    token = bench.known_state.token or bench.tokens.valid
    signed = ("SignedDataReceived",) if "DataSigned" in start_points(bench) else ()  # the meter may be faster
    return await transaction_event(
        bench,
        "Started",
        trigger_reason=one_of("ChargingStateChanged", "CablePluggedIn", "Authorized", *signed),
        transaction_info=has(charging_state=one_of("SuspendedEVSE", "EVConnected", "Charging")),
        evse=under_test(bench),
        id_token=id_token(token),
    )


def _charging_was_told(bench: Bench) -> bool:
    """Whether an event of the transaction on the bench, taken already, said Charging."""
    seen = bench.ledger.transactions.get(bench.known_state.transaction_id or "")
    last = seen.events[-1].message if seen and seen.events else None
    taken = not any(one.message is last for one in bench.csms.inbox.untaken())
    return last is not None and taken and last.transaction_info.charging_state == "Charging"


async def energy_transfer_suspended(bench: Bench) -> None:
    """The EV stops taking energy."""
    await energy_transfer_started(bench)
    await bench.wait(bench.settings.transaction_duration)
    await bench.operator.ev_suspend(bench.settings.evse_id)
    await suspension_told(bench)


async def suspension_told(bench: Bench) -> None:
    """What the station tells of an EV that takes no more energy, if a transaction is going on."""
    before = bench.known_state.facts
    bench.known_state.become(energy_transfer=False)
    event_type = event_type_now(bench, before)
    if event_type is not None:
        ended = event_type == "Ended"
        await transaction_event(
            bench,
            event_type,
            trigger_reason="ChargingStateChanged" if not ended else present,
            transaction_info=has(
                charging_state=one_of("SuspendedEV", "EVConnected"),
                stopped_reason="StoppedByEV" if ended else UNSET,
            ),
        )
