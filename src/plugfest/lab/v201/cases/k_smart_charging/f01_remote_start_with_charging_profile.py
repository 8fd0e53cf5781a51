"""F01 Remote Start Transaction, with a charging profile."""

from plugfest.lab.case import case
from plugfest.lab.v201.bench import Bench
from plugfest.lab.v201.cases.k_smart_charging.profiles import charging_profile
from plugfest.lab.v201.states.authorized import authorized
from plugfest.lab.v201.states.energy_transfer import energy_transfer_started
from plugfest.lab.v201.states.ev_connected import ev_connected_pre_session
from plugfest.ocpp.v201 import types as t


@case("TC_K_38_CS", requirements=("F01.FR.12", "F01.FR.13"), before=ev_connected_pre_session)
async def ignore_charging_profile(bench: Bench) -> None:
    await authorized(
        bench.step(1), how="remote", profile=charging_profile(bench, t.ChargingProfilePurposeEnumType.TxProfile)
    )
    await energy_transfer_started(bench.step(7))
