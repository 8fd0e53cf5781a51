"""GetCompositeSchedule, and checks of the schedule."""

import math
from collections.abc import Sequence

from plugfest import clock
from plugfest.lab.checks.smart_charging.limits import Step
from plugfest.lab.checks.smart_charging.schedule_check import PeriodsMatch, time_within
from plugfest.lab.expectations import absent, has, meets, optional
from plugfest.lab.v16.bench import Bench
from plugfest.lab.v16.composite_schedule import expected
from plugfest.lab.v16.memory.charging_profile import composite_schedule_request, number_of_phases


async def check_composite_schedule(bench: Bench, *, seconds: int) -> None:
    """The composite schedule of the connector under test follows from the installed profiles (5.7)."""
    own = min((step.limit for step in bench.known_state.unlimited), default=math.inf)
    steps = expected(bench.known_state.profiles, bench.connector_id, clock.utc_now(), seconds, own)
    await _check_schedule(bench, seconds, steps)


async def check_schedule_without_profiles(bench: Bench, *, seconds: int) -> None:
    """The composite schedule is that of a station without profiles; it may be omitted."""
    if bench.known_state.unlimited:
        await _check_schedule(bench, seconds, bench.known_state.unlimited)
        return
    without = optional(has(charging_schedule_period=meets("no period", lambda periods: not periods)))
    await bench.call(composite_schedule_request(bench, seconds), charging_schedule=without)


async def _check_schedule(bench: Bench, seconds: int, steps: Sequence[Step]) -> None:
    request, asked = composite_schedule_request(bench, seconds), clock.utc_now()

    def tolerance() -> float:
        """The station may have calculated the schedule at any moment until now."""
        return bench.settings.time_tolerance + (clock.utc_now() - asked).total_seconds()

    await bench.call(
        request,
        status="Accepted",
        connector_id=bench.connector_id,
        schedule_start=time_within(asked, tolerance),
        charging_schedule=has(
            charging_rate_unit=request.charging_rate_unit,
            duration=seconds,
            start_schedule=absent,  # erratum 3.57
            charging_schedule_period=PeriodsMatch(steps, seconds, tolerance, number_of_phases(bench)),
        ),
    )
