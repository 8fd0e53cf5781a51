"""A driver starts a session at the station."""

import asyncio

from plugfest.lab.case import case
from plugfest.lab.v16.bench import Bench
from plugfest.lab.v16.states.authorized import authorized, present_token
from plugfest.lab.v16.states.charging import charging_starts, plugged_in
from plugfest.lab.v16.states.connector_status import connector_becomes
from plugfest.ocpp.v16 import messages as m


async def nobody_plugs_in(bench: Bench) -> None:
    """The connector is Available again when ConnectionTimeOut is over, and not before; no transaction begins (9.1.6).

    Counts from now: call it when the connector has just become Preparing. The lab sets the time for every case.
    """
    timeout, tolerance = bench.settings.ev_connection_timeout, bench.settings.time_tolerance
    preparing_at = asyncio.get_running_loop().time()
    seen = await connector_becomes(bench, "Available", within=timeout + tolerance)
    waited = seen.at - preparing_at
    bench.check(
        waited >= timeout - tolerance, f"Available after {timeout} s", f"{waited:.1f} s", frame=seen.frame.index
    )
    await bench.silence(m.StartTransactionRequest, seconds=0)


@case("TC_003_CS", requirements=("section 4.1", "section 4.8", "section 4.9"))
async def plugin_first(bench: Bench) -> None:
    await plugged_in(bench.step(1))
    await present_token(bench.step(3), how="local")
    await charging_starts(bench.step(5))


@case("TC_004_1_CS", requirements=("section 4.8", "section 4.9"))
async def identification_first(bench: Bench) -> None:
    await authorized(bench.step(1), how="local")
    await plugged_in(bench.step(2))
    await charging_starts(bench.step(3))


@case("TC_004_2_CS", requirements=("section 4.9", "section 9.1.6"))
async def identification_first_timeout(bench: Bench) -> None:
    await authorized(bench.step(1), how="local")
    await nobody_plugs_in(bench.step(2))
