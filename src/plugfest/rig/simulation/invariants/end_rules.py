"""The invariants at the end, when every fault is over and every EV has left: a table of pure rules as in `rules`."""

from typing import Final

import msgspec

from plugfest.rig.simulation.invariants.history import History
from plugfest.rig.simulation.invariants.observation import Observation, OpenUpdate
from plugfest.rig.simulation.invariants.rules import TOLERANCE, Rule


class FinalState(msgspec.Struct, frozen=True, kw_only=True):
    """The state at the end, when every fault is over and every EV has left."""

    observation: Observation
    connected: bool
    connectors: tuple[tuple[int, int], ...]
    ongoing: tuple[int, ...]
    """The EVSEs at which the station has a transaction."""
    open_update: OpenUpdate | None
    left_tasks: tuple[str, ...]
    """The tasks that still run after the station was switched off."""
    metered: dict[int, float]
    """The energy in Wh that the meter of each EVSE has counted."""


def _is_online(history: History, end: FinalState) -> str | None:
    if end.connected and history.status == "Accepted":
        return None
    return f"the station is {'' if end.connected else 'not '}connected, its status is {history.status}"


def _is_available(history: History, end: FinalState) -> str | None:
    for place in end.connectors:
        status = history.connector_statuses.get(place, "never reported")
        if status != "Available":
            return f"connector {place[1]} of EVSE {place[0]} is {status}"
    return None


def _all_ended(history: History, end: FinalState) -> str | None:
    left = [each for each in history.all_transactions() if each.started and not each.ended]
    if left:
        return f"{len(left)} transactions have not ended, the first at EVSE {left[0].evse}"
    return f"the station has a transaction at EVSE {end.ongoing[0]}" if end.ongoing else None


def _nothing_queued(history: History, end: FinalState) -> str | None:
    queued = end.observation.resources.queued
    return f"{queued} messages are queued" if queued else None


def _energy_is_accounted(history: History, end: FinalState) -> str | None:
    """The energy of each EVSE is the sum of that of its transactions: none is lost, and none counted twice."""
    for evse, metered in end.metered.items():
        own = [each for each in history.all_transactions() if each.evse == evse]
        if any(each.first_register is None for each in own):
            continue  # the settings report no registers
        reported = sum((each.last_register or 0.0) - (each.first_register or 0.0) for each in own)
        missing = metered - reported if history.energy_known else min(0.0, metered - reported)
        if abs(missing) > TOLERANCE * (2 + len(own)):
            return f"the meter of EVSE {evse} has counted {metered:.1f} Wh, its transactions {reported:.1f} Wh"
    return None


def _updates_end(history: History, end: FinalState) -> str | None:
    update = end.open_update
    # Only messages about transactions must be repeated: an answer that is lost or not valid may leave it unreported.
    if update is None or (update.has_ended and history.delivered_firmware_status == update.status):
        return None
    return f"a firmware update is {update.status}{', which was not reported' if update.has_ended else ''}"


def _no_task_left(history: History, end: FinalState) -> str | None:
    return f"still running after power off: {end.left_tasks[0]}" if end.left_tasks else None


END_RULES: Final[tuple[Rule[FinalState], ...]] = (
    Rule("2.0.1 Part 4, 5.3; 1.6J, 5.3", "the station is online again", _is_online),
    Rule("E06; 1.6, 4.10", "every transaction that has started has ended", _all_ended),
    Rule("G01.FR.01; 1.6, 4.9", "every connector is Available", _is_available),
    Rule("E04.FR.01; 1.6, 4.1", "nothing is left in the queue", _nothing_queued),
    Rule("E06.FR.11; 1.6, 4.10", "all energy is reported", _energy_is_accounted),
    Rule("L01.FR.01; 1.6, 4.5", "every firmware update has ended", _updates_end),
    Rule("own", "no task is left after power off", _no_task_left),
)
