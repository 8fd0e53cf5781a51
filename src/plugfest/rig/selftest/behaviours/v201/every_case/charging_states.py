"""Charging states that are omitted, or that do not follow from the events before them; phases, cable, signed values."""

from collections.abc import Callable
from typing import Any

import msgspec

from plugfest.lab.verdict import Level
from plugfest.ocpp.message import UNSET
from plugfest.ocpp.v201 import messages as m
from plugfest.ocpp.v201 import types as t
from plugfest.rig.selftest.behaviours.behaviour import Behaviour, Patch, wrong_v201
from plugfest.rig.selftest.behaviours.builders import changed, with_fields
from plugfest.station.blocks.conversion import v201 as conversion
from plugfest.station.blocks.e_transactions import v201 as block

Event = m.TransactionEventRequest


def _state(condition: Callable[[Event], bool], state: str | None) -> Patch:
    """Reports this charging state in the events for which the condition is true, or omits it."""
    value = UNSET if state is None else t.ChargingStateEnumType(state)

    def info(event: Event) -> t.TransactionType:
        reported = value if condition(event) else event.transaction_info.charging_state
        return msgspec.structs.replace(event.transaction_info, charging_state=reported)

    return Patch(block, "request_for", with_fields(transaction_info=info))


def _reason(*reasons: str) -> Callable[[Event], bool]:
    return lambda event: event.trigger_reason in reasons


def _ended(event: Event) -> bool:
    return event.event_type == "Ended"


def _started(event: Event) -> bool:
    return event.event_type == "Started"


def _phases(condition: Callable[[Event], bool], phases: int) -> Patch:
    """Reports this number of phases in the events for which the condition is true, and none in the others."""
    return Patch(
        block, "request_for", with_fields(number_of_phases_used=lambda event: phases if condition(event) else UNSET)
    )


def _sampled(**fields: Any) -> Patch:
    return Patch(conversion, "_sampled_value", changed(lambda value: msgspec.structs.replace(value, **fields)))


def _begin_as_periodic(value: t.SampledValueType) -> t.SampledValueType:
    if value.context != "Transaction.Begin":
        return value
    return msgspec.structs.replace(value, context=t.ReadingContextEnumType.Sample_Periodic)


NO_BASE64 = t.SignedMeterValueType(
    signed_meter_data="OCMF|{}", signing_method="", encoding_method="OCMF", public_key=""
)

BEHAVIOURS: tuple[Behaviour, ...] = (
    wrong_v201(
        "omits the charging state when the cable is plugged in",
        "E02.FR.13",
        "TC_E_03 TC_E_09",
        _state(_reason("CablePluggedIn"), None),
    ),
    wrong_v201(
        "omits the charging state when a transaction ends with the energy transfer",
        "E02.FR.13",
        "TC_E_07 TC_J_10",
        _state(_ended, None),
    ),
    wrong_v201(
        "reports a new charging state with periodic meter values",
        "E02.FR.17",
        "TC_J_09",
        _state(_reason("MeterValuePeriodic"), "SuspendedEVSE"),
        level=Level.SHOULD,
    ),
    wrong_v201(
        "reports chargingState SuspendedEVSE when the EV has departed",
        "E02.FR.13",
        "TC_E_19",
        _state(_reason("EVDeparted"), "SuspendedEVSE"),
    ),
    wrong_v201(
        "reports chargingState EVConnected just before the cable is plugged in",
        "E02.FR.13",
        "TC_E_16",
        _state(_reason("Authorized"), "EVConnected"),
        level=Level.SHOULD,
    ),
    wrong_v201(
        "offers energy after the driver has ended the transaction",
        "C01.FR.01",
        "TC_E_07 TC_E_21",
        _state(_ended, "SuspendedEV"),
    ),
    wrong_v201(
        "reports the phases only when a transaction starts",
        "E02.FR.18",
        "TC_E_09 TC_E_10",
        _phases(_started, 1),
        level=Level.SHOULD,
    ),
    wrong_v201(
        "reports no phases while energy flows",
        "E02.FR.18",
        "TC_E_03 TC_E_09",
        _phases(_reason("ChargingStateChanged"), 0),
        product="reference-ac",
    ),
    wrong_v201(
        "reports a cable for 0 A",
        "TransactionEventRequest",
        "TC_E_09 TC_E_10",
        Patch(block, "request_for", with_fields(cable_max_current=0)),
        level=Level.SHOULD,
    ),
    wrong_v201(
        "sends signed meter values that are not base64",
        "SignedMeterValueType",
        "TC_E_05 TC_J_01",
        _sampled(signed_meter_value=NO_BASE64),
    ),
    wrong_v201(
        "sends the meter values of the start as periodic ones where the EVSE was not known",
        "E01.FR.17",
        "TC_E_10 TC_E_13",
        Patch(conversion, "_sampled_value", changed(_begin_as_periodic)),
    ),
)
