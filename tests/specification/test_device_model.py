"""The examples of components and variables: reports, values, configuration slots, numbers."""

from typing import Any

import msgspec
import pytest
from tests.lab.rules.evidence import stamp, violating_frames
from tests.lab.v201.rules.station_record import StationRecord
from tests.specification.examples import (
    EXAMPLES,
    ConfigurationSlots,
    Numbering,
    PreferredNetwork,
    PublicKey,
    ReportedVariable,
    Target,
    VariableValue,
    name,
)
from tests.station.powered_station import powered_station
from tests.station.v16.station_bench import station_bench

from plugfest.clock import run_simulated
from plugfest.lab.v201.cases.b_provisioning.reports import unnamed, variable
from plugfest.lab.v201.data_types import DATA_TYPES
from plugfest.lab.v201.required_variables import availability_states
from plugfest.lab.v201.rules.reported_variables import REPORTED_VALUES
from plugfest.ocpp.events import CallReceived
from plugfest.ocpp.frames import call
from plugfest.ocpp.message import given
from plugfest.ocpp.rpc import RpcEndpoint
from plugfest.ocpp.v16 import messages as m16
from plugfest.ocpp.v201 import messages as m
from plugfest.ocpp.v201 import types as t
from plugfest.ocpp.versions import V201
from plugfest.products import Connector, Evse, load_product
from plugfest.station.connection.network_profiles import NetworkProfile, NetworkProfiles
from plugfest.station.device_model.model import DeviceModel, SetStatus
from plugfest.station.device_model.product_model import build_device_model
from plugfest.station.device_model.values import encoded_public_key, members
from plugfest.station.device_model.variables import (
    Address,
    AttributeType,
    Characteristics,
    Component,
    DataType,
    Mutability,
    Variable,
    VariableTable,
    split_name,
)
from plugfest.station.setup.virtual_hardware import virtual_hardware
from plugfest.station.storage.store import Store

TWO_EVSES = (
    Evse(1, "AC", 3, (Connector(1, "sType2", "Detachable"),)),
    Evse(2, "DC", 0, (Connector(1, "cCCS2", "Fixed Cable"), Connector(2, "cG105", "Fixed Cable"))),
)
"""Part 2 section 2.13.8."""

STATION_OF_2_13_8 = [one for one in EXAMPLES.reported if "2.13.8" in one.source and not one.refused]

CHANGING = ("ACCurrent", "AvailabilityState", "Power")
"""Variables of section 2.13.8 with values of the moment."""


def report(*examples: ReportedVariable) -> dict[str, Any]:
    """The payload of NotifyReport."""
    data = [_reported(example) for example in examples]
    return {"requestId": 1, "seqNo": 0, "generatedAt": stamp(1), "reportData": data}


def _reported(example: ReportedVariable) -> dict[str, Any]:
    evse = {"id": example.evse_id, "connectorId": example.connector_id}
    component = {"instance": example.component_instance, "evse": _given(evse) if example.evse_id else None}
    characteristics = {"maxLimit": example.max_limit, "supportsMonitoring": example.monitored}
    return {
        "component": {"name": example.component, **_given(component)},
        "variable": {"name": example.variable, **_given({"instance": example.instance})},
        "variableAttribute": [{"type": "Actual", "value": example.value}],
        "variableCharacteristics": {"dataType": example.data_type, **_given(characteristics)},
    }


def _given(fields: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in fields.items() if value is not None}


@pytest.mark.parametrize("example", EXAMPLES.reported, ids=lambda one: f"{one.component}.{one.variable}={one.value}")
def test_a_reported_variable_is_understood_and_no_finding_of_the_lab(example: ReportedVariable) -> None:
    payload = report(example)
    (event,) = RpcEndpoint(V201).receive(call("1", "NotifyReport", msgspec.json.encode(payload)), 0.0)
    record = StationRecord()
    record.request(1, "NotifyReport", payload, {})
    agrees = isinstance(event, CallReceived) and violating_frames(REPORTED_VALUES, record) == []
    assert agrees is not bool(example.refused)
    assert list(DATA_TYPES.violations("NotifyReportRequest", payload)) == []


def test_evses_with_a_name_are_the_evses_of_the_lab() -> None:
    product = msgspec.structs.replace(load_product("reference-ac"), evses=TWO_EVSES)
    request = msgspec.convert(report(*STATION_OF_2_13_8), m.NotifyReportRequest)
    reported = {unnamed(variable(each)) for each in given(request.report_data) or ()}
    assert availability_states(product) <= reported


def test_a_station_reports_its_evses_and_connectors_like_the_example() -> None:
    product = msgspec.structs.replace(load_product("reference-ac"), evses=TWO_EVSES)
    model = build_device_model(product, virtual_hardware(product), Store())
    for example in STATION_OF_2_13_8:
        if example.variable == "ACCurrent":
            continue  # not required
        component = Component(example.component, None, example.evse_id, example.connector_id)
        found = model.find(Address(component, example.variable))
        assert found is not None, example
        assert found.characteristics.data_type == example.data_type
        assert (found.characteristics.maximum is None) is (example.max_limit is None)
        assert example.variable in CHANGING or model.value(found) == example.value


@pytest.mark.parametrize("example", EXAMPLES.iso15118, ids=name)
def test_a_value_of_iso_15118_is_accepted(example: VariableValue) -> None:
    product = load_product(example.product)
    product = msgspec.structs.replace(product, profiles=product.profiles | {"ISO 15118 Support"})
    model = build_device_model(product, virtual_hardware(product), Store())
    component, _, rest = example.variable.partition(".")
    address = Address(Component(component), *split_name(rest))
    assert model.set(address, example.value).status is SetStatus.ACCEPTED
    assert model.get(address).value == example.value


@pytest.mark.parametrize("example", EXAMPLES.targets, ids=name)
def test_a_target_is_between_min_set_and_max_set(example: Target) -> None:
    speed = Address(Component("Fan"), "FanSpeed")
    limits = Characteristics(DataType.INTEGER, minimum=example.min_limit, maximum=example.max_limit)
    model = DeviceModel(
        VariableTable([Variable(speed, limits, Mutability.READ_WRITE, attributes=tuple(AttributeType))]), Store()
    )

    def status(value: int | str, attribute: AttributeType = AttributeType.TARGET) -> SetStatus:
        return model.set(speed, str(value), attribute).status

    low, high = int(example.min_set), int(example.max_set)
    assert status(low - 1) is SetStatus.ACCEPTED
    assert status(low, AttributeType.MIN_SET) is status(high, AttributeType.MAX_SET) is SetStatus.ACCEPTED
    assert [status(value) for value in (low - 1, low, high, high + 1)] == [
        SetStatus.REJECTED,
        SetStatus.ACCEPTED,
        SetStatus.ACCEPTED,
        SetStatus.REJECTED,
    ]
    if example.max_limit is not None:
        assert status(int(example.max_limit) + 1, AttributeType.MAX_SET) is SetStatus.REJECTED


@pytest.mark.parametrize("example", EXAMPLES.slots, ids=name)
def test_slots_are_used_in_their_order(example: ConfigurationSlots) -> None:
    address = Address(Component("OCPPCommCtrlr"), "NetworkConfigurationPriority")
    slots = Characteristics(DataType.SEQUENCE_LIST, values=members(example.values))
    store = Store()
    model = DeviceModel(VariableTable([Variable(address, slots, Mutability.READ_WRITE)]), store)
    profiles = NetworkProfiles(store, model)
    for slot in profiles.slots:
        profiles.put(slot, NetworkProfile(url="ws://csms.example.com/ocpp", security_profile=1))
    assert model.set(address, example.priority).status is SetStatus.ACCEPTED
    assert profiles.priority == tuple(int(slot) for slot in example.priority.split(","))


@pytest.mark.parametrize("example", EXAMPLES.networks, ids=name)
def test_a_preferred_network_is_understood_and_not_used_without_a_modem(example: PreferredNetwork) -> None:
    apn = t.APNType(
        apn="internet",
        preferred_network=example.country + example.network,
        apn_authentication=t.APNAuthenticationEnumType.AUTO,
    )
    assert apn.preferred_network == example.preferred
    profile = t.NetworkConnectionProfileType(
        ocpp_version=t.OCPPVersionEnumType.OCPP20,
        ocpp_transport=t.OCPPTransportEnumType.JSON,
        ocpp_csms_url="ws://csms.example.com/ocpp",
        message_timeout=30,
        security_profile=1,
        ocpp_interface=t.OCPPInterfaceEnumType.Wireless0,
        apn=apn,
    )

    async def scenario() -> tuple[str, str]:
        async with powered_station("reference-ac") as (_, csms):
            await csms.expect(m.StatusNotificationRequest)
            request = m.SetNetworkProfileRequest(configuration_slot=2, connection_data=profile)
            response = await csms.call(request)
            info = given(response.status_info)
            assert info is not None
            return response.status.value, info.reason_code

    assert run_simulated(scenario()) == ("Rejected", "InvalidNetworkConf")


@pytest.mark.parametrize("example", EXAMPLES.numbering, ids=name)
def test_connectors_are_numbered_from_1_at_every_evse(example: Numbering) -> None:
    evses = tuple(
        Evse(evse_id, "DC", 0, tuple(Connector(number, "cCCS2", "Fixed Cable") for number in connectors))
        for evse_id, connectors in example.evses.items()
    )
    expected = [(evse_id, number) for evse_id, connectors in example.evses.items() for number in connectors]

    async def scenario_201() -> list[tuple[int, int]]:
        async with powered_station("reference-dc", evses=evses) as (_, csms):
            await csms.expect(m.StatusNotificationRequest, len(expected))
            return [(each.evse_id, each.connector_id) for each in csms.all(m.StatusNotificationRequest)]

    async def scenario_16() -> list[tuple[int, int]]:
        async with station_bench("reference-16-dc", evses=evses) as bench:
            ids = [each.connector_id for each in bench.csms.all(m16.StatusNotificationRequest)]
            return [(number, 1) for number in ids if number]

    scenario = scenario_16 if example.version == "1.6" else scenario_201
    assert run_simulated(scenario()) == expected


@pytest.mark.parametrize("example", EXAMPLES.public_keys, ids=name)
def test_the_public_key_of_a_meter_is_encoded(example: PublicKey) -> None:
    assert encoded_public_key(bytes.fromhex(example.key)) == example.encoded
