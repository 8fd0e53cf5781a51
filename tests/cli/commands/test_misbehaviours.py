"""`plugfest misbehaviours`, and `plugfest station --misbehave`."""

import asyncio
import json
import os
import signal
import sys
from typing import Any

import pytest
from tests.cli.test_main import run
from tests.rig.misbehaviour.csms import RawCsms, listening

from plugfest.cli.main import main
from plugfest.rig.misbehaviour.faults import KINDS
from plugfest.rig.selftest.behaviours.catalogue import CATALOGUE

PRODUCT = "reference-ac"


def rows(capsys: pytest.CaptureFixture[str], *arguments: str) -> list[dict[str, Any]]:
    assert run("misbehaviours", "--json", *arguments) == 0
    found: list[dict[str, Any]] = json.loads(capsys.readouterr().out)
    return found


def test_json_has_every_transport_fault_and_every_wrong_station(capsys: pytest.CaptureFixture[str]) -> None:
    found = rows(capsys)
    assert [row["id"] for row in found if row["kind"] == "transport fault"] == list(KINDS)
    assert len(found) == len(KINDS) + len(CATALOGUE)
    (gaps,) = (row for row in found if row["id"] == "leaves-gaps-in-seqno")
    assert gaps == {
        "id": "leaves-gaps-in-seqno",
        "kind": "wrong station",
        "does": "leaves gaps in seqNo",
        "ocpp_version": "2.0.1",
        "messages": ["TransactionEvent"],
        "requirement": "E01.FR.07",
        "cases": ["TC_E_09_CS", "TC_E_15_CS"],
        "parameters": [],
    }


def test_wrong_stations_are_chosen_by_message_requirement_and_product(capsys: pytest.CaptureFixture[str]) -> None:
    by_message = rows(capsys, "--message", "StopTransaction")
    assert by_message
    assert {row["ocpp_version"] for row in by_message} == {"1.6"}
    by_use_case = rows(capsys, "--requirement", "e01")
    assert {row["requirement"].partition(".")[0] for row in by_use_case} == {"E01"}
    one = rows(capsys, "--requirement", "E01.FR.07", "--message", "TransactionEvent")
    assert "leaves-gaps-in-seqno" in {row["id"] for row in one} < {row["id"] for row in by_use_case}
    of_16 = rows(capsys, "--product", "reference-16-plain")
    assert {row["ocpp_version"] for row in of_16} == {None, "1.6"}


def test_misbehaviours_are_found_by_words(capsys: pytest.CaptureFixture[str]) -> None:
    assert [row["id"] for row in rows(capsys, "SeqNo", "gaps")] == ["leaves-gaps-in-seqno"]
    assert "half-open" in [row["id"] for row in rows(capsys, "open", "connection")]


@pytest.mark.parametrize("terminal", [True, False])
def test_each_misbehaviour_has_a_row(
    terminal: bool, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.stdout.isatty", lambda: terminal)
    monkeypatch.setenv("COLUMNS", "200")
    assert run("misbehaviours") == 0
    printed = capsys.readouterr().out
    assert all(name in printed for name in KINDS)
    (line,) = (line for line in printed.splitlines() if "decreases-seqno" in line)
    assert all(word in line for word in ("2.0.1", "TransactionEvent", "E01.FR.07", "decreases seqNo"))


@pytest.mark.parametrize(
    ("arguments", "code", "line"),
    [
        (("--message", "TransactonEvent"), 2, "OCPP has no such message; did you mean TransactionEvent?"),
        (("--product", "nope"), 2, "nope"),
        (("--requirement", "Z99"), 0, "no misbehaviour fits"),
    ],
)
def test_a_wrong_choice_is_one_line(
    arguments: tuple[str, ...], code: int, line: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("misbehaviours", *arguments) == code
    captured = capsys.readouterr()
    assert captured.out == ""
    assert line in captured.err
    assert captured.err.count("\n") == 1


@pytest.mark.parametrize(
    ("misbehave", "line"),
    [
        ("half-opn", "--misbehave half-opn: there is no such misbehaviour of OCPP 2.0.1; did you mean half-open?"),
        ("late:rate=2", "--misbehave late: rate=2: expected a number from 0 to 1"),
        ("1.6: reports meterStart 0 for every transaction", "is for OCPP 1.6"),
    ],
)
def test_a_wrong_misbehaviour_is_one_line(misbehave: str, line: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["station", PRODUCT, "--csms", "ws://127.0.0.1:1", "--misbehave", misbehave])
    assert ended.value.code == 2
    error = capsys.readouterr().err
    assert line in error
    assert error.count("\n") == 1


def test_a_station_prints_what_it_does_wrong_and_does_it() -> None:
    async def scenario() -> list[str]:
        csms = RawCsms()
        arguments = ("--set", "SecurityCtrlr.BasicAuthPassword=a-password-of-16", "--misbehave-seed", "3")
        wrong = ("--misbehave", "doubled:rate=1,message=BootNotification,kind=call", "--misbehave", "leaves-gaps")
        async with listening(csms) as url:
            process = await asyncio.create_subprocess_exec(
                sys.executable,
                *("-c", "from plugfest.cli.main import main; main()", "station", PRODUCT, "--csms", url),
                *arguments,
                *wrong,
                stdout=asyncio.subprocess.PIPE,
                env={**os.environ, "PYTHONUNBUFFERED": "1"},
            )
            assert process.stdout is not None
            async with asyncio.timeout(60):
                await csms.until(lambda: len(csms.of("BootNotification")) == 2)
                process.send_signal(signal.SIGINT)
                printed = (await process.stdout.read()).decode()
            assert await process.wait() == 0
        return [line[10:] for line in printed.splitlines() if "misbehaves" in line]

    assert asyncio.run(scenario()) == [
        "misbehaves: leaves gaps in seqNo (E01.FR.07)",
        "misbehaves: doubled:rate=1,message=BootNotification,kind=call: a frame arrives twice",
        "misbehaves: doubled: BootNotification sent",
    ]
