"""What a CSMS calls, in a process of its own: `python called_stations.py echo|plugfest|ocpp URL`, until it is killed.

`echo` sends every message back: the lower bound. `plugfest` is a complete station, `ocpp` one of the PyPI package that
answers with constants.
"""

import asyncio
import sys
from collections.abc import Awaitable, Callable
from typing import Any, Final

from ocpp.routing import on
from ocpp.v201 import ChargePoint, call_result
from websockets.asyncio.client import connect

from plugfest.products import load_product
from plugfest.station.control.virtual_station import VirtualStation
from plugfest.station.setup.provisioning import Settings

IDENTITY: Final = "CS"
PASSWORD: Final = "a-password-of-16"
PRODUCT: Final = "alpitronic-hyc-200-eu"


async def echo(url: str) -> None:
    async with connect(f"{url}/{IDENTITY}", compression=None, subprotocols=["ocpp2.0.1"]) as websocket:  # type: ignore[list-item]
        async for text in websocket:
            await websocket.send(text)


async def plugfest(url: str) -> None:
    settings = Settings(identity=IDENTITY, csms_url=url, password=PASSWORD, boot_seconds=0)
    VirtualStation(load_product(PRODUCT), settings).power_on()
    await asyncio.Event().wait()


class Station(ChargePoint):  # type: ignore[misc]
    """A station with the PyPI package `ocpp`."""

    @on("GetVariables")
    async def on_get_variables(self, get_variable_data: list[dict[str, Any]], **_: Any) -> Any:
        results = [{"attribute_status": "Accepted", "attribute_value": "true", **each} for each in get_variable_data]
        return call_result.GetVariables(get_variable_result=results)


async def ocpp(url: str) -> None:
    async with connect(f"{url}/{IDENTITY}", compression=None, subprotocols=["ocpp2.0.1"]) as websocket:  # type: ignore[list-item]
        await Station(IDENTITY, websocket).start()


STATIONS: Final[dict[str, Callable[[str], Awaitable[None]]]] = {"echo": echo, "plugfest": plugfest, "ocpp": ocpp}

if __name__ == "__main__":
    asyncio.run(STATIONS[sys.argv[1]](sys.argv[2]))
