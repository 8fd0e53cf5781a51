"""A headless Chromium, controlled by its debugging protocol."""

import asyncio
import base64
import contextlib
import itertools
import re
import shutil
import tempfile
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import AsyncIterator
from typing import Any

import msgspec
from websockets.asyncio.client import ClientConnection, connect

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
OPTIONS = ("--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--no-first-run")
START_TIMEOUT = 60.0  # seconds until a browser listens
MAX_MESSAGE_SIZE = 2**28  # bytes of an answer: a picture of a whole page


def executable() -> str | None:
    """The path of a Chromium, None if none is installed."""
    return next((path for name in NAMES if (path := shutil.which(name))), None)


class Tab:
    """One page in a browser."""

    def __init__(self, connection: ClientConnection) -> None:
        self._connection = connection
        self._numbers = itertools.count(1)

    async def send(self, method: str, **params: object) -> Any:
        """Send a command and return its result; events are ignored."""
        number = next(self._numbers)
        await self._connection.send(msgspec.json.encode({"id": number, "method": method, "params": params}), text=True)
        while True:
            message = msgspec.json.decode(await self._connection.recv())
            if message.get("id") == number:
                if "error" in message:
                    raise RuntimeError(f"{method}: {message['error']}")
                return message["result"]

    async def open(self, url: str, *, width: int, dark: bool) -> None:
        """Load a page in a window of this width."""
        size = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": width < 600}
        await self.send("Emulation.setDeviceMetricsOverride", **size)
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        await self.send("Emulation.setEmulatedMedia", media="screen", features=[scheme])
        await self.send("Page.navigate", url=url)
        await self.evaluate("new Promise(done => document.readyState == 'complete' ? done() : onload = done)")

    async def evaluate(self, script: str) -> Any:
        """The result of a script, after its promise is resolved."""
        result = await self.send("Runtime.evaluate", expression=script, awaitPromise=True, returnByValue=True)
        if "exceptionDetails" in result:
            raise RuntimeError(result["exceptionDetails"])
        return result["result"].get("value")

    async def screenshot(self, **clip: float) -> bytes:
        """A part of the page as PNG, also outside of the viewport."""
        shot = await self.send("Page.captureScreenshot", clip={"scale": 1, **clip}, captureBeyondViewport=True)
        return base64.b64decode(shot["data"])


@contextlib.asynccontextmanager
async def browser(program: str) -> AsyncIterator[Tab]:
    """A browser with an empty page; it is closed at the end of the context."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        where = ("--remote-debugging-port=0", f"--user-data-dir={profile}")
        process = await asyncio.create_subprocess_exec(
            program, *OPTIONS, *where, stdin=DEVNULL, stdout=DEVNULL, stderr=PIPE
        )
        try:
            async with asyncio.timeout(START_TIMEOUT):
                address = await _new_page(await _debugging_url(process))
            rest = asyncio.create_task(_discard(process))
            async with connect(address, max_size=MAX_MESSAGE_SIZE, proxy=None) as connection:
                yield Tab(connection)
        finally:
            process.kill()
            await process.wait()
        await rest


async def _debugging_url(process: Process) -> str:
    """The debugging URL, which the browser prints when it is ready."""
    assert process.stderr is not None
    async for line in process.stderr:
        if found := re.search(rb"DevTools listening on (ws://\S+)", line):
            return found[1].decode()
    raise RuntimeError("the browser ended before it listened")


async def _discard(process: Process) -> None:
    """Read the output of the browser, so that it is never blocked."""
    assert process.stderr is not None
    async for _ in process.stderr:
        pass


async def _new_page(address: str) -> str:
    """The address of a new page."""
    async with connect(address, proxy=None) as connection:
        target = (await Tab(connection).send("Target.createTarget", url="about:blank"))["targetId"]
    return f"{address.partition('/devtools/')[0]}/devtools/page/{target}"
