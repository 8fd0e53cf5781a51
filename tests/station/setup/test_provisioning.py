"""Variables are read, set and reported (B05 to B08)."""

import contextlib
from collections.abc import AsyncIterator, Sequence

import pytest
from tests.station.csms import Csms
from tests.station.powered_station import powered_station

from plugfest.clock import run_simulated
from plugfest.link.errors import CallErrorReceived
from plugfest.ocpp.message import given
from plugfest.ocpp.v201 import messages as m
from plugfest.ocpp.v201 import types as t

ACCEPTED = t.GenericDeviceModelStatusEnumType.Accepted


def component(name: str, evse_id: int | None = None) -> t.ComponentType:
    return t.ComponentType(name=name) if evse_id is None else t.ComponentType(name=name, evse=t.EVSEType(id=evse_id))


def get_data(component_name: str, variable: str, **other: object) -> t.GetVariableDataType:
    return t.GetVariableDataType(
        component=component(component_name),
        variable=t.VariableType(name=variable),
        **other,  # type: ignore[arg-type]
    )


def set_data(component_name: str, variable: str, value: str, **other: object) -> t.SetVariableDataType:
    return t.SetVariableDataType(
        component=component(component_name),
        variable=t.VariableType(name=variable),
        attribute_value=value,
        **other,  # type: ignore[arg-type]
    )


@contextlib.asynccontextmanager
async def booted(product: str = "alpitronic-hyc-200-eu") -> AsyncIterator[Csms]:
    async with powered_station(product) as (_, csms):
        await csms.expect(m.SecurityEventNotificationRequest)
        yield csms


async def report(csms: Csms, request_id: int) -> list[t.ReportDataType]:
    """All parts of a report, after a check of their seqNo."""

    def parts() -> Sequence[m.NotifyReportRequest]:
        return [part for part in csms.all(m.NotifyReportRequest) if part.request_id == request_id]

    await csms.until(lambda: bool(parts()) and not parts()[-1].tbc)
    assert [part.seq_no for part in parts()] == list(range(len(parts())))
    return [entry for part in parts() for entry in given(part.report_data) or []]


def test_several_variables_are_read_at_once() -> None:
    async def scenario() -> None:
        async with booted() as csms:
            answer = await csms.call(
                m.GetVariablesRequest(
                    get_variable_data=[
                        get_data("OCPPCommCtrlr", "OfflineThreshold"),
                        get_data("UnknownComponent", "OfflineThreshold"),
                        get_data("OCPPCommCtrlr", "UnknownVariable"),
                        get_data("OCPPCommCtrlr", "OfflineThreshold", attribute_type=t.AttributeEnumType.Target),
                        get_data("SecurityCtrlr", "BasicAuthPassword"),
                    ]
                )
            )
            results = answer.get_variable_result
            assert [result.attribute_status.value for result in results] == [
                "Accepted",
                "UnknownComponent",
                "UnknownVariable",
                "NotSupportedAttributeType",
                "Rejected",
            ]
            assert [given(result.attribute_value) for result in results] == ["60", None, None, None, None]
            assert results[0].attribute_type is t.AttributeEnumType.Actual
            assert results[3].attribute_type is t.AttributeEnumType.Target

    run_simulated(scenario())


def test_several_variables_are_set_at_once() -> None:
    async def scenario() -> None:
        async with booted() as csms:
            answer = await csms.call(
                m.SetVariablesRequest(
                    set_variable_data=[
                        set_data("OCPPCommCtrlr", "OfflineThreshold", "300"),
                        set_data("OCPPCommCtrlr", "OfflineThreshold", "300.1"),
                        set_data("OCPPCommCtrlr", "ActiveNetworkProfile", "2"),
                        set_data("UnknownComponent", "OfflineThreshold", "300"),
                        set_data("OCPPCommCtrlr", "UnknownVariable", "300"),
                        set_data("OCPPCommCtrlr", "OfflineThreshold", "300", attribute_type=t.AttributeEnumType.MinSet),
                    ]
                )
            )
            results = answer.set_variable_result
            assert [result.attribute_status.value for result in results] == [
                "Accepted",
                "Rejected",
                "Rejected",
                "UnknownComponent",
                "UnknownVariable",
                "NotSupportedAttributeType",
            ]
            reason = given(results[1].attribute_status_info)
            assert reason is not None
            assert reason.reason_code == "InvalidValue"

    run_simulated(scenario())


def test_too_many_items_are_rejected() -> None:
    async def scenario() -> None:
        async with booted("btc-power-gen4-l3a") as csms:
            question = [get_data("OCPPCommCtrlr", "OfflineThreshold")] * 11
            with pytest.raises(CallErrorReceived) as caught:
                await csms.call(m.GetVariablesRequest(get_variable_data=question))
            assert caught.value.code == "OccurrenceConstraintViolation"  # B06.FR.16
            await csms.call(m.GetVariablesRequest(get_variable_data=question[:10]))

    run_simulated(scenario())


def test_a_request_of_the_claimed_size_is_accepted() -> None:
    async def scenario() -> None:
        async with booted("alpitronic-hyc-200-eu") as csms:  # 1000 items, 32 000 000 bytes
            long = set_data("NoSuchComponent", "NoSuchVariable", "x" * 1000)
            answer = await csms.call(m.SetVariablesRequest(set_variable_data=[long] * 1000))
            assert len(answer.set_variable_result) == 1000

    run_simulated(scenario())


def test_the_full_inventory_contains_everything_but_secrets() -> None:
    async def scenario() -> None:
        async with booted() as csms:
            request = m.GetBaseReportRequest(request_id=7, report_base=t.ReportBaseEnumType.FullInventory)
            assert (await csms.call(request)).status is ACCEPTED
            entries = await report(csms, 7)
            assert len(entries) > 80
            for entry in entries:
                (attribute,) = entry.variable_attribute
                secret = attribute.mutability is t.MutabilityEnumType.WriteOnly
                assert (given(attribute.value) is None) is secret, entry.variable.name
                assert given(entry.variable_characteristics) is not None

    run_simulated(scenario())


def test_the_configuration_inventory_contains_the_writable_variables() -> None:
    async def scenario() -> None:
        async with booted() as csms:
            request = m.GetBaseReportRequest(request_id=8, report_base=t.ReportBaseEnumType.ConfigurationInventory)
            assert (await csms.call(request)).status is ACCEPTED
            entries = await report(csms, 8)
            mutabilities = {given(entry.variable_attribute[0].mutability) for entry in entries}
            assert mutabilities == {t.MutabilityEnumType.ReadWrite, t.MutabilityEnumType.WriteOnly}

    run_simulated(scenario())


def test_a_summary_that_the_product_does_not_claim_is_not_supported() -> None:
    async def scenario() -> None:
        async with booted() as csms:
            request = m.GetBaseReportRequest(request_id=9, report_base=t.ReportBaseEnumType.SummaryInventory)
            assert (await csms.call(request)).status is t.GenericDeviceModelStatusEnumType.NotSupported

    run_simulated(scenario())


def test_a_summary_contains_the_availability_states() -> None:
    async def scenario() -> None:
        async with booted("chargepoint-ct4000") as csms:
            request = m.GetBaseReportRequest(request_id=9, report_base=t.ReportBaseEnumType.SummaryInventory)
            assert (await csms.call(request)).status is ACCEPTED
            entries = await report(csms, 9)
            assert {entry.variable.name for entry in entries} == {"AvailabilityState"}  # B07.FR.09
            assert {entry.component.name for entry in entries} == {"ChargingStation", "EVSE", "Connector"}

    run_simulated(scenario())


def test_custom_reports() -> None:
    async def ask(csms: Csms, request_id: int, **limits: object) -> list[str]:
        request = m.GetReportRequest(request_id=request_id, **limits)  # type: ignore[arg-type]
        answer = await csms.call(request)
        if answer.status is not ACCEPTED:
            return [answer.status.value]
        entries = await report(csms, request_id)
        return [f"{entry.component.name}.{entry.variable.name}" for entry in entries]

    async def scenario() -> None:
        async with booted() as csms:
            power = t.ComponentVariableType(
                component=component("EVSE", 2), variable=t.VariableType(name="AvailabilityState")
            )
            every = t.ComponentVariableType(
                component=component("EVSE"), variable=t.VariableType(name="AvailabilityState")
            )
            items = t.ComponentVariableType(
                component=component("DeviceDataCtrlr"), variable=t.VariableType(name="ItemsPerMessage")
            )
            whole = t.ComponentVariableType(component=component("EVSE", 1))
            problem = t.ComponentCriterionEnumType.Problem
            assert await ask(csms, 1, component_variable=[power]) == ["EVSE.AvailabilityState"]
            assert await ask(csms, 2, component_variable=[every]) == ["EVSE.AvailabilityState"] * 2  # B08.FR.23
            assert await ask(csms, 3, component_variable=[items]) == ["DeviceDataCtrlr.ItemsPerMessage"] * 3
            assert len(await ask(csms, 4, component_variable=[whole])) == 5  # B08.FR.20
            found = await ask(csms, 5, component_criteria=[t.ComponentCriterionEnumType.Enabled])
            assert "AuthCacheCtrlr.Enabled" in found
            assert {name.partition(".")[2] for name in found} == {"Enabled"}
            assert await ask(csms, 6, component_criteria=[problem], component_variable=[power]) == ["EmptyResultSet"]
            available = [t.ComponentCriterionEnumType.Available]
            assert len(await ask(csms, 7, component_criteria=available, component_variable=[power])) == 1

    run_simulated(scenario())


def test_unsupported_requests_are_answered_with_not_supported() -> None:
    async def scenario() -> None:
        async with booted() as csms:
            with pytest.raises(CallErrorReceived) as caught:
                await csms.call(m.GetDisplayMessagesRequest(request_id=1))
            assert caught.value.code == "NotSupported"
            transfer = await csms.call(m.DataTransferRequest(vendor_id="org.example"))
            assert transfer.status is t.DataTransferStatusEnumType.UnknownVendorId

    run_simulated(scenario())
