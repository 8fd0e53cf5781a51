"""The same charging session under each of the six start points of OCPP 2.0.1: what starts the transaction, and when.

Run it: python examples/start_points.py. Time is simulated.
"""

import asyncio
from datetime import datetime

from plugfest import Station, run
from small_csms import SmallCsms

PRODUCT = "reference-ac"
START_POINTS = (
    "ParkingBayOccupancy",
    "EVConnected",
    "Authorized",
    "DataSigned",
    "PowerPathClosed",
    "EnergyTransfer",
)


async def session(start_point: str) -> tuple[float, str, int]:
    """Seconds until the transaction started, its trigger reason, and the number of its events."""
    variables = {"TxCtrlr.TxStartPoint": start_point}
    async with (
        SmallCsms().running() as url,
        Station(PRODUCT, csms=url, password="a-password-of-16", variables=variables) as station,
    ):
        arrived = station.now
        await station.park()
        await asyncio.sleep(20)
        await station.plug_in()
        await asyncio.sleep(20)
        await station.present_token("04A2B1C3")
        await station.wait_for(power=1, evse=1, within=60)
        await station.present_token("04A2B1C3")
        await station.wait_for(locked=False, evse=1)
        await station.unplug()
        await station.leave()
        await station.wait_for(transaction=False, within=60)
        events = station.frames.of("TransactionEvent")
    started = events[0].payload
    seconds = (datetime.fromisoformat(started["timestamp"]) - arrived).total_seconds()
    return seconds, started["triggerReason"], len(events)


async def main() -> None:
    print(f"{'start point':22} {'triggerReason':22} {'after s':>8} {'events':>7}")
    for start_point in START_POINTS:
        seconds, reason, events = await session(start_point)
        print(f"{start_point:22} {reason:22} {seconds:8.0f} {events:7}")


run(main(), simulated=True)
