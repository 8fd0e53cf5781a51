"""`plugfest simulate`: its output, its file and its exit code."""

from pathlib import Path

import msgspec
import pytest

from plugfest.cli.execution import simulate
from plugfest.cli.main import main
from plugfest.rig.simulation.campaign import SeedReport
from plugfest.rig.simulation.invariants.rules import Violation

HELD = SeedReport(seed=1, product="reference-ac", violation=None, events=3, frames=10, seconds=3600.0)
VIOLATION = Violation(at=1.0, requirement="X", rule="a rule", problem="a problem")
BROKEN = SeedReport(seed=2, product="reference-ac", violation=VIOLATION, events=3, frames=10, seconds=3600.0)


def run(*arguments: str) -> int:
    with pytest.raises(SystemExit) as ended:
        main(["simulate", *arguments])
    assert isinstance(ended.value.code, int)
    return ended.value.code


def test_it_prints_how_many_seeds_a_second_and_writes_them(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "new folder" / "simulation.json"
    assert run("--seeds", "3", "--first", "10", "--jobs", "1", "--json", str(file)) == 0
    assert capsys.readouterr().out.startswith("3 seeds in ")
    summary = msgspec.json.decode(file.read_bytes(), type=simulate.Summary)
    assert (summary.first_seed, summary.seeds, summary.broken) == (10, 3, ())


def test_it_prints_the_story_of_a_seed(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("--seed", "3", "--product", "reference-16-ac", "--frames") == 0
    printed = capsys.readouterr().out.splitlines()
    assert printed[0].startswith("seed 3 (reference-16-ac), ")
    assert any("BootNotification" in line for line in printed)


def test_an_unknown_product_is_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("--product", "unknown") == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith("plugfest: ")


def test_it_stops_at_the_first_broken_rule() -> None:
    campaign = simulate._Campaign(1, None, keep_going=False)
    campaign.run(iter([HELD, BROKEN, HELD]), 3)
    assert [report.seed for report in campaign._reports] == [1, 2]


def test_it_keeps_going_on_request() -> None:
    campaign = simulate._Campaign(1, None, keep_going=True)
    campaign.run(iter([HELD, BROKEN, HELD]), 3)
    assert len(campaign._reports) == 3
