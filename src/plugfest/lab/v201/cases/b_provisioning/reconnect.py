"""Reconnecting, as Part 4 section 5.3 has it."""

import asyncio

from plugfest.lab.case import case
from plugfest.lab.v201.bench import Bench

WAIT_MINIMUM = 5
"""Seconds of RetryBackOffWaitMinimum."""

LATENESS = 0.5
"""Seconds that a connection attempt may take to get from the station to the lab."""


@case(
    "TC_B_57_CS",
    requirements=("Part 4 section 5.3",),
    configuration={
        "OCPPCommCtrlr.NetworkProfileConnectionAttempts": "3",
        "OCPPCommCtrlr.RetryBackOffRepeatTimes": "2",
        "OCPPCommCtrlr.RetryBackOffRandomRange": "0",
        "OCPPCommCtrlr.RetryBackOffWaitMinimum": str(WAIT_MINIMUM),
    },
)
async def after_connection_loss(bench: Bench) -> None:
    main = bench.csms.main
    bench.step(2)
    first = await _wait_after_hanging_up(bench)
    bench.check(first >= WAIT_MINIMUM, f"{WAIT_MINIMUM} s or more until the attempt", f"{first:.2f} s")
    before, tried = len(bench.csms.connections), len(main.attempts)
    await bench.csms.wait_connected(within=bench.settings.reconnect_timeout)
    bench.step(5)
    main.refusing = True
    second = await _wait_after_hanging_up(bench)
    bench.check(second >= WAIT_MINIMUM, f"{WAIT_MINIMUM} s or more until the attempt", f"{second:.2f} s")
    main.refusing = False
    bench.step(7)
    tried, refused = len(main.attempts), main.attempts[-1]
    attempt = await main.attempted(after=tried, within=bench.settings.reconnect_timeout)
    third = float("inf") if attempt is None else attempt.at - refused.at
    doubled = 2 * (second - LATENESS)
    bench.check(third >= doubled, f"{doubled:.1f} s or more until the next attempt", f"{third:.2f} s")
    bench.step(8)
    back = await bench.csms.wait_connected(within=bench.settings.reconnect_timeout, after=before)
    bench.check(back, "the station connects again", "not connected")


async def _wait_after_hanging_up(bench: Bench) -> float:
    """Close the connection; the seconds until the station tries to connect again."""
    tried = len(bench.csms.main.attempts)
    closed_at = asyncio.get_running_loop().time()
    await bench.csms.close_connection()
    attempt = await bench.csms.main.attempted(after=tried, within=bench.settings.reconnect_timeout)
    bench.check(attempt is not None, "the station tries to connect again", "it does not")
    assert attempt is not None
    return attempt.at - closed_at
