"""The section Products in Chromium."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from tests.products.pics_files import VALID_PICS
from tests.web.site import accessibility_problems, chromium, needs_chromium, served

from plugfest.products import load_product

CONTRADICTING = VALID_PICS.replace('"C-49" = "No"', '"C-49" = "No"\n"C-53" = true')


def with_own_file(data: Path, text: str) -> Path:
    file = data / "products" / "mine.toml"
    file.parent.mkdir()
    file.write_text(text, encoding="utf-8")
    return file


def answer(tab: Page, id: str, word: str) -> None:
    tab.locator(f"#field-{id}").get_by_label(word, exact=True).check()


@needs_chromium
def test_a_product_is_copied_changed_and_taken_to_a_campaign(tmp_path: Path) -> None:
    with served(tmp_path) as site, chromium() as browser:
        tab = browser.new_page()
        tab.goto(f"{site}/products")
        tab.get_by_label("Search").fill("hyc 200 eu")
        expect(tab.get_by_role("link", name="Copy to edit")).to_have_count(1)
        tab.wait_for_load_state("networkidle")
        tab.get_by_role("link", name="Copy to edit").click()
        expect(tab.get_by_label("Name of the file")).to_have_value("my-alpitronic-hyc-200-eu")
        assert tab.evaluate("document.activeElement.id") == "name"
        tab.get_by_label("Name of the file").fill("my-station")
        tab.get_by_role("button", name="Create").click()

        summary = tab.locator("#summary")
        expect(summary).to_contain_text("179 cases apply")
        expect(summary).to_contain_text("0 problems")
        answer(tab, "C-49", "No")
        expect(summary).to_contain_text("157 cases apply (22 fewer than in the file)")
        expect(tab.locator("#note-C-53")).to_contain_text("is Yes without C-49; claim that too, or answer No")
        expect(tab.locator("#note-C-49")).to_contain_text("Yes: 22 cases more")
        answer(tab, "C-53", "No")
        expect(tab.locator("#note-C-53 .wrong")).to_have_count(0)
        tab.get_by_role("button", name="Save", exact=True).click()

        expect(tab.get_by_text("Saved.")).to_be_visible()
        address = tab.get_by_role("link", name="Start a campaign").get_attribute("href")
        assert address == "/bench?product=my-station"
        saved = load_product(str(tmp_path / "products" / "my-station.toml"))
        assert (saved.claim("C-49"), saved.claim("C-53")) == (False, False)


@needs_chromium
def test_the_form_is_filled_in_and_saved_by_keys(tmp_path: Path) -> None:
    file = with_own_file(tmp_path, VALID_PICS)
    with served(tmp_path) as site, chromium() as browser:
        tab = browser.new_page()
        tab.goto(f"{site}/products/mine")
        tab.keyboard.press("e")
        tab.wait_for_url("**/edit")
        tab.locator("[name='C-01'][value='yes']").focus()
        tab.keyboard.press("ArrowRight")
        tab.get_by_label("ORS-7").fill("3")
        tab.keyboard.press("Enter")
        expect(tab.get_by_text("Saved.")).to_be_visible()
    assert '"C-01" = false' in file.read_text(encoding="utf-8")
    assert '"ORS-7" = 3' in file.read_text(encoding="utf-8")


@needs_chromium
def test_an_evse_is_added_and_a_form_is_imported(tmp_path: Path) -> None:
    with_own_file(tmp_path, VALID_PICS)
    with served(tmp_path) as site, chromium() as browser:
        tab = browser.new_page()
        tab.goto(f"{site}/products/mine/edit")
        tab.get_by_role("button", name="Add an EVSE").click()
        expect(tab.get_by_role("group", name="EVSE 2")).to_be_visible()
        expect(tab.locator("#note-HFS-8")).to_contain_text("is 1, but [[evse]] describes 2")
        tab.on("dialog", lambda dialog: dialog.accept())
        tab.goto(f"{site}/products")
        form = {"name": "Box 1.csv", "mimeType": "text/csv", "buffer": b"ID,Feature,Answer\nX-26,TimeZone,Yes\n"}
        tab.get_by_label("PICS file or official form").set_input_files(form)  # type: ignore[arg-type]
        tab.get_by_role("button", name="Import").click()
        expect(tab.locator("#import-problem")).to_contain_text("no feature of a PICS", timeout=60_000)
        form["buffer"] = b"ID,Feature,Answer\nC-26,Support for setting the TimeZone,Yes\n"
        tab.get_by_label("PICS file or official form").set_input_files(form)  # type: ignore[arg-type]
        tab.get_by_role("button", name="Import").click()
        tab.wait_for_url("**/products/box-1/edit", timeout=60_000)
        expect(tab.locator("[name='C-26'][value='yes']")).to_be_checked()


@needs_chromium
def test_an_error_in_the_text_leads_to_its_line(tmp_path: Path) -> None:
    with_own_file(tmp_path, VALID_PICS)
    with served(tmp_path) as site, chromium() as browser:
        tab = browser.new_page()
        tab.goto(f"{site}/products/mine/text")
        text = tab.get_by_label("Text of the file")
        text.fill(CONTRADICTING)
        tab.get_by_role("button", name=re.compile("line")).first.click()
        selected = tab.evaluate(
            "document.querySelector('#text').value.slice("
            "document.querySelector('#text').selectionStart, document.querySelector('#text').selectionEnd)"
        )
        assert selected == '"C-53" = true'


@needs_chromium
@pytest.mark.parametrize("path", ["", "/reference-ac", "/mine", "/mine/edit", "/mine/text", "/broken"])
def test_the_pages_are_accessible(tmp_path: Path, path: str) -> None:
    with_own_file(tmp_path, CONTRADICTING)
    (tmp_path / "products" / "broken.toml").write_text("[product]\n", encoding="utf-8")
    with served(tmp_path) as site, chromium() as browser:
        tab = browser.new_page()
        tab.goto(f"{site}/products{path}")
        tab.wait_for_load_state("networkidle")
        assert accessibility_problems(tab) == []


@needs_chromium
def test_a_file_is_renamed_deleted_and_brought_back(tmp_path: Path) -> None:
    with_own_file(tmp_path, VALID_PICS)
    with served(tmp_path) as site, chromium() as browser:
        tab = browser.new_page()
        tab.goto(f"{site}/products/mine")
        tab.get_by_text("Rename or delete").click()
        assert accessibility_problems(tab) == []
        tab.get_by_label("New name of the file").fill("reference-ac")
        tab.get_by_role("button", name="Rename").click()
        expect(tab.locator("#name-problem")).to_contain_text("is a product of the catalog")
        tab.get_by_label("New name of the file").fill("wallbox")
        tab.get_by_role("button", name="Rename").click()
        tab.wait_for_url("**/products/wallbox")
        tab.get_by_text("Rename or delete").click()
        tab.get_by_role("button", name="Delete wallbox").click()
        bring_back = tab.get_by_role("button", name="Bring back wallbox")
        expect(bring_back).to_be_in_viewport()
        assert accessibility_problems(tab) == []
        bring_back.click()
        tab.wait_for_url("**/products/wallbox")
