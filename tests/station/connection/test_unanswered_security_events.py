"""A CSMS that answers no security event seldom makes a driver wait: only one CALL can be open."""

import asyncio
from typing import Any

import pytest
from tests.station.csms import Csms
from tests.station.powered_station import powered_station
from tests.station.v16.station_bench import Csms16

from plugfest.clock import run_simulated
from plugfest.link.peer import NoAnswer
from plugfest.ocpp.message import Request, Response
from plugfest.ocpp.v201.messages import AuthorizeRequest, AuthorizeResponse
from plugfest.ocpp.v201.types import AuthorizationStatusEnumType, IdTokenInfoType

STATIONS: dict[str, type[Csms]] = {"reference-ac": Csms, "reference-16-ac": Csms16}
MINUTES = 60


def silent(_: Request[Any]) -> Response:
    raise NoAnswer


def accept(_: AuthorizeRequest) -> AuthorizeResponse:
    return AuthorizeResponse(id_token_info=IdTokenInfoType(status=AuthorizationStatusEnumType.Accepted))


def times_of(csms: Csms, action: str) -> list[float]:
    return [at for at, request in csms.received if request.action == action]


@pytest.mark.parametrize("product", STATIONS)
def test_of_the_drivers_of_an_hour_one_each_minute_at_most_three_wait(product: str) -> None:
    async def scenario() -> None:
        csms = STATIONS[product]()
        csms.replies["SecurityEventNotification"] = silent
        if csms.protocol.name == "2.0.1":
            csms.replies["Authorize"] = accept
        async with powered_station(product, csms=csms) as (station, _):
            await csms.until(lambda: bool(times_of(csms, "SecurityEventNotification")))
            assert station.station is not None
            station.station.device_model.put("TxCtrlr", "EVConnectionTimeOut", 3)
            presented, hardware = list[float](), station.hardware
            for number in range(MINUTES):
                presented.append(asyncio.get_running_loop().time())
                hardware.present_token(f"{number:08X}", "ISO14443", 1)  # type: ignore[attr-defined]
                await asyncio.sleep(60)
            waits = [sent - at for at, sent in zip(presented, times_of(csms, "Authorize"), strict=True)]
            assert len([wait for wait in waits if wait > 1]) <= 3
            assert max(waits) < 31
            assert 3 <= len(times_of(csms, "SecurityEventNotification")) <= 5

    run_simulated(scenario())


@pytest.mark.parametrize("product", STATIONS)
def test_no_security_event_is_repeated_while_an_ev_is_connected_and_no_driver_authorized(product: str) -> None:
    async def scenario() -> None:
        csms = STATIONS[product]()
        csms.replies["SecurityEventNotification"] = silent
        async with powered_station(product, csms=csms) as (station, _):
            await csms.until(lambda: bool(times_of(csms, "SecurityEventNotification")))
            hardware: Any = station.hardware
            await asyncio.sleep(60)
            hardware.plug_in(1, 1)
            await asyncio.sleep(1800)
            assert len(times_of(csms, "SecurityEventNotification")) == 1
            hardware.unplug(1, 1)
            await asyncio.sleep(61)
            assert len(times_of(csms, "SecurityEventNotification")) == 2

    run_simulated(scenario())
