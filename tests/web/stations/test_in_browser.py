"""The pages of stations in Chromium, with a CSMS that is not ours."""

import re
from pathlib import Path

from playwright.sync_api import Page, expect
from tests.cli.external.csms import PASSWORD
from tests.web.site import accessibility_problems, chromium, needs_chromium, served
from tests.web.stations.csms_process import csms_process

pytestmark = needs_chromium


def start(page: Page, site: str, csms: str) -> None:
    """Start a station with the form."""
    page.goto(f"{site}/stations")
    page.get_by_label("Product").select_option("reference-ac")
    page.get_by_label("URL of the CSMS").fill(csms)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Start", exact=True).click()
    expect(page.get_by_text("accepted by the CSMS")).to_be_visible(timeout=15_000)


def test_a_whole_charge_is_driven_from_the_page(tmp_path: Path) -> None:
    with csms_process() as csms, served(tmp_path) as site, chromium() as browser:
        page = browser.new_page()
        start(page, site, csms)
        evse = page.locator("section.evse").first
        evse.get_by_role("button", name="Plug in", exact=True).click()
        page.get_by_label("Token", exact=True).fill("10000001")
        page.get_by_role("button", name="Present").click()
        expect(evse.get_by_text("Occupied · Charging")).to_be_visible(timeout=15_000)
        power = evse.get_by_role("img", name="Power during")
        expect(power).to_have_attribute("aria-label", re.compile(r"now 21\.64 kW"), timeout=15_000)
        evse.get_by_role("button", name="Unplug", exact=True).click()
        expect(page.locator("#problem")).to_have_text("the cable is locked in connector 1 of EVSE 1")
        evse.get_by_role("button", name="Stop").click()
        expect(page.locator(".frame", has_text="triggerReason: StopAuthorized")).to_be_visible(timeout=15_000)
        evse.get_by_role("button", name="Unplug", exact=True).click()
        expect(evse.get_by_text("Available")).to_be_visible(timeout=15_000)
        expect(page.locator("#problem")).to_be_empty()
        frame = page.locator(".frame", has_text="eventType: Ended").first
        frame.locator("summary").click()
        expect(frame.locator("pre")).to_contain_text('"triggerReason"')
        assert power.count() == 1
        assert PASSWORD not in page.content()
        assert accessibility_problems(page) == []


def test_the_traffic_is_paused_and_misses_nothing(tmp_path: Path) -> None:
    with csms_process() as csms, served(tmp_path) as site, chromium() as browser:
        page = browser.new_page()
        start(page, site, csms)
        numbers = "() => [...document.querySelectorAll('.frame')].map(one => Number(one.dataset.number))"
        page.keyboard.press("f")
        before = page.evaluate(numbers)
        page.keyboard.press("p")
        expect(page.locator("#missed")).to_contain_text("new")
        assert page.evaluate(numbers) == before
        page.keyboard.press("f")
        expect(page.locator(".frame", has_text="Occupied")).to_be_visible()
        found = page.evaluate(numbers)
        assert found == list(range(1, len(found) + 1))
        assert len(found) > len(before)


def test_stations_side_by_side_stay_live(tmp_path: Path) -> None:
    with csms_process() as csms, served(tmp_path) as site, chromium() as browser:
        one, all_stations = browser.new_page(), browser.new_page()
        all_stations.goto(f"{site}/stations")
        start(one, site, csms)
        panel = all_stations.locator(".panel", has_text="CS001")
        expect(panel.get_by_text("accepted by the CSMS")).to_be_visible(timeout=15_000)
        panel.get_by_role("button", name="Plug in 1").click()
        expect(panel.get_by_role("button", name="Unplug 1")).to_be_visible()
        expect(one.get_by_role("button", name="Unplug", exact=True).first).to_be_visible()
        assert accessibility_problems(all_stations) == []
        one.get_by_role("button", name="Switch off").click()
        expect(one.get_by_role("button", name="Start again")).to_be_visible()
        expect(panel.get_by_text("switched off")).to_be_visible()
        assert accessibility_problems(one) == []


def test_an_error_is_beside_its_field(tmp_path: Path) -> None:
    with served(tmp_path) as site, chromium() as browser:
        page = browser.new_page()
        page.goto(f"{site}/stations")
        page.get_by_label("URL of the CSMS").fill("wss://csms.example")
        page.get_by_role("button", name="Start", exact=True).click()
        expect(page.locator("#roots-problem")).to_be_visible()
        expect(page.get_by_label("URL of the CSMS")).to_have_value("wss://csms.example")
        assert accessibility_problems(page) == []


def test_a_station_is_operated_by_keys_alone(tmp_path: Path) -> None:
    with csms_process() as csms, served(tmp_path) as site, chromium() as browser:
        page = browser.new_page()
        page.goto(f"{site}/stations")
        page.keyboard.press("n")
        page.keyboard.type("reference-ac")
        for text in ("", csms, PASSWORD):  # the identity stays
            page.keyboard.press("Tab")
            if text:
                page.keyboard.press("Control+a")
                page.keyboard.type(text)
        page.keyboard.press("Enter")
        expect(page.get_by_text("accepted by the CSMS")).to_be_visible(timeout=15_000)
        page.keyboard.press("p")
        evse = page.locator("section.evse").first
        expect(evse.get_by_text("Occupied · EVConnected")).to_be_visible(timeout=15_000)
        page.keyboard.press("i")
        page.keyboard.type("10000001")
        page.keyboard.press("Enter")
        expect(evse.get_by_text("Occupied · Charging")).to_be_visible(timeout=15_000)
        page.locator("#id_token").blur()
        page.keyboard.press("s")
        expect(evse.get_by_role("button", name="Stop")).to_have_count(0, timeout=15_000)
        expect(evse.get_by_text("unlocked")).to_be_visible(timeout=15_000)
        page.keyboard.press("p")
        expect(evse.get_by_text("Available")).to_be_visible(timeout=15_000)
        page.keyboard.press("v")
        page.wait_for_url("**/variables")
        page.keyboard.press("/")
        page.keyboard.type("heartbeat")
        expect(page.get_by_role("status")).to_have_text(re.compile("^[1-9] of"))


def test_a_measured_value_is_set_and_an_open_form_stays_as_it_is(tmp_path: Path) -> None:
    with csms_process() as csms, served(tmp_path) as site, chromium() as browser:
        page = browser.new_page()
        start(page, site, csms)
        evse = page.locator("section.evse").first
        evse.get_by_text("Measured values").click()
        evse.get_by_label("Value of").select_option("EVSE.ACVoltage")
        evse.get_by_label("Value", exact=True).fill("251.5")
        evse.get_by_label("Value", exact=True).press("Enter")
        expect(evse.get_by_text("251.5 V")).to_be_visible()
        expect(evse.get_by_label("Value", exact=True)).to_have_value("251.5")
        page.get_by_text("Storage, customers and limit of the station").click()
        page.get_by_role("button", name="Logs").click()
        expect(page.get_by_role("button", name="Logs")).to_have_attribute("aria-pressed", "false")
        assert accessibility_problems(page) == []
        page.get_by_role("link", name="Variables of the device model").click()
        assert accessibility_problems(page) == []


def test_no_page_loads_anything_from_elsewhere(tmp_path: Path) -> None:
    with served(tmp_path) as site, chromium() as browser:
        page = browser.new_page()
        elsewhere: list[str] = []
        errors: list[str] = []
        page.on("request", lambda request: None if request.url.startswith(site) else elsewhere.append(request.url))
        page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
        for path in ("products", "products/reference-ac", "bench", "runs", "runs/verify", "stations"):
            page.goto(f"{site}/{path}")
            assert page.locator("h1").first.is_visible()
        assert (elsewhere, errors) == ([], [])


def test_misbehaviours_are_chosen_from_the_list_and_ended(tmp_path: Path) -> None:
    with csms_process() as csms, served(tmp_path) as site, chromium() as browser:
        page = browser.new_page()
        start(page, site, csms)
        page.get_by_label("Do this wrong too").fill("half-opn")
        page.get_by_role("button", name="Add", exact=True).click()
        expect(page.locator("#problem")).to_contain_text("did you mean half-open?")
        page.get_by_role("link", name="All that it can do wrong").click()
        page.get_by_label("Search").fill("gaps seqno")
        expect(page.get_by_role("status")).to_have_text("1 of 1")
        page.get_by_role("button", name="Add", exact=True).click()
        expect(page.locator(".misbehaviours")).to_have_text("leaves gaps in seqNo (E01.FR.07)")
        assert accessibility_problems(page) == []
        page.get_by_role("button", name="Do nothing wrong").click()
        expect(page.get_by_text("The station does nothing wrong.")).to_be_visible()
