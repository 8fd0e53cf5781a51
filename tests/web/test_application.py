"""What every page of the site has."""

import asyncio
import logging
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route
from tests.web.site import answer, chromium, needs_chromium, served

from plugfest.web.pages import SECTIONS, page, prepare

HOSTILE = "<script>alert(1)</script>\u202e"


async def _hostile(_: Request) -> Response:
    return page("problem.html", title=HOSTILE, text=HOSTILE)


async def _fails(_: Request) -> Response:
    raise ZeroDivisionError(HOSTILE)


async def _fails_late(_: Request) -> Response:
    async def events() -> AsyncIterator[str]:
        yield "first"
        raise ZeroDivisionError(HOSTILE)

    return StreamingResponse(events())


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


def test_an_unexpected_exception_is_a_page_that_names_what_to_do(caplog: pytest.LogCaptureFixture) -> None:
    response = answer([Route("/fails", _fails)], "GET", "/fails", raises=False)
    assert response.status_code == 500
    assert "the terminal in which plugfest serve runs" in response.text
    assert "ZeroDivisionError" not in response.text
    assert response.headers["content-security-policy"]
    (record,) = caplog.records
    assert (record.levelno, record.getMessage()) == (logging.ERROR, "internal error in GET /fails")
    assert record.exc_info is not None


def test_an_unexpected_exception_in_a_stream_is_logged_too(caplog: pytest.LogCaptureFixture) -> None:
    answer([Route("/fails", _fails_late)], "GET", "/fails", raises=False)
    assert [one.getMessage() for one in caplog.records] == ["internal error in GET /fails"]


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
