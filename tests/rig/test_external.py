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
from plugfest.products.plan.requested import RequestedCases
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


class Expected(NamedTuple):
    """The expected verdict of a foreign station, and why; `finding` is part of the expected finding."""

    verdict: Verdict
    why: str = "the station does what the case requires"
    finding: str = ""


# Each difference between a complete station and that of tests/rig/external/station.py, once.
SMALL_STATION = {
    "TC_A_22": Expected(INCONCLUSIVE, "needs security profile 2, and a fixture cannot commission", "cannot commission"),
    "TC_B_01": Expected(FAIL, "does not report that it has started up (A04)", "none within 3 s"),
    "TC_B_06": Expected(PASS),
    "TC_B_09": Expected(PASS),
    "TC_B_13": Expected(FAIL, "has few of the variables that every station has", "missing: AlignedDataCtrlr.Interval"),
    "TC_B_20": Expected(FAIL, "cannot be reset", "CALLERROR NotImplemented"),
    "TC_B_32": Expected(PASS),
    "TC_C_02": Expected(PASS),
    "TC_E_03": Expected(PASS),
    "TC_E_10": Expected(PASS),
    "TC_E_38": Expected(INCONCLUSIVE, "needs an EV that is not ready", "does not support ev_suspend"),
    "TC_F_08": Expected(PASS),
    "TC_P_01": Expected(FAIL, "does not support DataTransfer", "CALLERROR NotImplemented"),
}

# The same for tests/rig/external/station_v16.py.
SMALL_STATION_V16 = {
    "TC_003": Expected(PASS),
    "TC_004_1": Expected(PASS),
    "TC_013": Expected(FAIL, "cannot be made unavailable, nor be reset", "CALLERROR NotImplemented"),
    "TC_019": Expected(FAIL, "has few of the keys that every station has", "missing"),
    "TC_040_1": Expected(PASS),
    "TC_062": Expected(FAIL, "does not support DataTransfer", "CALLERROR NotImplemented"),
    "TC_068": Expected(PASS),
    "TC_073": Expected(FAIL, "cannot change its password", "NotSupported"),
    "TC_079": Expected(INCONCLUSIVE, "cannot upload a file", "no file transfer protocol"),
    "TC_083": Expected(INCONCLUSIVE, "only commissioning could restore it", "cannot commission"),
    "TC_084": Expected(INCONCLUSIVE, "needs security profile 2, and a fixture cannot commission", "cannot commission"),
    "TC_085": Expected(PASS),
}

OURS_IN_ANOTHER_PROCESS = {
    "TC_A_20": Expected(INCONCLUSIVE, "needs a station without a root certificate", "cannot commission"),
    "TC_B_01": Expected(PASS),
    "TC_B_20": Expected(PASS),
    "TC_E_03": Expected(PASS),
    "TC_G_01": Expected(PASS),
}


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as found:
        return int(found.getsockname()[1])


@contextlib.contextmanager
def process(*arguments: str) -> Iterator[None]:
    """A program that runs during the block."""
    command = [sys.executable, *arguments]
    running = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        yield
    finally:
        running.terminate()
        running.wait(10)


def campaign(product_name: str, case_ids: list[str], port: int, operator: MakeOperator) -> tuple[CaseResult, ...]:
    """Wait for the station at this port, and run the cases with this operator."""
    product = load_product(product_name)
    settings = msgspec.structs.replace(QUICK, port=port)
    rig = ExternalRig(operator, lambda *_: None)
    outcome = clock.run(
        rig(product, choose(product, RequestedCases(ids=tuple(case_ids))).chosen, settings=settings), simulated=False
    )
    return outcome.results


def check(results: tuple[CaseResult, ...], due: dict[str, Expected]) -> None:
    assert len(results) == len(due)
    for one in results:
        expected = due[one.id.removesuffix("_CS")]
        assert one.verdict is expected.verdict, (one.id, expected.why, one.findings)
        assert expected.finding in " ".join(finding.actual for finding in one.findings), (one.id, expected.why)
        assert (one.findings == ()) is (one.verdict is PASS)


@pytest.mark.parametrize(
    ("station", "due"),
    [("station", SMALL_STATION), ("station_v16", SMALL_STATION_V16)],
    ids=["2.0.1", "1.6"],
)
def test_a_station_on_the_package_ocpp_gets_the_expected_verdicts(station: str, due: dict[str, Expected]) -> None:
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
