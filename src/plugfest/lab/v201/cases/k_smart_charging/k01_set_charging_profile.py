"""K01 SetChargingProfile."""

from plugfest.lab.case import case
from plugfest.lab.v201.bench import Bench
from plugfest.lab.v201.cases.k_smart_charging.profiles import charging_profile
from plugfest.ocpp.v201 import messages as m
from plugfest.ocpp.v201 import types as t


@case("TC_K_15_CS", requirements=("K01.FR.29",))
async def not_supported(bench: Bench) -> None:
    profile = charging_profile(bench, t.ChargingProfilePurposeEnumType.TxDefaultProfile)
    request = m.SetChargingProfileRequest(evse_id=bench.settings.evse_id, charging_profile=profile)
    await bench.step(2).call_error(request, "NotSupported", "NotImplemented")
