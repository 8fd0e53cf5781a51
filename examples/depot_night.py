"""A night in a depot: buses share a grid connection, the CSMS divides its power among those that charge.

Run it: python examples/depot_night.py. It writes depot.csv. Time is simulated.
"""

import asyncio
import csv
from itertools import count
from pathlib import Path

from plugfest import Station, run
from small_csms import SmallCsms

PRODUCT = "reference-dc"
BUSES = 6
GRID_W = 200_000
NIGHT_S = 8 * 3600
ROUND_S = 300

profile_ids = count(1)


def profile(watts: float) -> dict[str, object]:
    """A limit until the next one replaces it."""
    schedule = {
        "id": 1,
        "chargingRateUnit": "W",
        "startSchedule": "2026-01-01T00:00:00Z",
        "chargingSchedulePeriod": [{"startPeriod": 0, "limit": round(watts, 1)}],
    }
    return {
        "id": next(profile_ids),
        "stackLevel": 0,
        "chargingProfilePurpose": "TxDefaultProfile",
        "chargingProfileKind": "Absolute",
        "chargingSchedule": [schedule],
    }


async def divide_power(csms: SmallCsms, stations: list[Station]) -> None:
    """Give each bus that still charges the same share, again every few minutes."""
    while True:
        hungry = [one for one in stations if any(each.power > 0 for each in one.state.evses)]
        share = GRID_W / max(len(hungry), 1) if hungry else GRID_W / len(stations)
        for one in stations:
            limit = share if one in hungry or not hungry else 0.0
            await csms.call(one.identity, "SetChargingProfile", {"evseId": 1, "chargingProfile": profile(limit)})
        await asyncio.sleep(ROUND_S)


async def bus(station: Station, number: int) -> None:
    """Arrive in the evening, one after the other, with different batteries."""
    await asyncio.sleep(number * 600)
    await station.ev_state_of_charge(15 + 7 * number)
    await station.plug_in()
    await station.present_token(f"04B05{number:03}")


async def main() -> None:
    csms = SmallCsms()
    async with csms.running() as url:
        stations = [
            Station(PRODUCT, csms=url, identity=f"BUS-{number + 1}", password="a-password-of-16")
            for number in range(BUSES)
        ]
        for station in stations:
            await station.start()
            await station.wait_for(accepted=True)
        dividing = asyncio.create_task(divide_power(csms, stations))
        arriving = [asyncio.create_task(bus(station, number)) for number, station in enumerate(stations)]
        rows = []
        for minute in range(0, NIGHT_S // 60, 10):
            powers = [station.state.evses[0].power for station in stations]
            rows.append({"minute": minute, "site_kw": round(sum(powers) / 1000, 2)})
            await asyncio.sleep(600)
        dividing.cancel()
        await asyncio.gather(*arriving)
        print(f"highest power of the site: {max(row['site_kw'] for row in rows):.1f} of {GRID_W / 1000:.0f} kW")
        for station in stations:
            evse = station.state.evses[0]
            print(f"{station.identity}: {evse.energy_import / 1000:.1f} kWh, battery {evse.ev_state_of_charge:.0f} %")
        for station in stations:
            await station.stop()
    with Path("depot.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, ["minute", "site_kw"])
        writer.writeheader()
        writer.writerows(rows)


run(main(), simulated=True)
