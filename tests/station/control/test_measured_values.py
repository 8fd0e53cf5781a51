"""Measured values that are set at a virtual station: monitors, variables and meter values agree with them."""

import asyncio

import pytest
from tests.station.blocks.n_diagnostics.monitoring_bench import EVSE, MonitoringBench, data, run_on_bench

from plugfest.clock import run_simulated
from plugfest.hardware.ports import HardwareError
from plugfest.ocpp.message import given
from plugfest.ocpp.v201 import messages as m
from plugfest.ocpp.v201 import types as t
from plugfest.products import load_product
from plugfest.station.control.measured_values import measurable_values, set_measured_value
from plugfest.station.device_model.measured import MEASURED
from plugfest.station.setup.virtual_hardware import virtual_hardware

DC = {
    "EVSE.Power": ("Power.Active.Import", 5000.0),
    "EVSE.DCVoltage": ("Voltage", 380.0),
    "EVSE.DCCurrent": ("Current.Import", 12.0),
    "FiscalMetering.EnergyImportRegister": ("Energy.Active.Import.Register", 123456.0),
    "ConnectedEV.StateOfCharge": ("SoC", 77.0),
    "TemperatureSensor.Temperature": (None, 75.0),
}
"""By variable of a DC station: its measurand, if the product has that, and a value to set."""


def component_of(name: str) -> t.ComponentType:
    return t.ComponentType(name=name, evse=t.EVSEType(id=1))


async def value_of(bench: MonitoringBench, name: str) -> float:
    component, variable = name.split(".")
    asked = t.GetVariableDataType(component=component_of(component), variable=t.VariableType(name=variable))
    (result,) = (await bench.csms.call(m.GetVariablesRequest(get_variable_data=[asked]))).get_variable_result
    return float(given(result.attribute_value) or "nan")


async def metered(bench: MonitoringBench, measurand: str) -> float:
    """The value in MeterValues that the CSMS triggers."""
    await bench.set("AlignedDataCtrlr.Measurands", measurand)
    request = m.TriggerMessageRequest(requested_message=t.MessageTriggerEnumType.MeterValues, evse=t.EVSEType(id=1))
    assert (await bench.csms.call(request)).status == "Accepted"
    await asyncio.sleep(1)
    (value,) = bench.csms.all(m.MeterValuesRequest)[-1].meter_value[-1].sampled_value
    assert value.measurand == measurand
    return value.value


@pytest.mark.parametrize("name", DC)
def test_a_monitor_of_each_measured_variable_fires_and_the_reports_agree(name: str) -> None:
    component, variable = name.split(".")
    measurand, wanted = DC[name]

    async def body(bench: MonitoringBench) -> None:
        await bench.plug_in()
        threshold = data(component_of(component), variable, "UpperThreshold", wanted - 1)
        id = await bench.set_monitor(threshold)
        set_measured_value(bench.hardware, component, variable, 1, wanted)
        await asyncio.sleep(0.01)
        assert await value_of(bench, name) == pytest.approx(wanted, rel=1e-4)
        if measurand is not None:
            assert await metered(bench, measurand) == pytest.approx(wanted, rel=1e-4)
        await asyncio.sleep(1)
        assert [each.split()[0] for each in bench.of(id)] == ["Alerting"]

    run_on_bench(body)


def test_every_measured_variable_of_a_dc_station_is_tried() -> None:
    hardware = virtual_hardware(load_product("reference-dc"))
    assert {f"{each.component}.{each.name}" for each in MEASURED if each.is_measured(hardware.evses[1])} == set(DC)


def test_a_monitor_of_the_energy_fires_while_the_ev_charges() -> None:
    async def body(bench: MonitoringBench) -> None:
        register = data(component_of("FiscalMetering"), "EnergyImportRegister", "UpperThreshold", 5000)
        id = await bench.set_monitor(register)
        bench.hardware.present_token("A", "ISO14443", 1)
        await bench.plug_in()
        await asyncio.sleep(60)
        assert bench.of(id) == []
        await asyncio.sleep(300)
        (event,) = [each for each in bench.notified if each.variable_monitoring_id == id]
        assert 5000 < float(event.actual_value) < 5200
        await bench.clear(id)

    run_on_bench(body)


def test_without_a_value_the_station_measures_as_before() -> None:
    async def body(bench: MonitoringBench) -> None:
        id = await bench.set_monitor(data(EVSE, "Power", "UpperThreshold", 100))
        for watts in (5000.0, None):
            set_measured_value(bench.hardware, "evse", "power", 1, watts)  # names are case-insensitive
            await asyncio.sleep(2)
        assert bench.of(id) == ["Alerting 5000.0", "Alerting 0.0 cleared"]

    run_on_bench(body)


def test_the_register_counts_the_power_that_is_set_and_never_decreases() -> None:
    async def body(bench: MonitoringBench) -> None:
        set_measured_value(bench.hardware, "EVSE", "Power", 1, 3600.0)
        await asyncio.sleep(100)
        assert bench.hardware.evses[1].meter.read().energy_import == pytest.approx(100)
        with pytest.raises(HardwareError, match="never decreases: it is at 100 Wh"):
            set_measured_value(bench.hardware, "FiscalMetering", "EnergyImportRegister", 1, 50)

    run_on_bench(body)


@pytest.mark.parametrize(
    ("component", "variable", "evse_id", "value", "reason"),
    [
        ("EVSE", "Powr", 1, 1.0, r"^EVSE.Powr of EVSE 1 cannot be set; EVSE.Power of EVSE 1 and 2, .*Temperature of"),
        ("EVSE", "ACVoltage", 1, 1.0, r"EVSE.DCVoltage of EVSE 1 and 2"),
        ("EVSE", "Power", None, 1.0, r"^EVSE.Power cannot be set; EVSE.Power of EVSE 1 and 2"),
        ("EVSE", "Power", 3, 1.0, r"^EVSE.Power of EVSE 3 cannot be set"),
        ("EVSE", "Power", 1, -1.0, r"^-1 W is below zero$"),
        ("EVSE", "Power", 1, float("nan"), r"^nan is not a number that a sensor measures$"),
        ("EVSE", "Power", 1, float("inf"), r"^inf is not a number that a sensor measures$"),
        ("ConnectedEV", "StateOfCharge", 1, 50.0, r"^no EV is plugged in at EVSE 1$"),
    ],
)
def test_a_value_that_cannot_be_set_is_refused_in_one_line(
    component: str, variable: str, evse_id: int | None, value: float, reason: str
) -> None:
    async def body(bench: MonitoringBench) -> None:
        with pytest.raises(HardwareError, match=reason):
            set_measured_value(bench.hardware, component, variable, evse_id, value)

    run_on_bench(body)


@pytest.mark.parametrize(
    ("name", "wanted"), [("EVSE.ACVoltage", 215.0), ("EVSE.ACCurrent", 9.0), ("EVSE.Power", 6000.0)]
)
@pytest.mark.parametrize("product", ["reference-ac", "reference-16-ac"])
def test_an_ac_station_of_each_version_measures_what_was_set_on_all_phases(
    product: str, name: str, wanted: float
) -> None:
    async def run() -> None:
        hardware = virtual_hardware(load_product(product))
        component, variable = name.split(".")
        set_measured_value(hardware, component, variable, 1, wanted)
        values = {
            f"{each.component}.{each.variable}": each.value for each in measurable_values(hardware) if each.evse_id == 1
        }
        assert values[name] == pytest.approx(wanted)
        reading = hardware.evses[1].meter.read()
        assert len(set(reading.voltages)) == len(set(reading.currents)) == 1

    run_simulated(run())
