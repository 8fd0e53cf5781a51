"""Whose requests an HTTP server handles."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Mapping

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from plugfest.http_server.access import MAX_BODY, Access, AccessRules, ResponseHeaders, cookie_name, is_loopback

TOKEN = "a-token"


async def _length(request: Request) -> PlainTextResponse:
    return PlainTextResponse(str(len(await request.body())))


APPLICATION = Starlette(routes=[Route("/{path:path}", _length, methods=["GET", "POST"])])


def sent(
    request: Callable[[httpx.AsyncClient], Awaitable[httpx.Response]],
    *,
    token: str | None = None,
    address: str = "http://127.0.0.1:8000",
) -> httpx.Response:
    """The response of a server with these rules."""

    async def scenario() -> httpx.Response:
        transport = httpx.ASGITransport(Access(APPLICATION, AccessRules(token=token)))
        async with httpx.AsyncClient(transport=transport, base_url=address) as client:
            return await request(client)

    return asyncio.run(scenario())


@pytest.mark.parametrize(
    "address", ["http://127.0.0.1:8000", "http://localhost", "http://LOCALHOST:1", "http://[::1]:80"]
)
def test_a_server_on_the_loopback_interface_is_used_by_its_names(address: str) -> None:
    assert sent(lambda client: client.get("/"), address=address).status_code == 200


@pytest.mark.parametrize(
    "address",
    ["http://attacker.example:8000", "http://127.0.0.1.attacker.example", "http://192.0.2.1", "http://localhost."],
)
def test_a_server_on_the_loopback_interface_refuses_other_names(address: str) -> None:
    response = sent(lambda client: client.get("/"), address=address)
    assert response.status_code == 421
    assert "use localhost" in response.text


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://attacker.example"},
        {"Origin": "http://127.0.0.1:9999"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ],
)
def test_a_page_of_another_origin_can_change_nothing(headers: dict[str, str]) -> None:
    headers["Cookie"] = f"{cookie_name('127.0.0.1:8000')}={TOKEN}"
    for token in (None, TOKEN):
        assert sent(lambda client: client.post("/", headers=headers), token=token).status_code == 403


@pytest.mark.parametrize(
    "host", ["attacker.example@localhost", "localhost/x", "localhost#x", "localhost:x", "[::1", ""]
)
def test_what_is_no_host_is_refused(host: str) -> None:
    assert sent(lambda client: client.get("/", headers={"Host": host})).status_code == 421


@pytest.mark.parametrize("origins", [["http://127.0.0.1:8000", "http://attacker.example"], ["http://["], [""]])
def test_every_origin_of_a_request_has_to_be_the_own_one(origins: list[str]) -> None:
    headers = [("Origin", one) for one in origins]
    assert sent(lambda client: client.post("/", headers=headers)).status_code == 403


@pytest.mark.parametrize("destination", ["image", "script", "empty", "iframe", "object"])
def test_a_page_of_another_origin_loads_nothing_from_here(destination: str) -> None:
    headers = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Dest": destination}
    assert sent(lambda client: client.get("/", headers=headers)).status_code == 403


def test_a_link_from_another_page_opens_a_page_here_also_with_the_cookie_of_the_token() -> None:
    headers = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Dest": "document", "Sec-Fetch-Mode": "navigate"}
    assert sent(lambda client: client.get("/", headers=headers)).status_code == 200
    response = sent(lambda client: client.get("/", params={"token": TOKEN}, headers=headers), token=TOKEN)
    assert response.status_code == 303
    assert "samesite=lax" in response.headers["set-cookie"].lower()


def test_the_own_page_and_a_program_without_origin_can_change_something() -> None:
    own = {"Origin": "http://127.0.0.1:8000", "Sec-Fetch-Site": "same-origin"}
    assert sent(lambda client: client.post("/", headers=own, content=b"abc")).text == "3"
    assert sent(lambda client: client.post("/", content=b"abc")).text == "3"


def test_without_the_token_nothing_is_answered() -> None:
    for headers in (
        {},
        {"Authorization": "Bearer wrong"},
        {"Authorization": f"Basic {TOKEN}"},
        {"Cookie": f"{cookie_name('127.0.0.1:8000')}=x"},
        {"Cookie": f"{cookie_name('127.0.0.1:8001')}={TOKEN}"},
    ):
        assert sent(lambda client, h=headers: client.get("/", headers=h), token=TOKEN).status_code == 401


def test_a_program_sends_the_token_in_a_header_and_may_use_any_name_of_the_server() -> None:
    bearer = {"Authorization": f"Bearer {TOKEN}"}
    assert (
        sent(lambda client: client.get("/", headers=bearer), token=TOKEN, address="http://lab.local").status_code == 200
    )


def test_a_token_in_the_address_is_moved_to_a_cookie() -> None:
    response = sent(lambda client: client.get("/runs", params={"token": TOKEN}), token=TOKEN)
    assert response.status_code == 303
    assert response.headers["location"] == "/runs"
    cookie = response.headers["set-cookie"].lower()
    assert "httponly" in cookie
    ((name, value),) = response.cookies.items()
    with_cookie = {"Cookie": f"{name}={value}"}
    assert sent(lambda client: client.get("/runs", headers=with_cookie), token=TOKEN).status_code == 200


def test_servers_at_other_ports_of_a_host_have_cookies_of_their_own() -> None:
    """A browser sends the cookies of a host to each of its ports."""
    names = {cookie_name(host) for host in ("lab.local:8500", "lab.local:8501", "lab.local")}
    assert len(names) == 3
    assert cookie_name("[::1]:8500") == cookie_name("lab.local:8500")
    assert cookie_name("lab.local") == cookie_name("lab.local:80")


def test_the_redirect_does_not_lead_to_another_host() -> None:
    response = sent(
        lambda client: client.get("http://127.0.0.1:8000//attacker.example/", params={"token": TOKEN}), token=TOKEN
    )
    assert response.headers["location"] == "/attacker.example/"


def test_a_body_that_is_too_large_is_refused_before_it_is_read() -> None:
    assert sent(lambda client: client.post("/", content=b"x" * MAX_BODY)).text == str(MAX_BODY)
    assert sent(lambda client: client.post("/", content=b"x" * (MAX_BODY + 1))).status_code == 413
    assert sent(lambda client: client.post("/", headers={"Content-Length": "-1"})).status_code == 413


def answer_to_chunks(chunks: Iterator[dict[str, object]]) -> tuple[int, int]:
    """The status of the answer to a body of unknown length, and how much of it the application has got."""
    received = 0
    statuses = []

    async def application(scope: Scope, receive: Receive, send: Send) -> None:
        nonlocal received
        received = len((await receive())["body"])
        await PlainTextResponse("done")(scope, receive, send)

    async def receive() -> dict[str, object]:
        return next(chunks)

    async def send(message: Mapping[str, object]) -> None:
        statuses.append(message.get("status"))

    headers = [(b"host", b"localhost"), (b"transfer-encoding", b"chunked")]
    scope = {"type": "http", "method": "POST", "query_string": b"", "headers": headers}
    asyncio.run(Access(application, AccessRules())(scope, receive, send))  # type: ignore[arg-type]
    assert isinstance(statuses[0], int)
    return statuses[0], received


def chunk(size: int, *, more: bool) -> dict[str, object]:
    return {"type": "http.request", "body": b"x" * size, "more_body": more}


def test_a_body_of_unknown_length_that_is_too_large_is_refused_at_the_limit() -> None:
    taken = 0

    def endless() -> Iterator[dict[str, object]]:
        nonlocal taken
        while True:
            taken += 300_000
            yield chunk(300_000, more=True)

    assert answer_to_chunks(endless()) == (413, 0)
    assert taken == 1_200_000


def test_a_body_of_unknown_length_is_handled_when_it_is_complete() -> None:
    assert answer_to_chunks(iter([chunk(300_000, more=True), chunk(1, more=False)])) == (200, 300_001)
    assert answer_to_chunks(iter([chunk(300_000, more=True), {"type": "http.disconnect"}])) == (400, 0)


@pytest.mark.parametrize(
    ("host", "loopback"), [("127.0.0.1", True), ("127.1.2.3", True), ("::1", True), ("[::1]", True)]
)
def test_loopback_addresses_are_known(host: str, loopback: bool) -> None:
    assert is_loopback(host) is loopback


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1", "lab.local", ""])
def test_every_other_address_is_not_loopback(host: str) -> None:
    assert not is_loopback(host)


def test_headers_are_added_unless_a_response_sets_them() -> None:
    async def scenario() -> httpx.Response:
        transport = httpx.ASGITransport(ResponseHeaders(APPLICATION, {"X-Added": "1", "Content-Type": "text/x"}))
        async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
            return await client.get("/")

    response = asyncio.run(scenario())
    assert response.headers["x-added"] == "1"
    assert response.headers["content-type"].startswith("text/plain")
