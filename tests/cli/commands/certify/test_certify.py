"""`plugfest certify`: which cases and products are tested, and the exit code."""

import json
from pathlib import Path

import pytest
from tests.cli.fake_rig import PRODUCT, FakeRig, request, run

from plugfest.cli.main import main
from plugfest.lab.engine import CampaignImpossible, CampaignOutcome
from plugfest.lab.verdict import Verdict
from plugfest.products import Product
from plugfest.products.family import load_family


def test_every_case_that_applies_is_run() -> None:
    _, printed = run(request())
    assert "179 cases: 179 PASS" in printed


def test_a_selected_case_is_run_alone_and_its_suffix_is_optional() -> None:
    _, printed = run(request("TC_E_09"))
    assert printed.splitlines()[0].split()[:2] == ["PASS", "TC_E_09_CS"]
    assert "1 case: 1 PASS" in printed


def test_a_seed_determines_the_order_and_is_printed() -> None:
    _, planned = run(request())
    _, drawn = run(request(shuffle=7))
    ids = [[line.split()[1] for line in printed.splitlines()[:179]] for printed in (planned, drawn)]
    assert ids[0] != ids[1]
    assert sorted(ids[0]) == sorted(ids[1])
    assert drawn.splitlines()[-1].endswith("; random order, seed 7")


def test_all_passed_is_exit_code_0() -> None:
    assert run(request("TC_E_09", "TC_E_10"))[0] == 0


@pytest.mark.parametrize("verdict", [verdict for verdict in Verdict if verdict is not Verdict.PASS])
def test_any_other_verdict_is_exit_code_1(verdict: Verdict) -> None:
    rig = FakeRig(lambda one: verdict if one.id == "TC_E_10_CS" else Verdict.PASS)
    assert run(request("TC_E_09", "TC_E_10"), rig)[0] == 1


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (["no-such-product"], "is not a product of the catalog"),
        ([PRODUCT, "--case", "TC_E_99"], "TC_E_99 is not in the OCPP 2.0.1 test plan; did you mean"),
        ([PRODUCT, "--case", "TC_B_25"], f"TC_B_25_CS does not apply to {PRODUCT}: C-13 is No"),
        ([PRODUCT, "--clock", "slow"], "Invalid value for '--clock'"),
        ([PRODUCT, "--security-profile", "3"], "Invalid value for '--security-profile'"),
        ([PRODUCT, "--security-profile", "4"], "Invalid value for '--security-profile'"),
        (
            [PRODUCT, "--security-profile", "0"],
            f"OCPP 2.0.1, the version of {PRODUCT}, has no security profile 0: it has 1 to 3",
        ),
        ([PRODUCT, "--shuffle", "-1"], "Invalid value for '--shuffle'"),
        ([PRODUCT, "--json", "/"], "cannot write /: it is a folder"),
    ],
)
def test_wrong_options_are_one_line_and_exit_code_2(
    arguments: list[str], line: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["certify", *arguments])
    printed = capsys.readouterr()
    assert ended.value.code == 2
    assert line in printed.err
    assert (printed.out, len(printed.err.splitlines())) == ("", 1)


def test_a_campaign_that_cannot_start_is_one_line_and_exit_code_2(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    async def impossible(*_: object, **__: object) -> CampaignOutcome:
        raise CampaignImpossible("no station connected", CampaignOutcome((), []))

    monkeypatch.setattr("plugfest.cli.execution.certify.run_campaign", impossible)
    with pytest.raises(SystemExit) as ended:
        main(["certify", PRODUCT, "--case", "TC_E_09"])
    assert (ended.value.code, capsys.readouterr().err) == (2, "plugfest: no station connected\n")


def test_the_security_profile_reaches_the_lab() -> None:
    rig = FakeRig()
    run(request("TC_E_09", profile=1), rig)
    assert rig.settings.security_profile == 1


def test_ocpp_1_6_allows_security_profile_0(monkeypatch: pytest.MonkeyPatch) -> None:
    rig = FakeRig()
    monkeypatch.setattr("plugfest.cli.execution.certify.run_campaign", rig)
    with pytest.raises(SystemExit) as ended:
        main(["certify", "reference-16-ac", "--security-profile", "0", "--case", "TC_001"])
    assert (ended.value.code, rig.settings.security_profile) == (0, 0)


def test_an_invalid_security_profile_in_a_settings_file_is_one_line_and_exit_code_2(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "lab.toml"
    file.write_text("security_profile = 7")
    with pytest.raises(SystemExit) as ended:
        main(["certify", "reference-16-ac", "--settings", str(file)])
    error = capsys.readouterr().err
    assert (ended.value.code, len(error.splitlines())) == (2, 1)
    assert f"{file}:1: security_profile: is 7; write a whole number from 0 to 3" in error


def test_a_family_is_tested_product_by_product_and_written_as_one_document(tmp_path: Path) -> None:
    path = tmp_path / "family.json"
    family = load_family("alpitronic-hypercharger")
    code, printed = run(request("TC_E_09", product=family, json_file=str(path)))
    written = json.loads(path.read_text())
    assert (code, written["kind"], written["title"]) == (0, "family", "Alpitronic Hypercharger")
    tested = [one["product"]["slug"] for one in (written["representative"], *written["members"])]
    assert tested == [one.slug for one in family.products]
    assert printed.count("1 case: 1 PASS") == 4
    assert "Alpitronic Hypercharger HYC 400 EU" in printed


def test_a_family_did_not_pass_if_a_member_did_not() -> None:
    class OneFails(FakeRig):
        async def __call__(self, product: Product, *args: object, **options: object) -> CampaignOutcome:
            self.judge = lambda _: Verdict.FAIL if product.slug.endswith("400-eu") else Verdict.PASS
            return await super().__call__(product, *args, **options)  # type: ignore[arg-type]

    code, _ = run(request("TC_E_09", product=load_family("alpitronic-hypercharger")), OneFails())
    assert code == 1


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "give either a product or --family"),
        ([PRODUCT, "--family", "alpitronic-hypercharger"], "give either a product or --family"),
        (["--family", "alpitronik"], "did you mean alpitronic-hypercharger"),
        (
            ["--family", "alpitronic-hypercharger", "--listen", "ws://127.0.0.1:0", "--operator", "prompt"],
            "test your products one by one",
        ),
        ([PRODUCT, "--firmware-image", "none.bin"], "cannot read none.bin: No such file"),
        ([PRODUCT, "--approval", "none.toml"], "cannot read none.toml: No such file"),
    ],
)
def test_wrong_arguments_are_one_line(arguments: list[str], message: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["certify", *arguments])
    assert ended.value.code == 2
    assert message in capsys.readouterr().err.splitlines()[-1]


def test_there_is_only_one_order(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["certify", PRODUCT, "--order", "walking", "--shuffle", "1"])
    assert "give only one of --order and --shuffle" in capsys.readouterr().err
