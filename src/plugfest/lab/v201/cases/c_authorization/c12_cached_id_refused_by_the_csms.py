"""C12 Start Transaction - Cached Id, where the CSMS has changed its mind: StopTxOnInvalidId, MaxEnergyOnInvalidId."""

import asyncio

from plugfest.lab.case import case
from plugfest.lab.expectations import has
from plugfest.lab.v201.bench import Bench
from plugfest.lab.v201.cases.c_authorization.id_tokens import CACHE_IN_USE
from plugfest.lab.v201.cases.c_authorization.refused_after_offline_start import (
    authorized_offline,
    energy_stays_off,
    energy_suspended,
    refused_on_return,
    tells_of_charging,
)
from plugfest.lab.v201.configuration import Need, needs
from plugfest.lab.v201.memory.id_token import id_token_known
from plugfest.lab.v201.metering import REGISTER, sampled_interval, sampled_updates
from plugfest.lab.v201.states.deauthorized import deauthorized
from plugfest.lab.v201.states.ev_connected import ev_connected_pre_session
from plugfest.ocpp.message import given
from plugfest.ocpp.v201 import messages as m
from plugfest.ocpp.v201 import types as t

MOMENT = 5.0
"""Seconds that Part 6 leaves the station offline with the driver."""

KNOWN_OFFLINE = {**CACHE_IN_USE, "AuthCtrlr.LocalAuthorizeOffline": "true"}
LIMIT = 10_000
"""MaxEnergyOnInvalidId in Wh: more than any station delivers while it is offline here."""

SHORT_OUTAGE = {
    "OCPPCommCtrlr.RetryBackOffWaitMinimum": "5",
    "OCPPCommCtrlr.RetryBackOffRandomRange": "0",
    "OCPPCommCtrlr.OfflineThreshold": "65",
}


@case(
    "TC_C_16_CS",
    requirements=("C12.FR.02", "C12.FR.04"),
    configuration={**KNOWN_OFFLINE, "TxCtrlr.StopTxOnInvalidId": "true", "TxCtrlr.MaxEnergyOnInvalidId": "0"},
    before=(id_token_known, ev_connected_pre_session),
)
async def stop_tx_on_invalid_id_true(bench: Bench) -> None:
    await authorized_offline(bench.step(1), seconds=MOMENT)
    events = await refused_on_return(bench.step(2))
    tells_of_charging(bench.step(3), events, bench.tokens.valid)
    await deauthorized(bench.step(5, "E05.FR.09, E05.FR.10"))
    await energy_stays_off(bench.step("post scenario"))


@case(
    "TC_C_17_CS",
    requirements=("C12.FR.02", "C12.FR.04"),
    configuration={
        **KNOWN_OFFLINE,
        "AuthCtrlr.OfflineTxForUnknownIdEnabled": "true",
        "TxCtrlr.StopTxOnInvalidId": "false",
        "TxCtrlr.MaxEnergyOnInvalidId": "0",
    },
    before=(id_token_known, ev_connected_pre_session),
)
async def stop_tx_on_invalid_id_false(bench: Bench) -> None:
    await authorized_offline(bench.step(1), seconds=MOMENT)
    events = await refused_on_return(bench.step(2))
    tells_of_charging(bench.step(3), events, bench.tokens.valid)
    await energy_suspended(bench.step(5, "E05.FR.02"))
    await energy_stays_off(bench.step("post scenario"))


def limited_energy(bench: Bench) -> tuple[Need, ...]:
    """A refused driver gets so much energy and no more, and the station tells how much it is."""
    table = {
        **KNOWN_OFFLINE,
        **SHORT_OUTAGE,
        **sampled_updates(bench),
        "AuthCtrlr.OfflineTxForUnknownIdEnabled": "true",
        "TxCtrlr.StopTxOnInvalidId": "false",
    }
    limit = needs({"TxCtrlr.MaxEnergyOnInvalidId": str(LIMIT)}, if_implemented=False)
    return (*needs(table), *limit)


@case(
    "TC_C_15_CS",
    requirements=("C12.FR.02", "C12.FR.04"),
    configuration=limited_energy,
    before=(id_token_known, ev_connected_pre_session),
)
async def max_energy_without_stop(bench: Bench) -> None:
    await authorized_offline(bench.step(1), seconds=bench.settings.transaction_duration)
    events = await refused_on_return(bench.step(2))
    tells_of_charging(bench.step(3, "E05.FR.03"), events, bench.tokens.valid)
    await bench.silence(
        m.TransactionEventRequest,
        seconds=bench.settings.transaction_duration,
        trigger_reason="Deauthorized",
    )
    await bench.silence(m.TransactionEventRequest, seconds=0, transaction_info=has(charging_state="SuspendedEVSE"))
    await energy_limited(bench.step("post scenario", "E05.FR.03"), LIMIT)


@case(
    "TC_C_18_CS",
    requirements=("C12.FR.02", "C12.FR.04"),
    configuration={
        **KNOWN_OFFLINE,
        **SHORT_OUTAGE,
        "AuthCtrlr.OfflineTxForUnknownIdEnabled": "true",
        "TxCtrlr.StopTxOnInvalidId": "true",
        "TxCtrlr.MaxEnergyOnInvalidId": "500",
    },
    before=(id_token_known, ev_connected_pre_session),
)
async def max_energy_with_stop(bench: Bench) -> None:
    await authorized_offline(bench.step(1), seconds=bench.settings.transaction_duration)
    events = await refused_on_return(bench.step(2))
    tells_of_charging(bench.step(3), events, bench.tokens.valid)
    await deauthorized(bench.step(5, "E05.FR.09, E05.FR.10"))
    await energy_stays_off(bench.step("post scenario"))


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
