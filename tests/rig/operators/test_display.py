"""Operators that read the display: over HTTP, and of a virtual station."""

import asyncio
import socket
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager

import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from plugfest import clock
from plugfest.hardware.ports import FormattedText
from plugfest.lab.composition import compose
from plugfest.lab.settings import LabSettings
from plugfest.lab.verdict import NotCapable, OperatorFailed
from plugfest.products import load_product
from plugfest.rig.external import MakeOperator, control_api_operator, http_operator
from plugfest.rig.operators.display import is_shown
from plugfest.rig.operators.virtual import VirtualOperator
from plugfest.station.setup.virtual_hardware import virtual_hardware

MAKERS = [http_operator, control_api_operator]


async def reading(lines: Iterable[str]) -> Iterable[str]:
    return lines


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        ("Message 1 of Plugfest", True),
        ("** Message 1 of Plugfest! **", True),
        ("Message 1 of Plugfest2", False),
        ("Message 2 of Plugfest", False),
    ],
)
def test_a_text_is_shown_if_a_line_contains_it_as_whole_words(line: str, shown: bool) -> None:
    assert clock.run_simulated(is_shown("Message 1 of Plugfest", 5, lambda: reading(["Welcome", line]))) is shown


@pytest.mark.parametrize(("digits", "shown"), [("123,45 €", True), ("EUR 123.45", True), ("12345", False)])
def test_a_cost_is_shown_in_any_notation(digits: str, shown: bool) -> None:
    assert clock.run_simulated(is_shown("123", 5, lambda: reading([digits]))) is shown


def test_the_display_is_watched_until_the_text_is_shown() -> None:
    async def scenario() -> tuple[bool, float]:
        loop = asyncio.get_running_loop()
        began = loop.time()
        shown = await is_shown("hello", 30, lambda: reading(["hello"] if loop.time() >= began + 12 else []))
        return shown, loop.time() - began

    assert clock.run_simulated(scenario()) == (True, 12)


@asynccontextmanager
async def fixture(answer: Callable[[], Response]) -> AsyncIterator[str]:
    """A fixture that answers GET display. Yields its address."""

    async def display(_: Request) -> Response:
        return answer()

    with socket.create_server(("127.0.0.1", 0)) as listening:
        application = Starlette(routes=[Route("/display", display)])
        server = uvicorn.Server(uvicorn.Config(application, log_level="critical", lifespan="off"))
        serving = asyncio.create_task(server.serve(sockets=[listening]))
        try:
            yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        finally:
            server.should_exit = True
            await serving


def shows(make: Callable[[str], MakeOperator], answer: Callable[[], Response]) -> bool:
    async def scenario() -> bool:
        async with (
            fixture(answer) as base,
            make(base)(compose(load_product("reference-ac"), LabSettings())) as operator,
        ):
            return await operator.display_shows("hello", 3)

    return clock.run_simulated(scenario())


@pytest.mark.parametrize("make", MAKERS)
def test_a_fixture_answers_with_the_lines_of_the_display(make: Callable[[str], MakeOperator]) -> None:
    assert shows(make, lambda: JSONResponse(["Welcome", "hello"]))
    assert not shows(make, lambda: JSONResponse([]))


@pytest.mark.parametrize("make", MAKERS)
def test_a_fixture_without_that_path_cannot_read_the_display(make: Callable[[str], MakeOperator]) -> None:
    with pytest.raises(NotCapable, match="does not support display: it answered 404"):
        shows(make, lambda: Response(status_code=404))


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (lambda: Response(status_code=500), "answered 500"),
        (lambda: JSONResponse({"lines": []}), "did not answer with an array of strings"),
        (lambda: Response("hello"), "did not answer with an array of strings"),
    ],
)
def test_any_other_answer_is_a_failure(answer: Callable[[], Response], why: str) -> None:
    with pytest.raises(OperatorFailed, match=why):
        shows(http_operator, answer)


def test_the_display_of_a_virtual_station_is_read_if_it_has_one() -> None:
    product = load_product("reference-ac")
    hardware = virtual_hardware(product)
    assert hardware.display is not None
    hardware.display.show_message(FormattedText("hello"))
    assert clock.run_simulated(VirtualOperator(product, hardware).display_shows("hello", 1))
    without = load_product("reference-ac-fixed")
    with pytest.raises(NotCapable, match="no display"):
        clock.run_simulated(VirtualOperator(without, virtual_hardware(without)).display_shows("hello", 1))
