"""A CSMS whose answers violate the schema can use the station if its answers can be understood."""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from tests.station.powered_station import product_claiming
from websockets.asyncio.server import ServerConnection, serve

from plugfest.clock import run_simulated, utc_now
from plugfest.ocpp.events import Event, ResultInvalid, ResultReceived
from plugfest.station.lifecycle.power import PoweredStation
from plugfest.station.setup.provisioning import Settings
from plugfest.station.setup.virtual_hardware import virtual_hardware
from plugfest.station.storage.store import Store

PRODUCTS = {"ocpp2.0.1": ("alpitronic-hyc-200-eu", "C-61"), "ocpp1.6": ("reference-16-ac", "C-11")}

INFO = {"status": "Accepted", "cacheExpiryDateTime": "2040-01-01T00:00:00", "tariff": None}

ANSWERS: dict[str, dict[str, Any]] = {
    "BootNotification": {"interval": 300, "status": "Accepted", "statusInfo": None},
    "Authorize": {"idTokenInfo": INFO, "tariff": {"tariffId": "1"}},  # a field of OCPP 2.1
    "TransactionEvent": {"transactionLimit": {"maxCost": 5}},  # a field of OCPP 2.1
}


class CarelessCsms:
    """A CSMS that writes times without a zone and fields of other versions. `ahead`: of the station's clock.

    `changes`: to the answers to BootNotification and Heartbeat; None leaves a field out.
    """

    def __init__(self, ahead: timedelta, **changes: Any) -> None:
        self.ahead = ahead
        self.changes = changes
        self.received: list[tuple[str, Any]] = []
        self.changed = asyncio.Event()

    async def serve(self, websocket: ServerConnection) -> None:
        async for text in websocket:
            _, message_id, action, payload = json.loads(text)
            self.received.append((action, payload))
            await websocket.send(json.dumps([3, message_id, self.answer(action)]))
            self.changed.set()

    def answer(self, action: str) -> dict[str, Any]:
        now = (utc_now() + self.ahead).replace(tzinfo=None).isoformat()
        time = {"currentTime": now} if action in ("BootNotification", "Heartbeat") else {}
        answer = {**time, **ANSWERS.get(action, {})}
        changes = {name: value for name, value in self.changes.items() if time and name in answer}
        return {name: changes.get(name, value) for name, value in answer.items() if changes.get(name, "") is not None}

    async def until(self, action: str, count: int = 1) -> Any:
        async with asyncio.timeout(600):
            while len(found := [payload for name, payload in self.received if name == action]) < count:
                self.changed.clear()
                await self.changed.wait()
        return found[count - 1]


@contextlib.asynccontextmanager
async def station_of(
    csms: CarelessCsms, protocol: str = "ocpp2.0.1", **settings: Any
) -> AsyncIterator[tuple[PoweredStation, list[Event]]]:
    name, plain = PRODUCTS[protocol]
    product, events = product_claiming(name, {plain: True}), list[Event]()
    async with serve(csms.serve, "127.0.0.1", 0, subprotocols=[protocol]) as server:  # type: ignore[list-item]
        url = f"ws://127.0.0.1:{next(iter(server.sockets)).getsockname()[1]}"
        provisioned = Settings(identity="CS001", csms_url=url, password="a-password-of-20-chr", **settings)
        station = PoweredStation(product, Store(), virtual_hardware(product), provisioned, on_event=events.append)
        station.power_on()
        try:
            yield station, events
        finally:
            await station.power_off()


def defects(events: list[Event], action: str) -> list[str]:
    answers = [each for each in events if isinstance(each, ResultReceived) and each.request.action == action]
    return [defect.path for each in answers for defect in each.defects]


@pytest.mark.parametrize("protocol", PRODUCTS)
def test_a_time_without_a_zone_registers_and_leaves_the_clock_alone(protocol: str) -> None:
    async def scenario() -> None:
        csms = CarelessCsms(timedelta(hours=2))
        async with station_of(csms, protocol) as (station, events):
            status = await csms.until("StatusNotification")
            assert abs(_time(status) - utc_now()) < timedelta(minutes=1)
            assert defects(events, "BootNotification") == ["$.currentTime", "$.statusInfo"]
            assert len([name for name, _ in csms.received if name == "BootNotification"]) == 1
            assert station.powered

    run_simulated(scenario())


@pytest.mark.parametrize("protocol", PRODUCTS)
@pytest.mark.parametrize("times_are_utc", [False, True])
@pytest.mark.parametrize(
    "time", [None, "2040-01-01T12:00:00,5Z", "2040-01-01", "2040-12-31T23:59:60Z", "", 2_000_000_000]
)
def test_an_unreadable_time_registers_and_leaves_the_clock_alone(
    time: str | int | None, times_are_utc: bool, protocol: str
) -> None:
    async def scenario() -> None:
        csms = CarelessCsms(timedelta(), currentTime=time, interval=60)
        async with station_of(csms, protocol, times_are_utc=times_are_utc) as (_, events):
            status = await csms.until("StatusNotification")
            await csms.until("Heartbeat", 2)
            assert abs(_time(status) - utc_now()) < timedelta(minutes=5)
            assert "$.currentTime" in defects(events, "BootNotification")
            assert set(defects(events, "Heartbeat")) == {"$.currentTime"}
            assert len([name for name, _ in csms.received if name == "BootNotification"]) == 1

    run_simulated(scenario())


@pytest.mark.parametrize("protocol", PRODUCTS)
@pytest.mark.parametrize(("interval", "used"), [(None, None), ("7", None), (7.5, None), (7.0, 7)])
def test_an_interval_that_is_no_integer_leaves_the_own_interval(
    interval: str | float | None, used: int | None, protocol: str
) -> None:
    async def scenario() -> None:
        csms = CarelessCsms(timedelta(), interval=interval)
        async with station_of(csms, protocol) as (station, _):
            await csms.until("StatusNotification")
            assert station.station is not None
            interval_in_use = station.station.device_model.integer("OCPPCommCtrlr", "HeartbeatInterval")
            assert interval_in_use == used if used is not None else interval_in_use > 7
            assert len([name for name, _ in csms.received if name == "BootNotification"]) == 1

    run_simulated(scenario())


def test_a_time_without_a_zone_may_be_read_as_utc() -> None:
    async def scenario() -> None:
        csms = CarelessCsms(timedelta(hours=2))
        async with station_of(csms, times_are_utc=True):
            status = await csms.until("StatusNotification")
            assert timedelta(minutes=119) < _time(status) - utc_now() < timedelta(minutes=121)

    run_simulated(scenario())


def test_a_transaction_event_with_an_unknown_field_in_its_answer_is_not_repeated() -> None:
    async def scenario() -> None:
        csms = CarelessCsms(timedelta())
        async with station_of(csms) as (station, _):
            await csms.until("StatusNotification")
            hardware: Any = station.hardware
            hardware.plug_in(1, 1)
            hardware.present_token("A", "ISO14443", 1)
            await csms.until("TransactionEvent", 3)
            await asyncio.sleep(100)
            numbers = [payload["seqNo"] for name, payload in csms.received if name == "TransactionEvent"]
            assert numbers == sorted(set(numbers))

    run_simulated(scenario())


def test_a_strict_station_uses_no_such_answer() -> None:
    async def scenario() -> None:
        csms = CarelessCsms(timedelta())
        async with station_of(csms, strict=True) as (_, events):
            await csms.until("BootNotification", 2)
            assert {name for name, _ in csms.received} == {"BootNotification"}
            assert any(isinstance(each, ResultInvalid) for each in events)

    run_simulated(scenario())


def _time(status: dict[str, str]) -> datetime:
    return datetime.fromisoformat(status["timestamp"])
