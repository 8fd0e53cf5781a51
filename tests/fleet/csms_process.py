"""A small CSMS in a process of its own: `python csms_process.py [STATIONS [INTERVAL]]` prints its port.

It accepts every message, and refuses connections after STATIONS with HTTP 503. INTERVAL: seconds between Heartbeats.
"""

import asyncio
import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from http import HTTPStatus
from pathlib import Path
from typing import Any

from websockets.asyncio.server import ServerConnection, serve
from websockets.http11 import Request, Response


class SmallCsms:
    def __init__(self, most: int, interval: int) -> None:
        self._left = most
        self._interval = interval

    def admit(self, connection: ServerConnection, _: Request) -> Response | None:
        self._left -= 1
        return None if self._left >= 0 else connection.respond(HTTPStatus.SERVICE_UNAVAILABLE, "full\n")

    async def serve(self, websocket: ServerConnection) -> None:
        async for text in websocket:
            kind, message_id, *rest = json.loads(text)
            if kind == 2:
                await websocket.send(json.dumps([3, message_id, self._answer(rest[0])]))

    def _answer(self, action: str) -> dict[str, Any]:
        now = datetime.now(UTC).isoformat()
        match action:
            case "BootNotification":
                return {"currentTime": now, "interval": self._interval, "status": "Accepted"}
            case "Heartbeat":
                return {"currentTime": now}
            case "Authorize":
                return {"idTokenInfo": {"status": "Accepted"}}
        return {}


async def main(most: int = 1_000_000, interval: int = 300) -> None:
    """Serve until standard input closes."""
    csms = SmallCsms(most, interval)
    server = await serve(
        csms.serve,
        "127.0.0.1",
        0,
        compression=None,
        subprotocols=["ocpp2.0.1", "ocpp1.6"],  # type: ignore[list-item]
        process_request=csms.admit,
        backlog=2000,
    )
    print(next(iter(server.sockets)).getsockname()[1], flush=True)  # noqa: T201
    reader = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    await reader.read()


@contextmanager
def running_csms(*options: int) -> Iterator[str]:
    """The URL of the CSMS during the block."""
    command = [sys.executable, str(Path(__file__)), *map(str, options)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        yield f"ws://127.0.0.1:{int(process.stdout.readline())}"
        process.stdin.close()


if __name__ == "__main__":
    asyncio.run(main(*map(int, sys.argv[1:])))
