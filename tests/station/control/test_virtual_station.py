"""A virtual station as a whole."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from tests.station.csms import Csms

from plugfest.clock import run_simulated
from plugfest.hardware.virtual.quantities import Quantity
from plugfest.ocpp.v201 import messages as m
from plugfest.products import load_product
from plugfest.security.profile import SecurityProfile
from plugfest.station.control.virtual_station import VirtualStation, implied_security_profile, load_station_product
from plugfest.station.setup.provisioning import ProvisioningError, Settings
from plugfest.station.storage.diagnostics import CustomerData
from plugfest.station.storage.store import Store

PRODUCT = load_product("alpitronic-hyc-200-eu")
PASSWORD = "a password of a station"


def settings(csms_url: str) -> Settings:
    return Settings(identity="CS001", csms_url=csms_url, password=PASSWORD)


@asynccontextmanager
async def listening() -> AsyncIterator[Csms]:
    csms = Csms()
    await csms.listen()
    yield csms
    await csms.server.close()


def test_a_station_connects_to_another_csms_and_keeps_its_state() -> None:
    async def run() -> None:
        async with listening() as first, listening() as second:
            virtual = VirtualStation(PRODUCT, settings(first.url))
            virtual.power_on()
            await first.expect(m.BootNotificationRequest)
            virtual.control.store_customer("customer")
            await virtual.connect_to(settings(second.url))
            await second.expect(m.BootNotificationRequest)
            running = virtual.station.station
            assert running is not None
            assert running.context.profiles.urls == {second.url}
            assert CustomerData(running.context.store).get("customer") is not None
            await virtual.close()

    run_simulated(run())


def test_settings_that_do_not_fit_change_nothing() -> None:
    async def run() -> None:
        async with listening() as csms:
            virtual = VirtualStation(PRODUCT, settings(csms.url))
            virtual.power_on()
            await csms.expect(m.BootNotificationRequest)
            with pytest.raises(ProvisioningError) as refused:
                await virtual.connect_to(settings("http://csms"))
            assert refused.value.setting == "csms_url"
            assert virtual.control.state().connected
            running = virtual.station.station
            assert running is not None
            assert running.context.profiles.urls == {csms.url}
            await virtual.close()

    run_simulated(run())


@pytest.mark.parametrize(
    ("changed", "setting"),
    [
        (Settings(identity="a b", csms_url="ws://x"), "identity"),
        (Settings(identity="A", csms_url="wss://x"), "csms_url"),
        (Settings(identity="A", csms_url="ws://x", security_profile=SecurityProfile.UNSECURED), "security_profile"),
        (
            Settings(
                identity="A", csms_url="wss://x", security_profile=SecurityProfile.TLS_BASIC, csms_roots=("no PEM",)
            ),
            "csms_roots",
        ),
        (Settings(identity="A", csms_url="ws://x", password="short"), "password"),
        (Settings(identity="A", csms_url="ws://x", variables={"A.B": "1"}), "variables"),
    ],
)
def test_an_error_names_the_setting_and_never_quotes_a_password(changed: Settings, setting: str) -> None:
    with pytest.raises(ProvisioningError) as refused:
        VirtualStation(PRODUCT, changed)
    assert refused.value.setting == setting
    assert "'short'" not in str(refused.value)


def test_the_store_is_free_again_after_an_error_and_after_the_end(tmp_path: Path) -> None:
    async def run() -> None:
        file = tmp_path / "station.sqlite"
        with pytest.raises(ProvisioningError):
            VirtualStation(PRODUCT, settings("http://x"), file)
        virtual = VirtualStation(PRODUCT, settings("ws://127.0.0.1:1"), file)
        virtual.power_on()
        await asyncio.sleep(5)
        await virtual.close()
        Store(file).close()

    run_simulated(run())


@pytest.mark.parametrize("collection", ["owner", "variables", "outbox.transaction", "visits", "boot", "event_log"])
def test_a_station_starts_without_the_damaged_records_of_its_store(collection: str, tmp_path: Path) -> None:
    async def run() -> None:
        file, lines = tmp_path / "station.sqlite", list[str]()
        store = Store(file)
        key = {"boot": "reason", "owner": "owner"}.get(collection, "1")
        store.records(collection, list[float]).put(key, [0.5])
        store.close()
        virtual = VirtualStation(PRODUCT, settings("ws://127.0.0.1:1"), file, on_store=lines.append)
        virtual.power_on()
        await asyncio.sleep(5)
        assert virtual.station.station is not None
        assert [line for line in lines if f"{collection}/{key}" in line] == lines
        assert len(lines) == 1
        await virtual.close()

    run_simulated(run())


def test_the_meter_keeps_its_register_when_the_process_is_killed(tmp_path: Path) -> None:
    async def run() -> None:
        file = tmp_path / "station.sqlite"
        virtual = VirtualStation(PRODUCT, settings("ws://127.0.0.1:1"), file)
        virtual.power_on()
        meter = virtual.hardware.evses[1].meter
        meter.impose(Quantity.POWER, 3600.0)
        await asyncio.sleep(100.5)
        stored = virtual._store.records("meters", float).get("1")
        assert stored == pytest.approx(100.0)
        await virtual.close()

    run_simulated(run())


@pytest.mark.parametrize(
    ("product", "url", "password", "profile"),
    [
        ("alpitronic-hyc-200-eu", "ws://x", False, SecurityProfile.BASIC),
        ("alpitronic-hyc-200-eu", "WSS://x", True, SecurityProfile.TLS_BASIC),
        ("botari-evon200-40p-2cr", "ws://x", False, SecurityProfile.UNSECURED),
        ("botari-evon200-40p-2cr", "ws://x", True, SecurityProfile.BASIC),
    ],
)
def test_the_security_profile_follows_from_url_and_password(
    product: str, url: str, password: bool, profile: SecurityProfile
) -> None:
    assert implied_security_profile(load_station_product(product), url, None, password=password) is profile
