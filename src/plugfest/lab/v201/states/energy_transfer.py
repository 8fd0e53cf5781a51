"""EnergyTransferStarted and EnergyTransferSuspended."""

from collections.abc import Iterable

from plugfest.lab.expectations import has, one_of, present
from plugfest.lab.v201.bench import Bench
from plugfest.lab.v201.states.authorized import authorized, id_token
from plugfest.lab.v201.states.ev_connected import plug_in
from plugfest.lab.v201.states.transaction_event import Event, evse_under_test, last_charging_state, transaction_event
from plugfest.lab.v201.states.transaction_points import START, expected_event_type, start_points, undetermined
from plugfest.ocpp.message import UNSET
from plugfest.ocpp.v201 import messages as m


async def energy_transfer_started(bench: Bench, *, how: str | None = None) -> None:
    """Authorize and plug in if that is not done, and expect the station to charge."""
    if bench.known_state.conditions.energy_transfer:
        return
    if not bench.known_state.conditions.authorized:
        await authorized(bench, how=how)
    if bench.known_state.conditions.ev_connected:
        await charging(bench, after="Authorized")
    else:
        await _plug_in_after_authorization(bench)
        await charging(bench, after="CablePluggedIn")


async def _plug_in_after_authorization(bench: Bench) -> None:
    """Part 1: the driver plugs in after the authorization.

    The event of the plug-in may also report the charging state that follows it (Part 2 section E.1.5). In Edition 4
    (after Part 6 of OCPP 2.1 Edition 2) part 1 is EVConnectedPreSession, which has the event of PowerPathClosed too.
    """
    before = bench.known_state.conditions
    await plug_in(bench)
    event_type = await expected_event_type(bench, before)
    if event_type is not None and (event_type == "Updated" or "EVConnected" in start_points(bench)):
        await transaction_event(
            bench,
            event_type,
            trigger_reason="CablePluggedIn",
            transaction_info=has(charging_state=one_of("EVConnected", "SuspendedEVSE", "Charging")),
            evse=evse_under_test(bench),
        )


async def charging(bench: Bench, *, after: str) -> None:
    """Part 2: the power path closes and energy transfer starts. `after`: the triggerReason of the last act before."""
    await power_path_closed(bench, after=after)
    if not bench.known_state.ongoing and "DataSigned" in start_points(bench):
        await transaction_event(bench, "Started", trigger_reason="SignedDataReceived")
    before = bench.known_state.conditions
    bench.known_state.update(energy_transfer=True)
    event_type = await expected_event_type(bench, before)
    if event_type is not None and last_charging_state(bench) != "Charging":
        await transaction_event(
            bench,
            event_type,
            trigger_reason="ChargingStateChanged",
            transaction_info=has(charging_state="Charging"),
        )


async def power_path_closed(bench: Bench, *, after: str) -> None:
    """The driver is authorized and the EV connected: TxStartPoint PowerPathClosed starts the transaction.

    `after`: the triggerReason of the last act before.
    """
    if not bench.known_state.ongoing and ("PowerPathClosed" in start_points(bench) or undetermined(bench, START)):
        await _started_by_power_path(bench, after)


async def _started_by_power_path(bench: Bench, after: str) -> Event:
    """The event of TxStartPoint PowerPathClosed: the cable and the authorization have closed the power path.

    The act that has closed it may have its own event, which reports the charging state too: so EVConnectedPreSession
    and Authorized have it, and the station cannot know in which of the states the lab is (Part 2 section E.1.5).

    In Edition 4 (after Part 6 of OCPP 2.1 Edition 2) it is always the event of the act, also in main A of Authorized;
    an event with SuspendedEVSE is optional before Charging, with every TxStartPoint.
    """
    token = bench.known_state.token or bench.tokens.valid
    # The signed meter value may come first.
    signed = ("SignedDataReceived",) if "DataSigned" in start_points(bench) else ()
    unknown = (UNSET,) if signed and undetermined(bench, START) else ()
    return await transaction_event(
        bench,
        "Started",
        trigger_reason=one_of("ChargingStateChanged", after, *signed),
        transaction_info=has(charging_state=one_of("SuspendedEVSE", "EVConnected", "Charging", *unknown)),
        evse=evse_under_test(bench),
        id_token=id_token(token),
    )


async def energy_transfer_suspended(bench: Bench) -> None:
    """Charge, then let the EV stop drawing energy."""
    await energy_transfer_started(bench)
    await bench.wait(bench.settings.transaction_duration)
    await bench.operator.ev_suspend(bench.settings.evse_id)
    await suspension_reported(bench)


async def suspension_reported(bench: Bench) -> None:
    """The event that reports that the EV draws no energy, if a transaction is ongoing.

    Edition 4 (after Part 6 of OCPP 2.1 Edition 2) is stricter: SuspendedEV only, unless TxStopPoint has EnergyTransfer.
    """
    before = bench.known_state.conditions
    bench.known_state.update(energy_transfer=False)
    event_type = await expected_event_type(bench, before)
    if event_type is not None:
        ended = event_type == "Ended"
        event = await transaction_event(
            bench,
            event_type,
            trigger_reason="ChargingStateChanged" if not ended else present,
            transaction_info=has(
                charging_state=one_of("SuspendedEV", "EVConnected"),
                stopped_reason="StoppedByEV" if ended else UNSET,
            ),
        )
        if event.message.transaction_info.charging_state == "SuspendedEV":
            trigger = event.message.trigger_reason
            bench.check(
                trigger == "ChargingStateChanged",
                "triggerReason ChargingStateChanged with chargingState SuspendedEV",
                trigger,
                frame=event.frame.index,
            )


def evse_ids(bench: Bench) -> list[int]:
    """Every EVSE in the PICS."""
    return [evse.id for evse in bench.product.evses]


async def energy_transfer_on_all_evses(bench: Bench, ids: Iterable[int] | None = None) -> None:
    """EnergyTransferStarted at each of these EVSEs, at all of the station if None."""
    for evse_id in evse_ids(bench) if ids is None else ids:
        await energy_transfer_started(bench.at(evse_id))


async def charging_continues(bench: Bench, *, seconds: float | None = None) -> None:
    """For this many seconds, by default Part 6's message timeout, charging, authorization and transaction continue."""
    quiet = bench.settings.response_timeout if seconds is None else seconds
    transaction_id = bench.known_state.transaction_id
    stopped = has(transaction_id=transaction_id, charging_state=one_of("EVConnected", "SuspendedEVSE", "Idle"))
    ongoing = has(transaction_id=transaction_id)
    await bench.silence(m.TransactionEventRequest, seconds=quiet, event_type="Ended", transaction_info=ongoing)
    await bench.silence(m.TransactionEventRequest, seconds=0, transaction_info=stopped)
    await bench.silence(m.TransactionEventRequest, seconds=0, id_token=present, transaction_info=ongoing)
