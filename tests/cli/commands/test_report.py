"""`plugfest report`: converts the JSON of a report, and no other JSON."""

from pathlib import Path

import pytest
from tests.reports import campaigns
from tests.reports.signed import OTHER_SIGNER, SIGNER, report, signed, unsigned

from plugfest.cli.execution.report import UNVERIFIED
from plugfest.cli.main import main
from plugfest.reports.formats import as_csv, as_json
from plugfest.reports.model.report import FamilyReport
from plugfest.reports.model.statements import DISCLAIMER
from plugfest.reports.signing.pdf_certificate import lab_certificate
from plugfest.reports.signing.verification import SignatureState, verify_report

Captured = pytest.CaptureFixture[str]


@pytest.fixture
def json_file(tmp_path: Path) -> Path:
    path = tmp_path / "report.json"
    path.write_bytes(signed("json"))
    return path


@pytest.fixture(autouse=True)
def this_lab(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("plugfest.cli.execution.report.existing_signer", lambda _: SIGNER)


def run(captured: Captured, *arguments: str | Path) -> tuple[int, str, str]:
    """The exit code, standard output and standard error."""
    with pytest.raises(SystemExit) as ended:
        main(["report", *map(str, arguments)])
    printed = captured.readouterr()
    assert isinstance(ended.value.code, int)
    return ended.value.code, printed.out, printed.err


def test_a_folder_has_every_format_signed_and_the_json_unchanged(
    json_file: Path, tmp_path: Path, capsys: Captured
) -> None:
    code, out, err = run(capsys, json_file, "--to", tmp_path / "r")
    assert (code, out, err) == (0, "", f"Report: {tmp_path / 'r' / 'index.html'}\n")
    assert (tmp_path / "r" / "report.json").read_bytes() == signed("json")
    for name in ("index.html", "report.pdf", "evidence.pdf", "junit.xml"):
        checked = verify_report((tmp_path / "r" / name).read_bytes())
        assert (checked.state, checked.report) == (SignatureState.INTACT, verify_report(signed("json")).report)


def test_single_formats_are_written_to_their_files(json_file: Path, tmp_path: Path, capsys: Captured) -> None:
    code, out, _ = run(capsys, json_file, "--junit", tmp_path / "j.xml", "--csv", "-")
    assert (code, out.replace("\r\n", "\n")) == (0, as_csv.text(report()).replace("\r\n", "\n"))
    assert (tmp_path / "j.xml").read_bytes() == signed("xml")


def test_the_evidence_is_a_pdf_of_its_own(json_file: Path, tmp_path: Path, capsys: Captured) -> None:
    code, _, _ = run(capsys, json_file, "--pdf", tmp_path / "r.pdf", "--pdf-evidence", tmp_path / "e.pdf")
    assert code == 0
    short, evidence = ((tmp_path / name).read_bytes() for name in ("r.pdf", "e.pdf"))
    assert short != evidence
    assert verify_report(short).report == verify_report(evidence).report


def test_pdfs_may_be_signed_for_pdf_readers(json_file: Path, tmp_path: Path, capsys: Captured) -> None:
    code, _, _ = run(capsys, json_file, "--pdf", tmp_path / "r.pdf", "--sign-pdf", "lab")
    checked = verify_report((tmp_path / "r.pdf").read_bytes())
    assert (code, checked.state) == (0, SignatureState.INTACT)
    assert [one.certificate for one in checked.pdf_signatures] == [lab_certificate(SIGNER).fingerprint]


def test_the_names_in_a_json_cannot_be_changed(json_file: Path, tmp_path: Path, capsys: Captured) -> None:
    code, _, err = run(capsys, json_file, "--html", tmp_path / "r.html", "--reviewed-by", "G. Hopper")
    assert code == 2
    assert "the names in a JSON file cannot be changed: give the folder of the run." in err
    assert not (tmp_path / "r.html").exists()


def test_another_lab_does_not_sign_the_report(
    json_file: Path, tmp_path: Path, capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("plugfest.cli.execution.report.existing_signer", lambda _: OTHER_SIGNER)
    code, _, err = run(capsys, json_file, "--junit", tmp_path / "j.xml")
    assert code == 0
    assert err.startswith("not signed: the key that signed the JSON is missing, ")
    assert (tmp_path / "j.xml").read_bytes() == unsigned("xml")


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (signed("json").replace(b'"verdict": "FAIL"', b'"verdict": "PASS"', 1), "altered: "),
        (unsigned("json"), "unsigned: no signature"),
    ],
)
def test_an_altered_or_unsigned_json_needs_unverified_and_gets_a_statement(
    content: bytes, why: str, json_file: Path, tmp_path: Path, capsys: Captured
) -> None:
    json_file.write_bytes(content)
    code, _, err = run(capsys, json_file, "--junit", tmp_path / "j.xml")
    assert (code, len(err.splitlines()), (tmp_path / "j.xml").exists()) == (2, 1, False)
    assert why in err
    assert run(capsys, json_file, "--junit", tmp_path / "j.xml", "--unverified")[0] == 0
    made = (tmp_path / "j.xml").read_text()
    assert verify_report(made.encode()).state is SignatureState.UNSIGNED
    assert UNVERIFIED in made
    assert SIGNER.fingerprint not in made


def test_every_member_of_an_unverified_family_says_so(json_file: Path, tmp_path: Path, capsys: Captured) -> None:
    one = campaigns.report()
    family = FamilyReport(disclaimer=DISCLAIMER, name="f", title="F", representative=one, members=(one, one))
    json_file.write_text(as_json.text(family))
    run(capsys, json_file, "--junit", tmp_path / "j.xml", "--unverified")
    assert (tmp_path / "j.xml").read_text().count(UNVERIFIED) == 9


@pytest.mark.parametrize("content", [b"", b"{}", b"\xff", b"[" * 9999, b'{"kind": "product"}'])
def test_a_file_that_is_not_a_report_is_one_line(
    content: bytes, json_file: Path, tmp_path: Path, capsys: Captured
) -> None:
    json_file.write_bytes(content)
    code, _, err = run(capsys, json_file, "--to", tmp_path / "r", "--unverified")
    assert (code, len(err.splitlines())) == (2, 1)
    assert "is not a Plugfest report: " in err


def test_a_report_of_a_later_format_version_is_refused(json_file: Path, tmp_path: Path, capsys: Captured) -> None:
    json_file.write_bytes(unsigned("json").replace(b'"format": 1', b'"format": 2', 1))
    code, _, err = run(capsys, json_file, "--to", tmp_path / "r", "--unverified")
    assert (code, "is a report of format version 2; this Plugfest reads format version 1" in err) == (2, True)


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        ([], "no output given"),
        (["--csv", "-", "--junit", "-"], "only one format can be written to standard output"),
        (["--to", "report.json"], "cannot write"),
        (["--csv", "."], "cannot write"),
        (["--csv", "a.csv", "--key", "missing.pem"], "the key file missing.pem does not exist"),
    ],
)
def test_a_wrong_call_is_one_line_and_exit_code_2(
    arguments: list[str], line: str, json_file: Path, capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(json_file.parent)
    code, _, err = run(capsys, json_file, *arguments)
    assert (code, len(err.splitlines())) == (2, 1)
    assert line in err
