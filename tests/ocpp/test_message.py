"""The structs: omitted fields, enumerations, custom data."""

from dataclasses import FrozenInstanceError

import msgspec
import pytest

from plugfest.ocpp import codec
from plugfest.ocpp.message import UNSET, CustomData, given
from plugfest.ocpp.v16 import messages as v16
from plugfest.ocpp.v16 import types as v16_types
from plugfest.ocpp.v201 import messages as v201
from plugfest.ocpp.v201 import types


def test_a_request_knows_its_action_and_its_response():
    assert v201.BootNotificationRequest.action == "BootNotification"
    assert v201.BootNotificationRequest.response_type is v201.BootNotificationResponse


def test_a_request_whose_field_is_called_action_keeps_both():
    request = v201.Get15118EVCertificateRequest(
        iso15118_schema_version="urn:iso:15118:2:2013:MsgDef",
        action_=types.CertificateActionEnumType.Install,
        exi_request="",
    )
    assert request.action == "Get15118EVCertificate"
    assert b'"action":"Install"' in codec.encode(request)


def test_messages_cannot_be_changed():
    with pytest.raises((AttributeError, FrozenInstanceError), match="immutable"):
        v201.HeartbeatRequest().custom_data = CustomData(vendorId="org.example")


def test_an_omitted_field_is_unset_and_not_none():
    evse = types.EVSEType(id=1)
    assert evse.connector_id is UNSET
    assert given(evse.connector_id) is None
    assert given(types.EVSEType(id=1, connector_id=2).connector_id) == 2


def test_enumerations_equal_their_text_and_have_names_for_every_value():
    assert types.MeasurandEnumType.Energy_Active_Import_Register == "Energy.Active.Import.Register"
    assert types.PhaseEnumType.L1_N == "L1-N"
    assert v16_types.UnitOfMeasure.Celcius == "Celcius"


def test_an_empty_message_is_a_struct_too():
    assert codec.encode(v16.HeartbeatRequest()) == b"{}"


def test_custom_data_keeps_the_fields_of_the_vendor():
    data = codec.decode(
        v201.HeartbeatRequest, b'{"customData": {"vendorId": "org.example", "sessions": [1, null]}}'
    ).custom_data
    assert isinstance(data, CustomData)
    assert data.vendor_id == "org.example"
    assert data["sessions"] == [1, None]


@pytest.mark.parametrize(
    ("members", "error"), [({}, ValueError), ({"vendorId": 1}, TypeError), ({"vendorId": "v" * 256}, ValueError)]
)
def test_custom_data_needs_a_vendor(members, error):
    with pytest.raises(error, match="vendorId"):
        CustomData(members)


def test_a_charging_limit_of_1_6_has_at_most_one_decimal():
    assert v16_types.ChargingSchedulePeriod(start_period=0, limit=0.1 + 0.2).limit == pytest.approx(0.3)
    with pytest.raises(ValueError, match="`limit` with at most one decimal digit"):
        v16_types.ChargingSchedulePeriod(start_period=0, limit=8.15)


def test_every_field_has_its_name_on_the_wire():
    names = {field.name: field.encode_name for field in msgspec.structs.fields(types.ChargingNeedsType)}
    assert names["ac_charging_parameters"] == "acChargingParameters"
    assert names["requested_energy_transfer"] == "requestedEnergyTransfer"
