"""What every page of the site has."""

import asyncio
from pathlib import Path

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from tests.web.site import answer, chromium, needs_chromium, served

from plugfest.web.pages import SECTIONS, page, prepare

HOSTILE = "<script>alert(1)</script>\u202e"


async def _hostile(_: Request) -> Response:
    return page("problem.html", title=HOSTILE, text=HOSTILE)


def test_nothing_from_elsewhere_is_loaded_and_nothing_is_framed() -> None:
    policy = answer([], "GET", "/unknown").headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy


def test_text_is_never_markup() -> None:
    text = answer([Route("/hostile", _hostile)], "GET", "/hostile").text
    assert "<script>alert" not in text
    assert "\u202e" not in text


def test_an_unknown_page_is_named() -> None:
    response = answer([], "GET", "/unknown")
    assert response.status_code == 404
    assert "There is no page /unknown." in response.text


def test_static_files_are_served_without_a_connection_to_the_internet() -> None:
    for name in ("htmx.min.js", "sse.min.js", "page.js", "style.css", "icon.svg", "LICENSES.txt"):
        assert answer([], "GET", f"/static/{name}").status_code == 200


def test_a_section_is_open_to_other_machines_only_with_the_token() -> None:
    assert answer([], "GET", "/static/style.css", headers={"Host": "attacker.example"}).status_code == 421


def test_every_template_is_compiled_before_it_is_needed() -> None:
    asyncio.run(prepare())


def test_a_form_of_the_site_is_sent_with_its_origin() -> None:
    """With no-referrer, browsers send it with the Origin "null", which is refused."""
    assert answer([], "GET", "/unknown").headers["referrer-policy"] == "same-origin"


@needs_chromium
def test_the_theme_and_the_sections_are_reached_by_keys(tmp_path: Path) -> None:
    with served(tmp_path) as site, chromium() as browser:
        tab = browser.new_page()
        tab.goto(f"{site}/unknown")
        tab.keyboard.press("t")
        assert tab.locator("html").get_attribute("data-theme") == "light"
        tab.reload()
        assert tab.locator("html").get_attribute("data-theme") == "light"
        tab.keyboard.press("?")
        assert tab.locator("dialog#keys").is_visible()
        tab.keyboard.press("Escape")
        tab.keyboard.press(SECTIONS[2].key)
        tab.wait_for_url(f"**{SECTIONS[2].path}")
