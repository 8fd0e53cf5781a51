"""A station in a process of its own, and the people and EVs at it, through its control API."""

import asyncio
import contextlib
import os
import signal
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import httpx
import msgspec

LAUNCHER = "tools.power_cuts.launcher"
NEVER = 10**9


class Gone(Exception):
    """The station was killed meanwhile, or is not connected."""


class Cut(NamedTuple):
    """When a process kills itself: before or after a commit, counted from its start."""

    commit: int = NEVER
    after: bool = False


class StationProcess:
    """`plugfest station` with `arguments`, and its files in `folder`; `defect`: one that is planted in it, or none."""

    def __init__(self, folder: Path, control_port: int, arguments: Sequence[str], defect: str = "") -> None:
        self.arguments = arguments
        self._defect = defect
        self.log = folder / "station.log"
        self._cut_file = folder / "cut"
        self._port = control_port
        self._launcher: Process | None = None
        self._id: int | None = None
        self._ending: asyncio.Task[int] | None = None
        self._client = httpx.AsyncClient(base_url=f"http://127.0.0.1:{control_port}", timeout=5.0, trust_env=False)

    @property
    def runs(self) -> bool:
        return self._ending is not None and not self._ending.done()

    async def start(self, cut: Cut) -> None:
        self._cut_file.unlink(missing_ok=True)
        if self._launcher is None:
            self._launcher = await asyncio.create_subprocess_exec(
                sys.executable, "-m", LAUNCHER, stdin=PIPE, stdout=PIPE
            )
        assert self._launcher.stdin is not None
        order = {
            "arguments": [*self.arguments, "--control", str(self._port)],
            "log": str(self.log),
            "cut_at": cut.commit,
            "after": cut.after,
            "cut_file": str(self._cut_file),
            "defect": self._defect,
        }
        self._launcher.stdin.write(msgspec.json.encode(order) + b"\n")
        self._id = await self._number()
        self._ending = asyncio.create_task(self._number())

    async def _number(self) -> int:
        assert self._launcher is not None
        assert self._launcher.stdout is not None
        return int(await self._launcher.stdout.readline())

    async def begun(self) -> None:
        """Wait until its control API answers, or it is killed."""
        while self.runs:
            with contextlib.suppress(Gone):
                await self.state()
                return
            await asyncio.sleep(0.1)

    async def kill(self) -> str:
        """Kill it, if it lives. Returns at which commit it was killed; empty if that was at no commit."""
        assert self._id is not None
        assert self._ending is not None
        if self.runs:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self._id, signal.SIGKILL)
        code = await self._ending
        if code != -signal.SIGKILL:
            raise AssertionError(f"the station ended by itself with {code}: {self.log.read_text()[-2000:]}")
        return self._cut_file.read_text() if self._cut_file.exists() else ""

    async def stop(self) -> None:
        """Shut it down."""
        assert self._id is not None
        assert self._ending is not None
        if self.runs:
            os.kill(self._id, signal.SIGTERM)
        await self._ending

    async def close(self) -> None:
        """End the launcher."""
        await self._client.aclose()
        if self._launcher is not None:
            assert self._launcher.stdin is not None
            self._launcher.stdin.close()
            await self._launcher.wait()

    async def do(self, operation: str, **arguments: Any) -> bool:
        """An operator action. Returns whether it was possible. Raises Gone."""
        try:
            return (await self._client.post(f"/{operation}", json=arguments)).is_success
        except httpx.HTTPError as error:
            raise Gone(operation) from error

    async def state(self) -> dict[str, Any]:
        """The state of the station. Raises Gone."""
        try:
            state: dict[str, Any] = (await self._client.get("/state")).raise_for_status().json()
        except httpx.HTTPError as error:
            raise Gone("state") from error
        return state
