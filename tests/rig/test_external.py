"""Stations in processes of their own, over real sockets and in real time: the only tests that wait."""

import contextlib
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import msgspec
import pytest

from plugfest import clock
from plugfest.lab.selection import choose
from plugfest.lab.settings import LabSettings
from plugfest.lab.verdict import CaseResult, Verdict
from plugfest.products import load_product
from plugfest.rig.external import ExternalRig, MakeOperator, control_api_operator, http_operator

EXTERNAL = Path(__file__).parent / "external"
PASS, FAIL, INCONCLUSIVE = Verdict.PASS, Verdict.FAIL, Verdict.INCONCLUSIVE

QUICK = LabSettings(
    security_profile=1,
    response_timeout=5,
    function_timeout=3,
    boot_timeout=20,
    reconnect_timeout=10,
    operator_timeout=10,
    transaction_duration=1,
    ev_connection_timeout=2,
)


class Due(NamedTuple):
    """The verdict that a foreign station deserves, and why; `finding` is part of what the lab has to say of it."""

    verdict: Verdict
    why: str = "the station does what the case asks"
    finding: str = ""


# Every difference between a whole station and that of tests/rig/external/station.py, once.
STATION_OF_A_PAGE = {
    "TC_A_22": Due(INCONCLUSIVE, "needs security profile 2, and a fixture cannot commission", "cannot commission"),
    "TC_B_01": Due(FAIL, "does not tell that it has started up (A04)", "none within 3 s"),
    "TC_B_06": Due(PASS),
    "TC_B_09": Due(PASS),
    "TC_B_13": Due(FAIL, "has few of the variables that every station has", "missing: AlignedDataCtrlr.Interval"),
    "TC_B_20": Due(FAIL, "cannot be reset", "CALLERROR NotImplemented"),
    "TC_B_32": Due(PASS),
    "TC_C_02": Due(PASS),
    "TC_E_03": Due(PASS),
    "TC_E_10": Due(PASS),
    "TC_E_38": Due(INCONCLUSIVE, "needs an EV that is not ready", "does not offer ev_suspend"),
    "TC_F_08": Due(PASS),
    "TC_P_01": Due(FAIL, "knows no DataTransfer at all", "CALLERROR NotImplemented"),
}

# The same of tests/rig/external/station_v16.py.
STATION_OF_A_PAGE_V16 = {
    "TC_003": Due(PASS),
    "TC_004_1": Due(PASS),
    "TC_013": Due(FAIL, "cannot be made unavailable, nor be reset", "CALLERROR NotImplemented"),
    "TC_019": Due(FAIL, "has few of the keys that every station has", "missing"),
    "TC_040_1": Due(PASS),
    "TC_062": Due(FAIL, "knows no DataTransfer at all", "CALLERROR NotImplemented"),
    "TC_068": Due(PASS),
    "TC_073": Due(FAIL, "keeps its password", "NotSupported"),
    "TC_079": Due(INCONCLUSIVE, "has no way to send a file", "no file transfer protocol"),
    "TC_083": Due(INCONCLUSIVE, "nobody could take it back to where it was", "cannot commission"),
    "TC_084": Due(INCONCLUSIVE, "needs security profile 2, and a fixture cannot commission", "cannot commission"),
    "TC_085": Due(PASS),
}

OURS_IN_ANOTHER_PROCESS = {
    "TC_A_20": Due(INCONCLUSIVE, "needs a station without a root certificate", "cannot commission"),
    "TC_B_01": Due(PASS),
    "TC_B_20": Due(PASS),
    "TC_E_03": Due(PASS),
    "TC_G_01": Due(PASS),
}


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as found:
        return int(found.getsockname()[1])


@contextlib.contextmanager
def process(*arguments: str) -> Iterator[None]:
    """A program that runs for as long as the block."""
    command = [sys.executable, *arguments]
    running = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        yield
    finally:
        running.terminate()
        running.wait(10)


def campaign(product_name: str, case_ids: list[str], port: int, operator: MakeOperator) -> tuple[CaseResult, ...]:
    """Wait for the station at this port, and run the cases with these hands."""
    product = load_product(product_name)
    settings = msgspec.structs.replace(QUICK, port=port)
    rig = ExternalRig(operator, lambda _: None)
    outcome = clock.run(rig(product, choose(product, case_ids).chosen, settings=settings), simulated=False)
    return outcome.results


def check(results: tuple[CaseResult, ...], due: dict[str, Due]) -> None:
    assert len(results) == len(due)
    for one in results:
        expected = due[one.id.removesuffix("_CS")]
        assert one.verdict is expected.verdict, (one.id, expected.why, one.findings)
        assert expected.finding in " ".join(finding.actual for finding in one.findings), (one.id, expected.why)
        assert (one.findings == ()) is (one.verdict is PASS)


@pytest.mark.parametrize(
    ("station", "due"),
    [("station", STATION_OF_A_PAGE), ("station_v16", STATION_OF_A_PAGE_V16)],
    ids=["2.0.1", "1.6"],
)
def test_a_station_made_of_the_package_ocpp_gets_what_it_deserves(station: str, due: dict[str, Due]) -> None:
    port, fixture_port = free_port(), free_port()
    url = f"ws://127.0.0.1:{port}"
    with process(str(EXTERNAL / f"{station}.py"), url, QUICK.identity, QUICK.password, str(fixture_port)):
        operator = http_operator(f"http://127.0.0.1:{fixture_port}/api/v1")
        results = campaign(str(EXTERNAL / f"{station}.toml"), list(due), port, operator)
    check(results, due)


def test_our_station_in_another_process_is_tested_through_its_control_api() -> None:
    port, control_port = free_port(), free_port()
    product = "alpitronic-hyc-200-eu"
    with process(
        *("-c", "from plugfest.cli.main import main; main()"),
        *("station", product, "--csms", f"ws://127.0.0.1:{port}", "--id", QUICK.identity),
        *("--set", f"SecurityCtrlr.BasicAuthPassword={QUICK.password}", "--control", str(control_port)),
    ):
        operator = control_api_operator(f"http://127.0.0.1:{control_port}")
        results = campaign(product, list(OURS_IN_ANOTHER_PROCESS), port, operator)
    check(results, OURS_IN_ANOTHER_PROCESS)
