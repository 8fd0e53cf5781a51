"""MaxEnergyOnInvalidId: how much a driver still gets whom the CSMS refused after the start."""

import asyncio

from plugfest.lab.expectations import has
from plugfest.lab.v201.bench import Bench
from plugfest.lab.v201.metering import REGISTER, sampled_interval
from plugfest.ocpp.message import given
from plugfest.ocpp.v201 import messages as m
from plugfest.ocpp.v201 import types as t

PATIENCE = 4 * 3600.0
"""Seconds that the lab looks on: enough for the limit of the case at 2.5 kW. A slower station is judged by what it
delivered so far."""

ALLOWANCE = 0.05
"""Share of the limit that may flow while the station notices."""


async def energy_limited(bench: Bench, limit: float) -> None:
    """Energy flows up to the limit, in Wh since the transaction began, and no further."""
    seen = bench.ledger.transactions[bench.known_state.transaction_id or ""].events
    registers = [reading for event in seen if (reading := register(event.message)) is not None]
    give_up = asyncio.get_running_loop().time() + PATIENCE
    while asyncio.get_running_loop().time() < give_up:
        event = await bench.expect(
            m.TransactionEventRequest,
            within=2 * sampled_interval(bench) + bench.settings.time_tolerance,
            transaction_info=has(transaction_id=bench.known_state.transaction_id),
        )
        registers += [reading] if (reading := register(event.message)) is not None else []
        delivered = registers[-1] - registers[0] if registers else 0.0
        expected = f"at most {limit:g} Wh (MaxEnergyOnInvalidId)"
        bench.check(delivered <= limit * (1 + ALLOWANCE), expected, f"{delivered:.0f} Wh", frame=event.frame.index)
        if event.message.event_type == "Ended" or event.message.transaction_info.charging_state == "SuspendedEVSE":
            break
    bench.check(len(registers) > 1, f"readings of {REGISTER} during the transaction", len(registers))
    bench.check(registers[-1] > registers[0], "energy is delivered, as long as there is no more than that", "none")


def register(event: m.TransactionEventRequest) -> float | None:
    """The newest energy register in an event, in Wh."""
    values = [
        sampled
        for meter_value in given(event.meter_value) or ()
        for sampled in meter_value.sampled_value
        if (given(sampled.measurand) or REGISTER) == REGISTER and not given(sampled.phase)
    ]
    return _watt_hours(values[-1]) if values else None


def _watt_hours(sampled: t.SampledValueType) -> float:
    unit = given(sampled.unit_of_measure)
    power = (given(unit.multiplier) or 0) + (3 if given(unit.unit) == "kWh" else 0) if unit else 0
    return sampled.value * 10.0**power
