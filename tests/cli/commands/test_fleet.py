"""`plugfest fleet`: its options, its output and its files."""

import json
import os
import re
import resource
import select
import signal
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import msgspec
import pytest
from tests.fleet.csms_process import running_csms

from plugfest.cli.execution.fleet.options import duration
from plugfest.cli.main import main
from plugfest.clock import SystemClock
from plugfest.fleet.folder import StoredFleet
from plugfest.fleet.results import FleetResult
from plugfest.security.pki import TestPki

PASSWORD = "a-password-of-16"
PRODUCT = "reference-ac"


@pytest.fixture(autouse=True)
def password(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PLUGFEST_PASSWORD", PASSWORD)


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    """The exit code, and what was printed to standard output and standard error."""
    with pytest.raises(SystemExit) as ended:
        main(["fleet", *arguments])
    assert isinstance(ended.value.code, int)
    captured = capsys.readouterr()
    return ended.value.code, captured.out, captured.err


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("0", "--csms", "ws://x", "--product", PRODUCT), "0 is not in the range 1<=x<=1000000"),
        (("1", "--csms", "ws://x", "--product", "nope"), "nope"),
        (("1", "--csms", "http://x", "--product", PRODUCT), "is not a CSMS URL"),
        (("1", "--csms", "wss://x", "--product", PRODUCT), "--csms-root FILE"),
        (("2", "--csms", "ws://x", "--product", PRODUCT, "--id", "CS"), "the same identity"),
        (("2", "--csms", "ws://x", "--product", PRODUCT, "--id", "a:{}"), "is not a station identity"),
        (("1", "--csms", "ws://x", "--product", f"{PRODUCT}=0"), "the weights of the products"),
        (("1", "--csms", "ws://x", "--product", PRODUCT, "--duration", "soon"), "expected a duration such as '90 s'"),
        (("1", "--csms", "ws://x", "--product", PRODUCT, "--source", "lan"), "is neither an IP address nor a network"),
        (("1", "--csms", "ws://x", "--product", PRODUCT, "--source", "192.0.2.1"), "cannot connect from 192.0.2.1"),
        (("1", "--csms", "ws://x", "--product", PRODUCT, "--set", "A.B=1"), "has no variable A.B"),
        (("1", "--csms", "ws://x", "--product", PRODUCT, "--misbehave", "200%:late"), "at most 100%"),
        (("1", "--csms", "ws://x", "--product", PRODUCT, "--misbehave", "10:late"), "its sign: 10%:late"),
        (("1", "--csms", "ws://x", "--product", PRODUCT, "--passwords", "nowhere"), "cannot read nowhere"),
        (("1", "--csms", "ws://x", "--product", PRODUCT, "--json", "/dev/null/x"), "cannot write /dev/null/x"),
    ],
)
def test_a_mistake_is_one_line(
    arguments: tuple[str, ...], message: str, capsys: pytest.CaptureFixture[str], private_data_folder: Path
) -> None:
    code, _, error = run(capsys, *arguments)
    assert code == 2
    assert message in error
    assert len(error.splitlines()) == 1 or "Usage" in error
    assert not (private_data_folder / "plugfest" / "fleets").exists()


def test_too_few_file_descriptors_are_found_before_the_start(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(resource, "getrlimit", lambda _: (256, 256))
    code, _, error = run(capsys, "500", "--csms", "ws://127.0.0.1:9", "--product", PRODUCT, "--jobs", "2")
    assert code == 2
    assert "need 314 open files in each, but the limit is 256: raise it (ulimit -n" in error


@pytest.mark.parametrize(
    ("text", "seconds"), [("90", 90), ("90 s", 90), ("15min", 900), ("1 h 30 min", 5400), ("0.5 h", 1800)]
)
def test_durations_are_read(text: str, seconds: float) -> None:
    assert duration(text) == seconds


def test_a_fleet_of_two_products_is_run_and_its_result_kept(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "result"
    with running_csms() as url:
        code, printed, _ = run(
            capsys,
            *("4", "--csms", url, "--product", f"{PRODUCT}=3", "--product", "reference-16-ac", "--rate", "100"),
            *("--duration", "2 s", "--jobs", "2", "--source", "127.0.0.0/24", "--result", str(folder)),
        )
    assert code == 0
    assert "4 of 4 stations connected and accepted; 0 connections lost, 4 opened" in printed
    assert f"Result: {folder}" in printed
    stored = StoredFleet(folder)
    result = stored.result()
    assert result.fleet.products == {PRODUCT: 3, "reference-16-ac": 1}
    assert (result.phase, result.reason) == ("ended", "the duration is over")
    assert result.latencies["BootNotification"].count == 4
    assert [one.connections for one in stored.seconds()][-1] == 4
    for name in ("connections", "messages", "latency"):
        assert ElementTree.parse(folder / f"{name}.svg").getroot().tag.endswith("svg")


def test_a_result_that_cannot_be_kept_ends_the_fleet_with_its_figures(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    largest = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (10, largest[1]))
    try:
        code, printed, error = run(
            capsys,
            *("2", "--csms", "ws://127.0.0.1:9", "--product", PRODUCT, "--jobs", "1"),
            *("--result", str(tmp_path / "result")),
        )
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, largest)
    assert code == 2
    assert "0 of 2 stations connected and accepted" in printed
    assert error == f"plugfest: {tmp_path / 'result'}: File too large\n"


def test_a_csms_that_refuses_stations_is_described_with_what_to_do(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with running_csms(2) as url:
        code, printed, _ = run(
            capsys,
            *("5", "--csms", url, "--product", PRODUCT, "--rate", "100", "--duration", "2 s", "--jobs", "1"),
            *("--result", str(tmp_path / "result"), "--json", "-"),
        )
    assert code == 1
    result = msgspec.json.decode(printed, type=FleetResult)
    assert (result.now.accepted, result.now.stations) == (2, 5)
    assert result.errors == {"the CSMS refuses the connection: 503 Service Unavailable: full": 3}


def test_the_result_of_json_is_that_of_the_folder_and_the_rest_goes_to_standard_error(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with running_csms(0) as url:
        code, printed, error = run(
            capsys,
            *("2", "--csms", url, "--product", PRODUCT, "--duration", "1 s", "--jobs", "1"),
            *("--result", str(tmp_path / "result"), "--json", "-"),
        )
    assert code == 1
    assert json.loads(printed) == json.loads((tmp_path / "result" / "result.json").read_text())
    assert "the CSMS takes no more stations: raise its limit" in error
    assert "0 of 2 stations connected and accepted" in error


def test_a_line_without_a_password_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "passwords"
    file.write_text("CS00001 a-password-of-cs1\n\nCS00002\n")
    code, _, error = run(capsys, "1", "--csms", "ws://x", "--product", PRODUCT, "--passwords", str(file))
    assert (code, error) == (2, f"plugfest: {file}, line 3: expected 'IDENTITY PASSWORD'\n")


def test_a_folder_of_certificates_that_cannot_be_used_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pki = TestPki(SystemClock().now())
    (tmp_path / "root").write_text(pki.root_pem)
    arguments = ("1", "--csms", "wss://x", "--product", PRODUCT, "--csms-root", str(tmp_path / "root"))
    _, _, error = run(capsys, *arguments, "--certificates", str(tmp_path / "none"))
    assert "does not exist" in error
    _, _, error = run(capsys, *arguments, "--certificates", str(tmp_path))
    assert error == f"plugfest: --certificates {tmp_path}: there is no file IDENTITY.pem\n"
    (tmp_path / "CS00001.pem").write_text(pki.station("CS00001").chain)
    _, _, error = run(capsys, *arguments, "--certificates", str(tmp_path))
    assert error == f"plugfest: cannot read {tmp_path / 'CS00001.key'}: No such file or directory\n"


def started(folder: Path, url: str, *options: str) -> subprocess.Popen[str]:
    command = (sys.executable, "-c", "from plugfest.cli.main import main; main()", "fleet")
    arguments = ("2", "--csms", url, "--product", PRODUCT, "--jobs", "1", "--result", str(folder), *options)
    return subprocess.Popen([*command, *arguments], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)


def until(process: subprocess.Popen[str], text: str) -> None:
    assert process.stdout is not None
    while text not in process.stdout.readline():
        assert process.poll() is None


@pytest.mark.parametrize(
    ("number", "options", "code"),
    [
        (signal.SIGINT, (), 0),
        (signal.SIGINT, ("--duration", "1 h"), 130),
        (signal.SIGTERM, ("--duration", "1 h"), 143),
    ],
)
def test_an_interrupted_fleet_keeps_its_result(
    tmp_path: Path, number: signal.Signals, options: tuple[str, ...], code: int
) -> None:
    with running_csms() as url, started(tmp_path / "result", url, *options) as process:
        until(process, "2 accepted")
        process.send_signal(number)
        printed, _ = process.communicate(timeout=60)
    assert process.returncode == code, printed
    assert re.search(r"ended after \d+ s: stopped\n2 of 2 stations connected and accepted", printed)
    assert StoredFleet(tmp_path / "result").result().phase == "ended"
    assert "Traceback" not in printed


def test_a_fleet_that_is_killed_leaves_its_result_and_no_process(tmp_path: Path) -> None:
    with running_csms() as url, started(tmp_path / "result", url) as process:
        until(process, "2 accepted")
        children = Path(f"/proc/{process.pid}/task/{process.pid}/children")
        (child,) = map(int, children.read_text().split()) if children.exists() else (None,)
        process.kill()
        process.wait()
        result = StoredFleet(tmp_path / "result").result()
        assert (result.phase, result.now.accepted) == ("running", 2)
        assert not StoredFleet(tmp_path / "result").is_in_use
        if child is not None:
            assert has_ended(child, within=60.0)


def has_ended(process_id: int, within: float) -> bool:
    """Whether a process ends within so many seconds."""
    try:
        descriptor = os.pidfd_open(process_id)
    except ProcessLookupError:
        return True
    try:
        return bool(select.select([descriptor], [], [], within)[0])
    finally:
        os.close(descriptor)
