"""Configuration keys (5.3, 5.8, 9): a view of the device model."""

import asyncio

import pytest
from tests.station.v16.station_bench import StationBench, station_bench

from plugfest.clock import run_simulated
from plugfest.link.errors import CallErrorReceived
from plugfest.ocpp.message import UNSET, given
from plugfest.ocpp.v16 import messages as m
from plugfest.ocpp.v16 import types as t
from plugfest.products import load_product, product_names
from plugfest.station.device_model.keys import ConfigurationKeys
from plugfest.station.device_model.product_model import build_device_model
from plugfest.station.setup.virtual_hardware import virtual_hardware
from plugfest.station.storage.store import Store

PRODUCTS = [name for name in product_names() if load_product(name).ocpp_version == "1.6"]

AC = "reference-16-ac"
MEASURANDS = load_product(AC).supported_measurands("C-09.1")

READ_WRITE = frozenset(
    {
        "AuthorizeRemoteTxRequests",
        "ClockAlignedDataInterval",
        "ConnectionTimeOut",
        "ConnectorPhaseRotation",
        "HeartbeatInterval",
        "LocalAuthorizeOffline",
        "LocalPreAuthorize",
        "MeterValueSampleInterval",
        "MeterValuesAlignedData",
        "MeterValuesSampledData",
        "ResetRetries",
        "StopTransactionOnInvalidId",
        "StopTxnAlignedData",
        "StopTxnSampledData",
        "TransactionMessageAttempts",
        "TransactionMessageRetryInterval",
    }
)

READ_ONLY = ["GetConfigurationMaxKeys", "NumberOfConnectors", "SupportedFeatureProfiles"]


@pytest.mark.parametrize("name", PRODUCTS)
def test_every_required_key_is_there_and_can_be_written_or_not(name: str) -> None:
    product = load_product(name)
    keys = ConfigurationKeys(product, build_device_model(product, virtual_hardware(product), Store()))
    entries = {entry.key: entry for entry in keys.all()}
    assert {key: entries[key].readonly for key in READ_WRITE} == dict.fromkeys(READ_WRITE, False)
    assert {key: entries[key].readonly for key in READ_ONLY} == dict.fromkeys(READ_ONLY, True)
    assert {"UnlockConnectorOnEVSideDisconnect", "StopTransactionOnEVSideDisconnect"} <= set(entries)
    assert entries["NumberOfConnectors"].value == str(len(product.evses))


@pytest.mark.parametrize("measurand", ["Voltage.L1", "Voltage.L1-N", "Current.Import.L1"])
def test_a_measurand_may_name_a_phase(measurand: str) -> None:
    async def scenario() -> None:
        async with station_bench(AC) as bench:
            entries = f"Energy.Active.Import.Register,{measurand}"
            for key in ("MeterValuesSampledData", "MeterValuesAlignedData", "StopTxnSampledData"):
                assert await bench.change(key, entries) == "Accepted"  # 9.1.17
                assert await bench.value(key) == entries
            assert await bench.value("MeterValuesSampledDataMaxLength") == str(len(MEASURANDS))
            assert await bench.change("MeterValuesSampledData", f"{measurand}-N-N") == "Rejected"
            await bench.charge()
            sent = await bench.csms.expect(m.MeterValuesRequest)
            samples = sent.meter_value[0].sampled_value
            name, _, phase = measurand.rpartition(".")
            assert [(each.measurand, each.phase) for each in samples][1:] == [(name, phase)]

    run_simulated(scenario())


def test_all_keys_are_reported_without_the_password() -> None:
    async def scenario() -> None:
        async with station_bench() as bench:
            response = await bench.csms.call(m.GetConfigurationRequest())
            entries = {each.key: each for each in given(response.configuration_key) or []}
            assert entries["AuthorizationKey"].value is UNSET
            assert "Core" in str(entries["SupportedFeatureProfiles"].value).split(",")
            assert entries["ChargingScheduleAllowedChargingRateUnit"].value == "Power"

    run_simulated(scenario())


def test_keys_are_found_in_any_case_and_unknown_ones_are_named() -> None:
    async def scenario() -> None:
        async with station_bench() as bench:
            response = await bench.csms.call(m.GetConfigurationRequest(key=["heartbeatinterval", "Nonsense"]))
            assert [each.key for each in given(response.configuration_key) or []] == ["HeartbeatInterval"]
            assert response.unknown_key == ["Nonsense"]

    run_simulated(scenario())


def test_too_many_keys_are_rejected() -> None:
    async def scenario() -> None:
        async with station_bench() as bench:
            with pytest.raises(CallErrorReceived, match="more than 30"):
                await bench.csms.call(m.GetConfigurationRequest(key=[f"Key{number}" for number in range(31)]))

    run_simulated(scenario())


@pytest.mark.parametrize(
    ("key", "value", "status"),
    [
        ("MeterValueSampleInterval", "15", "Accepted"),
        ("metervaluesampleinterval", "15", "Accepted"),
        ("MeterValueSampleInterval", "-1", "Rejected"),
        ("MeterValueSampleInterval", "often", "Rejected"),
        ("NumberOfConnectors", "3", "Rejected"),
        ("LocalPreAuthorize", "maybe", "Rejected"),
        ("LocalPreAuthorize", "TRUE", "Accepted"),
        ("MeterValuesSampledData", "Voltage,SoC", "Accepted"),
        ("MeterValuesSampledData", "Voltage,Speed", "Rejected"),
        ("ConnectorPhaseRotation", "1.RST,2.NotApplicable", "Accepted"),
        ("ConnectorPhaseRotation", "9.RST", "Rejected"),
        ("WebSocketPingInterval", "-5", "Rejected"),
        ("Testing", "true", "NotSupported"),
        ("AuthorizationKey", "short", "Rejected"),
    ],
)
def test_changes_of_keys_are_answered_as_specified(key: str, value: str, status: str) -> None:
    async def scenario() -> None:
        async with station_bench() as bench:
            assert await bench.change(key, value) == status

    run_simulated(scenario())


def test_a_changed_key_is_read_back_and_survives_a_power_loss() -> None:
    async def scenario() -> None:
        store = Store()
        async with station_bench(store=store) as bench:
            assert await bench.change("ClockAlignedDataInterval", "900") == "Accepted"
            assert await bench.value("ClockAlignedDataInterval") == "900"
        async with station_bench(store=store) as bench:
            assert await bench.value("ClockAlignedDataInterval") == "900"

    run_simulated(scenario())


async def _password_of_the_next_connection(bench: StationBench) -> str:
    connections = len(bench.csms.handshakes)
    await bench.csms.until(lambda: len(bench.csms.handshakes) > connections)
    credentials = bench.csms.handshakes[-1].credentials
    assert credentials is not None
    return credentials[1]


def test_a_password_in_hexadecimal_digits_is_sent_as_bytes() -> None:
    async def scenario() -> None:
        async with station_bench() as bench:
            assert await bench.change("AuthorizationKey", "4F43415F4F4354545F61646D696E5F74657374") == "Accepted"
            assert await _password_of_the_next_connection(bench) == "OCA_OCTT_admin_test"

    run_simulated(scenario())


def test_a_password_may_be_any_bytes() -> None:
    async def scenario() -> None:
        async with station_bench() as bench:
            assert await bench.change("AuthorizationKey", "0001020304050607FFFFFFCCCCCCCCCCCCCCCCCC") == "Accepted"
            password = await _password_of_the_next_connection(bench)
            assert password.encode(errors="surrogateescape").hex().upper() == "0001020304050607FFFFFFCCCCCCCCCCCCCCCCCC"

    run_simulated(scenario())


def test_a_new_heartbeat_interval_takes_effect_immediately() -> None:
    async def scenario() -> None:
        async with station_bench() as bench:
            await bench.change("HeartbeatInterval", "20")
            bench.clear_messages()
            await bench.csms.expect(m.HeartbeatRequest, 2)
            first, second = (at for at, _ in bench.csms.received[:2])
            assert second - first == pytest.approx(20, abs=1)

    run_simulated(scenario())


def test_while_pending_the_station_is_configured_but_starts_nothing() -> None:
    async def scenario() -> None:
        async with station_bench(on=False) as bench:
            bench.csms.registrations = ["Pending"]
            bench.csms.interval = 60
            bench.station.power_on()
            await bench.csms.expect(m.BootNotificationRequest)
            assert await bench.change("MeterValueSampleInterval", "20") == "Accepted"
            response = await bench.csms.call(m.RemoteStartTransactionRequest(id_tag="X", connector_id=1))
            assert response.status is t.RemoteStartTransactionResponseStatus.Rejected  # 4.2
            await bench.csms.expect(m.BootNotificationRequest, 2)
            assert [request.action for _, request in bench.csms.received[:2]] == ["BootNotification"] * 2

    run_simulated(scenario())


def test_a_rejected_station_sends_nothing() -> None:
    async def scenario() -> None:
        async with station_bench(on=False) as bench:
            bench.csms.registrations = ["Rejected"]
            bench.csms.interval = 90
            bench.station.power_on()
            await bench.csms.expect(m.BootNotificationRequest)
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(20):
                    await bench.csms.call(m.GetConfigurationRequest())
            await bench.csms.expect(m.BootNotificationRequest, 2)
            first, second = (at for at, _ in bench.csms.received[:2])
            assert second - first >= 90

    run_simulated(scenario())


def test_a_rejected_station_answers_nothing_that_it_cannot_use() -> None:
    async def scenario() -> None:
        async with station_bench(on=False) as bench:
            bench.csms.registrations = ["Rejected"]
            bench.station.power_on()
            await bench.csms.expect(m.BootNotificationRequest)
            await asyncio.sleep(1)
            assert bench.csms.peer is not None
            for text in ('[2,"x","NoAction",{}]', '[2,"y","Reset",{}]', '[2,"z"]'):
                await bench.csms.peer.send_text(text)
            await asyncio.sleep(1)
            assert bench.csms.call_errors == []  # 4.2

    run_simulated(scenario())


def test_an_installer_sets_keys_too() -> None:
    async def scenario() -> None:
        keys = {"MeterValueSampleInterval": "17", "authorizationkey": "41" * 20}
        async with station_bench(variables=keys) as bench:
            assert await bench.value("MeterValueSampleInterval") == "17"
            credentials = bench.csms.handshakes[0].credentials
            assert credentials is not None
            assert credentials[1] == "A" * 20

    run_simulated(scenario())
