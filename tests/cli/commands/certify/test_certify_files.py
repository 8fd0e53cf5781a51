"""What `plugfest certify` reads from files and writes to them."""

import hashlib
import json
import logging
from pathlib import Path

import msgspec
import pytest
from tests.cli.fake_rig import PRODUCT, FakeRig, fails, request, run

from plugfest.cli.main import main
from plugfest.cli.values.outputs import Outputs
from plugfest.reports.signing.verification import verify_report


def test_the_json_is_written(tmp_path: Path) -> None:
    path = tmp_path / "out.json"
    run(request("TC_E_09", json_file=str(path)))
    written = json.loads(path.read_text())
    assert written["product"]["slug"] == PRODUCT
    assert (written["run"]["clock"], written["summary"], written["run"]["narrowed"]) == ("simulated", {"PASS": 1}, True)
    assert written["cases"][0]["id"] == "TC_E_09_CS"


def test_json_on_standard_output_moves_other_output_to_standard_error(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("plugfest.cli.execution.certify.run_campaign", FakeRig())
    with pytest.raises(SystemExit) as ended:
        main(["certify", PRODUCT, "--case", "TC_E_09", "--json", "-"])
    printed = capsys.readouterr()
    assert ended.value.code == 0
    assert json.loads(printed.out)["summary"] == {"PASS": 1}
    assert "1 case: 1 PASS" in printed.err


def test_the_report_is_written_and_its_page_named(tmp_path: Path) -> None:
    _, printed = run(request("TC_E_09", report=tmp_path / "r"))
    assert printed.splitlines()[-1] == f"Report: {tmp_path / 'r' / 'index.html'}"
    assert (tmp_path / "r" / "index.html").read_text(encoding="utf-8").startswith("<!doctype html>")


def test_each_format_may_be_written_alone(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    outputs = Outputs(junit_file=str(tmp_path / "junit.xml"), csv_file="-")
    run(msgspec.structs.replace(request("TC_E_09"), outputs=outputs), fails("TC_E_09_CS"))
    assert "<failure" in (tmp_path / "junit.xml").read_text()
    assert capsys.readouterr().out.splitlines()[1].startswith(f"{PRODUCT},TC_E_09_CS,")


def test_the_json_is_signed_by_the_lab_that_it_names(tmp_path: Path, private_data_folder: Path) -> None:
    path = tmp_path / "out.json"
    run(request("TC_E_09", json_file=str(path)))
    signer = verify_report(path.read_bytes()).signer
    assert json.loads(path.read_text())["laboratory"]["fingerprint"] == signer
    assert (private_data_folder / "plugfest" / "lab-key.pem").exists()


def test_without_output_no_key_is_needed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PLUGFEST_LAB_KEY", "missing.pem")
    assert run(request("TC_E_09"))[0] == 0


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (["--key", "missing.pem", "--json", "-"], "the key file missing.pem does not exist"),
        (["--json", "-", "--csv", "-"], "only one format can be written to standard output"),
    ],
)
def test_unusable_keys_and_files_are_errors_before_the_campaign(
    arguments: list[str], line: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["certify", PRODUCT, *arguments])
    printed = capsys.readouterr()
    assert (ended.value.code, printed.out, len(printed.err.splitlines())) == (2, "", 1)
    assert line in printed.err


def test_the_log_of_the_station_is_a_file_and_is_not_printed(tmp_path: Path) -> None:
    rig = FakeRig()
    rig.after_case = lambda: logging.getLogger("plugfest.station").warning("the CSMS is away")
    _, printed = run(request("TC_E_09", report=tmp_path / "r"), rig)
    assert "the CSMS is away" not in printed
    assert (tmp_path / "r" / "log.txt").read_text().endswith("WARNING plugfest.station: the CSMS is away\n")


def test_firmware_image_and_approvers_are_in_the_report(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("plugfest.cli.execution.certify.run_campaign", FakeRig())
    (tmp_path / "image.bin").write_bytes(b"firmware")
    (tmp_path / "who.toml").write_text('[vendor]\nname = "A. Person"\nlocation = "Bolzano"\n')
    files = ["--firmware-image", str(tmp_path / "image.bin"), "--approval", str(tmp_path / "who.toml")]
    with pytest.raises(SystemExit) as ended:
        main(["certify", PRODUCT, "--case", "TC_E_09", "--json", str(tmp_path / "out.json"), *files])
    assert ended.value.code == 0
    written = json.loads((tmp_path / "out.json").read_text())
    assert written["product"]["firmware_hash"] == hashlib.sha256(b"firmware").hexdigest()
    assert written["approval"]["vendor"]["name"] == "A. Person"
    assert written["approval"]["laboratory"] is None


def test_reference_place_and_persons_are_in_the_report(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("plugfest.cli.execution.certify.run_campaign", FakeRig())
    names = [
        "--reference",
        "L-117",
        "--test-location",
        "Hall 3",
        "--tested-by",
        "Lovelace",
        "--reviewed-by",
        "Hopper",
    ]
    with pytest.raises(SystemExit) as ended:
        main(["certify", PRODUCT, "--case", "TC_E_09", "--json", str(tmp_path / "out.json"), *names])
    assert ended.value.code == 0
    approval = json.loads((tmp_path / "out.json").read_text())["approval"]
    assert approval == {
        "reference": "L-117",
        "test_location": "Hall 3",
        "tested_by": "Lovelace",
        "reviewed_by": "Hopper",
        "vendor": None,
        "laboratory": None,
    }


def test_a_signature_of_pdfs_needs_a_pdf(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["certify", PRODUCT, "--case", "TC_E_09", "--json", str(tmp_path / "out.json"), "--sign-pdf", "lab"])
    assert ended.value.code == 2
    assert "--sign-pdf needs --report DIR: no PDF is written." in capsys.readouterr().err


@pytest.mark.parametrize("text", ["[vendor", "[somebody]", "[vendor]\nname = 7", "vendor = 'me'"])
def test_an_invalid_approval_file_is_one_line(tmp_path: Path, text: str, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "who.toml").write_text(text)
    with pytest.raises(SystemExit) as ended:
        main(["certify", PRODUCT, "--approval", str(tmp_path / "who.toml")])
    assert ended.value.code == 2
    assert "who.toml" in capsys.readouterr().err.splitlines()[-1]
