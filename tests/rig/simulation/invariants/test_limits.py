"""The limits of the simulation are those of the station, which calculates them in another way."""

from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from plugfest.rig.simulation.invariants.history import InstalledProfile
from plugfest.rig.simulation.invariants.limits import evse_limit, station_limit
from plugfest.rig.simulation.worlds.events import Period, SetProfile
from plugfest.station.model.smart_charging.composite import CompositeRequest, Supply, composite, station_limits
from plugfest.station.model.smart_charging.profile import (
    ChargingProfile,
    ChargingSchedule,
    ProfileKind,
    ProfilePurpose,
    RateUnit,
    SchedulePeriod,
)

NOW = datetime(2026, 5, 4, 12, 0, tzinfo=UTC)
EVSE = 1
PHASES = 3
HUGE = 1e6
PURPOSES = {
    "Station": ProfilePurpose.STATION,
    "Default": ProfilePurpose.TX_DEFAULT,
    "Transaction": ProfilePurpose.TX,
}


@st.composite
def profiles(draw: st.DrawFn) -> InstalledProfile:
    purpose = draw(st.sampled_from(("Station", "Default", "Transaction")))
    starts = sorted(draw(st.sets(st.integers(1, 600), max_size=3)))
    relative = purpose != "Station" and draw(st.booleans())
    event = SetProfile(
        at=0.0,
        evse={"Station": 0, "Default": draw(st.sampled_from((0, EVSE))), "Transaction": EVSE}[purpose],
        id=1,
        stack_level=draw(st.integers(0, 3)),
        purpose=purpose,
        unit=draw(st.sampled_from(("A", "W"))),
        periods=tuple(Period(start=start, limit=float(draw(st.integers(0, 40)))) for start in (0, *starts)),
        relative=relative,
        duration=draw(st.sampled_from((0, 100, 400))),
    )
    start = None if relative else NOW - timedelta(seconds=draw(st.integers(-50, 500)))
    return InstalledProfile(event, start, "")


def one_in_each_place(drawn: list[InstalledProfile]) -> list[InstalledProfile]:
    places = {(each.event.evse, each.event.purpose, each.event.stack_level): each for each in drawn}
    return list(places.values())


def of_station(number: int, profile: InstalledProfile) -> ChargingProfile:
    event = profile.event
    return ChargingProfile(
        id=number,
        evse_id=event.evse,
        stack_level=event.stack_level,
        purpose=PURPOSES[event.purpose],
        kind=ProfileKind.RELATIVE if event.relative else ProfileKind.ABSOLUTE,
        schedule=ChargingSchedule(
            unit=RateUnit(event.unit),
            periods=tuple(SchedulePeriod(each.start, each.limit) for each in event.periods),
            duration=event.duration or None,
            start=profile.start,
        ),
    )


@settings(max_examples=300)
@given(st.lists(profiles(), max_size=6).map(one_in_each_place), st.integers(0, 600))
def test_limits_of_the_simulation_and_the_station_are_equal(drawn: list[InstalledProfile], elapsed: int) -> None:
    started = NOW - timedelta(seconds=elapsed)
    own = [of_station(number, each) for number, each in enumerate(drawn)]
    supply = Supply(frozenset({PHASES}), HUGE)
    request = CompositeRequest(start=NOW, duration=1, evse_id=EVSE, supply=supply, transaction_start=started)
    amperes, watts = station_limit(drawn, NOW)
    evse = evse_limit(drawn, EVSE, NOW, started, phases=PHASES, per_named_phase=False)
    assert composite(own, request)[0].limit.power == min(evse, watts, amperes * 230.0 * PHASES, HUGE)
    of_whole = station_limits(own, request)
    assert [each.limit for each in of_whole] == [each for each in (amperes, watts) if each != float("inf")]
