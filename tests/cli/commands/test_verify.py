"""`plugfest verify`: its output and exit codes."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from tests.reports.signed import FORMATS, OTHER_SIGNER, SIGNER, report, signed, unsigned

from plugfest.cli.execution.verify import MAX_PROBLEMS
from plugfest.cli.main import main
from plugfest.reports.formats import as_csv
from plugfest.reports.rendering import render
from plugfest.reports.signing.part_digests import SignedFormat
from plugfest.reports.signing.pdf_certificate import lab_certificate
from plugfest.reports.signing.pdf_signature import PdfSigner
from plugfest.reports.signing.signature_line import add_signature

Captured = pytest.CaptureFixture[str]


def verify(captured: Captured, *arguments: str | Path) -> tuple[int, list[str]]:
    """The exit code and the lines that were printed."""
    with pytest.raises(SystemExit) as ended:
        main(["verify", *map(str, arguments)])
    printed = captured.readouterr()
    assert isinstance(ended.value.code, int)
    return ended.value.code, (printed.out + printed.err).splitlines()


def written(folder: Path, format: SignedFormat, content: bytes | None = None) -> Path:
    path = folder / f"report.{format}"
    path.write_bytes(signed(format) if content is None else content)
    return path


@pytest.mark.parametrize("format", FORMATS)
def test_an_intact_file_is_exit_code_0_and_names_the_signer(
    format: SignedFormat, tmp_path: Path, capsys: Captured
) -> None:
    path = written(tmp_path, format)
    signed_by = f"signed with {SIGNER.fingerprint}, not the key of this lab"
    assert verify(capsys, path) == (0, [f"{path}: intact, {signed_by}"])


def test_the_key_of_this_lab_is_known(tmp_path: Path, capsys: Captured, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("plugfest.cli.execution.verify.existing_signer", lambda _: SIGNER)
    _, (line,) = verify(capsys, written(tmp_path, "json"))
    assert line.endswith(f"{SIGNER.fingerprint}, the key of this lab")


def test_an_altered_file_is_exit_code_1_and_lists_the_changes(tmp_path: Path, capsys: Captured) -> None:
    content = (
        signed("json").replace(b'"verdict": "FAIL"', b'"verdict": "PASS"', 1).replace(b"hyc_v3.0.0", b"hyc_v3.0.1", 1)
    )
    code, (first, *places) = verify(capsys, written(tmp_path, "json", content))
    assert code == 1
    assert ": ALTERED, signed with" in first
    assert places == ["  product/firmware_version was changed", "  cases/TC_E_09_CS was changed"]


def test_many_problems_are_cut(tmp_path: Path, capsys: Captured) -> None:
    content = signed("json").replace(b"{\n", b"{\n" + b"".join(b'"x%d": 1,\n' % number for number in range(99)), 1)
    _, lines = verify(capsys, written(tmp_path, "json", content))
    assert len(lines) == MAX_PROBLEMS + 2
    assert lines[-1] == f"  and {99 - MAX_PROBLEMS} more"


@pytest.mark.parametrize("content", [b"", b"\x00\xff" * 99, unsigned("json"), b"[" * 9999, b'{"signature": 1}'])
def test_an_unsigned_file_is_exit_code_1_and_one_line(content: bytes, tmp_path: Path, capsys: Captured) -> None:
    code, (line,) = verify(capsys, written(tmp_path, "json", content))
    assert code == 1
    assert "report.json: UNSIGNED: no signature: the file was never signed, was truncated" in line


def test_an_unreadable_file_is_exit_code_2_and_one_line(tmp_path: Path, capsys: Captured) -> None:
    path = tmp_path / "missing.json"
    assert verify(capsys, path) == (2, [f"plugfest: cannot read {path}: No such file or directory"])


def test_an_invalid_file_name_is_exit_code_2_and_one_line(capsys: Captured) -> None:
    code, (line,) = verify(capsys, "x" * 999)
    assert (code, line.endswith("File name too long")) == (2, True)


def test_the_exit_code_is_that_of_the_worst_file(tmp_path: Path, capsys: Captured) -> None:
    code, lines = verify(capsys, written(tmp_path, "json"), written(tmp_path, "xml", unsigned("xml")))
    assert code == 1
    assert [line.partition(": ")[2].split()[0] for line in lines] == ["intact,", "UNSIGNED:"]


# The signer


def test_the_required_fingerprint_is_exit_code_0_in_any_grouping(tmp_path: Path, capsys: Captured) -> None:
    grouped = ":".join(SIGNER.fingerprint[place : place + 4].upper() for place in range(0, 64, 4))
    for wanted in (SIGNER.fingerprint, SIGNER.instance_id, grouped):
        assert verify(capsys, written(tmp_path, "json"), "--fingerprint", wanted)[0] == 0


def test_another_fingerprint_is_exit_code_1(tmp_path: Path, capsys: Captured) -> None:
    code, (line,) = verify(capsys, written(tmp_path, "pdf"), "--fingerprint", OTHER_SIGNER.fingerprint)
    assert code == 1
    assert f": SIGNED BY ANOTHER, signed with {SIGNER.fingerprint}" in line


@pytest.mark.parametrize("wanted", ["", "12", "x" * 64, SIGNER.fingerprint[:63]])
def test_an_invalid_fingerprint_is_exit_code_2(wanted: str, tmp_path: Path, capsys: Captured) -> None:
    code, (line,) = verify(capsys, written(tmp_path, "json"), "--fingerprint", wanted)
    assert (code, "--fingerprint needs 64 hexadecimal digits, or 32 of an instance ID" in line) == (2, True)


# Files of one report


def folder(tmp_path: Path) -> Path:
    (tmp_path / "report.json").write_bytes(signed("json"))
    (tmp_path / "index.html").write_bytes(signed("html"))
    (tmp_path / "junit.xml").write_bytes(signed("xml"))
    (tmp_path / "cases.csv").write_bytes(as_csv.text(report()).encode())
    (tmp_path / "log.txt").write_text("no part of the report")
    return tmp_path


def test_a_folder_is_verified_file_by_file(tmp_path: Path, capsys: Captured) -> None:
    code, lines = verify(capsys, folder(tmp_path))
    assert code == 0
    assert len(lines) == 5
    assert f"{tmp_path / 'cases.csv'}: intact, matches report.json, which is signed with" in "\n".join(lines)
    assert lines[-1].startswith("All files belong to one report, ")


def test_a_file_of_another_report_is_detected(tmp_path: Path, capsys: Captured) -> None:
    (folder(tmp_path) / "index.html").write_bytes(add_signature("html", unsigned("html"), b"another", SIGNER))
    code, lines = verify(capsys, tmp_path)
    assert (code, lines[-1]) == (1, "The files belong to 2 different reports.")
    assert lines[0].startswith(f"{tmp_path / 'index.html'}: OF ANOTHER REPORT, signed with ")


def test_a_csv_is_verified_against_the_json(tmp_path: Path, capsys: Captured) -> None:
    table = folder(tmp_path) / "cases.csv"
    table.write_bytes(table.read_bytes().replace(b"FAIL", b"PASS"))
    code, lines = verify(capsys, tmp_path)
    assert (code, "  it does not match report.json in the same folder" in lines) == (1, True)
    (tmp_path / "report.json").unlink()
    assert f"{table}: UNSIGNED: no signature, and report.json is not intact" in verify(capsys, tmp_path)[1]


def test_a_folder_without_a_report_is_exit_code_2(tmp_path: Path, capsys: Captured) -> None:
    code, (line,) = verify(capsys, tmp_path)
    assert code == 2
    assert line.startswith(f"plugfest: {tmp_path} is not the folder of a report: it has none of index.html, ")


# For programs


def test_programs_get_an_object_for_each_file(tmp_path: Path, capsys: Captured) -> None:
    path = written(tmp_path, "xml", signed("xml").replace(b"seqNo 0", b"seqNo 1", 1))
    code, lines = verify(capsys, path, "--json")
    (one,) = json.loads("\n".join(lines))
    assert code == 1
    assert (one["file"], one["state"], one["form"]) == (str(path), "altered", "xml")
    assert (one["signer"], one["own"]) == (SIGNER.fingerprint, False)
    assert one["problems"] == ["TC_E_09_CS Name of TC_E_09_CS was changed"]


def test_an_altered_file_does_not_belong_to_the_report(tmp_path: Path, capsys: Captured) -> None:
    altered = written(tmp_path, "html", signed("html").replace(b"seqNo 0", b"seqNo 1", 1))
    _, lines = verify(capsys, written(tmp_path, "json"), altered)
    assert not any("belong to one report" in line for line in lines)


@pytest.mark.parametrize(("old", "code"), [(b"", 0), (b"hyc_v3.0.0", 1)])
def test_a_closed_pipe_keeps_the_exit_code(old: bytes, code: int, tmp_path: Path) -> None:
    path = written(tmp_path, "json", signed("json").replace(old, b"hyc_v3.0.1", 1) if old else None)
    reading, writing = os.pipe()
    os.close(reading)
    ended = subprocess.run(
        [sys.executable, "-c", "from plugfest.cli.main import main; main()", "verify", path],
        stdout=writing,
        stderr=subprocess.PIPE,
        check=False,
    )
    os.close(writing)
    assert (ended.returncode, ended.stderr) == (code, b"")


# PDF signatures


def test_a_pdf_signature_is_named_with_its_signer(
    tmp_path: Path, capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    certificate = lab_certificate(SIGNER)
    path = written(tmp_path, "pdf", render("pdf", report(), SIGNER, PdfSigner(certificate)))
    monkeypatch.setattr("plugfest.cli.execution.verify.existing_signer", lambda _: SIGNER)
    code, (first, second) = verify(capsys, path)
    assert (code, first) == (0, f"{path}: intact, signed with {SIGNER.fingerprint}, the key of this lab")
    assert second == (
        f"  PDF signature, valid: Common Name: Plugfest lab {SIGNER.instance_id}, the certificate of this lab,"
        f" certificate with SHA-256 {certificate.fingerprint}."
    )


def test_a_pdf_signature_is_in_the_json(tmp_path: Path, capsys: Captured) -> None:
    certificate = lab_certificate(SIGNER)
    path = written(tmp_path, "pdf", render("pdf", report(), SIGNER, PdfSigner(certificate)))
    _, lines = verify(capsys, path, "--json")
    (one,) = json.loads("".join(lines))
    assert [signature["certificate"] for signature in one["pdf_signatures"]] == [certificate.fingerprint]
