"""Energy registers stand still while the station reports charging states in which no energy flows."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import pairwise

from plugfest.lab.rules.evidence import Evidence
from plugfest.lab.rules.metering.energy_registers import DEFAULT_MEASURAND, Reading, Register
from plugfest.lab.rules.rule import Rule, Violation
from plugfest.lab.v201.rules.charging_states import charging_state
from plugfest.lab.v201.rules.metering.meter_values import readings_of_event
from plugfest.lab.v201.rules.transactions import Transaction, transactions

STATES_WITHOUT_ENERGY = frozenset({"Idle", "EVConnected", "SuspendedEVSE"})

LEAST_POWER = 1000.0
"""Watts: below the least power of charging, 6 A at 230 V (IEC 61851-1), and above the consumption of an EV at rest."""

INCREASES = 2
"""Successive increases that show a flow: a single one may be a late reading, or the next unit of a coarse register."""


def _judge(evidence: Evidence) -> Iterator[Violation]:
    settling = timedelta(seconds=evidence.settings.time_tolerance)
    for transaction in transactions(evidence):
        for register, readings in _at_rest(transaction, settling):
            increase = _increase(readings)
            if increase is not None:
                earlier, later = increase
                expected = f"{register[0]} of transaction {transaction.id} as {earlier.text}: no energy is transferred"
                yield Violation(expected, later.text, later.frame)


def _at_rest(transaction: Transaction, settling: timedelta) -> Iterator[tuple[Register, list[Reading]]]:
    """The readings of each register in each period without energy transfer, from `settling` after it began."""
    since: datetime | None = None
    periods: list[dict[Register, list[Reading]]] = []
    for event in transaction.events:
        state = charging_state(event)
        if state is not None and state not in STATES_WITHOUT_ENERGY:
            since = None
        elif state is not None and since is None:
            since = event.message.timestamp
            periods.append({})
        if since is not None:
            for reading in readings_of_event(event):
                if reading.register[0] == DEFAULT_MEASURAND and reading.time - since >= settling:
                    periods[-1].setdefault(reading.register, []).append(reading)
    for period in periods:
        yield from period.items()


def _increase(readings: list[Reading]) -> tuple[Reading, Reading] | None:
    """The first and the last reading of the first successive increases that show a flow."""
    ordered = sorted(readings, key=lambda reading: (reading.time, reading.value))
    rising: list[Reading] = []
    for earlier, later in pairwise(ordered):
        if later.time == earlier.time:
            continue
        rising = [*(rising or [earlier]), later] if _shows_flow(earlier, later) else []
        if len(rising) > INCREASES:
            return rising[0], later
    return None


def _shows_flow(earlier: Reading, later: Reading) -> bool:
    seconds = (later.time - earlier.time).total_seconds()
    return later.value - earlier.value > LEAST_POWER * seconds / 3600 + max(earlier.resolution, later.resolution)


REGISTERS_AT_REST = Rule(
    "no energy in a charging state without energy transfer", "E05.FR.02, ChargingStateEnumType", _judge
)
