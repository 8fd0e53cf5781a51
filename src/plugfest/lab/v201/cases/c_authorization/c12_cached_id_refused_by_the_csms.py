"""C12 Start Transaction - Cached Id that the CSMS no longer accepts: StopTxOnInvalidId, MaxEnergyOnInvalidId."""

import asyncio
from itertools import pairwise

from plugfest.lab.case import case
from plugfest.lab.expectations import has
from plugfest.lab.v201.bench import Bench
from plugfest.lab.v201.cases.c_authorization.id_tokens import CACHE_ENABLED
from plugfest.lab.v201.cases.c_authorization.refused_after_offline_start import (
    authorized_offline,
    check_charging_reported,
    energy_suspended,
    no_more_charging,
    token_invalid_after_reconnect,
)
from plugfest.lab.v201.cases.j_meter_values.readings import watt_hours
from plugfest.lab.v201.configuration import Need, needs
from plugfest.lab.v201.memory.id_token import id_token_known
from plugfest.lab.v201.metering import REGISTER, sampled_updates, short_sampled_interval
from plugfest.lab.v201.states.deauthorized import deauthorized
from plugfest.lab.v201.states.ev_connected import ev_connected_pre_session
from plugfest.lab.v201.states.transaction_event import transaction_under_test
from plugfest.ocpp.message import given
from plugfest.ocpp.v201 import messages as m

TIME_OFFLINE = 5.0
"""Seconds that the station stays offline after the driver has presented the token (Part 6)."""

OFFLINE_AUTHORIZATION = {**CACHE_ENABLED, "AuthCtrlr.LocalAuthorizeOffline": "true"}
ENERGY_LIMIT = 10_000
"""MaxEnergyOnInvalidId in Wh: more than a station delivers while it is offline."""

LONGEST_OFFLINE = 30.0
"""Seconds in which the station stays below this limit: 3.3 kWh at 400 kW."""

SHORT_OUTAGE = {
    "OCPPCommCtrlr.RetryBackOffWaitMinimum": "5",
    "OCPPCommCtrlr.RetryBackOffRandomRange": "0",
    "OCPPCommCtrlr.OfflineThreshold": "65",
}


def _no_energy_on_invalid_id(bench: Bench, *, stop: str) -> dict[str, str]:
    """Energy stops at once; the registers of the meter values at an interval show that it does."""
    return {
        **OFFLINE_AUTHORIZATION,
        **sampled_updates(bench, short_sampled_interval(bench)),
        "TxCtrlr.StopTxOnInvalidId": stop,
        "TxCtrlr.MaxEnergyOnInvalidId": "0",
    }


def no_energy_and_stop(bench: Bench) -> tuple[Need, ...]:
    return needs(_no_energy_on_invalid_id(bench, stop="true"))


@case(
    "TC_C_16_CS",
    requirements=("C12.FR.02", "C12.FR.04"),
    configuration=no_energy_and_stop,
    before=(id_token_known, ev_connected_pre_session),
)
async def stop_tx_on_invalid_id_true(bench: Bench) -> None:
    await authorized_offline(bench.step(1), seconds=TIME_OFFLINE)
    events = await token_invalid_after_reconnect(bench.step(2))
    check_charging_reported(bench.step(3), events, bench.tokens.valid)
    await deauthorized(bench.step(5, "E05.FR.09, E05.FR.10"))
    await no_more_charging(bench.step("post scenario"))


def no_energy_without_stop(bench: Bench) -> tuple[Need, ...]:
    unknown = {"AuthCtrlr.OfflineTxForUnknownIdEnabled": "true"}
    return needs(_no_energy_on_invalid_id(bench, stop="false") | unknown)


@case(
    "TC_C_17_CS",
    requirements=("C12.FR.02", "C12.FR.04"),
    configuration=no_energy_without_stop,
    before=(id_token_known, ev_connected_pre_session),
)
async def stop_tx_on_invalid_id_false(bench: Bench) -> None:
    await authorized_offline(bench.step(1), seconds=TIME_OFFLINE)
    events = await token_invalid_after_reconnect(bench.step(2))
    check_charging_reported(bench.step(3), events, bench.tokens.valid)
    await energy_suspended(bench.step(5, "E05.FR.02"))
    await no_more_charging(bench.step("post scenario"))


def energy_limit(bench: Bench) -> tuple[Need, ...]:
    """MaxEnergyOnInvalidId is set, and the station reports meter values at an interval."""
    table = {
        **OFFLINE_AUTHORIZATION,
        **SHORT_OUTAGE,
        **sampled_updates(bench, short_sampled_interval(bench)),
        "AuthCtrlr.OfflineTxForUnknownIdEnabled": "true",
        "TxCtrlr.StopTxOnInvalidId": "false",
    }
    limit = needs({"TxCtrlr.MaxEnergyOnInvalidId": str(ENERGY_LIMIT)}, if_implemented=False)
    return (*needs(table), *limit)


@case(
    "TC_C_15_CS",
    requirements=("C12.FR.02", "C12.FR.04"),
    configuration=energy_limit,
    before=(id_token_known, ev_connected_pre_session),
)
async def max_energy_without_stop(bench: Bench) -> None:
    await authorized_offline(bench.step(1), seconds=min(bench.settings.transaction_duration, LONGEST_OFFLINE))
    events = await token_invalid_after_reconnect(bench.step(2))
    check_charging_reported(bench.step(3, "E05.FR.03"), events, bench.tokens.valid)
    await bench.silence(
        m.TransactionEventRequest,
        seconds=bench.settings.response_timeout,
        trigger_reason="Deauthorized",
    )
    await bench.silence(m.TransactionEventRequest, seconds=0, transaction_info=has(charging_state="SuspendedEVSE"))
    await check_energy_limit(bench.step("post scenario", "E05.FR.03"), ENERGY_LIMIT)


@case(
    "TC_C_18_CS",
    requirements=("C12.FR.02", "C12.FR.04"),
    configuration={
        **OFFLINE_AUTHORIZATION,
        **SHORT_OUTAGE,
        "AuthCtrlr.OfflineTxForUnknownIdEnabled": "true",
        "TxCtrlr.StopTxOnInvalidId": "true",
        "TxCtrlr.MaxEnergyOnInvalidId": "500",
    },
    before=(id_token_known, ev_connected_pre_session),
)
async def max_energy_with_stop(bench: Bench) -> None:
    await authorized_offline(bench.step(1), seconds=bench.settings.transaction_duration)
    events = await token_invalid_after_reconnect(bench.step(2))
    check_charging_reported(bench.step(3), events, bench.tokens.valid)
    await deauthorized(bench.step(5, "E05.FR.09, E05.FR.10"))
    await no_more_charging(bench.step("post scenario"))


MAX_OBSERVATION = 4 * 3600.0
"""Seconds that the lab observes the transaction: enough for the limit of the case at 2.5 kW. A slower station is judged
by what it has delivered until then."""

TOLERANCE = 0.05
"""Share of the limit by which the delivered energy may differ from it, since the station needs time to react."""


async def check_energy_limit(bench: Bench, limit: float) -> None:
    """Energy is delivered up to the limit (Wh since the start of the transaction), and no more."""
    events = bench.ledger.transactions[transaction_under_test(bench)].events
    registers = [value for event in events if (value := _energy_register(event.message)) is not None]
    deadline = asyncio.get_running_loop().time() + MAX_OBSERVATION
    while asyncio.get_running_loop().time() < deadline:
        event = await bench.expect(
            m.TransactionEventRequest,
            within=2 * short_sampled_interval(bench) + bench.settings.time_tolerance,
            transaction_info=has(transaction_id=bench.known_state.transaction_id),
        )
        registers += [value] if (value := _energy_register(event.message)) is not None else []
        delivered = registers[-1] - registers[0] if registers else 0.0
        expected = f"at most {limit:g} Wh (MaxEnergyOnInvalidId)"
        bench.check(delivered <= limit * (1 + TOLERANCE), expected, f"{delivered:.0f} Wh", frame=event.frame.index)
        if event.message.event_type == "Ended" or event.message.transaction_info.charging_state == "SuspendedEVSE":
            _check_limit_reached(bench, registers, limit, event.frame.index)
            break
    bench.check(len(registers) > 1, f"at least 2 values of {REGISTER} during the transaction", len(registers))
    bench.check(registers[-1] > registers[0], "energy delivered up to the limit", "none")


def _check_limit_reached(bench: Bench, registers: list[float], limit: float, frame: int) -> None:
    """E05.FR.03: the station stops when the limit is reached, not before.

    The last register value may be as old as two sampling intervals.
    """
    delivered = registers[-1] - registers[0] if registers else 0.0
    unreported = 2 * max((later - earlier for earlier, later in pairwise(registers)), default=0.0)
    least = limit * (1 - TOLERANCE) - unreported
    expected = f"at least {least:.0f} Wh before the energy stops (MaxEnergyOnInvalidId {limit:g} Wh)"
    bench.check(delivered >= least, expected, f"{delivered:.0f} Wh", frame=frame)


def _energy_register(event: m.TransactionEventRequest) -> float | None:
    """The last energy register in an event, in Wh."""
    values = [
        sampled
        for meter_value in given(event.meter_value) or ()
        for sampled in meter_value.sampled_value
        if (given(sampled.measurand) or REGISTER) == REGISTER and not given(sampled.phase)
    ]
    return watt_hours(values[-1]) if values else None
