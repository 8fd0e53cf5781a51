"""A driver starts a charging session at the station."""

import asyncio

from plugfest.lab.case import case
from plugfest.lab.v16.bench import Bench
from plugfest.lab.v16.configuration import Need, needs
from plugfest.lab.v16.states.authorized import authorized, present_token
from plugfest.lab.v16.states.charging import charging_starts, plugged_in
from plugfest.lab.v16.states.connector_status import connector_becomes
from plugfest.ocpp.v16 import messages as m


async def connection_timed_out(bench: Bench) -> None:
    """The connector becomes Available after ConnectionTimeOut, and no transaction starts (9.1.6).

    The time counts from the call: call it when the connector has just become Preparing.
    """
    timeout, tolerance = bench.settings.ev_connection_timeout, bench.settings.time_tolerance
    preparing_at = asyncio.get_running_loop().time()
    available = await connector_becomes(bench, "Available", within=timeout + tolerance)
    waited = available.at - preparing_at
    bench.check(
        waited >= timeout - tolerance,
        f"Available after {timeout} s",
        f"after {waited:.1f} s",
        frame=available.frame.index,
    )
    await bench.silence(m.StartTransactionRequest, seconds=0)


@case("TC_003_CS", requirements=("section 4.1", "section 4.8", "section 4.9"))
async def plugin_first(bench: Bench) -> None:
    await plugged_in(bench.step(1))
    await present_token(bench.step(3), how="local")
    await charging_starts(bench.step(5))


def meter_values_at_an_interval(bench: Bench) -> tuple[Need, ...]:
    """The interval of the sampled meter values. The case does not check them."""
    return needs({"MeterValueSampleInterval": str(bench.settings.sampled_interval)})


@case("TC_004_1_CS", requirements=("section 4.8", "section 4.9"), configuration=meter_values_at_an_interval)
async def identification_first(bench: Bench) -> None:
    await authorized(bench.step(1), how="local")
    await plugged_in(bench.step(2))
    await charging_starts(bench.step(3))


@case("TC_004_2_CS", requirements=("section 4.9", "section 9.1.6"))
async def identification_first_timeout(bench: Bench) -> None:
    await authorized(bench.step(1), how="local")
    await connection_timed_out(bench.step(2))
