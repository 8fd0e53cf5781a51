"""K12 Set / Update External Charging Limit Without Ongoing Transaction."""

from plugfest.lab.case import case
from plugfest.lab.checks.smart_charging.limits import STATION
from plugfest.lab.expectations import every_item, has, none_of, one_of
from plugfest.lab.v201.bench import Bench
from plugfest.lab.v201.cases.k_smart_charging.reported_profiles import criteria, profiles_request, request_profiles
from plugfest.lab.v201.memory.charging_profile import MIN_CURRENT, VOLTAGE
from plugfest.ocpp.message import UNSET, given
from plugfest.ocpp.v201 import messages as m

EXTERNAL = "ChargingStationExternalConstraints"

WATTS = 3.0 * MIN_CURRENT * VOLTAGE
"""The limit of the energy management system."""

FROM_ELSEWHERE = none_of("CSO")
"""The source of a limit that the CSMS has not set (K12.FR.04)."""

OF_THE_STATION = one_of(UNSET, STATION)
"""The evseId of a limit of the whole station (NotifyChargingLimitRequest)."""


@case("TC_K_52_CS", requirements=("K12.FR.05",))
async def reported(bench: Bench) -> None:
    """In addition to Part 6, the station reports that the limit was set and released (K12.FR.02, K13.FR.02)."""
    await bench.operator.external_limit(WATTS)
    bench.step("memory state", "K12.FR.02, K12.FR.04")
    notified = await bench.expect(
        m.NotifyChargingLimitRequest,
        charging_limit=has(charging_limit_source=FROM_ELSEWHERE),
        evse_id=OF_THE_STATION,
    )
    source = notified.message.charging_limit.charging_limit_source
    request = profiles_request(bench, criteria(purpose=EXTERNAL))
    await request_profiles(bench.step(2), request)
    bench.step(3)
    more = True
    while more:
        report = await bench.expect(
            m.ReportChargingProfilesRequest,
            request_id=request.request_id,
            evse_id=STATION,
            charging_limit_source=source,
            charging_profile=every_item(has(charging_profile_purpose=EXTERNAL)),
        )
        more = given(report.message.tbc) or False
    await bench.operator.external_limit(None)
    bench.step("after step 4", "K13.FR.02")
    await bench.expect(m.ClearedChargingLimitRequest, charging_limit_source=source, evse_id=OF_THE_STATION)
