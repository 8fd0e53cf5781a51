"""RemoteStartTransaction with a charging profile."""

from plugfest.lab.case import case
from plugfest.lab.v16.bench import Bench
from plugfest.lab.v16.cases.core.meter_values import sampled_often
from plugfest.lab.v16.cases.smart_charging.charging_limits import check_limit_followed
from plugfest.lab.v16.cases.smart_charging.composite_schedule import check_composite_schedule
from plugfest.lab.v16.composite_schedule import Installed
from plugfest.lab.v16.memory.charging_profile import (
    DEFAULT,
    TX,
    absolute_profile,
    no_charging_profiles,
    profile_not_installed,
)
from plugfest.lab.v16.states.authorized import remote_start_request
from plugfest.lab.v16.states.charging import charging
from plugfest.ocpp.v16 import messages as m

PERIODS = [(0, 6), (60, 10), (120, 8)]
DURATION = 300
"""Duration of the composite schedule, in seconds."""


def time_to_charge(bench: Bench) -> int:
    """Seconds from the request to charging, at most: for the operator, the station and the EV."""
    return int(bench.settings.operator_timeout + 2 * bench.settings.function_timeout)


@case(
    "TC_059_CS",
    requirements=("section 5.11", "section 5.16.2", "section 5.7"),
    configuration=sampled_often,
    before=no_charging_profiles,
)
async def remote_start_with_profile(bench: Bench) -> None:
    """Derived from 5.11: the profile, with periods of the lab, is used for the transaction, so the EV gets no more."""
    duration = DURATION + time_to_charge(bench)
    profile = absolute_profile(bench, TX, PERIODS, duration=duration, valid=duration)
    await charging(bench.step(1), how="remote", profile=profile)
    bench.known_state.profiles.append(Installed(bench.connector_id, profile))
    await check_composite_schedule(bench.step(8), seconds=DURATION)
    await check_limit_followed(bench.step(10, "section 5.11"))


@case("TC_060_CS", requirements=("section 5.11", "section 5.16.2"), before=no_charging_profiles)
async def remote_start_with_another_purpose(bench: Bench) -> None:
    """The station answers Rejected or a CALLERROR; it does not become Preparing, and does not install the profile."""
    profile = absolute_profile(bench, DEFAULT, PERIODS, duration=DURATION, valid=DURATION)
    request = remote_start_request(bench.tokens.valid, bench.connector_id, profile)
    bench.csms.inbox.set_mark()
    await bench.step(1).call_or_error(request, "PropertyConstraintViolation", status="Rejected")
    await bench.silence(
        m.StatusNotificationRequest,
        seconds=bench.settings.time_tolerance,
        connector_id=bench.connector_id,
        status="Preparing",
    )
    await profile_not_installed(bench, profile)
