"""F06 Trigger Message for meter values: of one EVSE or of all, with and without a transaction."""

from collections.abc import Iterable

from plugfest.lab.case import case
from plugfest.lab.checks.triggered_message import trigger
from plugfest.lab.expectations import has, optional
from plugfest.lab.v201.bench import Bench
from plugfest.lab.v201.cases.f_remote_control.f06_trigger_message import trigger_message
from plugfest.lab.v201.configuration import Need, needs
from plugfest.lab.v201.metering import REGISTER, measurands
from plugfest.lab.v201.states.energy_transfer import energy_transfer_on_all_evses, energy_transfer_started, evse_ids
from plugfest.ocpp.message import given
from plugfest.ocpp.v201 import messages as m
from plugfest.ocpp.v201 import types as t

TRIGGERED = [has(sampled_value=[has(context="Trigger")])]
REQUIRE_EV = frozenset({"SoC"})
"""Measurands that are not available without an EV."""


# Part 6 does not set the measurands. With all measurands of the PICS, the case covers more than the energy register.
def all_aligned(bench: Bench) -> tuple[Need, ...]:
    """AlignedDataCtrlr.Measurands is every measurand of the PICS."""
    return needs({"AlignedDataCtrlr.Measurands": ",".join(measurands(bench, "C-40.4"))})


def all_sampled(bench: Bench) -> tuple[Need, ...]:
    """SampledDataCtrlr.TxUpdatedMeasurands is every measurand of the PICS."""
    return needs({"SampledDataCtrlr.TxUpdatedMeasurands": ",".join(measurands(bench, "C-40.2"))})


@case(
    "TC_F_11_CS",
    requirements=("F06.FR.02", "F06.FR.04", "F06.FR.05", "F06.FR.06", "F06.FR.10"),
    configuration=all_aligned,
)
async def meter_values_of_an_evse(bench: Bench) -> None:
    request = trigger_message("MeterValues", bench.settings.evse_id)
    await trigger(bench.step(2), request, m.MeterValuesRequest)
    await _meter_values(bench.step(3))


@case(
    "TC_F_12_CS",
    requirements=("F06.FR.04", "F06.FR.05", "F06.FR.06", "F06.FR.10", "F06.FR.11"),
    configuration=all_aligned,
)
async def meter_values_of_all_evses(bench: Bench) -> None:
    await trigger(bench.step(2), trigger_message("MeterValues"), m.MeterValuesRequest)
    for evse_id in evse_ids(bench):
        await _meter_values(bench.step(3).at(evse_id))


async def _meter_values(bench: Bench) -> None:
    required = bench.configuration.members("AlignedDataCtrlr.Measurands") - REQUIRE_EV
    received = await bench.expect(m.MeterValuesRequest, evse_id=bench.settings.evse_id, meter_value=TRIGGERED)
    values, last = list(received.message.meter_value), received
    while not required <= _measured(values):  # one reading may take several messages (J01.FR.15)
        more = await bench.expect_optional(
            m.MeterValuesRequest,
            within=bench.settings.time_tolerance,
            evse_id=bench.settings.evse_id,
            meter_value=TRIGGERED,
        )
        if more is None:
            break
        values, last = [*values, *more.message.meter_value], more
    _check_measurands(bench, values, required, last.frame.index)


@case(
    "TC_F_13_CS",
    requirements=("F06.FR.02", "F06.FR.04", "F06.FR.05", "F06.FR.07", "F06.FR.10"),
    configuration=all_sampled,
    before=energy_transfer_started,
)
async def transaction_event_of_an_evse(bench: Bench) -> None:
    request = trigger_message("TransactionEvent", bench.settings.evse_id)
    await trigger(bench.step(2), request, m.TransactionEventRequest)
    await _transaction_event(bench.step(3))


@case(
    "TC_F_14_CS",
    requirements=("F06.FR.04", "F06.FR.05", "F06.FR.07", "F06.FR.10", "F06.FR.11"),
    configuration=all_sampled,
    before=energy_transfer_on_all_evses,
)
async def transaction_event_of_all_evses(bench: Bench) -> None:
    await trigger(bench.step(2), trigger_message("TransactionEvent"), m.TransactionEventRequest)
    for evse_id in evse_ids(bench):
        await _transaction_event(bench.step(3).at(evse_id))


async def _transaction_event(bench: Bench) -> None:
    """TC_F_14 always requires evse.id; Part 2 lets the message omit it, and transactionId identifies the EVSE."""
    received = await bench.expect(
        m.TransactionEventRequest,
        trigger_reason="Trigger",
        evse=optional(has(id=bench.settings.evse_id)),
        transaction_info=has(transaction_id=bench.known_state.transaction_id, charging_state="Charging"),
        meter_value=TRIGGERED,
    )
    required = bench.configuration.members("SampledDataCtrlr.TxUpdatedMeasurands")
    _check_measurands(bench, given(received.message.meter_value) or (), required, received.frame.index)


def _measured(values: Iterable[t.MeterValueType]) -> set[str]:
    return {str(given(sampled.measurand) or REGISTER) for value in values for sampled in value.sampled_value}


def _check_measurands(bench: Bench, values: Iterable[t.MeterValueType], required: frozenset[str], frame: int) -> None:
    measured = _measured(values)
    expected = f"values of {', '.join(sorted(required))}"
    bench.check(required <= measured, expected, ", ".join(sorted(measured)), frame=frame)
