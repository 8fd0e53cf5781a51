"""Renders pages from templates. Texts of stations and of users are escaped, and hidden characters in them are named."""

import asyncio
from functools import cache
from http import HTTPStatus
from typing import Final

import jinja2
import msgspec
from markupsafe import Markup
from starlette.responses import HTMLResponse

from plugfest.lab.verdict import Verdict
from plugfest.reports.formats.as_html import MARKS, css_name
from plugfest.reports.formats.html_environment import html_environment
from plugfest.reports.model.wording import counted, duration
from plugfest.web.static_files import static_url


class Section(msgspec.Struct, frozen=True):
    """A part of the site, in the navigation. `key` opens it from the keyboard."""

    path: str
    title: str
    key: str


SECTIONS: Final = (
    Section("/products", "Products", "1"),
    Section("/bench", "Bench", "2"),
    Section("/runs", "Runs", "3"),
    Section("/stations", "Stations", "4"),
    Section("/fleets", "Fleets", "5"),
)


SLICE: Final = 0.02
"""Seconds for which a long page is rendered before other requests are handled."""


def page(template: str, *, current: str = "", status: HTTPStatus = HTTPStatus.OK, **values: object) -> HTMLResponse:
    """A page. `current`: the path of its section."""
    return HTMLResponse(fragment(template, current=current, sections=SECTIONS, **values), status.value)


def fragment(template: str, **values: object) -> str:
    """A part of a page."""
    return _environment().get_template(template).render(**values)


async def long_page(
    template: str, *, current: str = "", status: HTTPStatus = HTTPStatus.OK, **values: object
) -> HTMLResponse:
    """A page that may be long, as `page`; other requests are handled while it is rendered."""
    return HTMLResponse(await long_fragment(template, current=current, sections=SECTIONS, **values), status.value)


async def long_fragment(template: str, **values: object) -> str:
    """A part of a page that may be long, as `fragment`; other requests are handled while it is rendered."""
    loop, pieces = asyncio.get_running_loop(), list[str]()
    begun = loop.time()
    for piece in _environment().get_template(template).generate(**values):
        pieces.append(piece)
        if loop.time() - begun > SLICE:
            await asyncio.sleep(0)
            begun = loop.time()
    return "".join(pieces)


async def prepare() -> None:
    """Compile the templates one after the other, so that the first page does not wait for it."""
    for name in _environment().list_templates():
        _environment().get_template(name)
        await asyncio.sleep(0)  # Ctrl-C ends it


def problem(status: HTTPStatus, title: str, text: str) -> HTMLResponse:
    """A page with a problem, in one line that names what the user can do."""
    return page("problem.html", status=status, title=title, text=text)


@cache
def _environment() -> jinja2.Environment:
    environment = html_environment("plugfest.web", "templates")
    environment.filters |= {
        "counted": counted,
        "css_name": css_name,
        "duration": duration,
        "fragment": Markup,
        "mark": lambda name: MARKS[Verdict(name)],
    }
    environment.globals["static"] = static_url
    return environment
