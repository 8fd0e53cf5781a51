"""Actions of a station in a program that return something, or have values to check."""

from datetime import UTC, datetime, timedelta

import pytest
from tests.api.test_station import online
from tests.station.csms import Csms
from tests.station.v16.station_bench import Csms16

from plugfest import ActionRefused, run
from plugfest.clock import utc_now
from plugfest.ocpp.message import JsonValue
from plugfest.ocpp.v201 import messages as m


def test_an_ev_has_the_properties_that_are_given() -> None:
    async def main() -> None:
        async with online("reference-ac", Csms()) as station:
            await station.configure_ev(max_ac_current=10, ac_phases=1, state_of_charge=30)
            await station.plug_in()
            await station.present_token("04A2B1C3")
            state = await station.wait_for(power=2000, state_of_charge=30)
            assert state.evses[0].power == pytest.approx(2254)
            with pytest.raises(ActionRefused, match="ac_phases is 1 to 3, not 4"):
                await station.configure_ev(ac_phases=4)
            with pytest.raises(ActionRefused, match="give at least one of capacity"):
                await station.configure_ev()

    run(main(), simulated=True)


def test_a_fault_has_codes_and_an_unknown_one_is_refused_with_the_known_ones() -> None:
    async def main() -> None:
        csms = Csms16()
        csms.replies["Authorize"] = csms.default_reply
        async with online("reference-16-ac", csms) as station:
            await station.fault_on(error_code="OverVoltage", vendor_error_code="E1")
            await station.wait_for_message("StatusNotification", errorCode="OverVoltage", vendorErrorCode="E1")
            with pytest.raises(ActionRefused, match="there is no error code Rain; there are ConnectorLockFailure, "):
                await station.fault_on(error_code="Rain")

    run(main(), simulated=True)


def test_a_data_transfer_returns_the_answer() -> None:
    async def main() -> None:
        async with online("reference-ac", Csms()) as station:
            assert (await station.data_transfer("com.vendor", "Tariff", [1])).status == "UnknownVendorId"
            (sent,) = station.frames.of("DataTransfer")
            assert sent.payload == {"vendorId": "com.vendor", "messageId": "Tariff", "data": [1]}
            for wrong in ("x" * 256, "\ud800"):
                with pytest.raises(ActionRefused, match="DataTransferRequest is not valid"):
                    await station.data_transfer(wrong)

    run(main(), simulated=True)


def test_data_that_json_does_not_have_is_refused() -> None:
    deep: list[JsonValue] = []
    for _ in range(100_000):
        deep = [deep]

    async def main() -> None:
        async with online("reference-ac", Csms()) as station:
            for wrong in (float("nan"), {"price": [float("inf")]}):
                with pytest.raises(ActionRefused, match="a number that JSON does not have"):
                    await station.data_transfer("com.vendor", "Tariff", wrong)
            with pytest.raises(ActionRefused, match="nested too deeply"):
                await station.data_transfer("com.vendor", "Tariff", deep)
            assert not station.frames.of("DataTransfer")

    run(main(), simulated=True)


def test_an_interval_that_is_none_is_refused() -> None:
    async def main() -> None:
        async with online("reference-ac", Csms()) as station:
            for interval in (0.0, -1.0, float("nan"), float("inf")):
                with pytest.raises(ActionRefused, match=f"an interval is more than 0 s, not {interval:g} s"):
                    async with station.recording(interval=interval):
                        pass

    run(main(), simulated=True)


def test_the_clock_is_set_to_a_time_and_by_a_duration() -> None:
    async def main() -> None:
        csms = Csms()
        async with online("reference-ac", csms) as station:
            await station.set_clock(timedelta(minutes=-5))
            assert station.state.clock_offset == pytest.approx(-300, abs=1)
            await station.set_clock(datetime(2040, 1, 1, tzinfo=UTC))
            await station.plug_in()
            await station.wait_for(connector_status="Occupied")
            assert csms.all(m.StatusNotificationRequest)[-1].timestamp.year == 2040
            assert station.state.clock_offset == pytest.approx(
                (datetime(2040, 1, 1, tzinfo=UTC) - utc_now()).total_seconds(), abs=60
            )

    run(main(), simulated=True)
