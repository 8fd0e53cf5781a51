"""The meters of EVSEs obey random charging profiles, second by second, on as many phases as these allow."""

import asyncio
import math
from collections.abc import Sequence
from datetime import datetime, timedelta

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.station.model.smart_charging.drawn_profiles import NOW, installed, profiles
from tests.station.model.smart_charging.slow import SlowLimit, limit_at, stations_at, total_at

from plugfest.clock import run_simulated
from plugfest.hardware.ports import ConnectorChanged, HardwareEvent, Reading
from plugfest.hardware.virtual.ev import Ev
from plugfest.hardware.virtual.spec import ConnectorSpec, EvseSpec, StationSpec
from plugfest.hardware.virtual.station import VirtualHardware
from plugfest.station.blocks.k_smart_charging.v16 import _periods
from plugfest.station.model.charging.charging_sessions import ChargingSessions, Transaction
from plugfest.station.model.charging.power_path import PowerPath
from plugfest.station.model.smart_charging.charging_profiles import ChargingProfiles
from plugfest.station.model.smart_charging.composite import CompositeRequest, Supply
from plugfest.station.model.smart_charging.limiter import STATION, Limiter
from plugfest.station.model.smart_charging.profile import ALL_PHASES, ChargingProfile, RateUnit, SchedulePeriod
from plugfest.station.model.timers import Timers
from plugfest.station.storage.store import Store

LENGTH = 100
PAUSE = 10
SAMPLED = 7
"""Seconds between two requests for composite schedules."""

SETTLED = PAUSE + 3
"""Seconds after a change until an EV charges again: the pause, its reaction, and the events between."""

CONNECTORS = (ConnectorSpec(fixed_cable=True),)
KINDS = {
    "three phases": EvseSpec(connectors=CONNECTORS, phases=3, max_power=22_080),
    "one or three": EvseSpec(connectors=CONNECTORS, phases=3, max_power=22_080, phase_counts=(1, 3)),
    "one to three": EvseSpec(connectors=CONNECTORS, phases=3, max_power=22_080, phase_counts=(1, 2, 3)),
    "two phases": EvseSpec(connectors=CONNECTORS, phases=2, max_power=14_720),
    "one phase": EvseSpec(connectors=CONNECTORS, phases=1, max_power=7_360),
    "direct current": EvseSpec(connectors=CONNECTORS, phases=0, max_power=100_000),
}


class Second(msgspec.Struct, frozen=True):
    """What the profiles allow, and what the meters read."""

    limits: list[SlowLimit]
    stations: list[tuple[ChargingProfile, SchedulePeriod]]
    """The limits of the whole station."""
    readings: list[Reading]


class ChargingStation:
    """EVSEs that charge EVs under charging profiles, without a CSMS."""

    def __init__(self, specs: Sequence[EvseSpec], ev_phases: int) -> None:
        self.hardware = VirtualHardware(
            StationSpec(evses=tuple(specs)),
            lambda: Ev(capacity=1e9, state_of_charge=0.0, max_dc_power=1e9, ac_phases=ev_phases),
        )
        self._began = asyncio.get_running_loop().time()
        timers = Timers(lambda work, name: asyncio.create_task(work, name=name))
        self.paths = {
            number: PowerPath(f"EVSE {number}", evse, timers, lambda number=number: self._update(number))  # type: ignore[misc]
            for number, evse in self.hardware.evses.items()
        }
        store = Store()
        sessions = ChargingSessions(store, list(self.hardware.evses), lambda: "1")
        self.profiles = ChargingProfiles(store)
        self.limiter = Limiter(self.profiles, sessions, self.paths, timers, self.now, self._update)
        for session in sessions:
            session.transaction = Transaction(id=session.key, started_at=NOW)
        self.hardware.listen(self._handle)
        self.limiter.refresh()
        self.profiles.on_change.append(self.limiter.refresh)

    def now(self) -> datetime:
        return NOW + timedelta(seconds=round(asyncio.get_running_loop().time() - self._began, 6))

    def plug_in(self) -> None:
        for number, path in self.paths.items():
            self.hardware.plug_in(number, 1)
            assert path.deliver(1)
        self.limiter.delivery_changed()

    def request(self, number: int) -> CompositeRequest:
        evse = self.hardware.evses[number]
        supply = Supply(evse.phase_counts, evse.max_power)
        return CompositeRequest(start=NOW, duration=LENGTH, evse_id=number, supply=supply, transaction_start=NOW)

    def _handle(self, event: HardwareEvent) -> None:
        if isinstance(event, ConnectorChanged):
            asyncio.get_running_loop().call_soon(self._update, event.evse_id)

    def _update(self, number: int) -> None:
        self.paths[number].update_contactor()


async def seconds(station: ChargingStation, changes: Sequence[tuple[int, ChargingProfile]]) -> list[Second]:
    """Install each profile in its second; observe every second after its first quarter."""
    observed = []
    requests = [station.request(number) for number in station.paths]
    for second in range(LENGTH):
        for _, profile in (each for each in changes if each[0] == second):
            station.profiles.put(profile)
        await asyncio.sleep(0.25)
        own = list(station.profiles)
        limits = [limit_at(own, request, second) for request in requests]
        if second % SAMPLED == 0:
            assert_schedules_agree(station, [*limits, total_at(own, requests, second)])
        readings = [evse.meter.read() for evse in station.hardware.evses.values()]
        observed.append(Second(limits, stations_at(own, requests[0], second), readings))
        await asyncio.sleep(0.75)
    return observed


def assert_schedules_agree(station: ChargingStation, limits: Sequence[SlowLimit]) -> None:
    """The composite schedules in A and in W of each EVSE, and of the station, are these limits."""
    for number, limit in zip([*station.paths, STATION], limits, strict=True):
        schedule = station.limiter.schedule(number, 60)
        (amperes, *_), (watts, *_) = (list(_periods(schedule, unit, 60)) for unit in (RateUnit.AMPERE, RateUnit.WATT))
        assert (amperes.number_phases or 0, watts.number_phases or 0) == (limit.phases, limit.phases)
        assert watts.limit == tenths(limit.watts)
        assert amperes.limit == tenths(limit.amperes)


def tenths(value: float) -> float:
    return math.floor(value * 10 + 1e-6) / 10


def assert_meter_obeys(observed: Sequence[Second], position: int, ev_phases: int, *, alone: bool) -> None:
    """No more current and phases than allowed; alone, and after a while without a change, exactly that."""
    used_before, unpowered = None, PAUSE
    for second, now in enumerate(observed):
        limit, reading = now.limits[position], now.readings[position]
        used = sum(current > 0 for current in reading.currents)
        assert reading.power <= limit.watts + 1e-6
        if limit.phases:
            assert used <= min(limit.phases, ev_phases)
            assert max(reading.currents) <= limit.amperes + 1e-6
            assert not used or min(reading.currents[:used]) >= 6 - 1e-6
        recent = [each.limits[position] for each in observed[max(second - SETTLED, 0) : second]]
        if alone and len(recent) == SETTLED and all(each == limit for each in recent):
            assert rounded(reading.currents) == rounded(settled_currents(limit, ev_phases, len(reading.currents)))
        if used and used_before not in (None, used):
            assert unpowered >= PAUSE, f"{used_before} phases changed to {used} after {unpowered} s"
        unpowered = 0 if used else unpowered + 1
        used_before = used or used_before


def rounded(currents: Sequence[float]) -> list[float]:
    return [round(current, 6) for current in currents]


def settled_currents(limit: SlowLimit, ev_phases: int, phases: int) -> list[float]:
    """The current on each phase of an EV that draws up to 32 A."""
    if limit.phases == 0:
        return [limit.watts / 400]
    current = min(limit.amperes, 32.0) if limit.amperes >= 6 - 1e-9 else 0.0
    used = min(limit.phases, ev_phases)
    return [current] * used + [0.0] * (phases - used)


def assert_station_obeys(observed: Sequence[Second]) -> None:
    """All meters together: a limit in A on each phase, a limit in W as a sum, or as the current that it stands for."""
    for now in observed:
        for profile, period in now.stations:
            named = ALL_PHASES if period.phases is None else period.phases
            per_phase = period.limit
            if profile.schedule.unit is RateUnit.WATT:
                assert sum(reading.power for reading in now.readings) <= period.limit + 1e-6
                per_phase = period.limit / (230 * named) if profile.schedule.per_named_phase else math.inf
            assert max(lines_of(now.readings)) <= per_phase + 1e-6


def lines_of(readings: Sequence[Reading]) -> list[float]:
    """A on each phase of the grid."""
    lines = [0.0, 0.0, 0.0]
    for reading in readings:
        direct = reading.frequency is None
        drawn = [reading.power / 690] * 3 if direct else [*reading.currents, 0.0, 0.0][:3]
        lines = [sum(each) for each in zip(lines, drawn, strict=True)]
    return lines


CHANGES = st.lists(st.tuples(st.integers(0, 30), profiles()), min_size=1, max_size=8)
"""Profiles, and the second in which each is installed."""


def numbered(changes: Sequence[tuple[int, ChargingProfile]]) -> list[tuple[int, ChargingProfile]]:
    return [(second, msgspec.structs.replace(each, id=number)) for number, (second, each) in enumerate(changes)]


@settings(max_examples=60)
@given(st.sampled_from(sorted(KINDS)), st.integers(1, 3), CHANGES.map(numbered))
def test_an_ev_charges_with_the_limit_of_each_second(
    kind: str, ev_phases: int, changes: list[tuple[int, ChargingProfile]]
) -> None:
    async def scenario() -> None:
        station = ChargingStation([KINDS[kind]], ev_phases)
        station.plug_in()
        assert_meter_obeys(await seconds(station, changes), 0, ev_phases, alone=True)

    run_simulated(scenario())


@settings(max_examples=30)
@given(
    st.lists(st.sampled_from(sorted(KINDS)), min_size=2, max_size=3),
    st.integers(1, 3),
    st.lists(profiles(), max_size=6).map(installed),
)
def test_evs_together_keep_the_limit_of_the_station(
    kinds: list[str], ev_phases: int, drawn: list[ChargingProfile]
) -> None:
    async def scenario() -> None:
        station = ChargingStation([KINDS[kind] for kind in kinds], ev_phases)
        station.plug_in()
        observed = await seconds(station, [(0, each) for each in drawn])
        for position in range(len(kinds)):
            assert_meter_obeys(observed, position, ev_phases, alone=False)
        assert_station_obeys(observed)

    run_simulated(scenario())
