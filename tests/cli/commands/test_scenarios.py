"""`plugfest scenarios`, and the scenario of `plugfest station`."""

import asyncio
import json
import sys
from pathlib import Path

import pytest
from tests.scenarios.performing import ACCEPTED
from tests.station.csms import Csms

from plugfest.cli.main import main
from plugfest.ocpp.v201 import messages as m
from plugfest.scenarios import library

PRODUCT = "alpitronic-hyc-200-eu"


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    captured = capsys.readouterr()
    assert isinstance(ended.value.code, int)
    return ended.value.code, captured.out, captured.err.strip()


def test_it_lists_the_library(capsys: pytest.CaptureFixture[str]) -> None:
    code, printed, _ = run(capsys, "scenarios")
    assert code == 0
    assert [line.split("\t")[0] for line in printed.splitlines()] == list(library.names())
    _, printed, _ = run(capsys, "scenarios", "--json")
    assert [each["name"] for each in json.loads(printed)] == list(library.names())


def test_it_prints_a_file_that_is_a_scenario_again(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    _, printed, _ = run(capsys, "scenarios", "commute")
    copy = tmp_path / "mine.toml"
    copy.write_text(printed)
    code, printed, _ = run(capsys, "scenarios", "--check", str(copy), "--product", PRODUCT)
    assert code == 0
    assert printed.startswith(f"{copy} has no error for {PRODUCT}: ")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("scenarios", "comute"), "comute is not a scenario of the library; write commute"),
        (("scenarios", "--check", "/no/such.toml"), "/no/such.toml cannot be read"),
        (("scenarios", "commute", "--check", "commute"), "give one of NAME, --check and --from-log"),
        (("scenarios", "--product", PRODUCT), "--product needs --check"),
        (("scenarios", "--from-log", "/no/such.log"), "/no/such.log cannot be read"),
        (
            ("scenarios", "--check", "motorway-holiday", "--product", "reference-ac"),
            "does not receive the state of charge",
        ),
        (("station", PRODUCT, "--csms", "ws://x", "--scenario", "nope"), "nope is not a scenario of the library"),
        (("station", PRODUCT, "--csms", "ws://x", "--replay", "/no/such.log"), "/no/such.log cannot be read"),
        (("station", PRODUCT, "--csms", "ws://x", "--exit"), "need --scenario or --replay"),
        (("station", PRODUCT, "--csms", "ws://x", "--scenario", "commute", "--replay", "x"), "not both"),
        (("station", "reference-ac", "--csms", "ws://x", "--scenario", "motorway-holiday"), "motorway-holiday:"),
    ],
)
def test_a_wrong_argument_is_one_line(
    arguments: tuple[str, ...], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    code, _, error = run(capsys, *arguments)
    assert code == 2
    assert message in error
    assert "\n" not in error


async def performed_by_a_process(*arguments: str) -> tuple[int | None, str, Csms]:
    """The exit code and the output of `plugfest station` with a CSMS in this process."""
    csms = Csms()
    csms.replies["Authorize"] = lambda _: ACCEPTED
    await csms.listen()
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", "from plugfest.cli.main import main; main()", "station", PRODUCT),
        *("--csms", csms.url, "--exit", "--frames", *arguments),
        stdout=asyncio.subprocess.PIPE,
    )
    async with asyncio.timeout(60):
        printed, _ = await process.communicate()
    await csms.server.close()
    return process.returncode, printed.decode(), csms


def test_a_station_performs_a_scenario_and_its_output_is_replayed(tmp_path: Path) -> None:
    arguments = ("--scenario", "single-charge", "--compress", "100", "--scenario-seed", "3")
    code, printed, csms = asyncio.run(performed_by_a_process(*arguments))
    assert code == 0
    assert "scenario single-charge, seed 3: A driver charges once" in printed
    assert "scenario: ended" in printed
    kinds = [each.event_type for each in csms.all(m.TransactionEventRequest)]
    assert (kinds[0], kinds[-1]) == ("Started", "Ended")
    log = tmp_path / "station.log"
    log.write_text(printed)
    code, printed, csms = asyncio.run(performed_by_a_process("--replay", str(log)))
    assert code == 0
    assert [each.event_type for each in csms.all(m.TransactionEventRequest)][-1] == "Ended"


def test_a_wait_that_is_not_reached_is_exit_code_1(tmp_path: Path) -> None:
    scenario = tmp_path / "mine.toml"
    scenario.write_text('summary = "x"\n[[steps]]\ndo = "wait"\nevse_id = 1\ntransaction = true\nwithin = "1 s"\n')
    code, printed, _ = asyncio.run(performed_by_a_process("--scenario", str(scenario)))
    assert code == 1
    assert f"scenario failed: {scenario}:3: steps[0]: wait for evse_id=1, transaction=true: not reached" in printed
