"""`plugfest certify`, with a rig that only says what it is told to say."""

import asyncio
import hashlib
import io
import json
import logging
import signal
from collections.abc import Callable, Sequence
from pathlib import Path

import msgspec
import pytest
from rich.console import Console

from plugfest.cli.campaign import CampaignRequest, certify
from plugfest.cli.main import main
from plugfest.cli.options.outputs import Outputs
from plugfest.lab import events
from plugfest.lab.case import CampaignCase
from plugfest.lab.engine import CampaignImpossible
from plugfest.lab.settings import LabSettings
from plugfest.lab.verdict import CaseResult, Finding, Verdict
from plugfest.products import Product
from plugfest.products.family import Family, load_family
from plugfest.reports.signing.verification import check
from plugfest.rig.outcome import CampaignOutcome

PRODUCT = "alpitronic-hyc-200-eu"
Judge = Callable[[CampaignCase], Verdict]


class FakeRig:
    """Gives each case the verdict that `judge` says, after a second."""

    def __init__(self, judge: Judge = lambda _: Verdict.PASS) -> None:
        self.judge = judge
        self.settings = LabSettings()
        self.after_case: Callable[[], None] = lambda: None

    async def __call__(
        self,
        product: Product,
        chosen: Sequence[CampaignCase],
        *,
        settings: LabSettings,
        listeners: Sequence[events.Listener] = (),
    ) -> CampaignOutcome:
        self.settings = settings

        def emit(event: events.Event) -> None:
            for listener in listeners:
                listener(event)

        emit(events.CampaignStarted(product.slug, len(chosen)))
        results = []
        for number, one in enumerate(chosen, 1):
            emit(events.CaseStarted(one.id, one.name, number))
            await asyncio.sleep(1)
            results.append(self._result(one))
            emit(events.CaseFinished(results[-1]))
            self.after_case()
        emit(events.CampaignFinished(tuple(results)))
        return CampaignOutcome(tuple(results), [])

    def _result(self, one: CampaignCase) -> CaseResult:
        verdict = self.judge(one)
        finding = Finding(requirement="E01.FR.07", expected="seqNo 0", actual="seqNo 1", step="step 3", frame=7)
        return CaseResult(
            id=one.id,
            name=one.name,
            profile=one.profile,
            verdict=verdict,
            checks=3,
            duration_s=1.0,
            findings=(finding,) if verdict is Verdict.FAIL else (),
        )


def request(
    *cases: str,
    product: str | Family = PRODUCT,
    json_file: str | None = None,
    report: Path | None = None,
    profile: int = 2,
    shuffle: int | None = None,
) -> CampaignRequest:
    return CampaignRequest(
        product,
        cases,
        "simulated",
        Outputs(json_file=json_file, report_folder=report),
        LabSettings(security_profile=profile),
        shuffle,
    )


def run(asked: CampaignRequest, rig: FakeRig | None = None, *, terminal: bool = False) -> tuple[int, str]:
    """The exit code and what was printed."""
    console = Console(file=io.StringIO(), width=140, force_terminal=terminal, color_system=None)
    code = certify(asked, rig or FakeRig(), console)
    assert isinstance(console.file, io.StringIO)
    return code, console.file.getvalue()


def fails(*ids: str) -> FakeRig:
    return FakeRig(lambda one: Verdict.FAIL if one.id in ids else Verdict.PASS)


# Which cases


def test_every_case_that_applies_is_run() -> None:
    _, printed = run(request())
    assert "179 cases: 179 PASS" in printed


def test_a_picked_case_is_run_alone_and_may_leave_out_its_suffix() -> None:
    _, printed = run(request("TC_E_09"))
    assert printed.splitlines()[0].split()[:2] == ["PASS", "TC_E_09_CS"]
    assert "1 case: 1 PASS" in printed


def test_a_seed_draws_the_order_and_is_told() -> None:
    _, planned = run(request())
    _, drawn = run(request(shuffle=7))
    ids = [[line.split()[1] for line in printed.splitlines()[:179]] for printed in (planned, drawn)]
    assert ids[0] != ids[1]
    assert sorted(ids[0]) == sorted(ids[1])
    assert drawn.splitlines()[-1].endswith("; order of seed 7")


# Exit codes


def test_all_passed_is_zero() -> None:
    assert run(request("TC_E_09", "TC_E_10"))[0] == 0


@pytest.mark.parametrize("verdict", [verdict for verdict in Verdict if verdict is not Verdict.PASS])
def test_any_other_verdict_is_one(verdict: Verdict) -> None:
    rig = FakeRig(lambda one: verdict if one.id == "TC_E_10_CS" else Verdict.PASS)
    assert run(request("TC_E_09", "TC_E_10"), rig)[0] == 1


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (["no-such-product"], "is no product of the catalog"),
        ([PRODUCT, "--case", "TC_E_99"], "TC_E_99 is no case of the OCPP 2.0.1 plan; did you mean"),
        ([PRODUCT, "--case", "TC_B_25"], f"TC_B_25_CS does not apply to {PRODUCT}: C-13 is No"),
        ([PRODUCT, "--clock", "slow"], "Invalid value for '--clock'"),
        ([PRODUCT, "--security-profile", "3"], "Invalid value for '--security-profile'"),
        ([PRODUCT, "--security-profile", "4"], "Invalid value for '--security-profile'"),
        ([PRODUCT, "--security-profile", "0"], f"security profile 0 is none of OCPP 2.0.1, which {PRODUCT} speaks"),
        ([PRODUCT, "--shuffle", "-1"], "Invalid value for '--shuffle'"),
        ([PRODUCT, "--json", "/"], "/ cannot be written: it is a folder"),
    ],
)
def test_what_cannot_run_is_one_line_and_two(
    arguments: list[str], line: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["certify", *arguments])
    printed = capsys.readouterr()
    assert ended.value.code == 2
    assert line in printed.err
    assert (printed.out, len(printed.err.splitlines())) == ("", 1)


def test_a_campaign_that_cannot_begin_is_one_line_and_two(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    async def impossible(*_: object, **__: object) -> CampaignOutcome:
        raise CampaignImpossible("no station connected")

    monkeypatch.setattr("plugfest.cli.commands.certify.run_campaign", impossible)
    with pytest.raises(SystemExit) as ended:
        main(["certify", PRODUCT, "--case", "TC_E_09"])
    assert (ended.value.code, capsys.readouterr().err) == (2, "plugfest: no station connected\n")


# What is printed


def test_piped_each_case_is_one_line() -> None:
    _, printed = run(request("TC_E_09", "TC_E_10"), fails("TC_E_10_CS"))
    first, second, *_ = printed.splitlines()
    assert first == "PASS             TC_E_09_CS     Start transaction options - EVConnected  (3 checks, 1.0 s)"
    assert second.startswith("FAIL             TC_E_10_CS")


def test_what_did_not_pass_is_told_with_requirement_expectation_and_fact() -> None:
    _, printed = run(request("TC_E_09", "TC_E_10"), fails("TC_E_10_CS"))
    table = printed.split("Requirement", 1)[1]
    for part in ("TC_E_10_CS", "E01.FR.07", "seqNo 0", "seqNo 1", "step 3, frame 7"):
        assert part in table
    assert "TC_E_09_CS" not in table


def test_unwritten_cases_are_named() -> None:
    _, printed = run(request("TC_E_09"), FakeRig(lambda _: Verdict.NOT_IMPLEMENTED))
    assert "Not implemented in this lab yet (1):\n  TC_E_09_CS" in printed


def test_the_last_line_sums_up() -> None:
    _, printed = run(request("TC_E_09", "TC_E_10"), fails("TC_E_10_CS"))
    assert printed.splitlines()[-1] == "2 cases: 1 PASS, 1 FAIL; 2.0 s of simulated time"


def test_a_terminal_sees_failures_above_the_bar() -> None:
    _, printed = run(request("TC_E_09", "TC_E_10"), fails("TC_E_10_CS"), terminal=True)
    assert "Alpitronic Hypercharger HYC 200 EU, OCPP 2.0.1: 2 cases, simulated clock, security profile 2" in printed
    assert "FAIL             TC_E_10_CS" in printed
    assert "PASS             TC_E_09_CS" not in printed


# What is written


def test_the_json_is_written(tmp_path: Path) -> None:
    path = tmp_path / "out.json"
    run(request("TC_E_09", json_file=str(path)))
    written = json.loads(path.read_text())
    assert written["product"]["slug"] == PRODUCT
    assert (written["run"]["clock"], written["summary"], written["run"]["narrowed"]) == ("simulated", {"PASS": 1}, True)
    assert written["cases"][0]["id"] == "TC_E_09_CS"


def test_json_on_standard_output_leaves_it_to_the_json(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("plugfest.cli.commands.certify.run_campaign", FakeRig())
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


def test_the_security_profile_reaches_the_lab() -> None:
    rig = FakeRig()
    run(request("TC_E_09", profile=1), rig)
    assert rig.settings.security_profile == 1


def test_ocpp_1_6_knows_a_station_without_security(monkeypatch: pytest.MonkeyPatch) -> None:
    rig = FakeRig()
    monkeypatch.setattr("plugfest.cli.commands.certify.run_campaign", rig)
    with pytest.raises(SystemExit) as ended:
        main(["certify", "reference-16-ac", "--security-profile", "0", "--case", "TC_001"])
    assert (ended.value.code, rig.settings.security_profile) == (0, 0)


def test_a_security_profile_that_a_settings_file_makes_up_is_one_line_and_two(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "lab.toml"
    file.write_text("security_profile = 7")
    with pytest.raises(SystemExit) as ended:
        main(["certify", "reference-16-ac", "--settings", str(file)])
    said = capsys.readouterr().err
    assert (ended.value.code, len(said.splitlines())) == (2, 1)
    assert "security profile 7 is none of OCPP 1.6, which reference-16-ac speaks: it has 0 to 3." in said


def test_each_form_may_be_written_alone(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    outputs = Outputs(junit_file=str(tmp_path / "junit.xml"), csv_file="-")
    run(msgspec.structs.replace(request("TC_E_09"), outputs=outputs), fails("TC_E_09_CS"))
    assert "<failure" in (tmp_path / "junit.xml").read_text()
    assert capsys.readouterr().out.splitlines()[1].startswith(f"{PRODUCT},TC_E_09_CS,")


def test_what_is_written_is_signed_by_the_lab_it_names(tmp_path: Path, data_of_nobody: Path) -> None:
    path = tmp_path / "out.json"
    run(request("TC_E_09", json_file=str(path)))
    signer = check(path.read_bytes()).signer
    assert json.loads(path.read_text())["laboratory"]["fingerprint"] == signer
    assert (data_of_nobody / "plugfest" / "lab-key.pem").exists()


def test_who_writes_nothing_needs_no_key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PLUGFEST_LAB_KEY", "missing.pem")
    assert run(request("TC_E_09"))[0] == 0


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (["--key", "missing.pem", "--json", "-"], "there is no key missing.pem"),
        (["--json", "-", "--csv", "-"], "only one form can have the standard output"),
    ],
)
def test_what_could_not_be_signed_or_written_ends_before_the_campaign(
    arguments: list[str], line: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["certify", PRODUCT, *arguments])
    printed = capsys.readouterr()
    assert (ended.value.code, printed.out, len(printed.err.splitlines())) == (2, "", 1)
    assert line in printed.err


# What is logged


def test_the_station_s_log_goes_into_the_report_and_not_between_the_lines(tmp_path: Path) -> None:
    rig = FakeRig()
    rig.after_case = lambda: logging.getLogger("plugfest.station").warning("the CSMS is away")
    _, printed = run(request("TC_E_09", report=tmp_path / "r"), rig)
    assert "the CSMS is away" not in printed
    assert (tmp_path / "r" / "log.txt").read_text().endswith("WARNING plugfest.station: the CSMS is away\n")


def test_a_mistake_of_ours_is_shown_at_once() -> None:
    rig = FakeRig()
    rig.after_case = lambda: logging.getLogger("plugfest.station").error("died", exc_info=ValueError("oops"))
    _, printed = run(request("TC_E_09"), rig)
    assert "plugfest.station: died: ValueError: oops\n" in printed
    assert "Traceback" not in printed


# Ctrl-C


@pytest.mark.parametrize("terminal", [False, True])
def test_ctrl_c_says_what_had_been_done_and_writes_nothing(tmp_path: Path, terminal: bool) -> None:
    rig = FakeRig()
    rig.after_case = lambda: signal.raise_signal(signal.SIGINT)
    code, printed = run(request("TC_E_09", "TC_E_10", report=tmp_path / "r"), rig, terminal=terminal)
    assert code == 130
    assert "Interrupted after 1 of 2 cases (1 PASS). Nothing was written: a report is about a whole run." in printed
    assert not (tmp_path / "r").exists()


# Families


def test_a_family_is_tested_product_by_product_and_written_as_one_document(tmp_path: Path) -> None:
    path = tmp_path / "family.json"
    family = load_family("alpitronic-hypercharger")
    code, printed = run(request("TC_E_09", product=family, json_file=str(path)))
    written = json.loads(path.read_text())
    assert (code, written["kind"], written["title"]) == (0, "family", "Alpitronic Hypercharger")
    told = [one["product"]["slug"] for one in (written["representative"], *written["members"])]
    assert told == [one.slug for one in family.products]
    assert printed.count("1 case: 1 PASS") == 4
    assert "Alpitronic Hypercharger HYC 400 EU" in printed


def test_a_family_has_not_passed_if_one_member_has_not() -> None:
    class OneFails(FakeRig):
        async def __call__(self, product: Product, *args: object, **options: object) -> CampaignOutcome:
            self.judge = lambda _: Verdict.FAIL if product.slug.endswith("400-eu") else Verdict.PASS
            return await super().__call__(product, *args, **options)  # type: ignore[arg-type]

    code, _ = run(request("TC_E_09", product=load_family("alpitronic-hypercharger")), OneFails())
    assert code == 1


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        ([], "name one product, or one --family"),
        ([PRODUCT, "--family", "alpitronic-hypercharger"], "name one product, or one --family"),
        (["--family", "alpitronik"], "did you mean alpitronic-hypercharger"),
        (
            ["--family", "alpitronic-hypercharger", "--listen", "ws://127.0.0.1:0", "--operator", "prompt"],
            "test your own one after the other",
        ),
        ([PRODUCT, "--firmware-image", "none.bin"], "cannot read none.bin: No such file"),
        ([PRODUCT, "--approval", "none.toml"], "cannot read none.toml: No such file"),
    ],
)
def test_what_cannot_be_run_is_told_in_a_line(
    arguments: list[str], complaint: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["certify", *arguments])
    assert ended.value.code == 2
    assert complaint in capsys.readouterr().err.splitlines()[-1]


def test_firmware_image_and_names_of_who_approves_are_in_the_report(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("plugfest.cli.commands.certify.run_campaign", FakeRig())
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


@pytest.mark.parametrize("text", ["[vendor", "[somebody]", "[vendor]\nname = 7", "vendor = 'me'"])
def test_a_file_of_names_that_is_wrong_is_told_in_a_line(
    tmp_path: Path, text: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "who.toml").write_text(text)
    with pytest.raises(SystemExit) as ended:
        main(["certify", PRODUCT, "--approval", str(tmp_path / "who.toml")])
    assert ended.value.code == 2
    assert "who.toml" in capsys.readouterr().err.splitlines()[-1]
