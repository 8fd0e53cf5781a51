"""Faults of connectors with codes: StatusNotification in OCPP 1.6, NotifyEvent in OCPP 2.0.1."""

import asyncio

import pytest
from hypothesis import given as drawn
from hypothesis import strategies as st
from tests.station.control.http_api.station_site import PRODUCT_16, Site, on_site
from tests.station.csms import Csms

from plugfest.hardware.ports import Fault, FaultCode
from plugfest.ocpp.message import given
from plugfest.ocpp.v16 import messages as m16
from plugfest.ocpp.v201 import messages as m
from plugfest.ocpp.v201 import types as t
from plugfest.station.blocks.conversion.faults import fault_problem, tech_code, tech_info
from plugfest.station.control.conditions import Condition

AT = {"evse_id": 1, "connector_id": 1}
GROUND = {"error_code": "GroundFailure", "vendor_error_code": "E17", "info": "RCD tripped", "vendor_id": "com.vendor"}


def events(csms: Csms) -> list[t.EventDataType]:
    """Those about Connector.Problem."""
    sent = (event for request in csms.all(m.NotifyEventRequest) for event in request.event_data)
    return [event for event in sent if (event.component.name, event.variable.name) == ("Connector", "Problem")]


def statuses(csms: Csms) -> list[m16.StatusNotificationRequest]:
    return [each for each in csms.all(m16.StatusNotificationRequest) if each.connector_id == 1]


def test_ocpp_16_reports_the_codes_in_the_status() -> None:
    async def scenario(site: Site) -> None:
        state = await site.do("fault_on", **AT, **GROUND)
        assert state["evses"][0]["connectors"][0]["fault"] == GROUND
        await site.csms.until(lambda: statuses(site.csms)[-1].status == "Faulted")
        reported = statuses(site.csms)[-1]
        assert reported.error_code == "GroundFailure"
        assert (reported.vendor_error_code, reported.info, reported.vendor_id) == ("E17", "RCD tripped", "com.vendor")
        await site.do("fault_on", **AT, error_code="OverVoltage")
        await site.csms.until(lambda: statuses(site.csms)[-1].error_code == "OverVoltage")
        assert given(statuses(site.csms)[-1].vendor_error_code) is None
        await site.do("fault_off", **AT)
        await site.csms.until(lambda: statuses(site.csms)[-1].status == "Available")
        assert statuses(site.csms)[-1].error_code == "NoError"

    on_site(scenario, PRODUCT_16)


def test_ocpp_16_reports_other_error_by_default() -> None:
    async def scenario(site: Site) -> None:
        await site.do("fault_on", **AT)
        await site.csms.until(lambda: statuses(site.csms)[-1].status == "Faulted")
        assert statuses(site.csms)[-1].error_code == "OtherError"
        assert given(statuses(site.csms)[-1].info) is None

    on_site(scenario, PRODUCT_16)


def test_ocpp_201_reports_the_codes_in_an_event_and_its_end() -> None:
    async def scenario(site: Site) -> None:
        await site.do("fault_on", **AT, **GROUND)
        await site.csms.until(lambda: len(events(site.csms)) == 1)
        (event,) = events(site.csms)
        assert (event.tech_code, event.tech_info) == ("E17", "GroundFailure: RCD tripped")
        assert (event.actual_value, event.trigger, event.event_notification_type) == (
            "true",
            "Alerting",
            "HardWiredNotification",
        )
        assert event.component.evse == t.EVSEType(id=1, connector_id=1)
        assert event.custom_data == {"vendorId": "com.vendor"}
        await site.do("fault_on", **AT, error_code="OverVoltage")
        await site.csms.until(lambda: len(events(site.csms)) == 2)
        assert events(site.csms)[1].tech_code == "OverVoltage"
        await site.do("fault_off", **AT)
        await site.csms.until(lambda: len(events(site.csms)) == 3)
        ended = events(site.csms)[2]
        assert (ended.actual_value, ended.cleared, given(ended.tech_code)) == ("false", True, None)
        assert len({each.event_id for each in events(site.csms)}) == 3

    on_site(scenario)


def test_a_fault_of_which_nothing_is_known_is_no_event() -> None:
    async def scenario(site: Site) -> None:
        await site.do("fault_on", **AT)
        await site.virtual.wait_for(Condition(connector_status="Faulted"), 10)
        await site.do("fault_off", **AT)
        await site.virtual.wait_for(Condition(connector_status="Available", evse_id=1), 10)
        assert events(site.csms) == []

    on_site(scenario)


def test_a_monitor_reports_the_codes_instead() -> None:
    async def scenario(site: Site) -> None:
        await site.do("fault_on", **AT, **GROUND)
        await site.csms.until(lambda: len(events(site.csms)) >= 1)
        (event,) = events(site.csms)
        assert (event.tech_code, event.tech_info) == ("E17", "GroundFailure: RCD tripped")
        assert event.event_notification_type == "HardWiredMonitor"
        await site.do("fault_off", **AT)
        await site.csms.until(lambda: len(events(site.csms)) >= 2)
        assert given(events(site.csms)[1].tech_code) is None
        assert len(events(site.csms)) == 2

    on_site(scenario, "reference-dc")


def test_a_fault_is_reported_once_and_its_end_also_after_the_station_was_off() -> None:
    async def scenario(site: Site) -> None:
        await site.do("network_off")
        await site.do("fault_on", **AT, error_code="HighTemperature")
        await site.do("network_on")
        await site.csms.until(lambda: len(events(site.csms)) == 1)
        await asyncio.sleep(1)  # the CSMS answers
        await site.do("power_off")
        await site.do("power_on")
        await site.virtual.wait_for(Condition(accepted=True), 120)
        assert len(events(site.csms)) == 1
        await site.do("power_off")
        await site.do("fault_off", **AT)
        await site.do("power_on")
        await site.csms.until(lambda: len(events(site.csms)) == 2)
        assert events(site.csms)[1].cleared is True

    on_site(scenario)


@pytest.mark.parametrize(
    ("product", "fault", "status", "problem"),
    [
        (PRODUCT_16, {"info": "x" * 51}, 409, "info has 51 characters; OCPP 1.6 allows 50"),
        ("reference-ac", {"info": "x" * 471}, 400, "length <= 470"),
        ("reference-ac", {"vendor_error_code": "x" * 51}, 400, "length <= 50"),
        ("reference-ac", {"error_code": "NoError"}, 400, "Invalid enum value 'NoError'"),
    ],
)
def test_codes_that_cannot_be_sent_are_refused(product: str, fault: dict[str, str], status: int, problem: str) -> None:
    async def scenario(site: Site) -> None:
        answer = await site.post("fault_on", **AT, **fault)
        assert answer.status_code == status
        assert problem in answer.json()["error"]
        assert not site.virtual.control.state().evses[0].connectors[0].faulted

    on_site(scenario, product)


TEXTS = st.text(max_size=480)


@drawn(
    st.builds(
        Fault, error_code=st.none() | st.sampled_from(FaultCode), vendor_error_code=TEXTS, info=TEXTS, vendor_id=TEXTS
    )
)
def test_the_texts_of_a_fault_without_a_problem_fit_the_event_and_lose_nothing(fault: Fault) -> None:
    code, details = tech_code(fault), tech_info(fault)
    assert all(text in f"{code}\n{details}" for text in (fault.error_code or "", fault.vendor_error_code, fault.info))
    if not fault_problem(fault, "2.0.1"):
        assert len(code) <= 50
        assert len(details) <= 500
