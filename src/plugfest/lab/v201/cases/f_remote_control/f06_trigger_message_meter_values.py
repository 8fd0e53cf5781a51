"""F06 Trigger Message, for meter values: of an EVSE or of all, in a transaction or without one."""

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
NEED_AN_EV = frozenset({"SoC"})
"""Measurands that nobody can measure where no EV is."""


# Part 6 leaves the measurands as they are; with all that the product claims more than the register is asked for.
def all_aligned(bench: Bench) -> tuple[Need, ...]:
    """AlignedDataCtrlr asks for every measurand of the PICS."""
    return needs({"AlignedDataCtrlr.Measurands": ",".join(measurands(bench, "C-40.4"))})


def all_sampled(bench: Bench) -> tuple[Need, ...]:
    """SampledDataCtrlr asks for every measurand of the PICS during a transaction."""
    return needs({"SampledDataCtrlr.TxUpdatedMeasurands": ",".join(measurands(bench, "C-40.2"))})


@case(
    "TC_F_11_CS",
    requirements=("F06.FR.02", "F06.FR.04", "F06.FR.05", "F06.FR.06", "F06.FR.10"),
    configuration=all_aligned,
)
async def meter_values_of_an_evse(bench: Bench) -> None:
    request = trigger_message("MeterValues", bench.settings.evse_id)
    await trigger(bench.step(1), request, m.MeterValuesRequest)
    await _meter_values(bench.step(3))


@case(
    "TC_F_12_CS",
    requirements=("F06.FR.04", "F06.FR.05", "F06.FR.06", "F06.FR.10", "F06.FR.11"),
    configuration=all_aligned,
)
async def meter_values_of_all_evses(bench: Bench) -> None:
    await trigger(bench.step(1), trigger_message("MeterValues"), m.MeterValuesRequest)
    for evse_id in evse_ids(bench):
        await _meter_values(bench.step(3).at(evse_id))


async def _meter_values(bench: Bench) -> None:
    seen = await bench.expect(m.MeterValuesRequest, evse_id=bench.settings.evse_id, meter_value=TRIGGERED)
    wanted = bench.configuration.members("AlignedDataCtrlr.Measurands") - NEED_AN_EV
    _all_measured(bench, seen.message.meter_value, wanted, seen.frame.index)


@case(
    "TC_F_13_CS",
    requirements=("F06.FR.02", "F06.FR.04", "F06.FR.05", "F06.FR.07", "F06.FR.10"),
    configuration=all_sampled,
    before=energy_transfer_started,
)
async def transaction_event_of_an_evse(bench: Bench) -> None:
    request = trigger_message("TransactionEvent", bench.settings.evse_id)
    await trigger(bench.step(1), request, m.TransactionEventRequest)
    await _transaction_event(bench.step(3))


@case(
    "TC_F_14_CS",
    requirements=("F06.FR.04", "F06.FR.05", "F06.FR.07", "F06.FR.10", "F06.FR.11"),
    configuration=all_sampled,
    before=energy_transfer_on_all_evses,
)
async def transaction_event_of_all_evses(bench: Bench) -> None:
    await trigger(bench.step(1), trigger_message("TransactionEvent"), m.TransactionEventRequest)
    for evse_id in evse_ids(bench):
        await _transaction_event(bench.step(3).at(evse_id))


async def _transaction_event(bench: Bench) -> None:
    """TC_F_14 asks for evse.id always; the message need not repeat it, and transactionId says the same."""
    seen = await bench.expect(
        m.TransactionEventRequest,
        trigger_reason="Trigger",
        evse=optional(has(id=bench.settings.evse_id)),
        transaction_info=has(transaction_id=bench.known_state.transaction_id, charging_state="Charging"),
        meter_value=TRIGGERED,
    )
    wanted = bench.configuration.members("SampledDataCtrlr.TxUpdatedMeasurands")
    _all_measured(bench, given(seen.message.meter_value) or (), wanted, seen.frame.index)


def _all_measured(bench: Bench, values: Iterable[t.MeterValueType], wanted: frozenset[str], frame: int) -> None:
    measured = {given(one.measurand) or REGISTER for value in values for one in value.sampled_value}
    bench.check(wanted <= measured, f"values of {', '.join(sorted(wanted))}", ", ".join(sorted(measured)), frame=frame)
