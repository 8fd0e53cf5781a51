"""F01 Remote Start Transaction, with a charging profile (K05)."""

from plugfest.lab.case import case
from plugfest.lab.v201.bench import Bench
from plugfest.lab.v201.cases.k_smart_charging.k01_set_charging_profile import check_reported
from plugfest.lab.v201.cases.k_smart_charging.limits_followed import meter_values_reported, sampled_often
from plugfest.lab.v201.memory.charging_profile import TX, charging_profile, charging_profiles_cleared
from plugfest.lab.v201.states.authorized import authorized
from plugfest.lab.v201.states.energy_transfer import energy_transfer_started
from plugfest.lab.v201.states.ev_connected import ev_connected_pre_session


@case(
    "TC_K_37_CS",
    requirements=("K05.FR.03", "F01.FR.10", "F01.FR.13"),
    configuration=sampled_often,
    before=(charging_profiles_cleared, ev_connected_pre_session),
)
async def charging_profile_used(bench: Bench) -> None:
    """In addition to Part 6, the EV follows the limit, which the rule about limits judges."""
    profile = charging_profile(bench, TX, kind="Relative")
    await authorized(bench.step(1), how="remote", profile=profile)
    await energy_transfer_started(bench.step(7))
    await check_reported(bench, profile, step=9)
    await meter_values_reported(bench.step("after step 11", "K05.FR.03"))


@case("TC_K_38_CS", requirements=("F01.FR.12", "F01.FR.13"), before=ev_connected_pre_session)
async def ignore_charging_profile(bench: Bench) -> None:
    await authorized(bench.step(1), how="remote", profile=charging_profile(bench, TX, kind="Relative"))
    await energy_transfer_started(bench.step(7))
