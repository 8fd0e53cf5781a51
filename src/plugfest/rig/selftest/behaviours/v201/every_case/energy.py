"""Charging states and energy that contradict the cable, the authorization or the end of the transaction."""

from typing import Any

import msgspec

from plugfest.ocpp.v201 import messages as m
from plugfest.ocpp.v201 import types as t
from plugfest.rig.selftest.behaviours.behaviour import Behaviour, Patch, wrong_v201
from plugfest.rig.selftest.behaviours.builders import changed, with_fields
from plugfest.station.blocks.conversion import v201 as conversion
from plugfest.station.blocks.e_transactions import v201 as block


def _state(condition: Any, state: str) -> Patch:
    """Reports this charging state in the events for which the condition is true."""

    def info(event: m.TransactionEventRequest) -> t.TransactionType:
        reported = t.ChargingStateEnumType(state) if condition(event) else event.transaction_info.charging_state
        return msgspec.structs.replace(event.transaction_info, charging_state=reported)

    return Patch(block, "request_for", with_fields(transaction_info=info))


def _reason(*reasons: str) -> Any:
    return lambda event: event.trigger_reason in reasons


def _value(change: Any) -> Patch:
    """Sends sampled values as `change` returns them."""
    return Patch(conversion, "_sampled_value", changed(change))


def _unit(measurand: str, unit: str) -> Patch:
    def with_unit(value: t.SampledValueType) -> t.SampledValueType:
        if not str(value.measurand).startswith(measurand):
            return value
        return msgspec.structs.replace(value, unit_of_measure=t.UnitOfMeasureType(unit=unit))

    return _value(with_unit)


def _always_flows(value: t.SampledValueType) -> t.SampledValueType:
    if value.measurand not in ("Power.Active.Import", "Current.Import"):
        return value
    return msgspec.structs.replace(value, value=7000.0 if value.measurand == "Power.Active.Import" else 32.0)


def _other_start(event: m.TransactionEventRequest) -> Any:
    """Sends another reading of the start with the end of a transaction."""
    if event.event_type != "Ended" or not isinstance(event.meter_value, list):
        return event.meter_value
    return [
        msgspec.structs.replace(
            value,
            sampled_value=[
                msgspec.structs.replace(sample, value=sample.value + 500.0)
                if sample.context == "Transaction.Begin"
                else sample
                for sample in value.sampled_value
            ],
        )
        for value in event.meter_value
    ]


BEHAVIOURS: tuple[Behaviour, ...] = (
    wrong_v201(
        "reports chargingState EVConnected before the cable is plugged in",
        "E02.FR.13",
        "TC_E_05",
        _state(_reason("Authorized"), "EVConnected"),
    ),
    wrong_v201(
        "reports chargingState Charging before the cable is plugged in",
        "E02.FR.13",
        "TC_E_05",
        _state(_reason("Authorized"), "Charging"),
    ),
    wrong_v201(
        "reports chargingState SuspendedEVSE when the connection times out",
        "E02.FR.13",
        "TC_E_05 TC_E_39",
        _state(_reason("EVConnectTimeout"), "SuspendedEVSE"),
    ),
    wrong_v201(
        "reports chargingState Idle with periodic meter values",
        "E02.FR.13",
        "TC_J_09",
        _state(_reason("MeterValuePeriodic", "MeterValueClock"), "Idle"),
    ),
    wrong_v201(
        "reports chargingState Charging before the driver is authorized",
        "C01.FR.01",
        "TC_E_09",
        _state(_reason("CablePluggedIn"), "Charging"),
    ),
    wrong_v201(
        "reports chargingState Charging when the CSMS ends the transaction",
        "E06.FR.07",
        "TC_E_09 TC_F_01",
        _state(_reason("RemoteStop"), "Charging"),
    ),
    wrong_v201(
        "reports more phases than the EVSE has",
        "E02.FR.18",
        "TC_E_03 TC_E_04",
        Patch(block, "request_for", with_fields(number_of_phases_used=4)),
        product="reference-ac",
    ),
    wrong_v201("reports energy in watts", "UnitOfMeasureType", "TC_E_15 TC_J_09", _unit("Energy.Active.Import", "W")),
    wrong_v201(
        "reports current in volts",
        "UnitOfMeasureType",
        "TC_J_09",
        _unit("Current.Import", "V"),
        product="reference-ac",
    ),
    wrong_v201(
        "reports power and current without a cable",
        "J01.FR.01",
        "TC_J_01 TC_J_02",
        _value(_always_flows),
        product="reference-ac",
    ),
    wrong_v201(
        "reports another reading of the start when a transaction ends",
        "J02.FR.16",
        "TC_E_15 TC_E_06",
        Patch(block, "request_for", with_fields(meter_value=_other_start)),
    ),
)
