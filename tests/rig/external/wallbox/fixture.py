"""A test fixture at the wallbox with the interface of the official test tool, an EV emulator below /ev, and the tool
of the maker for commissioning below /service.

It is a few lines of HTTP on asyncio, so that it can share an event loop with the wallbox.
"""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

from tests.rig.external.wallbox.device import Wallbox
from tests.rig.external.wallbox.electronics import Locked

Action = Callable[[dict[str, str]], Awaitable[None]]


class Fixture:
    """Acts at one wallbox."""

    def __init__(self, wallbox: Wallbox) -> None:
        self._wallbox = wallbox
        self._actions: dict[str, Action] = {
            "/api/v1/plugin": self._plug_in,
            "/api/v1/plugout": self._unplug,
            "/api/v1/authorize": self._authorize,
            "/api/v1/reboot": self._reboot,
            "/api/v1/state": self._state,
            "/api/v1/network_on": self._network_on,
            "/api/v1/network_off": self._network_off,
            "/service/provision": self._provision,
            "/ev/plugin": self._plug_in_ev,
            "/ev/plugout": self._unplug_ev,
            "/ev/state": self._ev_state,
        }

    async def listen(self, port: int = 0) -> asyncio.Server:
        return await asyncio.start_server(self._serve, "127.0.0.1", port)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        method, target, _ = head.partition("\r\n")[0].split(" ")
        status = await self._perform(method, target)
        writer.write(f"HTTP/1.1 {status}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n".encode())
        await writer.drain()
        writer.close()

    async def _perform(self, method: str, target: str) -> str:
        url = urlsplit(target)
        action = self._actions.get(url.path)
        if method != "POST" or action is None:
            return "404 Not Found"
        try:
            await action(dict(parse_qsl(url.query, keep_blank_values=True)))
        except Locked:
            return "423 Locked"
        return "200 OK"

    async def _plug_in(self, query: dict[str, str]) -> None:
        self._wallbox.electronics.plug_socket(seated=query.get("halfway") != "true")

    async def _unplug(self, _: dict[str, str]) -> None:
        await self._wallbox.electronics.unplug_socket()

    async def _authorize(self, query: dict[str, str]) -> None:
        self._wallbox.present(query["id"], query["type"])

    async def _reboot(self, _: dict[str, str]) -> None:
        self._wallbox.power_cycle()

    async def _state(self, query: dict[str, str]) -> None:
        if "faulted" in query:
            self._wallbox.electronics.set_fault(query["faulted"] == "true")
        if "unlock_failed" in query:
            self._wallbox.electronics.jammed = query["unlock_failed"] == "true"

    async def _provision(self, query: dict[str, str]) -> None:
        """The tool of the maker. `root`: a file, empty to remove every root, left out to leave them."""
        named = query.get("root")
        roots = None if named is None else tuple(map(_text_of, filter(None, (named,))))
        profile = int(query["security_profile"])
        self._wallbox.provision(query["url"], query["identity"], query["password"], profile, roots)

    async def _network_on(self, _: dict[str, str]) -> None:
        await self._wallbox.set_network(up=True)

    async def _network_off(self, _: dict[str, str]) -> None:
        await self._wallbox.set_network(up=False)

    async def _plug_in_ev(self, _: dict[str, str]) -> None:
        self._wallbox.electronics.plug_ev(True)

    async def _unplug_ev(self, _: dict[str, str]) -> None:
        self._wallbox.electronics.plug_ev(False)

    async def _ev_state(self, query: dict[str, str]) -> None:
        self._wallbox.electronics.set_ev_ready(query["ready"] == "true")


def _text_of(file: str) -> str:
    return Path(file).read_text()
