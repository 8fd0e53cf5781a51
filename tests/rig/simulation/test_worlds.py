"""Worlds of many seeds: no rule is broken, and the same seed is the same world."""

import gc
import os
import subprocess
import sys

import pytest

from plugfest.rig.simulation.run import run_world
from plugfest.rig.simulation.simulated_world import SimulatedWorld
from plugfest.rig.simulation.story import story
from plugfest.rig.simulation.worlds.generation import generate

SEEDS = 300
GROUP = 25

DIGEST = """
import sys
from plugfest.rig.simulation.worlds.generation import generate
from plugfest.rig.simulation.run import run_world
print(*(run_world(generate(int(seed))).digest for seed in sys.argv[1:]), sep="\\n")
"""


@pytest.mark.parametrize("first", range(1, SEEDS, GROUP))
def test_no_rule_is_broken(first: int) -> None:
    for seed in range(first, first + GROUP):
        outcome = run_world(generate(seed))
        assert outcome.violation is None, "\n".join((f"seed {seed}", *story(outcome)))


def test_the_same_seed_gives_the_same_frames() -> None:
    for seed in (5, 64, 216, 799):
        first, second = run_world(generate(seed)), run_world(generate(seed))
        assert [frame.text for frame in first.frames] == [frame.text for frame in second.frames]
        assert first.digest == second.digest


def test_the_same_seed_gives_the_same_frames_in_every_process() -> None:
    """The order of sets differs between processes."""
    seeds = ["3", "64", "216", "600", "799"]
    digests = {
        subprocess.run(
            [sys.executable, "-c", DIGEST, *seeds],
            env={**os.environ, "PYTHONHASHSEED": hash_seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for hash_seed in ("1", "2", "3")
    }
    assert len(digests) == 1


def test_another_seed_is_another_world() -> None:
    assert generate(1) != generate(2)
    assert generate(1) == generate(1)


def test_a_task_that_has_ended_with_the_power_is_no_error_whenever_it_is_collected(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    measure = SimulatedWorld.measure

    def collect_and_measure(simulated: SimulatedWorld) -> None:
        gc.collect()
        measure(simulated)

    monkeypatch.setattr(SimulatedWorld, "measure", collect_and_measure)
    assert run_world(generate(18)).violation is None
