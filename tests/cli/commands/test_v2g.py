"""`plugfest v2g`: certificates to try plug and charge with."""

import json
from pathlib import Path

import pytest

from plugfest.cli.main import main
from plugfest.clock import SystemClock
from plugfest.security.certificates import certificates_from_pem, common_name
from plugfest.security.chains import ChainFault, UntrustedChain, verify_chain
from plugfest.security.keys import new_key, signing_request, subject


def run(*arguments: str) -> int:
    with pytest.raises(SystemExit) as ended:
        main(["v2g", *arguments])
    assert isinstance(ended.value.code, int)
    return ended.value.code


def make(folder: Path, *options: str) -> None:
    assert run("certificates", "-o", str(folder), *options) == 0


def verify(folder: Path, chain: str, root: str) -> None:
    roots = certificates_from_pem((folder / root).read_text())
    verify_chain(certificates_from_pem(chain), roots, SystemClock().now())


def test_the_contract_is_issued_by_the_mobility_operator_and_the_ev_has_it(tmp_path: Path) -> None:
    make(tmp_path, "--emaid", "DE8AAC87654321X")
    contract = (tmp_path / "contract.pem").read_text()
    verify(tmp_path, contract, "mo-root.pem")
    assert common_name(certificates_from_pem(contract)[0]) == "DE8AAC87654321X"
    ev = json.loads((tmp_path / "ev.json").read_text())
    assert ev == {"evse_id": 1, "contract": contract, "v2g_roots": [(tmp_path / "v2g-root.pem").read_text()]}
    assert (tmp_path / "contract.key").stat().st_mode & 0o077 == 0


def test_another_contract_is_of_the_same_pki(tmp_path: Path) -> None:
    make(tmp_path)
    roots = [(tmp_path / name).read_text() for name in ("v2g-root.pem", "mo-root.pem")]
    make(tmp_path, "--fault", "expired")
    assert [(tmp_path / name).read_text() for name in ("v2g-root.pem", "mo-root.pem")] == roots
    with pytest.raises(UntrustedChain) as error:
        verify(tmp_path, (tmp_path / "contract.pem").read_text(), "mo-root.pem")
    assert error.value.fault is ChainFault.EXPIRED
    assert len(list((tmp_path / "issued").iterdir())) == 2


def test_a_request_of_a_station_is_signed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    make(tmp_path)
    (tmp_path / "request.pem").write_text(signing_request(new_key(), subject("SECC", "Plugfest", "DE")))
    capsys.readouterr()
    assert run("sign", str(tmp_path), str(tmp_path / "request.pem")) == 0
    verify(tmp_path, capsys.readouterr().out, "v2g-root.pem")


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["certificates", "-o", "pnc", "--emaid", "10000001"], "--emaid 10000001: expected an eMAID such as"),
        (["sign", "nowhere", "nothing.pem"], "cannot read nothing.pem: No such file or directory"),
        (["responder", "nowhere"], "cannot read nowhere/v2g-sub-ca-2.pem: No such file or directory"),
    ],
)
def test_a_mistake_is_one_line(
    arguments: list[str],
    expected: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    assert run(*arguments) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith(f"plugfest: {expected}")


def test_what_is_no_request_is_not_signed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    make(tmp_path)
    (tmp_path / "request.pem").write_text("no request")
    capsys.readouterr()
    assert run("sign", str(tmp_path), str(tmp_path / "request.pem")) == 2
    assert "not a certificate signing request in PEM" in capsys.readouterr().err
