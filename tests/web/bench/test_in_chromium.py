"""Campaigns in a browser: started, watched until they end, and operated from a phone."""

import re
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Page, expect
from tests.web.runs.kept_runs import IDS, kept_run
from tests.web.site import OTHER_NAME, accessibility_problems, chromium, needs_chromium, served

from plugfest.lab.verdict import Verdict

LIMIT = 60_000
"""Milliseconds."""

CONTROL = re.compile(r"control API at (\S+),")
OPERATIONS = {
    r"Drive an EV into the parking bay of EVSE (?P<evse_id>\d)": "park",
    r"Drive the EV out of the parking bay of EVSE (?P<evse_id>\d)": "leave",
    r"Connect an EV to connector (?P<connector_id>\d) of EVSE (?P<evse_id>\d)": "plug_in",
    r"Present the (?P<type>\w+) token (?P<id_token>\w+) to the reader of EVSE (?P<evse_id>\d)": "present_token",
    r"Disconnect the EV from connector (?P<connector_id>\d) of EVSE (?P<evse_id>\d)": "plug_out",
}
"""Operations of the control API by the instruction that asks for them."""

NUMBERS = ("evse_id", "connector_id")


@contextmanager
def station(csms: str) -> Iterator[httpx.Client]:
    """A station that a person would operate, in a process of its own, and its control API."""
    command = [
        *(sys.executable, "-m", "plugfest", "station", "chargepoint-ct4000", "--csms", csms, "--id", "PLUGFEST-01"),
        *("--set", "SecurityCtrlr.BasicAuthPassword=plugfest-station-01", "--control", "0"),
    ]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            found = next(found for line in process.stdout if (found := CONTROL.search(line)))
            with httpx.Client(base_url=found[1]) as control:
                yield control
        finally:
            process.terminate()


def act(control: httpx.Client, instruction: str) -> None:
    """Do what an instruction asks."""
    operation, found = next(
        (operation, found) for text, operation in OPERATIONS.items() if (found := re.search(text, instruction))
    )
    arguments = {name: int(value) if name in NUMBERS else value for name, value in found.groupdict().items()}
    control.post(f"/{operation}", json=arguments).raise_for_status()


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


def open_instruction(tab: Page) -> str | None:
    """The text of the next instruction; None if the campaign has ended."""
    instruction, ended = tab.locator(".instruction .text"), tab.get_by_role("link", name="The run and its report")
    expect(instruction.or_(ended).first).to_be_visible(timeout=LIMIT)
    return instruction.inner_text() if instruction.count() else None


def answer_until_the_end(tab: Page, control: httpx.Client) -> int:
    """Do and confirm each instruction. Returns their number."""
    count = 0
    while (text := open_instruction(tab)) is not None:
        act(control, text)
        tab.wait_for_timeout(2_100)  # a person who confirms sooner is asked again
        shown = tab.locator(".instruction").get_attribute("data-instruction")
        tab.get_by_role("button", name="Done").click()
        expect(tab.locator(f'[data-instruction="{shown}"]')).to_have_count(0, timeout=LIMIT)
        count += 1
    return count


@needs_chromium
def test_a_campaign_is_started_and_watched_until_it_ends(tmp_path: Path) -> None:
    with served(tmp_path) as site, chromium() as browser:
        tab = browser.new_page()
        tab.goto(f"{site}/bench")
        assert accessibility_problems(tab) == []
        tab.get_by_label("Product").select_option("reference-ac")
        tab.get_by_label("Cases").fill("TC_B_01 TC_E_10")
        tab.get_by_role("button", name="Start").click()
        expect(tab.locator(".cell")).to_have_count(2, timeout=LIMIT)
        expect(tab.locator(".cell.pass")).to_have_count(2, timeout=LIMIT)
        report = tab.get_by_role("link", name="The run and its report")
        expect(report).to_be_visible(timeout=LIMIT)
        assert accessibility_problems(tab) == []
        report.click()
        expect(tab.locator(".head")).to_contain_text("2 of 2 cases")
        assert accessibility_problems(tab) == []
        tab.locator(".cell a").last.click()
        expect(tab.locator("svg.sequence")).to_be_visible()
        expect(tab.locator(".frame").first).to_be_attached()
        assert accessibility_problems(tab) == []


@needs_chromium
def test_settings_and_names_of_the_report_are_given_on_the_form(tmp_path: Path) -> None:
    lab = tmp_path / "lab.toml"
    lab.write_text("operator_timeout = -1\n")
    with served(tmp_path / "data") as site, chromium() as browser:
        tab = browser.new_page()
        tab.goto(f"{site}/bench?product=reference-ac&cases=TC_B_06")
        tab.locator("#settings-upload").set_input_files(lab)
        expect(tab.locator("#settings")).to_have_value("lab.toml")
        tab.get_by_text("Names in the report").click()
        tab.get_by_label("Tested by").fill("A. Lovelace")
        assert accessibility_problems(tab) == []
        tab.get_by_role("button", name="Start").click()
        expect(tab.locator("#settings-wrong")).to_contain_text("lab.toml:1: operator_timeout")
        expect(tab.get_by_label("Tested by")).to_have_value("A. Lovelace")
        lab.write_text("operator_timeout = 60\n")
        tab.locator("#settings-upload").set_input_files(lab)
        expect(tab.locator("#settings")).to_have_value("lab-2.toml")
        tab.get_by_role("button", name="Start").click()
        tab.get_by_role("link", name="The run and its report").click(timeout=LIMIT)
        tab.wait_for_url("**/runs/*")
        report = tab.request.get(f"{tab.url}/report/report.json").json()
        assert report["approval"]["tested_by"] == "A. Lovelace"
        tab.goto(f"{site}/bench?station=foreign&order=random&operator=http")
        tab.get_by_text("What the operator cannot do").first.click()
        assert accessibility_problems(tab) == []


@needs_chromium
def test_a_campaign_that_cannot_begin_shows_its_error_and_the_form_keeps_what_was_typed(tmp_path: Path) -> None:
    with served(tmp_path) as site, chromium() as browser, socket.create_server(("127.0.0.1", 0)) as taken:
        tab = browser.new_page()
        address = f"127.0.0.1:{taken.getsockname()[1]}"
        tab.goto(f"{site}/bench?product=reference-ac&station=foreign&address={address}")
        tab.get_by_role("button", name="Start").click()
        expect(tab.locator("#status [role=alert]")).to_contain_text("cannot listen", timeout=LIMIT)
        tab.get_by_role("link", name="New campaign").click()
        expect(tab.get_by_label("The lab listens at")).to_have_value(address)


@needs_chromium
def test_a_person_with_a_phone_operates_a_station_also_after_the_server_was_restarted(tmp_path: Path) -> None:
    port = free_port()
    with chromium() as browser:
        tab = browser.new_page(viewport={"width": 390, "height": 844})
        with served(tmp_path) as site:
            fields = f"product=chargepoint-ct4000&station=foreign&address=127.0.0.1:{port}&cases=TC_E_03"
            tab.goto(f"{site}/bench?{fields}")
            tab.get_by_role("button", name="Start").click()
            tab.wait_for_url("**/bench/2*")
            path = re.sub(r"\?.*", "/operator", tab.url.removeprefix(site))
            tab.goto(f"{site}{path}")
            assert "URL of the CSMS" in (open_instruction(tab) or "")
            assert accessibility_problems(tab) == []
        expect(tab.locator("#problem")).to_contain_text("does not answer")
        with served(tmp_path) as site, station(f"ws://127.0.0.1:{port}") as control:
            tab.set_viewport_size({"width": 390, "height": 844})
            tab.goto(f"{site}{path}")
            tab.wait_for_timeout(5_100)
            tab.get_by_role("button", name="Done").click()
            expect(tab.locator(".instruction .text").filter(has_text="URL of the CSMS")).to_have_count(0, timeout=LIMIT)
            assert answer_until_the_end(tab, control) >= 2
            expect(tab.locator("#status")).to_contain_text("1 PASS")


@needs_chromium
def test_a_campaign_is_stopped_and_resumed(tmp_path: Path) -> None:
    with served(tmp_path) as site, chromium() as browser:
        tab = browser.new_page()
        tab.on("dialog", lambda dialog: dialog.accept())
        tab.goto(f"{site}/bench?product=reference-ac&clock=real&cases=TC_B_*")
        tab.get_by_role("button", name="Start").click()
        expect(tab.locator(".cell.running")).to_have_count(1, timeout=LIMIT)
        assert accessibility_problems(tab) == []
        tab.get_by_role("button", name="Stop").click()
        expect(tab.locator("#status")).to_contain_text("not finished", timeout=LIMIT)
        tab.get_by_role("button", name="Resume").click()
        expect(tab.locator(".head .live")).to_be_visible(timeout=LIMIT)
        tab.get_by_role("button", name="Stop").click()
        expect(tab.locator("#status")).to_contain_text("not finished", timeout=LIMIT)


@needs_chromium
def test_the_code_for_a_phone_is_shown_by_the_address_that_a_phone_uses(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PLUGFEST_CONTROL_TOKEN", "secret")
    run = kept_run(tmp_path / "runs", "run", {IDS[0]: Verdict.FAIL})
    with served(tmp_path, "--listen", "0.0.0.0:0") as site, chromium() as browser, run.locked():
        tab = browser.new_page()
        site = site.replace("0.0.0.0", OTHER_NAME)
        tab.goto(f"{site}/?token=secret")
        tab.goto(f"{site}/bench/run")
        expect(tab.get_by_role("img", name="QR code")).to_be_visible()
        assert accessibility_problems(tab) == []
        tab.goto(f"{site}/bench/run/operator")
        expect(tab.locator("#status")).to_contain_text("1 of 3 cases")
        assert accessibility_problems(tab) == []


@needs_chromium
def test_the_chosen_cases_are_counted_while_they_are_chosen(tmp_path: Path) -> None:
    with served(tmp_path) as site, chromium() as browser:
        tab = browser.new_page()
        tab.goto(f"{site}/bench?product=reference-ac")
        count = tab.locator("#count")
        tab.get_by_label("Cases").fill("TC_E_03 TC_E_10")
        expect(count).to_contain_text("2 of")
        tab.get_by_label("Cases").fill("TC_E_*")
        tab.get_by_text("Only some blocks or profiles").click()
        tab.get_by_label("B Provisioning").check()
        expect(count).to_contain_text("no case fits everything")
        tab.get_by_label("Product").select_option("reference-16-ac")
        tab.get_by_label("Cases").fill("")
        expect(tab.get_by_role("group", name="Blocks")).to_have_count(0)
        tab.get_by_label("Reservation").check()
        expect(count).not_to_contain_text("no case")
        assert accessibility_problems(tab) == []
