"""B01 Cold Boot Charging Station."""

from plugfest.lab.case import case
from plugfest.lab.v201.bench import Bench
from plugfest.lab.v201.states.booted import booted


@case("TC_B_01_CS", requirements=("B01.FR.01", "B01.FR.05", "B01.FR.09"))
async def accepted(bench: Bench) -> None:
    bench.step(1)
    await booted(bench, by="power")
