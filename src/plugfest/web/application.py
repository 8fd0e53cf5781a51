"""The web application: its routes, and what every answer of it has."""

import logging
from collections.abc import Sequence
from http import HTTPStatus
from typing import Final

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route
from starlette.types import ASGIApp, Receive, Scope, Send

from plugfest.http_server.access import Access, AccessRules, ResponseHeaders
from plugfest.web import static_files
from plugfest.web.pages import problem

MAX_UPLOAD: Final = 64_000_000
"""Bytes of the largest file that a page takes, a report to be verified. Forms have a limit of their own."""

INTERNAL_ERROR: Final = (
    "This page has an error of Plugfest itself. Go back and try again; the terminal in which plugfest serve runs has"
    " the details to report. Campaigns and stations go on."
)

HEADERS: Final = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self';"
        " form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "same-origin",  # with no-referrer, browsers send forms with the Origin "null"
    "Cache-Control": "no-cache",
}
"""Nothing from elsewhere is loaded, and nothing that a station sends can run as a script."""


_log = logging.getLogger(__name__)


def application(routes: Sequence[BaseRoute], token: str | None = None) -> ASGIApp:
    """The site with the routes of its sections. `token`: what a browser has to send; None on the loopback interface."""
    site = Starlette(
        routes=[Route("/", _home), Route(f"{static_files.PATH}/{{name}}", static_files.send), *routes],
        exception_handlers={HTTPException: _problem, Exception: _internal_error},
    )
    return ResponseHeaders(Access(_logged(site), AccessRules(token=token, max_body=MAX_UPLOAD)), HEADERS)


async def _home(_: Request) -> Response:
    return RedirectResponse("/bench")


async def _problem(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    status = HTTPStatus(error.status_code)
    text = f"There is no page {request.url.path}." if status is HTTPStatus.NOT_FOUND else str(error.detail)
    return problem(status, status.phrase, text)


async def _internal_error(_: Request, __: Exception) -> Response:
    return problem(HTTPStatus.INTERNAL_SERVER_ERROR, "Internal error", INTERNAL_ERROR)


def _logged(app: ASGIApp) -> ASGIApp:
    """The application, with its unexpected exceptions logged, also those of a stream that has begun."""

    async def logged(scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await app(scope, receive, send)
        except Exception:
            _log.exception("internal error in %s %s", scope["method"], scope["path"])
            raise

    return logged
