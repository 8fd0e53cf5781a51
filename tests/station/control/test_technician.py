"""What a technician does: properties of the EV, the clock, DataTransfer. Over HTTP."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from tests.station.control.http_api.station_site import PRODUCT_16, PRODUCT_201, Site, on_site

from plugfest.clock import utc_now
from plugfest.ocpp.message import given
from plugfest.ocpp.v16 import messages as m16
from plugfest.ocpp.v16 import types as t16
from plugfest.ocpp.v201 import messages as m
from plugfest.ocpp.v201 import types as t

VENDOR = {"vendor_id": "com.vendor", "message_id": "Tariff"}


def test_an_ev_is_configured() -> None:
    async def scenario(site: Site) -> None:
        await site.do("ev_configure", evse_id=1, max_ac_current=10, ac_phases=1)
        await site.charge()
        await asyncio.sleep(10)
        assert site.virtual.control.state().evses[0].power == pytest.approx(2254)
        refused = await site.post("ev_configure", evse_id=1, max_ac_current=-3)
        assert refused.status_code == 409
        assert refused.json() == {"error": "max_ac_current is 0.1 to 1000 A, not -3 A"}
        assert (await site.post("ev_configure", evse_id=1)).status_code == 409

    on_site(scenario)


@pytest.mark.parametrize("product", [PRODUCT_16, PRODUCT_201])
def test_a_clock_is_set_to_a_time_and_by_an_offset(product: str) -> None:
    async def scenario(site: Site) -> None:
        assert (await site.do("set_clock", offset=3600))["clock_offset"] == pytest.approx(3600, abs=1)
        await site.do("plug_in", evse_id=1, connector_id=1)
        frame = (await site.get("/wait", message="StatusNotification")).json()
        reported = datetime.fromisoformat(frame["payload"]["timestamp"])
        assert reported - utc_now() == pytest.approx(timedelta(hours=1), abs=timedelta(seconds=5))
        state = await site.do("set_clock", time="2031-02-03T04:05:06+01:00")
        ahead = datetime(2031, 2, 3, 3, 5, 6, tzinfo=UTC) - utc_now()
        assert state["clock_offset"] == pytest.approx(ahead.total_seconds(), abs=1)
        request = m.SecurityEventNotificationRequest if product == PRODUCT_201 else m16.SecurityEventNotificationRequest
        await site.csms.until(lambda: any(each.type == "SettingSystemTime" for each in site.csms.all(request)))

    on_site(scenario, product)


@pytest.mark.parametrize(
    ("body", "status", "problem"),
    [
        ({}, 409, "the clock is set to a time, or by an offset"),
        ({"offset": 1, "time": "2031-01-01T00:00:00Z"}, 409, "the clock is set to a time, or by an offset"),
        ({"time": "2031-01-01T00:00:00"}, 400, "timezone"),
        ({"time": "1999-12-31T00:00:00Z"}, 409, "is not between 2000 and 2100"),
        ({"offset": 1e300}, 409, "the clock cannot be set"),
        ({"offset": -1e10}, 409, "is not between 2000 and 2100"),
    ],
)
def test_a_time_that_the_clock_cannot_have_is_refused(body: dict[str, object], status: int, problem: str) -> None:
    async def scenario(site: Site) -> None:
        answer = await site.post("set_clock", **body)
        assert (answer.status_code, problem in answer.json()["error"]) == (status, True), answer.text
        assert site.virtual.control.state().clock_offset == 0

    on_site(scenario)


def test_the_answer_to_a_data_transfer_is_returned_in_ocpp_201() -> None:
    async def scenario(site: Site) -> None:
        info = t.StatusInfoType(reason_code="Unspecified", additional_info="details")
        site.csms.replies["DataTransfer"] = lambda request: m.DataTransferResponse(
            status=t.DataTransferStatusEnumType.Rejected, data=request.data["a"], status_info=info
        )
        answer = await site.do("data_transfer", **VENDOR, data={"a": [1, None]})
        assert answer == {"status": "Rejected", "data": [1, None], "reason": "Unspecified: details"}
        (request,) = site.csms.all(m.DataTransferRequest)
        assert (request.vendor_id, request.message_id) == ("com.vendor", "Tariff")

    on_site(scenario)


def test_the_answer_to_a_data_transfer_is_returned_in_ocpp_16() -> None:
    async def scenario(site: Site) -> None:
        site.csms.replies["DataTransfer"] = lambda request: m16.DataTransferResponse(
            status=t16.DataTransferResponseStatus.Accepted, data=request.data * 2
        )
        assert (await site.do("data_transfer", **VENDOR, data="ab"))["data"] == "abab"
        site.csms.replies.clear()
        assert await site.do("data_transfer", vendor_id="x") == {
            "status": "UnknownVendorId",
            "data": None,
            "reason": "",
        }
        assert given(site.csms.all(m16.DataTransferRequest)[1].message_id) is None
        refused = await site.post("data_transfer", vendor_id="x", data={"a": 1})
        assert (refused.status_code, refused.json()["error"]) == (
            409,
            "the data of a DataTransfer is a text in OCPP 1.6",
        )

    on_site(scenario, PRODUCT_16)


@pytest.mark.parametrize("operation", ["network_off", "power_off"])
def test_a_data_transfer_of_a_station_that_goes_offline_is_refused(operation: str) -> None:
    async def scenario(site: Site) -> None:
        site.csms.replies["DataTransfer"] = lambda _: m.DataTransferResponse(
            status=t.DataTransferStatusEnumType.Accepted
        )
        sending = asyncio.create_task(site.post("data_transfer", **VENDOR))
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        await site.do(operation)
        assert (await asyncio.wait_for(sending, 120)).status_code in (200, 409)
        later = await site.post("data_transfer", **VENDOR)
        assert later.status_code == 409
        assert later.json()["error"] in ("not connected: DataTransfer was not sent", "the station is off")

    on_site(scenario)
