"""Who may use an HTTP server: checks of the Host, of the Origin and of a token, before any request is handled.

A server on the loopback interface can be reached by every web page that the user has open: by a request across origins,
or by a name that the page's server lets point to 127.0.0.1 (DNS rebinding). A server on another interface can be
reached from the whole network, and needs a token. A page of another origin may link to a page here, and do nothing
else: what it loads costs time, also when it cannot read it.
"""

import hmac
import ipaddress
import re
import secrets
from http import HTTPStatus
from typing import Final

import msgspec
from starlette.datastructures import Headers, MutableHeaders, QueryParams
from starlette.requests import cookie_parser
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

QUERY: Final = "token"
MAX_BODY: Final = 1_000_000
"""In bytes."""

_READING: Final = frozenset({"GET", "HEAD", "OPTIONS"})
_LOOPBACK_NAMES: Final = frozenset({"localhost"})
_OWN_SITE: Final = frozenset({"same-origin", "none"})
_HOST: Final = re.compile(r"(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9.-]+)(?::([0-9]{1,5}))?")
"""A name or an address, and a port."""


class Refused(Exception):
    """A request that is not handled. The text is for the client."""

    def __init__(self, status: HTTPStatus, reason: str) -> None:
        super().__init__(reason)
        self.status = status


def new_token() -> str:
    """A token that cannot be guessed."""
    return secrets.token_urlsafe(16)


def cookie_name(host: str) -> str:
    """The name of the cookie with the token, from a Host header.

    It has the port: a browser sends the cookies of a host to every port of it, where another server may be.
    """
    found = _HOST.fullmatch(host)
    return f"plugfest_token_{(found[2] if found is not None else None) or 80}"


def is_loopback(host: str) -> bool:
    """Whether a host name or address is that of the loopback interface."""
    name = host.strip("[]").lower()
    if name in _LOOPBACK_NAMES:
        return True
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False


class AccessRules(msgspec.Struct, frozen=True, kw_only=True):
    """`token`: None for a server on the loopback interface, which only this machine can reach. `max_body`: in bytes."""

    token: str | None = None
    max_body: int = MAX_BODY

    def check(self, method: str, headers: Headers, query: QueryParams) -> None:
        """Raises Refused."""
        if self.token is None:
            self._check_host(headers.get("host", ""))
        elif not self._has_token(headers, query):
            raise Refused(HTTPStatus.UNAUTHORIZED, "open the address with its token, as plugfest printed it")
        if method not in _READING or not _is_link(headers):
            _check_origin(headers)

    def _check_host(self, host: str) -> None:
        if not is_loopback(_host_name(host)):
            raise Refused(HTTPStatus.MISDIRECTED_REQUEST, "use localhost or 127.0.0.1 in the address")

    def _has_token(self, headers: Headers, query: QueryParams) -> bool:
        assert self.token is not None
        kind, _, bearer = headers.get("authorization", "").partition(" ")
        given = [bearer] if kind.lower() == "bearer" else []
        cookies = cookie_parser(headers.get("cookie", ""))
        given += [cookies.get(cookie_name(headers.get("host", "")), ""), query.get(QUERY, "")]
        return any(hmac.compare_digest(one.encode(), self.token.encode()) for one in given)


def _host_name(host: str) -> str:
    """A Host header without the port; empty if it is none."""
    found = _HOST.fullmatch(host)
    return found[1] if found is not None else ""


def _is_link(headers: Headers) -> bool:
    """Whether the user opens a page, wherever it is linked. Browsers send this header to the loopback interface."""
    return headers.get("sec-fetch-dest", "document") == "document"


def _check_origin(headers: Headers) -> None:
    """Browsers send these headers with a request that changes something; programs need not."""
    host = headers.get("host", "").lower()
    own = {f"http://{host}", f"https://{host}"}
    if (
        not own.issuperset(map(str.lower, headers.getlist("origin")))
        or headers.get("sec-fetch-site", "none") not in _OWN_SITE
    ):
        raise Refused(HTTPStatus.FORBIDDEN, "a page of another origin may not do this")


class Access:
    """ASGI middleware: refuses what the rules refuse, and bodies that are too large.

    A token in the query is moved to a cookie, so that it does not stay in the address.
    """

    def __init__(self, app: ASGIApp, rules: AccessRules) -> None:
        self._app = app
        self._rules = rules

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers, query = Headers(scope=scope), QueryParams(scope["query_string"])
        try:
            self._rules.check(scope["method"], headers, query)
            _check_length(headers, self._rules.max_body)
            body = await _body(receive, self._rules.max_body) if "transfer-encoding" in headers else None
        except Refused as refused:
            await PlainTextResponse(f"{refused}\n", refused.status.value)(scope, receive, send)
            return
        if self._rules.token is not None and QUERY in query and scope["method"] == "GET":
            await self._with_cookie(scope, headers.get("host", ""))(scope, receive, send)
            return
        await self._app(scope, receive if body is None else _replayed(body, receive), send)

    def _with_cookie(self, scope: Scope, host: str) -> Response:
        assert self._rules.token is not None
        response = RedirectResponse("/" + scope["path"].lstrip("/"), HTTPStatus.SEE_OTHER.value)  # not //another.host
        # Not "strict": the page that follows a link of another site is opened with the cookie.
        response.set_cookie(cookie_name(host), self._rules.token, httponly=True, samesite="lax")
        return response


def _check_length(headers: Headers, limit: int) -> None:
    length = headers.get("content-length", "0")
    if not length.isdecimal() or int(length) > limit:
        raise _too_large(limit)


def _too_large(limit: int) -> Refused:
    return Refused(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, f"at most {limit} bytes are accepted")


async def _body(receive: Receive, limit: int) -> bytes:
    """A body whose length is not known before. Raises Refused."""
    body = bytearray()
    message: Message = {"more_body": True}
    while message.get("more_body", False):
        message = await receive()
        if message["type"] == "http.disconnect":
            raise Refused(HTTPStatus.BAD_REQUEST, "the body is not complete")
        body += message.get("body", b"")
        if len(body) > limit:
            raise _too_large(limit)
    return bytes(body)


def _replayed(body: bytes, receive: Receive) -> Receive:
    """The body that was received, and what follows it."""
    messages: list[Message] = [{"type": "http.request", "body": body}]

    async def replayed() -> Message:
        return messages.pop() if messages else await receive()

    return replayed


class ResponseHeaders:
    """ASGI middleware: adds headers to every response that does not set them itself."""

    def __init__(self, app: ASGIApp, headers: dict[str, str]) -> None:
        self._app = app
        self._headers = headers

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                found = MutableHeaders(scope=message)
                for name, value in self._headers.items():
                    found.setdefault(name, value)
            await send(message)

        await self._app(scope, receive, with_headers if scope["type"] == "http" else send)
