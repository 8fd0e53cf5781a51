"""A remote start that says how to charge."""

from plugfest.lab.case import case
from plugfest.lab.v16.bench import Bench
from plugfest.lab.v16.cases.core.meter_values import sampled
from plugfest.lab.v16.cases.smart_charging.charging_limits import follows_limits
from plugfest.lab.v16.cases.smart_charging.composite_schedule import composite_told
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
SECONDS = 300


def until_it_charges(bench: Bench) -> int:
    """Seconds that the operator, the station and the EV may take from the request on."""
    return int(bench.settings.operator_timeout + 2 * bench.settings.function_timeout)


@case(
    "TC_059_CS",
    requirements=("section 5.11", "section 5.16.2", "section 5.7"),
    configuration=sampled,
    before=no_charging_profiles,
)
async def remote_start_with_profile(bench: Bench) -> None:
    """The periods are the lab's; by 5.11 the profile is used for the transaction, so the EV gets no more."""
    lasts = SECONDS + until_it_charges(bench)
    profile = absolute_profile(bench, TX, PERIODS, duration=lasts, valid=lasts)
    await charging(bench.step(1), how="remote", profile=profile)
    bench.known_state.profiles.append(Installed(bench.connector_id, profile))
    await composite_told(bench.step(8), seconds=SECONDS)
    await follows_limits(bench.step(10, "section 5.11"))


@case("TC_060_CS", requirements=("section 5.11", "section 5.16.2"), before=no_charging_profiles)
async def remote_start_with_another_purpose(bench: Bench) -> None:
    """A station says so with Rejected or refuses the message; it neither waits for a driver nor keeps the profile."""
    profile = absolute_profile(bench, DEFAULT, PERIODS, duration=SECONDS, valid=SECONDS)
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
