"""The device model of every product follows from its PICS and contains what the standard requires."""

import msgspec
import pytest

from plugfest.products import load_product, product_names
from plugfest.station.device_model.model import DeviceModel
from plugfest.station.device_model.product_model import build_device_model
from plugfest.station.device_model.values import problem
from plugfest.station.device_model.variables import DataType, Mutability, Variable
from plugfest.station.setup.virtual_hardware import virtual_hardware
from plugfest.station.storage.store import Store

PRODUCTS = [name for name in product_names() if load_product(name).ocpp_version == "2.0.1"]

REQUIRED = """
AlignedDataCtrlr Interval, AlignedDataCtrlr Measurands, AlignedDataCtrlr TxEndedInterval,
AlignedDataCtrlr TxEndedMeasurands, AuthCtrlr AuthorizeRemoteStart, AuthCtrlr LocalAuthorizeOffline,
AuthCtrlr LocalPreAuthorize, ChargingStation AvailabilityState, ChargingStation Available,
ChargingStation SupplyPhases, ClockCtrlr DateTime, ClockCtrlr TimeSource, DeviceDataCtrlr BytesPerMessage GetReport,
DeviceDataCtrlr BytesPerMessage GetVariables, DeviceDataCtrlr BytesPerMessage SetVariables,
DeviceDataCtrlr ItemsPerMessage GetReport, DeviceDataCtrlr ItemsPerMessage GetVariables,
DeviceDataCtrlr ItemsPerMessage SetVariables, OCPPCommCtrlr ActiveNetworkProfile,
OCPPCommCtrlr FileTransferProtocols, OCPPCommCtrlr MessageAttemptInterval TransactionEvent,
OCPPCommCtrlr MessageAttempts TransactionEvent, OCPPCommCtrlr MessageTimeout Default,
OCPPCommCtrlr NetworkConfigurationPriority, OCPPCommCtrlr NetworkProfileConnectionAttempts,
OCPPCommCtrlr OfflineThreshold, OCPPCommCtrlr ResetRetries, OCPPCommCtrlr RetryBackOffRandomRange,
OCPPCommCtrlr RetryBackOffRepeatTimes, OCPPCommCtrlr RetryBackOffWaitMinimum,
OCPPCommCtrlr UnlockOnEVSideDisconnect, OCPPCommCtrlr WebSocketPingInterval, SampledDataCtrlr TxEndedInterval,
SampledDataCtrlr TxEndedMeasurands, SampledDataCtrlr TxStartedMeasurands, SampledDataCtrlr TxUpdatedInterval,
SampledDataCtrlr TxUpdatedMeasurands, SecurityCtrlr CertificateEntries, SecurityCtrlr OrganizationName,
SecurityCtrlr SecurityProfile, TxCtrlr EVConnectionTimeOut, TxCtrlr StopTxOnEVSideDisconnect,
TxCtrlr StopTxOnInvalidId, TxCtrlr TxStartPoint, TxCtrlr TxStopPoint
"""


def model(name: str) -> DeviceModel:
    product = load_product(name)
    return build_device_model(product, virtual_hardware(product), Store())


def variable(name: str, component: str, variable: str) -> Variable:
    return model(name).variable(component, variable)


@pytest.mark.parametrize("name", PRODUCTS)
def test_required_variables_exist(name: str) -> None:
    station = model(name)
    for entry in REQUIRED.replace("\n", " ").split(","):
        component, required, *instance = entry.split()
        assert station.has(component, required, instance=instance[0] if instance else None), entry


@pytest.mark.parametrize("name", PRODUCTS)
def test_every_evse_and_connector_exists(name: str) -> None:
    station = model(name)
    for evse in load_product(name).evses:
        assert station.variable("EVSE", "Power", evse_id=evse.id).characteristics.maximum
        for required in ("AvailabilityState", "Available", "SupplyPhases"):
            assert station.has("EVSE", required, evse_id=evse.id)
            for connector in evse.connectors:
                assert station.has("Connector", required, evse_id=evse.id, connector_id=connector.id)


@pytest.mark.parametrize("name", PRODUCTS)
def test_every_initial_value_is_valid(name: str) -> None:
    set_later = ("DateTime", "BasicAuthPassword", "MasterPassGroupId")
    invalid = [
        f"{found.address.text()} = {found.initial!r}: {problem(found.initial, found.characteristics)}"
        for found in model(name)
        if found.address.variable not in set_later and problem(found.initial, found.characteristics)
    ]
    assert invalid == []


@pytest.mark.parametrize("name", PRODUCTS)
def test_every_list_has_possible_values(name: str) -> None:
    lists = (DataType.OPTION_LIST, DataType.SEQUENCE_LIST, DataType.MEMBER_LIST)
    assert all(found.characteristics.values for found in model(name) if found.characteristics.data_type in lists)


def test_start_points_follow_from_the_pics() -> None:
    configurable = variable("alpitronic-hyc-200-eu", "TxCtrlr", "TxStartPoint")
    assert configurable.mutability is Mutability.READ_WRITE
    assert configurable.characteristics.values == ("EVConnected", "Authorized", "PowerPathClosed", "EnergyTransfer")
    fixed = variable("btc-power-gen4-l3a", "TxCtrlr", "TxStartPoint")
    assert fixed.mutability is Mutability.READ_ONLY
    assert fixed.initial == "PowerPathClosed"


def test_variables_of_features_that_are_not_claimed_do_not_exist() -> None:
    assert model("alpitronic-hyc-200-eu").has("AuthCacheCtrlr", "Enabled")
    assert not model("btc-power-gen4-l3a").has("AuthCacheCtrlr", "Enabled")
    assert not model("alpitronic-hyc-200-eu").has("OCPPCommCtrlr", "QueueAllMessages")


def test_limits_of_the_pics_narrow_the_range_and_the_initial_value() -> None:
    interval = variable("btc-power-gen4-l3a", "OCPPCommCtrlr", "HeartbeatInterval")
    assert (interval.characteristics.minimum, interval.characteristics.maximum) == (30, 120)
    assert interval.initial == "120"
    assert variable("btc-power-gen4-l3a", "OCPPCommCtrlr", "WebSocketPingInterval").initial == "45"


def test_a_station_with_fixed_cables_never_unlocks_them() -> None:
    unlock = variable("alpitronic-hyc-200-eu", "OCPPCommCtrlr", "UnlockOnEVSideDisconnect")
    assert (unlock.mutability, unlock.initial) == (Mutability.READ_ONLY, "false")


def test_names_that_are_too_long_for_a_boot_notification_are_cut() -> None:
    product = msgspec.structs.replace(load_product(PRODUCTS[0]), vendor="v" * 51, model="m" * 21)
    cut = build_device_model(product, virtual_hardware(product), Store())
    assert (cut.text("ChargingStation", "VendorName"), cut.text("ChargingStation", "Model")) == ("v" * 50, "m" * 20)
