"""The pages of the bench."""

import asyncio
import re
from pathlib import Path

import click
import httpx
import msgspec
import pytest
from tests.runs.test_sitting import START
from tests.web.runs.kept_runs import IDS, kept_run
from tests.web.site import answer

from plugfest.campaigns.instruction_files import GivenAnswer
from plugfest.cli.commands.certify import command as certify
from plugfest.http_server.access import cookie_name
from plugfest.lab.verdict import Verdict
from plugfest.rig.operators.instructions import AnswerKind
from plugfest.runs.folder import RunDescription, RunFolder
from plugfest.web.application import application
from plugfest.web.bench.campaigns import WRITING_OPTIONS
from plugfest.web.bench.part import BenchPart
from plugfest.web.runs.store import Runs

FORM = {"Content-Type": "application/x-www-form-urlencoded"}


def ask(data: Path, method: str, path: str, body: str = "", **headers: str) -> httpx.Response:
    routes = list(BenchPart(data, Runs(data / "runs")).routes())
    return answer(routes, method, path, content=body, headers={**FORM, **headers})


def test_the_form_names_every_product_and_running_campaigns(tmp_path: Path) -> None:
    with kept_run(tmp_path / "runs", "run", {}).locked():
        text = ask(tmp_path, "GET", "/bench").text
    assert 'value="reference-ac"' in text
    assert 'href="/bench/run"' in text


def test_a_link_names_a_product_of_the_user_by_the_name_of_its_file(tmp_path: Path) -> None:
    (tmp_path / "products").mkdir()
    (tmp_path / "products" / "mine.toml").write_text("")
    for product in ("mine", "reference-dc"):
        chosen = re.search(r'<option value="([^"]+)" selected', ask(tmp_path, "GET", f"/bench?product={product}").text)
        assert chosen is not None
        assert chosen[1] == product


def test_the_form_has_the_product_that_was_tested_last(tmp_path: Path) -> None:
    kept_run(tmp_path / "runs", "older", {})
    kept_run(tmp_path / "runs", "newer", {}, product="reference-dc", days=1)
    assert '<option value="reference-dc" selected>' in ask(tmp_path, "GET", "/bench").text


def test_the_chosen_cases_are_counted(tmp_path: Path) -> None:
    for choice, expected in (
        ("cases=TC_E_03+TC_E_10", "<strong>2</strong>"),
        ("blocks=Z", "Z is not a block"),
        ("cases=TC_NONE", "TC_NONE is not in"),
    ):
        assert expected in ask(tmp_path, "GET", f"/bench/-/count?product=reference-ac&{choice}").text


def test_another_product_brings_its_blocks_and_profiles_and_keeps_those_that_are_chosen(tmp_path: Path) -> None:
    text = ask(tmp_path, "GET", "/bench/-/choice?product=reference-ac&blocks=E&profiles=Core").text
    assert 'name="blocks" value="E" checked' in text
    assert 'name="profiles" value="Core" checked' in text
    assert 'id="count" hx-swap-oob' in text
    assert 'name="blocks"' not in ask(tmp_path, "GET", "/bench/-/choice?product=reference-16-ac").text


def test_what_was_typed_is_kept_beside_what_is_wrong(tmp_path: Path) -> None:
    response = ask(tmp_path, "POST", "/bench", "product=reference-ac&cases=%22%3E%3Cb%3ETC_X&station=foreign")
    assert response.status_code == 422
    assert "&gt;&lt;b&gt;TC_X" in response.text
    assert "TC_X is not in the OCPP 2.0.1 test plan" in response.text
    assert 'value="foreign" id="foreign" checked' in response.text
    assert not (tmp_path / "runs").exists()


def test_the_root_certificate_of_the_lab_stays_the_same(tmp_path: Path) -> None:
    first, second = (ask(tmp_path, "GET", "/bench/-/root.pem") for _ in range(2))
    assert first.text == second.text == (tmp_path / "pki" / "root.pem").read_text()
    assert "PRIVATE" not in first.text
    (tmp_path / "pki" / "root.key").unlink()
    broken = ask(tmp_path, "GET", "/bench/-/root.pem")
    assert (broken.status_code, "root.key is missing" in broken.text) == (409, True)


def test_a_file_that_was_sent_can_be_chosen(tmp_path: Path) -> None:
    sent = ask(tmp_path, "POST", "/bench/-/files/settings?file=lab.toml", "operator_timeout = 60")
    assert (sent.status_code, sent.text) == (201, "lab.toml")
    assert "<option selected>lab.toml</option>" in ask(tmp_path, "GET", "/bench?settings=lab.toml").text
    refused = ask(tmp_path, "POST", "/bench/-/files/settings?file=lab.exe", "x")
    assert (refused.status_code, refused.text) == (422, "give a file whose name ends with .toml")
    assert ask(tmp_path, "POST", "/bench/-/files/runs?file=lab.toml", "x").status_code == 404


def test_an_answer_is_written_for_the_campaign(tmp_path: Path) -> None:
    run = kept_run(tmp_path / "runs", "run", {}).path
    body = "instruction=abc&kind=cannot&reason=the+cable+is+missing"
    assert ask(tmp_path, "POST", "/bench/run/answer", body, **{"HX-Request": "true"}).status_code == 204
    written = (run / "operator" / "answers.jsonl").read_text()
    assert GivenAnswer(kind=AnswerKind.CANNOT, instruction="abc", reason="the cable is missing").reason in written


def test_without_scripts_an_answer_leads_back_to_its_page(tmp_path: Path) -> None:
    kept_run(tmp_path / "runs", "run", {})
    response = ask(tmp_path, "POST", "/bench/run/answer", "instruction=abc&kind=done&page=operator")
    assert (response.status_code, response.headers["location"]) == (303, "/bench/run/operator")


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("/bench/run/answer", "kind=nonsense", 400),
        ("/bench/none/answer", "kind=done", 404),
        ("/bench/none/stop", "", 404),
        ("/bench/none/resume", "", 404),
        ("/bench/run/stop", "", 409),
    ],
)
def test_what_is_not_possible_is_one_line(tmp_path: Path, path: str, body: str, status: int) -> None:
    kept_run(tmp_path / "runs", "run", {})
    assert ask(tmp_path, "POST", path, body).status_code == status


def test_a_run_in_progress_is_not_resumed(tmp_path: Path) -> None:
    with kept_run(tmp_path / "runs", "run", {}).locked():
        assert ask(tmp_path, "POST", "/bench/run/resume").status_code == 409


def test_a_page_of_another_origin_starts_nothing(tmp_path: Path) -> None:
    assert ask(tmp_path, "POST", "/bench", "product=reference-ac", Origin="http://attacker.example").status_code == 403


def test_a_run_that_has_ended_links_to_its_report(tmp_path: Path) -> None:
    kept_run(tmp_path / "runs", "run", dict.fromkeys(IDS, Verdict.PASS))
    text = ask(tmp_path, "GET", "/bench/run").text
    assert 'href="/runs/run"' in text
    assert "sse-connect" not in text


def test_a_phone_has_a_code_only_with_a_token_and_an_address_that_it_reaches(tmp_path: Path) -> None:
    page = "/bench/run?station=foreign"
    with kept_run(tmp_path / "runs", "run", {}).locked():
        assert "plugfest serve --listen" in ask(tmp_path, "GET", page).text
        assert "plugfest serve --listen" not in ask(tmp_path, "GET", "/bench/run").text
        cookie = {"Cookie": f"{cookie_name('localhost')}=secret"}  # as a server with a token has given it
        assert "by the address of this computer" in ask(tmp_path, "GET", page, **cookie).text


def test_the_code_for_a_phone_has_the_address_of_the_instructions(tmp_path: Path) -> None:
    routes = list(BenchPart(tmp_path, Runs(tmp_path / "runs")).routes())

    async def ask_from_the_network() -> str:
        transport = httpx.ASGITransport(application(routes, "secret"))
        cookies = {cookie_name("192.0.2.1:8500"): "secret"}
        async with httpx.AsyncClient(transport=transport, base_url="http://192.0.2.1:8500", cookies=cookies) as client:
            return (await client.get("/bench/run")).text

    with kept_run(tmp_path / "runs", "run", {}).locked():
        text = asyncio.run(ask_from_the_network())
    assert "<title>QR code</title>" in text
    assert "http://192.0.2.1:8500/bench/run/operator" in text
    assert "token=secret" not in text


def test_a_campaign_that_ended_before_its_first_case_is_explained(tmp_path: Path) -> None:
    description = RunDescription(software="Plugfest", started_at=START, products=("reference-ac",), options={})
    RunFolder.create(tmp_path / "runs" / "run", description)
    text = ask(tmp_path, "GET", "/bench/run").text
    assert "ended before its first case" in text
    assert "Try again" in text


@pytest.mark.parametrize("path", ["%00", "a%00b", "%2e%2e", "x" * 300, "%ff"])
def test_a_name_that_no_run_can_have_is_not_found(tmp_path: Path, path: str) -> None:
    (tmp_path / "output.log").write_text("not of a run")
    for behind in ("", "/operator", "/events"):
        assert ask(tmp_path, "GET", f"/bench/{path}{behind}").status_code == 404


@pytest.mark.parametrize("option", WRITING_OPTIONS)
def test_a_run_whose_options_name_files_to_be_written_is_continued_in_a_terminal(tmp_path: Path, option: str) -> None:
    """It may be of someone else, and name a file of the user."""
    precious = tmp_path / "precious"
    kept_run(tmp_path / "runs", "run", {})
    file = tmp_path / "runs" / "run" / "run.json"
    description = msgspec.json.decode(file.read_bytes())
    description["options"][option] = str(precious)
    file.write_bytes(msgspec.json.encode(description))
    for action in ("resume", "repeat"):
        response = ask(tmp_path, "POST", f"/bench/run/{action}")
        assert response.status_code == 409
        assert "plugfest certify --resume" in response.text
    assert not precious.exists()


def test_every_option_that_names_what_is_written_is_known() -> None:
    read = {"settings_file", "approval_file", "key_file", "pdf_password_file", "password_file"}
    read |= {"firmware_image", "station_roots"}
    kept_apart = {"new_run", "resumed_run", "repeated_run", "pki_folder"}  # of this command line, or of the lab
    named = {
        one.name
        for one in certify.params
        if isinstance(one.type, click.Path) or str(one.name).endswith(("_file", "_folder"))
    }
    assert named - read - kept_apart == set(WRITING_OPTIONS)
