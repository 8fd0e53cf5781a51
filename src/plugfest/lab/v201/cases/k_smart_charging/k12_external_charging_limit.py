"""K12 Set / Update External Charging Limit Without Ongoing Transaction."""

from collections.abc import Sequence

from plugfest import clock
from plugfest.lab.case import case
from plugfest.lab.checks.smart_charging.limits import STATION
from plugfest.lab.expectations import every_item, has, none_of, one_of
from plugfest.lab.v201.bench import Bench
from plugfest.lab.v201.cases.k_smart_charging.reported_profiles import criteria, profiles_request, request_profiles
from plugfest.lab.v201.memory.charging_profile import MIN_CURRENT, VOLTAGE, tolerance
from plugfest.lab.v201.rules.smart_charging.profile_limits import limits_of
from plugfest.ocpp.message import UNSET, given
from plugfest.ocpp.v201 import messages as m
from plugfest.ocpp.v201 import types as t

EXTERNAL = "ChargingStationExternalConstraints"

WATTS = 3.0 * MIN_CURRENT * VOLTAGE
"""The limit of the energy management system."""

PERMITTED = {
    t.ChargingRateUnitEnumType.W: (WATTS - 0.5, WATTS + 0.5),
    t.ChargingRateUnitEnumType.A: (WATTS / (3 * VOLTAGE) - 0.1, WATTS / VOLTAGE + 0.1),
}
"""From the lowest to the highest limit that stands for it: in A per phase, on one to three phases (K01.FR.51)."""

FROM_ELSEWHERE = none_of("CSO")
"""The source of a limit that the CSMS has not set (K12.FR.04)."""

OF_THE_STATION = one_of(UNSET, STATION)
"""The evseId of a limit of the whole station (NotifyChargingLimitRequest)."""


@case("TC_K_52_CS", requirements=("K12.FR.05",))
async def reported(bench: Bench) -> None:
    """In addition to Part 6, the reported limit is the one that was set, and the station reports its begin and its end.

    (K12.FR.02, K12.FR.05, K13.FR.02)
    """
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
    more, profiles = True, list[t.ChargingProfileType]()
    while more:
        report = await bench.expect(
            m.ReportChargingProfilesRequest,
            request_id=request.request_id,
            evse_id=STATION,
            charging_limit_source=source,
            charging_profile=every_item(has(charging_profile_purpose=EXTERNAL)),
        )
        more = given(report.message.tbc) or False
        profiles += report.message.charging_profile
    _check_limit(bench, profiles)
    await bench.operator.external_limit(None)
    bench.step("after step 4", "K13.FR.02")
    await bench.expect(m.ClearedChargingLimitRequest, charging_limit_source=source, evse_id=OF_THE_STATION)


def _check_limit(bench: Bench, profiles: Sequence[t.ChargingProfileType]) -> None:
    """The lowest of the limits in force is the one that was set, and it does not end by itself."""
    moment = clock.utc_now() + tolerance(bench)
    for unit, (lowest, highest) in PERMITTED.items():
        of_unit = [each for each in profiles if each.charging_schedule[0].charging_rate_unit is unit]
        limits = [limits_of(each, STATION).limit_at(moment, moment) for each in of_unit]
        in_force = [limit for limit in limits if limit is not None]
        if of_unit:
            expected = f"a limit of {WATTS:g} W in force" if unit == "W" else f"a limit of {lowest:g} to {highest:g} A"
            actual = f"{min(in_force):g} {unit.value}" if in_force else "none in force"
            bench.check(bool(in_force) and lowest <= min(in_force) <= highest, expected, actual)
