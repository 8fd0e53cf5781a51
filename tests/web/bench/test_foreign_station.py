"""A campaign with a station that is not ours: a person with a phone operates it, while the page at the desk watches."""

import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Page, expect
from tests.web.bench.test_in_chromium import LIMIT, free_port, open_instruction
from tests.web.site import OTHER_NAME, accessibility_problems, chromium, needs_chromium, served

WALLBOX = Path(__file__).parents[2] / "rig" / "external" / "wallbox.toml"
PASSWORD = "plugfest-station-01"
CASES = ("TC_A_04", "TC_B_06")
URL = re.compile(r"URL of the CSMS: +(\S+)")
PROFILE = re.compile(r"security profile: +(\d)")
ROOT = re.compile(r"root certificate: +(\S+) \(PEM\)")


@contextmanager
def wallbox(csms: str) -> Iterator[httpx.Client]:
    """The wallbox in a process of its own, and its fixture."""
    port = free_port()
    command = [sys.executable, "-m", "tests.rig.external.wallbox", csms, "PLUGFEST-01", PASSWORD, str(port)]
    with (
        subprocess.Popen(command, stderr=subprocess.DEVNULL) as process,
        httpx.Client(base_url=f"http://127.0.0.1:{port}", transport=httpx.HTTPTransport(retries=5)) as fixture,
    ):
        try:
            yield fixture
        finally:
            process.terminate()


def act(fixture: httpx.Client, instruction: str) -> None:
    """Configure the wallbox as the instruction asks, or switch it off and on."""
    url, profile, root = (pattern.search(instruction) for pattern in (URL, PROFILE, ROOT))
    if url is None or profile is None:
        assert "Switch the station off and on" in instruction
        fixture.post("/api/v1/reboot").raise_for_status()
        return
    given = {"url": url[1], "security_profile": profile[1], "identity": "PLUGFEST-01", "password": PASSWORD}
    fixture.post("/service/provision", params={**given, **({"root": root[1]} if root else {})}).raise_for_status()


def operate(phone: Page, desk: Page, fixture: httpx.Client) -> list[str]:
    """Do and confirm each instruction on the phone; the desk has the same one. Returns the instructions."""
    given: list[str] = []
    while (text := open_instruction(phone)) is not None:
        given.append(text)
        shown = phone.locator(".instruction").get_attribute("data-instruction")
        expect(desk.locator(f'[data-instruction="{shown}"]')).to_be_visible(timeout=LIMIT)
        expect(phone.get_by_role("link", name="root.pem")).to_have_count(1 if "root.pem" in text else 0)
        act(fixture, text)
        phone.wait_for_timeout(5_100)  # a person who confirms sooner is asked again
        phone.get_by_role("button", name="Done").click()
        for tab in (desk, phone):
            expect(tab.locator(f'[data-instruction="{shown}"]')).to_have_count(0, timeout=LIMIT)
    return given


@needs_chromium
def test_a_person_with_a_phone_configures_a_station_for_tls_and_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PLUGFEST_CONTROL_TOKEN", "secret")
    (tmp_path / "products").mkdir()
    (tmp_path / "products" / "wallbox.toml").write_bytes(WALLBOX.read_bytes())
    port = free_port()
    with served(tmp_path, "--listen", "0.0.0.0:0") as local, chromium() as browser:
        site = local.replace("0.0.0.0", OTHER_NAME)
        desk, phone = (browser.new_context(viewport={"width": w, "height": 844}).new_page() for w in (1440, 390))
        desk.goto(f"{site}/?token=secret")
        desk.goto(f"{site}/bench?product=wallbox&station=foreign&address=127.0.0.1:{port}&cases={'+'.join(CASES)}")
        desk.get_by_label("The root certificate of the lab can be installed in the station").check()
        desk.get_by_role("button", name="Start").click()
        expect(desk.get_by_role("img", name="QR code")).to_be_visible(timeout=LIMIT)
        address = re.search(r"The instructions at (\S+/operator)\.", desk.locator("main").inner_text())
        assert address is not None
        assert phone.goto(address[1]).status == 401  # type: ignore[union-attr]
        phone.goto(f"{address[1]}?token=secret")  # as the code has it
        with wallbox(f"ws://127.0.0.1:{port}") as fixture:
            given = operate(phone, desk, fixture)
        expect(phone.locator("#status")).to_contain_text(f"{len(CASES)} PASS")
        expect(desk.locator(".cell.pass")).to_have_count(len(CASES))
        assert accessibility_problems(phone) == []
    schemes = [found[1].partition(":")[0] for text in given if (found := URL.search(text))]
    assert schemes[0] == "ws"
    assert "wss" in schemes
    over_tls = next(text for text in given if "wss:" in text)
    assert f"{tmp_path / 'pki' / 'root.pem'} (PEM)" in over_tls
