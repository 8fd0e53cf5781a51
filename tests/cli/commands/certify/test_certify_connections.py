"""`plugfest certify` says in the terminal and in the report why connections ended and why attempts failed."""

import asyncio
import contextlib
import io
import json
from collections.abc import Sequence
from pathlib import Path

import msgspec
import pytest
from rich.console import Console
from tests.cli.fake_rig import request
from tests.lab.scripted_station import IdleOperator, ScriptedStation
from tests.raw_clients import Client, closing, frame, resets, sends
from tests.raw_clients import request as http_request
from tests.reports.texts import html_text, squeezed

from plugfest.cli.campaign import certify
from plugfest.lab.case import CampaignCase, Case, case
from plugfest.lab.composition import compose
from plugfest.lab.engine import CampaignOutcome, Engine
from plugfest.lab.events import Listener
from plugfest.lab.recording.record import Frame
from plugfest.lab.settings import LabSettings
from plugfest.lab.v201.bench import Bench
from plugfest.link.handshake import basic
from plugfest.ocpp.v201 import messages as m
from plugfest.products import Product

SETTINGS = LabSettings(security_profile=1)
AUTHORIZED = f"Authorization: {basic((SETTINGS.identity, SETTINGS.password))}"
HEADERS = (
    "Host: lab",
    "Upgrade: websocket",
    "Connection: Upgrade",
    "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==",
    "Sec-WebSocket-Version: 13",
    "Sec-WebSocket-Protocol: ocpp2.0.1",
)


def as_the_station(data: bytes, *, then: Client | None = None) -> Client:
    """A client that opens a WebSocket as the station under test, and then sends these bytes."""

    async def client(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(http_request(*HEADERS, AUTHORIZED, line=f"GET /{SETTINGS.identity} HTTP/1.1"))
        await reader.readuntil(b"\r\n\r\n")
        await sends(data, then=then)(reader, writer)

    return client


class Rig:
    """A small station on the bench of the lab, and in the case a further client."""

    def __init__(self, client: Client) -> None:
        self._client = client

    async def __call__(
        self,
        product: Product,
        chosen: Sequence[CampaignCase],
        *,
        settings: LabSettings,
        listeners: Sequence[Listener] = (),
        archive: Sequence[Frame] = (),
    ) -> CampaignOutcome:
        lab = compose(product, settings, listeners)
        await lab.commissioner.open_main()
        station = ScriptedStation(settings)
        station.handlers[m.GetLocalListVersionRequest] = lambda _: m.GetLocalListVersionResponse(version_number=0)
        running = asyncio.ensure_future(station.run(lab.csms.main.url))
        cases = [msgspec.structs.replace(one, case=self._case()) for one in chosen]
        try:
            return await Engine(lab).run(cases, IdleOperator(nothing))
        finally:
            running.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await running
            await lab.csms.close()

    def _case(self) -> Case:
        @case("TC_X_01_CS")
        async def body(bench: Bench) -> None:
            reader, writer = await asyncio.open_connection("127.0.0.1", bench.csms.main.port)
            await self._client(reader, writer)
            writer.close()
            await asyncio.sleep(30)  # the station is back, and the lab serves it
            await bench.call(m.GetLocalListVersionRequest())

        return body


async def nothing(_: str) -> None:
    pass


@pytest.mark.parametrize(
    ("client", "kind", "why"),
    [
        (sends(b"no http\r\n\r\n"), "failed", "what the client sent is not a valid HTTP request"),
        (sends(b"\x16\x03\x01\x00\x05"), "failed", "the client began a TLS handshake on a port without TLS"),
        (sends(http_request(*HEADERS)), "failed", "the URL ends with the unknown identity CS001 (HTTP 404)"),
        (
            sends(http_request(*HEADERS, line=f"GET /{SETTINGS.identity} HTTP/1.1")),
            "failed",
            "there is no Authorization header (HTTP 401)",
        ),
        (as_the_station(closing(1000)), "ended", "the station closed the connection with 1000 (OK)"),
        (as_the_station(closing(4001, b"moved")), "ended", "with 4001 (private use): moved"),
        (as_the_station(b"", then=resets), "ended", "the station reset the TCP connection without a close frame"),
        (
            as_the_station(frame(0x81, b"[]", masked=False)),
            "ended",
            "the station sent a frame that is not masked (RFC 6455, 5.1); closed with 1002 (protocol error)",
        ),
        (
            as_the_station(frame(0x81, b"\xff")),
            "ended",
            "the station sent a text that is not UTF-8 (RFC 6455, 8.1); closed with 1007",
        ),
    ],
)
def test_the_reason_is_in_the_terminal_in_the_json_and_on_the_page(
    client: Client, kind: str, why: str, tmp_path: Path
) -> None:
    asked = msgspec.structs.replace(request("TC_E_09", report=tmp_path), settings=SETTINGS)
    console = Console(file=io.StringIO(), width=400, color_system=None)
    certify(asked, Rig(client), console)
    assert isinstance(console.file, io.StringIO)
    (line,) = [line for line in console.file.getvalue().splitlines() if why in line]
    assert line.startswith("connection ended: " if kind == "ended" else "connection attempt from 127.0.0.1:")
    report = json.loads((tmp_path / "report.json").read_text())
    (entry,) = [one for one in report["connections"] if why in one["reason"]]
    assert entry["kind"] == kind
    assert squeezed(entry["reason"]) in squeezed(html_text((tmp_path / "index.html").read_text()))
