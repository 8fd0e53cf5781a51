"""Shortens the story of a world that breaks a rule (delta debugging)."""

from collections.abc import Callable, Sequence
from typing import Final

import msgspec

from plugfest.rig.simulation.run import Outcome, run_world
from plugfest.rig.simulation.worlds.events import AnyEvent
from plugfest.rig.simulation.worlds.world import World

MOST_RUNS: Final = 300
"""How many worlds are tried at most."""


def shortened(outcome: Outcome, run: Callable[[World], Outcome] = run_world, most_runs: int = MOST_RUNS) -> Outcome:
    """The outcome of a world with fewer events and settings in which the same rule is broken.

    No event of it can be omitted, unless `most_runs` worlds were not enough to find that out.
    """
    search = _Search(outcome, run, most_runs)
    search.omit_events()
    search.omit_settings()
    return search.best


class _Search:
    def __init__(self, outcome: Outcome, run: Callable[[World], Outcome], most_runs: int) -> None:
        assert outcome.violation is not None
        self.best = outcome
        self._rule = outcome.violation.rule
        self._run = run
        self._runs_left = most_runs

    def omit_events(self) -> None:
        """Omit halves, then quarters, down to single events, as long as that succeeds."""
        size = (len(self.best.world.events) + 1) // 2
        while size and self._runs_left:
            if not self._omit_parts(size) or size > 1:
                size //= 2

    def omit_settings(self) -> None:
        for name in list(self.best.world.settings):
            settings = {key: value for key, value in self.best.world.settings.items() if key != name}
            self._try(msgspec.structs.replace(self.best.world, settings=settings))

    def _omit_parts(self, size: int) -> bool:
        """Omit every part of this size that is not needed. Returns whether there was one."""
        omitted = False
        start = len(self.best.world.events)
        while start > 0:
            start = min(start, len(self.best.world.events)) - size
            events = self.best.world.events
            omitted |= self._try_events([*events[: max(start, 0)], *events[max(start, 0) + size :]])
        return omitted

    def _try_events(self, events: Sequence[AnyEvent]) -> bool:
        if len(events) == len(self.best.world.events):
            return False
        return self._try(msgspec.structs.replace(self.best.world, events=tuple(events)))

    def _try(self, world: World) -> bool:
        if not self._runs_left:
            return False
        self._runs_left -= 1
        outcome = self._run(world)
        if outcome.violation is None or outcome.violation.rule != self._rule:
            return False
        self.best = outcome
        return True
