"""B09 Setting a new NetworkConnectionProfile."""

from plugfest.lab.case import case
from plugfest.lab.v201.bench import Bench
from plugfest.lab.v201.cases.b_provisioning.network_profiles import set_profile

UNKNOWN_SLOT = 999


@case("TC_B_43_CS", requirements=("B09.FR.02", "B09.FR.05"))
async def rejected(bench: Bench) -> None:
    bench.step(2)
    await set_profile(bench, UNKNOWN_SLOT, bench.csms.main.url, bench.commissioner.profile, status="Rejected")
