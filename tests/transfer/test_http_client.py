"""The HTTP client of a station: what it sends."""

import asyncio

import pytest
from tests.transfer.file_servers import HOST, download, upload

from plugfest.clock import run_simulated

LOG = b"log"


@pytest.mark.parametrize(
    ("target", "uploaded"),
    [
        ("/logs%2Fa%20b;v=1+2/", "/logs%2Fa%20b;v=1+2/log.zip"),
        ("/%2Flogs/a.zip?sig=x%2Fy%3D&z=é", "/%2Flogs/a.zip?sig=x%2Fy%3D&z=%C3%A9"),
        ("/logs/a%2F", "/logs/a%2F"),
        ("", "/log.zip"),
    ],
)
def test_the_target_of_an_http_request_is_as_in_the_url(target: str, uploaded: str) -> None:
    targets: list[str] = []

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        targets.append(head.split()[1])
        if head.startswith("PUT"):
            await reader.readexactly(len(LOG))
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
        await writer.drain()
        writer.close()

    async def scenario() -> None:
        server = await asyncio.start_server(answer, HOST, 0)
        async with server:
            authority = f"http://{HOST}:{server.sockets[0].getsockname()[1]}"
            await download(f"{authority}/images%2F1/a+b.bin?v=%2F")
            await upload(f"{authority}{target}", LOG)

    run_simulated(scenario())
    assert targets == ["/images%2F1/a+b.bin?v=%2F", uploaded]
