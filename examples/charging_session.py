"""One charging session: power, current by phase, state of charge and energy, as a table, CSV and a chart.

Run it: python examples/charging_session.py [PRODUCT]. It writes session.csv and session.svg. Time is simulated.
"""

import sys
from pathlib import Path

from plugfest import Station, run
from small_csms import SmallCsms


async def main(product: str) -> None:
    async with (
        SmallCsms().running() as url,
        Station(product, csms=url, password="a-password-of-16") as station,
        station.recording(evse=1, interval=60) as session,
    ):
        await station.ev_state_of_charge(20)
        await station.plug_in()
        await station.present_token("04A2B1C3")
        await station.wait_for(state_of_charge=85, within=12 * 3600)
        await station.present_token("04A2B1C3")
        await station.wait_for(transaction=False)
    print(f"{'minute':>6} {'kW':>7} {'A by phase':>20} {'%':>6} {'kWh':>7}")
    for sample in session.samples[::15]:
        amperes = " ".join(f"{current:.1f}" for current in sample.currents)
        charge = "" if sample.state_of_charge is None else f"{sample.state_of_charge:.1f}"
        print(f"{sample.at / 60:6.0f} {sample.power / 1000:7.2f} {amperes:>20} {charge:>6} {sample.energy / 1000:7.2f}")
    session.write_csv(Path("session.csv"))
    Path("session.svg").write_text(session.chart(f"{product}, EVSE 1"), encoding="utf-8")


run(main(sys.argv[1] if len(sys.argv) > 1 else "reference-ac"), simulated=True)
