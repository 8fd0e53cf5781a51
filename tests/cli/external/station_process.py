"""The command `plugfest station` in a process of its own, and its control API."""

import asyncio
import contextlib
import re
import signal
import sys
from collections.abc import AsyncIterator
from typing import Any

import httpx
from tests.cli.external.csms import IDENTITY, PASSWORD
from tests.cli.external.received import LIMIT

CONTROL = re.compile(r"control API at (\S+),")


class StationProcess:
    """The station; `printed` are its lines so far."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process
        self.printed: list[str] = []
        self._printed = asyncio.Event()
        self._client = httpx.AsyncClient()
        self.url = ""
        """The address of the control API."""

    async def act(self, operation: str, **arguments: Any) -> None:
        """Do an operation of the control API."""
        (await self._client.post(f"/{operation}", json=arguments)).raise_for_status()

    async def state(self) -> dict[str, Any]:
        found: dict[str, Any] = (await self._client.get("/state")).raise_for_status().json()
        return found

    async def read_control_address(self) -> None:
        """Read lines until the one with the address of the control API."""
        async with asyncio.timeout(LIMIT):
            while not (found := CONTROL.search(await self._line())):
                pass
        self.url = found[1]
        self._client = httpx.AsyncClient(base_url=self.url)

    async def read_lines(self) -> None:
        """Read until the end of the process."""
        while await self._line():
            pass

    async def until_printed(self, text: str) -> None:
        """Wait for a line with this text, unless there is one."""
        while not any(text in line for line in self.printed):
            self._printed.clear()
            await self._printed.wait()

    async def _line(self) -> str:
        assert self._process.stdout is not None
        line = (await self._process.stdout.readline()).decode()
        self.printed.append(line)
        self._printed.set()
        return line

    async def close(self) -> None:
        await self._client.aclose()


@contextlib.asynccontextmanager
async def running_station(product: str, csms_url: str, *options: str) -> AsyncIterator[StationProcess]:
    """A station with a password that runs during the block, and that ends on SIGINT with exit code 0."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", "from plugfest.cli.main import main; main()"),
        *("station", product, "--csms", csms_url, "--id", IDENTITY, "--control", "0", "--strict"),
        *("--set", f"SecurityCtrlr.BasicAuthPassword={PASSWORD}", *options),
        stdout=asyncio.subprocess.PIPE,
    )
    station = StationProcess(process)
    try:
        await station.read_control_address()
        reading = asyncio.create_task(station.read_lines())
        yield station
        process.send_signal(signal.SIGINT)
        async with asyncio.timeout(LIMIT):
            await reading
            assert await process.wait() == 0
    finally:
        await station.close()
        if process.returncode is None:
            process.kill()
            await process.wait()
