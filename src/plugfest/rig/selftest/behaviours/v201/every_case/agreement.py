"""Transaction events with ids that do not agree with what was presented, plugged in and requested."""

from typing import Any

import msgspec

from plugfest.ocpp.message import given
from plugfest.ocpp.v201 import messages as m
from plugfest.ocpp.v201 import types as t
from plugfest.rig.selftest.behaviours.behaviour import Behaviour, Patch, wrong_v201
from plugfest.rig.selftest.behaviours.builders import with_fields
from plugfest.station.blocks.e_transactions import v201 as block
from plugfest.station.blocks.f_remote_control import v201 as remote_control

_FOREIGN_TOKEN = t.IdTokenType(id_token="99999999", type=t.IdTokenEnumType.ISO14443)

_PERIODIC = ("MeterValuePeriodic", "MeterValueClock")


def _event(*reasons: str, **fields: Any) -> Patch:
    """Sends the events with these trigger reasons with other fields: functions of the event."""

    def of_reasons(name: str, change: Any) -> Any:
        return lambda event: change(event) if event.trigger_reason in reasons else getattr(event, name)

    return Patch(block, "request_for", with_fields(**{name: of_reasons(name, each) for name, each in fields.items()}))


def _info(event: m.TransactionEventRequest, **fields: Any) -> t.TransactionType:
    return msgspec.structs.replace(event.transaction_info, **fields)


def _foreign(event: m.TransactionEventRequest) -> t.IdTokenType:
    return _FOREIGN_TOKEN


def _other_evse(event: m.TransactionEventRequest) -> t.EVSEType:
    evse = given(event.evse)
    return t.EVSEType(id=2 if evse is None else 3 - evse.id, connector_id=1)


def _other_connector(event: m.TransactionEventRequest) -> t.EVSEType:
    evse = given(event.evse)
    return t.EVSEType(id=1 if evse is None else evse.id, connector_id=2)


def _other_remote_start(event: m.TransactionEventRequest) -> t.TransactionType:
    return _info(event, remote_start_id=4711)


BEHAVIOURS: tuple[Behaviour, ...] = (
    wrong_v201(
        "sends the idToken of another driver with a change of the charging state",
        "E03.FR.01",
        "TC_E_03 TC_E_04",
        _event("ChargingStateChanged", id_token=_foreign),
    ),
    wrong_v201(
        "sends the idToken of another driver with periodic meter values",
        "E03.FR.01",
        "TC_J_09",
        _event(*_PERIODIC, id_token=_foreign),
    ),
    wrong_v201(
        "sends the idToken of another driver when the cable is unplugged",
        "E03.FR.01",
        "TC_E_20 TC_E_17",
        _event("EVCommunicationLost", id_token=_foreign),
    ),
    wrong_v201(
        "sends the idToken of another driver when the connection times out",
        "E03.FR.01",
        "TC_E_05",
        _event("EVConnectTimeout", id_token=_foreign),
    ),
    wrong_v201(
        "sends an unknown idToken with StopAuthorized",
        "E07.FR.02",
        "TC_E_06 TC_E_15",
        _event("StopAuthorized", id_token=_foreign),
    ),
    wrong_v201(
        "sends another EVSE with a change of the charging state",
        "E01.FR.16",
        "TC_E_03 TC_E_04",
        _event("ChargingStateChanged", evse=_other_evse),
        product="reference-ac",
    ),
    wrong_v201(
        "sends another EVSE with periodic meter values",
        "E01.FR.16",
        "TC_J_09",
        _event(*_PERIODIC, evse=_other_evse),
    ),
    wrong_v201(
        "sends another connector when the cable is unplugged",
        "E01.FR.16",
        "TC_E_20",
        _event("EVCommunicationLost", evse=_other_connector),
    ),
    wrong_v201(
        "sends another remoteStartId with a change of the charging state",
        "F01.FR.25",
        "TC_F_01 TC_F_02",
        _event("ChargingStateChanged", transaction_info=_other_remote_start),
    ),
    wrong_v201(
        "sends a remoteStartId in a transaction that was started locally",
        "F01.FR.25",
        "TC_E_03 TC_E_15",
        _event("ChargingStateChanged", "StopAuthorized", transaction_info=_other_remote_start),
    ),
    wrong_v201(
        "sends a reservationId without a reservation",
        "H01.FR.15",
        "TC_E_03 TC_E_15",
        _event("ChargingStateChanged", "StopAuthorized", reservation_id=lambda event: 4711),
    ),
    wrong_v201(
        "answers RequestStartTransaction with an unknown transactionId",
        "F01.FR.13",
        "TC_F_01 TC_F_02",
        Patch(remote_control, "_start", with_fields(transaction_id="unknown")),
    ),
)
