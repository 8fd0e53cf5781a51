"""A story is shortened as long as the same rule is broken."""

from plugfest.rig.simulation.invariants.rules import Violation
from plugfest.rig.simulation.run import Outcome
from plugfest.rig.simulation.shrinking import shortened
from plugfest.rig.simulation.worlds import events as e
from plugfest.rig.simulation.worlds.world import World

NEEDED = (3.0, 11.0)
BROKEN = Violation(at=20.0, requirement="X", rule="a rule", problem="a problem")


def outcome(world: World, violation: Violation | None = BROKEN) -> Outcome:
    return Outcome(world=world, violation=violation, frames=(), digest="", seconds=0.0)


def world(count: int) -> World:
    events = tuple(e.ConnectionCut(at=float(number)) for number in range(count))
    return World(seed=1, product="reference-ac", settings={"a": "1", "b": "2"}, events=events)


def breaks_with_needed(tried: World) -> Outcome:
    times = {event.at for event in tried.events}
    broken = times.issuperset(NEEDED) and "b" in tried.settings
    return outcome(tried, BROKEN if broken else None)


def test_only_the_events_and_settings_that_are_needed_are_left() -> None:
    found = shortened(outcome(world(16)), breaks_with_needed)
    assert tuple(event.at for event in found.world.events) == NEEDED
    assert found.world.settings == {"b": "2"}


def test_another_broken_rule_does_not_count() -> None:
    def breaks_another(tried: World) -> Outcome:
        return outcome(tried, Violation(at=1.0, requirement="Y", rule="another rule", problem="another problem"))

    assert shortened(outcome(world(4)), breaks_another).world == world(4)


def test_the_number_of_tries_is_limited() -> None:
    tries: list[World] = []

    def count(tried: World) -> Outcome:
        tries.append(tried)
        return outcome(tried, None)

    shortened(outcome(world(50)), count, most_runs=7)
    assert len(tries) == 7
