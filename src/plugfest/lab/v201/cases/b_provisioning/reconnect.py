"""Reconnecting after a lost connection (Part 4 section 5.3).

In Edition 4 (after Part 6 of OCPP 2.1 Edition 2) the wait of step 7 of TC_B_57 is at least twice that of step 2, not
that of step 5.
"""

import asyncio

from plugfest.lab.case import case
from plugfest.lab.checks.handshake import check_reconnects
from plugfest.lab.v201.bench import Bench

WAIT_MINIMUM = 5
"""RetryBackOffWaitMinimum in seconds."""

TIMER_TOLERANCE = 0.2
"""Seconds: a station measures the time with a clock of its own, from the moment when it notices the loss."""

CONNECT_DELAY = 2.0
"""Seconds that the station needs to notice the loss of the connection and to connect, at most."""


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
    first = await _disconnected(bench)
    check_waited(bench, first, WAIT_MINIMUM)
    connections_before = bench.csms.connection_count
    await bench.csms.wait_connected(within=bench.settings.reconnect_timeout)
    bench.step(5)
    main.refusing = True
    second = await _disconnected(bench)
    check_waited(bench, second, WAIT_MINIMUM)
    main.refusing = False
    bench.step(7)
    refused = main.attempts[-1]
    attempt = await main.next_attempt(after=len(main.attempts), within=bench.settings.reconnect_timeout)
    third = float("inf") if attempt is None else attempt.at - refused.at
    check_waited(bench, third, 2 * max(WAIT_MINIMUM, second - CONNECT_DELAY))
    bench.step(8)
    await check_reconnects(bench, connections_before)


def check_waited(bench: Bench, seconds: float, least: float) -> None:
    """The station waited so many seconds before it connected."""
    expected = f"at least {least:.1f} s until the connection attempt"
    bench.check(seconds >= least - TIMER_TOLERANCE, expected, f"{seconds:.2f} s")


async def _disconnected(bench: Bench) -> float:
    """Close the connection. Returns the seconds until the station's next connection attempt."""
    attempts_before = len(bench.csms.main.attempts)
    closed_at = asyncio.get_running_loop().time()
    await bench.csms.close_connection()
    attempt = await bench.csms.main.next_attempt(after=attempts_before, within=bench.settings.reconnect_timeout)
    bench.check(attempt is not None, "a connection attempt", "none")
    assert attempt is not None
    return attempt.at - closed_at
