"""`plugfest connect`: what it prints, writes and returns; the attempts are in tests/rig/commissioning/."""

from pathlib import Path

import pytest
from tests.cli.test_main import run

from plugfest.cli.terminal.qr_code import qr_code

PRODUCT = "alpitronic-hyc-200-eu"
PASSWORD = "a-password-of-20-by."


def test_it_needs_an_address(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("connect", PRODUCT) == 2
    assert "give --listen URL" in capsys.readouterr().err


@pytest.mark.parametrize("shown", [True, False])
def test_it_prints_what_to_configure_and_ends_if_no_station_connects(
    shown: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    password = ["--password", PASSWORD, *(["--show-password"] if shown else [])]
    assert run("connect", PRODUCT, "--listen", "ws://127.0.0.1:0", "--identity", "CS7", "--within", "1", *password) == 2
    printed = capsys.readouterr()
    assert "identity:                CS7" in printed.out
    assert (PASSWORD in printed.out) is shown
    assert "Waiting for the station, at most 1 s. Ctrl-C ends." in printed.out
    assert printed.err == "plugfest: no station connected within 1 s: there was no attempt to connect\n"


def test_with_tls_the_pki_stays_the_same(private_data_folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    roots = []
    for _ in range(2):
        assert run("connect", PRODUCT, "--listen", "wss://127.0.0.1:0", "--password", PASSWORD, "--within", "1") == 2
        roots.append((private_data_folder / "plugfest" / "pki" / "root.pem").read_text())
    assert roots[0] == roots[1]
    page = (private_data_folder / "plugfest" / "pki" / "README.txt").read_text()
    assert page in capsys.readouterr().out.replace("Waiting", "\nWaiting").replace("\n\n", "\n")
    assert PASSWORD not in page


def test_a_qr_code_is_a_square_of_half_blocks() -> None:
    lines = qr_code("wss://lab.local:9000/PLUGFEST-01").splitlines()
    assert set("".join(lines)) <= set(" ▀▄█")
    assert len({len(line) for line in lines}) == 1
    assert len(lines) == -(-len(lines[0]) // 2)
